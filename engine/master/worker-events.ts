/**
 * What each event means for a worker in each of its phases. Every pair is written down: a `return` without more is
 * an event that is late or belongs to another phase and changes nothing.
 */
import { type Draft, dismissWorker, endWorker, forgetWorker, killWorker, log } from './draft.ts';
import type { Ending, WorkerEvent } from './events.ts';
import { type Generation, seatOf, type Worker } from './machine-state.ts';
import { abandonReload, failStart } from './reload.ts';

/** A worker that dies sooner than this after its start counts as an early death. */
const EARLY_DEATH_MS = 1000;
/** A process that lost its control connection has this long to be seen ending. */
const UNREACHABLE_MS = 1000;
/** On a core that was idle a moment ago a request may have begun that nobody here has seen yet. */
const LATE_SIBLING_MS = 250;
const UNKNOWN_ENDING: Ending = { code: null, signal: null };
/** Early deaths in a row of one worker after which a new generation is given up. */
const RELOAD_DEATHS = 3;

export function handleWorkerEvent(draft: Draft, worker: Worker, event: WorkerEvent): void {
  const generation = draft.state.generations.get(worker.generation);
  if (generation === undefined) return;
  switch (event.type) {
    case 'worker-started':
      return started(draft, worker, generation, event.pid);
    case 'worker-not-started':
      return notStarted(draft, worker, generation, event.message);
    case 'worker-load-failed':
      return loadFailed(draft, worker, generation, event.text);
    case 'worker-connected':
      return connected(draft, worker, generation);
    case 'worker-recycling':
      return recycling(draft, worker, generation);
    case 'worker-drained':
      return drained(draft, worker, generation);
    case 'request-overdue':
      return overdue(draft, worker, generation, event);
    case 'worker-unreachable':
      return unreachable(draft, worker, generation);
    case 'worker-exited':
      return exited(draft, worker, generation, event);
  }
}

/** The next harder means, when the time of the present one is over. */
export function handleDeadline(draft: Draft, worker: Worker): void {
  if (worker.deadlineMs === null || draft.nowMs < worker.deadlineMs) return;
  worker.deadlineMs = null;
  switch (worker.phase) {
    case 'requested':
    case 'killed':
      return;
    case 'starting':
    case 'ready':
      log(draft, `worker ${worker.wid} (pid: ${worker.pid}) closed its control connection; killing it`);
      return killWorker(draft, worker);
    case 'retiring':
    case 'leaving':
      if (draft.state.stop?.how === 'immediate') {
        log(draft, `worker ${worker.wid} (pid: ${worker.pid}) did not end by itself; ending it by SIGTERM`);
        return endWorker(draft, worker, 'SIGTERM');
      }
      log(
        draft,
        `*** worker ${worker.wid} (pid: ${worker.pid}) did not finish in time (worker-reload-mercy); killing it ***`,
      );
      return killWorker(draft, worker);
    case 'overdue':
    case 'ending':
      return killWorker(draft, worker);
  }
}

function started(draft: Draft, worker: Worker, generation: Generation, pid: number): void {
  switch (worker.phase) {
    case 'requested': {
      worker.pid = pid;
      worker.phase = 'starting';
      worker.startedMs = draft.nowMs;
      const { spawnId, wid } = worker;
      draft.effects.push({ type: 'admit-worker', spawnId, wid, generation: generation.number, pid });
      return;
    }
    case 'killed':
      worker.pid = pid;
      draft.effects.push({ type: 'signal-worker', spawnId: worker.spawnId, pid, signal: 'SIGKILL' });
      return;
    case 'starting':
    case 'ready':
    case 'retiring':
    case 'overdue':
    case 'leaving':
    case 'ending':
      return;
  }
}

function notStarted(draft: Draft, worker: Worker, generation: Generation, message: string): void {
  switch (worker.phase) {
    case 'requested':
      log(draft, `worker ${worker.wid} could not be started: ${message}`);
      punish(draft, worker, generation);
      return forgetWorker(draft, worker);
    case 'killed':
      return forgetWorker(draft, worker);
    case 'starting':
    case 'ready':
    case 'retiring':
    case 'overdue':
    case 'leaving':
    case 'ending':
      return;
  }
}

function loadFailed(draft: Draft, worker: Worker, generation: Generation, text: string): void {
  switch (worker.phase) {
    case 'starting':
      // The process exits by itself; `exited` delays the next one.
      if (generation.role === 'incoming') return abandonReload(draft, text);
      if (!generation.hasLoaded) return failStart(draft, 22, `the application could not be loaded: ${text}`);
      log(draft, `*** worker ${worker.wid} (pid: ${worker.pid}) could not load the application: ${text} ***`);
      if (generation.isChain) stopChain(draft, generation);
      return;
    case 'requested':
    case 'ready':
    case 'retiring':
    case 'overdue':
    case 'leaving':
    case 'ending':
    case 'killed':
      return;
  }
}

function connected(draft: Draft, worker: Worker, generation: Generation): void {
  switch (worker.phase) {
    case 'starting':
      worker.phase = 'ready';
      worker.deadlineMs = null;
      generation.hasLoaded = true;
      log(draft, `spawned worker ${worker.wid} (pid: ${worker.pid}, cores: ${generation.plan.threads})`);
      return;
    case 'requested':
    case 'ready':
    case 'retiring':
    case 'overdue':
    case 'leaving':
    case 'ending':
    case 'killed':
      return;
  }
}

function recycling(draft: Draft, worker: Worker, generation: Generation): void {
  switch (worker.phase) {
    case 'ready':
    case 'retiring':
      log(draft, `worker ${worker.wid} (pid: ${worker.pid}) reached max-requests; recycling it`);
      return dismissWorker(draft, worker, generation.plan.mercyMs);
    case 'requested':
    case 'starting':
    case 'overdue':
    case 'leaving':
    case 'ending':
    case 'killed':
      return;
  }
}

