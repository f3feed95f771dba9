/**
 * Workers that have had enough (`max-worker-lifetime`; with fresh interpreters also `max-requests` and its kin) are
 * replaced one after the other, and each serves until its replacement is ready: however many of them reach
 * their end together, one is missing at most, and none where there is memory for one more.
 */
import { type Draft, log } from './draft.ts';
import type { Plan } from './events.ts';
import { type Generation, isLive, type Worker, workersOf } from './machine-state.ts';

/** A round before all others: `settle` replaces whoever is of an older one. */
const WORN_ROUND = -1;

/** When its life is over; null: never. */
export function endOfLifeMs(plan: Plan, worker: Worker): number | null {
  if (plan.lifetimeMs === 0 || worker.phase !== 'ready' || worker.isWorn) return null;
  return worker.startedMs + plan.lifetimeMs + (worker.wid - 1) * plan.lifetimeDeltaMs;
}

/** Marks the next worker that is to be replaced, when none is being replaced. */
export function wearOut(draft: Draft, generation: Generation): void {
  const live = workersOf(draft.state, generation.number).filter(isLive);
  for (const worker of live) {
    const endMs = endOfLifeMs(generation.plan, worker);
    if (endMs === null || draft.nowMs < endMs) continue;
    worker.isWorn = true;
    const seconds = Math.floor((draft.nowMs - worker.startedMs) / 1000);
    log(draft, `worker ${worker.wid} lifetime reached, it was running for ${seconds} second(s)`);
  }
  if (live.some((worker) => worker.round < generation.round)) return;
  const [oldest] = live.filter((worker) => worker.isWorn).sort((a, b) => a.startedMs - b.startedMs);
  if (oldest !== undefined) oldest.round = WORN_ROUND;
}
