/**
 * What a step works on: a copy of the state, the time and the effects so far, with the few moves that several
 * handlers share (spawn, retire, kill, log). A move changes the state and adds the effect that makes it true.
 */
import { NO_MEMORY } from './cheaper.ts';
import type { Effect, KillSignal } from './effects.ts';
import type { Plan } from './events.ts';
import type { Generation, MasterState, Worker } from './machine-state.ts';
import { beginsAsleep, restingAtFirst } from './roster.ts';

/** SIGABRT and SIGTERM get this long before SIGKILL. */
export const KILL_DELAY_MS = 2000;

/** A process whose end nobody reports, or that lost its control connection, has this long to be seen ending. */
export const UNREACHABLE_MS = 1000;

/** What a worker that nobody waits for any more may take for its own end (Python's atexit, say). */
export const FAREWELL_MS = 1000;

export interface Draft {
  state: MasterState;
  nowMs: number;
  effects: Effect[];
}

export function log(draft: Draft, text: string): void {
  draft.effects.push({ type: 'log', text });
}

export function addGeneration(draft: Draft, plan: Plan, role: Generation['role']): Generation {
  const isAsleep = beginsAsleep(draft.state, plan);
  const generation: Generation = {
    number: ++draft.state.lastGeneration,
    plan,
    role,
    zygote: 'none',
    zygoteFailures: 0,
    zygoteReadyMs: 0,
    zygoteNotBeforeMs: 0,
    zygoteDeadlineMs: null,
    hasLoaded: false,
    apps: [],
    round: 0,
    renewal: null,
    wasComplete: false,
    seats: new Map(),
    resting: restingAtFirst(plan, isAsleep),
    isAsleep,
    cheaper: NO_MEMORY,
  };
  draft.state.generations.set(generation.number, generation);
  return generation;
}

export function spawnWorker(draft: Draft, generation: Generation, wid: number, processes: number): void {
  const spawnId = ++draft.state.lastSpawnId;
  draft.state.workers.set(spawnId, {
    spawnId,
    wid,
    generation: generation.number,
    round: generation.round,
    phase: 'requested',
    pid: 0,
    startedMs: draft.nowMs,
    deadlineMs: null,
    overdueCount: 0,
    isOrphan: false,
    isUnreachable: false,
    isWorn: false,
  });
  const type = generation.plan.spawn === 'fork' ? 'fork-worker' : 'start-worker';
  draft.effects.push({ type, generation: generation.number, wid, spawnId, processes });
}

/** No more requests; it leaves when those it has are answered, at the latest when mercy ends. */
export function retireWorker(draft: Draft, worker: Worker, mercyMs: number): void {
  if (worker.phase === 'ready') {
    worker.phase = 'retiring';
    worker.deadlineMs = draft.nowMs + mercyMs;
    draft.effects.push({ type: 'retire-worker', spawnId: worker.spawnId });
  } else if (worker.phase === 'requested' || worker.phase === 'starting') {
    killWorker(draft, worker);
  }
}

/** Tells a worker on which nothing runs to exit. */
export function dismissWorker(draft: Draft, worker: Worker, mercyMs: number): void {
  worker.phase = 'leaving';
  worker.deadlineMs ??= draft.nowMs + mercyMs;
  draft.effects.push({ type: 'exit-worker', spawnId: worker.spawnId });
}

/**
 * Ends a worker without waiting for its requests: an idle one ends by itself, as far as it does so soon; a busy one
 * gets the signal. One that does not serve yet has nothing to say goodbye to.
 */
export function cutWorker(draft: Draft, worker: Worker, signal: 'SIGTERM' | 'SIGKILL'): void {
  switch (worker.phase) {
    case 'ready':
    case 'retiring':
    case 'leaving': {
      const deadlineMs = draft.nowMs + FAREWELL_MS;
      if (worker.phase === 'leaving' && worker.deadlineMs !== null && worker.deadlineMs <= deadlineMs) return;
      const { spawnId, pid } = worker;
      worker.phase = 'leaving';
      worker.deadlineMs = deadlineMs;
      // A stop ends the gateways; else they must send it nothing more.
      if (draft.state.stop === null) draft.effects.push({ type: 'retire-worker', spawnId });
      draft.effects.push({ type: 'cut-worker', spawnId, pid, signal });
      return;
    }
    case 'requested':
    case 'starting':
    case 'overdue':
    case 'ending':
    case 'killed':
      return signal === 'SIGKILL' ? killWorker(draft, worker) : endWorker(draft, worker, signal);
  }
}

/** SIGTERM or SIGABRT now, SIGKILL when that does not help. */
export function endWorker(draft: Draft, worker: Worker, signal: KillSignal): void {
  if (worker.phase === 'ending' || worker.phase === 'killed') return;
  if (worker.pid === 0) {
    worker.phase = 'killed';
    return;
  }
  worker.phase = 'ending';
  worker.deadlineMs = draft.nowMs + KILL_DELAY_MS;
  draft.effects.push({ type: 'signal-worker', spawnId: worker.spawnId, pid: worker.pid, signal });
}

/** SIGKILL; a worker whose process is not known yet is killed when it is (worker-events.ts, `started`). */
export function killWorker(draft: Draft, worker: Worker): void {
  if (worker.phase === 'killed') return;
  // A large process takes a while to die: meanwhile the gateways must not send it anything.
  if (worker.phase === 'ready') draft.effects.push({ type: 'retire-worker', spawnId: worker.spawnId });
  worker.phase = 'killed';
  worker.deadlineMs = worker.isOrphan ? draft.nowMs + UNREACHABLE_MS : null;
  if (worker.pid !== 0) {
    draft.effects.push({ type: 'signal-worker', spawnId: worker.spawnId, pid: worker.pid, signal: 'SIGKILL' });
  }
}

export function forgetWorker(draft: Draft, worker: Worker): void {
  draft.state.workers.delete(worker.spawnId);
  draft.effects.push({ type: 'forget-worker', spawnId: worker.spawnId });
}

export function killZygote(draft: Draft, generation: Generation): void {
  if (generation.zygote === 'none' || generation.zygote === 'killed') return;
  generation.zygote = 'killed';
  draft.effects.push({ type: 'kill-zygote', generation: generation.number });
}