function drained(draft: Draft, worker: Worker, generation: Generation): void {
  switch (worker.phase) {
    case 'retiring':
      return dismissWorker(draft, worker, generation.plan.mercyMs);
    case 'overdue':
      return killWorker(draft, worker);
    case 'requested':
    case 'starting':
    case 'ready':
    case 'leaving':
    case 'ending':
    case 'killed':
      return;
  }
}

function overdue(
  draft: Draft,
  worker: Worker,
  generation: Generation,
  event: Extract<WorkerEvent, { type: 'request-overdue' }>,
): void {
  switch (worker.phase) {
    case 'ready':
    case 'retiring':
    case 'overdue':
    case 'leaving': {
      const { spawnId, wid, pid } = worker;
      const { core, requestId, seconds } = event;
      const attempt = ++worker.overdueCount;
      draft.effects.push({ type: 'harakiri', spawnId, wid, pid, core, requestId, seconds, attempt });
      const isAlone = event.siblingsUntilMs === null;
      if (isAlone && (generation.plan.threads === 1 || worker.phase === 'overdue')) {
        return endWorker(draft, worker, 'SIGABRT');
      }
      if (worker.phase !== 'overdue') {
        draft.effects.push({ type: 'signal-worker', spawnId, pid, signal: 'SIGUSR2' });
        draft.effects.push({ type: 'retire-worker', spawnId });
      }
      worker.phase = 'overdue';
      const mercyEndsMs = draft.nowMs + generation.plan.mercyMs;
      const siblingsUntilMs = event.siblingsUntilMs ?? draft.nowMs + LATE_SIBLING_MS;
      worker.deadlineMs = siblingsUntilMs > 0 ? Math.min(siblingsUntilMs, mercyEndsMs) : mercyEndsMs;
      return;
    }
    case 'requested':
    case 'starting':
    case 'ending':
    case 'killed':
      return;
  }
}

function unreachable(draft: Draft, worker: Worker, generation: Generation): void {
  worker.isUnreachable = true;
  if (worker.isOrphan) return exited(draft, worker, generation, UNKNOWN_ENDING);
  switch (worker.phase) {
    case 'starting':
    case 'ready':
    case 'retiring':
    case 'overdue':
    case 'leaving':
    case 'ending':
      worker.deadlineMs = Math.min(worker.deadlineMs ?? Number.POSITIVE_INFINITY, draft.nowMs + UNREACHABLE_MS);
      return;
    case 'requested':
    case 'killed':
      return;
  }
}

/** The zygote it was forked from is gone: from now on its connection is the only sign of its life. */
export function orphaned(draft: Draft, worker: Worker, generation: Generation): void {
  worker.isOrphan = true;
  if (worker.isUnreachable) exited(draft, worker, generation, UNKNOWN_ENDING);
}

function exited(draft: Draft, worker: Worker, generation: Generation, ending: Ending): void {
  switch (worker.phase) {
    case 'requested':
    case 'starting':
    case 'ready':
      log(draft, `*** worker ${worker.wid} (pid: ${worker.pid}) ${describeEnding(ending)}; starting another one ***`);
      punish(draft, worker, generation);
      break;
    case 'ending':
    case 'killed':
      log(draft, `worker ${worker.wid} (pid: ${worker.pid}) ${describeEnding(ending)}`);
      break;
    case 'retiring':
    case 'overdue':
    case 'leaving':
      log(draft, `worker ${worker.wid} (pid: ${worker.pid}) ${ending.code === 0 ? 'ended' : describeEnding(ending)}`);
      break;
  }
  forgetWorker(draft, worker);
}

/**
 * An unexpected end delays the next start of this worker when it happens soon after the start and again and again.
 * One that had served is back at once a few times (a fork costs milliseconds); one that never came so far is not.
 */
function punish(draft: Draft, worker: Worker, generation: Generation): void {
  const seat = seatOf(generation, worker.wid);
  const wasReady = worker.phase === 'ready';
  if (wasReady && draft.nowMs - worker.startedMs >= EARLY_DEATH_MS) {
    seat.earlyDeaths = 0;
    return;
  }
  seat.earlyDeaths += 1;
  const free = wasReady ? 5 : 1;
  if (seat.earlyDeaths > free) {
    const delayMs = (wasReady ? 25 : 100) * 2 ** Math.min(seat.earlyDeaths - free - 1, 10);
    seat.notBeforeMs = draft.nowMs + Math.min(delayMs, wasReady ? 100 : 2000);
  }
  if (generation.role === 'incoming' && seat.earlyDeaths >= RELOAD_DEATHS) {
    abandonReload(draft, `its worker ${worker.wid} died ${seat.earlyDeaths} times`);
  }
  if (generation.isChain && !wasReady && seat.earlyDeaths >= RELOAD_DEATHS) stopChain(draft, generation);
}

/** New workers fail: those of the old round that are left stay. */
function stopChain(draft: Draft, generation: Generation): void {
  log(draft, '*** chain reload given up: new workers do not start; the remaining old ones serve on ***');
  for (const worker of draft.state.workers.values()) {
    if (worker.generation === generation.number) worker.round = generation.round;
  }
  generation.isChain = false;
}

const SIGNAL_NAMES: Record<number, string> = { 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' };

export function describeEnding(ending: Ending): string {
  if (ending.signal !== null) {
    const name = SIGNAL_NAMES[ending.signal];
    return `was killed by signal ${ending.signal}${name === undefined ? '' : ` (${name})`}`;
  }
  return ending.code === null ? 'ended' : `exited with code ${ending.code}`;
}
