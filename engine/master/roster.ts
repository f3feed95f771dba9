/**
 * Which worker numbers shall have a worker. Numbers run from 1 to `processes`; some rest while there is little to do
 * (`cheaper`), all of them while there is nothing to do (`cheap`, `idle`).
 */
import type { Plan } from './events.ts';
import { type Generation, type MasterState, workersOf } from './machine-state.ts';

/** Numbers a generation has, whether they rest or not. */
export function seatCount(state: MasterState, generation: Generation): number {
  return generation.role === 'active' ? state.desired : generation.plan.processes;
}

/** Numbers that shall have a worker, in order. */
export function wantedWids(state: MasterState, generation: Generation): number[] {
  const wids: number[] = [];
  for (let wid = 1; wid <= seatCount(state, generation); wid++) if (!generation.resting.has(wid)) wids.push(wid);
  return wids;
}

/** Who rests when the workers start: all but the first `cheaper-initial`, or all. */
export function restingAtFirst(plan: Plan, isAsleep: boolean, seats = plan.processes): Set<number> {
  const initial = isAsleep ? 0 : (plan.cheaper?.initial ?? seats);
  return new Set(Array.from({ length: seats }, (_, index) => index + 1).filter((wid) => wid > initial));
}

/**
 * A new generation sleeps when its configuration says `cheap` and nobody is awake yet: one that is loaded while
 * requests are served begins with its workers.
 */
export function beginsAsleep(state: MasterState, plan: Plan): boolean {
  return plan.startsAsleep && (state.generations.get(state.active)?.isAsleep ?? true);
}

/** Every number that shall have a worker has one that serves: nobody is on the way. */
export function isComplete(state: MasterState, generation: Generation): boolean {
  const serving = workersOf(state, generation.number).filter(({ phase }) => phase === 'ready');
  const wids = new Set(serving.map(({ wid }) => wid));
  return wantedWids(state, generation).every((wid) => wids.has(wid));
}
