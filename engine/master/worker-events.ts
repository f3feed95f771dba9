/**
 * What each event means for a worker in each of its phases: a table in which every pair is written down, and below it
 * what the entries do. `nothing` is an event that is late or belongs to another phase.
 */
import {
  type Draft,
  dismissWorker,
  endWorker,
  forgetWorker,
  killWorker,
  log,
  retireWorker,
  UNREACHABLE_MS,
} from './draft.ts';
import type { Ending, Plan, WorkerEvent } from './events.ts';
import { type Generation, seatOf, type Worker, type WorkerPhase, workersOf } from './machine-state.ts';
import { abandonReload, failStart } from './reload.ts';
import { giveUpRenewal } from './renewal.ts';

/** A worker that dies sooner than this after its start counts as an early death. */
const EARLY_DEATH_MS = 1000;
/** What happened on a worker's other cores a moment ago, nobody here may have seen yet. */
const LATE_SIBLING_MS = 250;
/** Early deaths in a row of one worker after which a reload is given up. */
const RELOAD_DEATHS = 3;

type EventType = WorkerEvent['type'];
type EventOf<Type extends EventType> = Extract<WorkerEvent, { type: Type }>;
type Handler<Event> = (draft: Draft, worker: Worker, generation: Generation, event: Event) => void;
type Row<Event> = Readonly<Record<WorkerPhase, Handler<Event>>>;

/** Handlers in the order of WORKER_PHASES. */
function row<Event>(
  requested: Handler<Event>,
  starting: Handler<Event>,
  ready: Handler<Event>,
  retiring: Handler<Event>,
  overdue: Handler<Event>,
  leaving: Handler<Event>,
  ending: Handler<Event>,
  killed: Handler<Event>,
): Row<Event> {
  return { requested, starting, ready, retiring, overdue, leaving, ending, killed };
}

// biome-ignore format: read by row and column
const TABLE: { readonly [Type in EventType]: Row<EventOf<Type>> } = {
  //                         requested   starting    ready       retiring    overdue     leaving     ending      killed
  'worker-started':      row(begin,      nothing,    nothing,    nothing,    nothing,    nothing,    nothing,    killLate),
  'worker-not-started':  row(notStarted, nothing,    nothing,    nothing,    nothing,    nothing,    nothing,    forget),
  'worker-load-failed':  row(nothing,    loadFailed, nothing,    nothing,    nothing,    nothing,    nothing,    nothing),
  'worker-connected':    row(nothing,    serve,      nothing,    nothing,    nothing,    nothing,    nothing,    nothing),
  'worker-recycling':    row(nothing,    recycle,    recycle,    nothing,    nothing,    nothing,    nothing,    nothing),
  'worker-worn':         row(nothing,    wear,       wear,       nothing,    nothing,    nothing,    nothing,    nothing),
  'worker-too-large':    row(nothing,    nothing,    killLarge,  killLarge,  killLarge,  killLarge,  nothing,    nothing),
  'worker-drained':      row(nothing,    nothing,    nothing,    dismiss,    finish,     nothing,    nothing,    nothing),
  'request-late':        row(nothing,    nothing,    cancel,     cancel,     cancel,     cancel,     nothing,    nothing),
  'request-overdue':     row(nothing,    nothing,    overdue,    overdue,    overdue,    overdue,    nothing,    nothing),
  'handler-overdue':     row(nothing,    nothing,    handlerOverdue, handlerOverdue, handlerOverdue, handlerOverdue, nothing, nothing),
  'worker-unreachable':  row(note,       lose,       lose,       lose,       lose,       lose,       lose,       note),
  'worker-exited':       row(died,       died,       died,       left,       left,       left,       ended,      ended),
};

export function handleWorkerEvent(draft: Draft, worker: Worker, event: WorkerEvent): void {
  const generation = draft.state.generations.get(worker.generation);
  if (generation !== undefined) handle(draft, worker, generation, event.type, event);
}

function handle<Type extends EventType>(
  draft: Draft,
  worker: Worker,
  generation: Generation,
  type: Type,
  event: EventOf<Type>,
): void {
  TABLE[type][worker.phase](draft, worker, generation, event);
}

function nothing(): void {
  // Late, or meant for another phase.
}

/** The next harder means, when the time of the present one is over. */
export function handleDeadline(draft: Draft, worker: Worker): void {
  if (worker.deadlineMs === null || draft.nowMs < worker.deadlineMs) return;
  worker.deadlineMs = null;
  switch (worker.phase) {
    case 'requested':
      return;
    case 'killed': {
      // An orphan whose end nobody reports: SIGKILL has ended it by now.
      const generation = draft.state.generations.get(worker.generation);
      if (worker.isOrphan && generation !== undefined) exited(draft, worker, generation);
      return;
    }
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
    case 'overdue': {
      const generation = draft.state.generations.get(worker.generation);
      return generation === undefined ? killWorker(draft, worker) : finish(draft, worker, generation);
    }
    case 'ending':
      if (worker.overdueCount > 0) {
        const attempt = worker.overdueCount + 1;
        log(draft, `*** HARAKIRI ON WORKER ${worker.wid} (pid: ${worker.pid}, try: ${attempt}, graceful: no) ***`);
      }
      return killWorker(draft, worker);
  }
}

function begin(draft: Draft, worker: Worker, generation: Generation, { pid }: EventOf<'worker-started'>): void {
  worker.pid = pid;
  worker.phase = 'starting';
  worker.startedMs = draft.nowMs;
  const { spawnId, wid } = worker;
  draft.effects.push({ type: 'admit-worker', spawnId, wid, generation: generation.number, pid });
}

function killLate(draft: Draft, worker: Worker, _: Generation, { pid }: EventOf<'worker-started'>): void {
  worker.pid = pid;
  draft.effects.push({ type: 'signal-worker', spawnId: worker.spawnId, pid, signal: 'SIGKILL' });
}

function notStarted(draft: Draft, worker: Worker, generation: Generation, event: EventOf<'worker-not-started'>): void {
  log(draft, `worker ${worker.wid} could not be started: ${event.message}`);
  punish(draft, worker, generation);
  forgetWorker(draft, worker);
}

function forget(draft: Draft, worker: Worker): void {
  forgetWorker(draft, worker);
}

/** The process exits by itself; its end delays the next one. */
function loadFailed(draft: Draft, worker: Worker, generation: Generation, event: EventOf<'worker-load-failed'>): void {
  const { text } = event;
  if (generation.role === 'incoming') return abandonReload(draft, text);
  if (!generation.hasLoaded || isFirstStart(draft, generation))
    return failStart(draft, 22, `the application could not be loaded: ${text}`);
  log(draft, `*** worker ${worker.wid} (pid: ${worker.pid}) could not load the application: ${text} ***`);
  giveUpRenewal(draft, generation, text);
}

/** Nothing has served yet: what its workers can not do (ASGI's lifespan) no other will. */
function isFirstStart({ state }: Draft, generation: Generation): boolean {
  return state.phase === 'booting' && !workersOf(state, generation.number).some(({ phase }) => phase === 'ready');
}

function serve(draft: Draft, worker: Worker, generation: Generation): void {
  worker.phase = 'ready';
  worker.deadlineMs = null;
  generation.hasLoaded = true;
  log(draft, `spawned worker ${worker.wid} (pid: ${worker.pid}, cores: ${generation.plan.threads})`);
}

/**
 * Its other threads may have requests, here or on their way. With several gateways one may have had it serve to the end
 * before another has told that it is connected.
 */
function recycle(draft: Draft, worker: Worker, generation: Generation): void {
  if (worker.phase === 'starting') serve(draft, worker, generation);
  log(draft, `worker ${worker.wid} (pid: ${worker.pid}) is recycled`);
  retireWorker(draft, worker, generation.plan.mercyMs);
}

function wear(draft: Draft, worker: Worker): void {
  if (worker.isWorn) return;
  worker.isWorn = true;
  log(draft, `worker ${worker.wid} (pid: ${worker.pid}) is to be recycled; it serves until its replacement is ready`);
}

function killLarge(draft: Draft, worker: Worker, _: Generation, event: EventOf<'worker-too-large'>): void {
  log(draft, `*** EVIL RELOAD ON WORKER ${worker.wid} ${event.what}: ${event.bytes} (pid: ${worker.pid}) ***`);
  killWorker(draft, worker);
}

function dismiss(draft: Draft, worker: Worker, generation: Generation): void {
  dismissWorker(draft, worker, generation.plan.mercyMs);
}

/** Nothing but overdue requests is left on it. Its stacks are in the log already. */
function finish(draft: Draft, worker: Worker, { plan }: Generation): void {
  if (plan.harakiri.graceMs > 0) askToEnd(draft, worker, plan);
  else killWorker(draft, worker);
}

/** `harakiri-graceful-timeout`: the signal, and time to end by itself. */
function askToEnd(draft: Draft, worker: Worker, { harakiri }: Plan): void {
  endWorker(draft, worker, harakiri.signal);
  worker.deadlineMs = draft.nowMs + harakiri.graceMs;
}

/** 504 to its client; the worker lets go of this request alone, when its loop still turns. */
function cancel(draft: Draft, worker: Worker, _: Generation, event: EventOf<'request-late'>): void {
  giveUp(draft, worker, event, { isGraceful: false, isCancelled: true });
}

function giveUp(
  draft: Draft,
  worker: Worker,
  { core, requestId, seconds }: EventOf<'request-late' | 'request-overdue'>,
  how: { isGraceful: boolean; isCancelled: boolean },
): void {
  const { spawnId, wid, pid } = worker;
  const attempt = worker.overdueCount + 1;
  if (!how.isCancelled) worker.overdueCount = attempt;
  draft.effects.push({ type: 'harakiri', spawnId, wid, pid, core, requestId, seconds, attempt, ...how });
}

function overdue(draft: Draft, worker: Worker, generation: Generation, event: EventOf<'request-overdue'>): void {
  const { threads, harakiri, mercyMs } = generation.plan;
  if (harakiri.cancelMs === 0) giveUp(draft, worker, event, { isGraceful: harakiri.graceMs > 0, isCancelled: false });
  else if (worker.phase !== 'overdue')
    log(
      draft,
      `*** HARAKIRI ON WORKER ${worker.wid}: core ${event.core} could not be cancelled; ending the worker ***`,
    );
  const isAlone = event.siblingsUntilMs === null;
  if (isAlone && (threads === 1 || worker.phase === 'overdue')) return endOverdue(draft, worker, generation.plan);
  spareSiblings(draft, worker);
  const mercyEndsMs = draft.nowMs + mercyMs;
  // A sibling that is overdue too is reported a moment after its deadline: it shall hear 504, not die with the worker.
  const siblingsUntilMs = (event.siblingsUntilMs ?? draft.nowMs) + LATE_SIBLING_MS;
  worker.deadlineMs = event.siblingsUntilMs === 0 ? mercyEndsMs : Math.min(siblingsUntilMs, mercyEndsMs);
}

/** As a request: uWSGI sets harakiri for handlers, too. Those of a worker with threads run beside its requests. */
function handlerOverdue(
  draft: Draft,
  worker: Worker,
  { plan }: Generation,
  { number }: EventOf<'handler-overdue'>,
): void {
  const { spawnId, wid, pid } = worker;
  const attempt = ++worker.overdueCount;
  log(draft, `*** HARAKIRI ON WORKER ${wid} HANDLING SIGNAL ${number} (pid: ${pid}, try: ${attempt}) ***`);
  draft.effects.push({ type: 'count-harakiri', spawnId });
  if (plan.threads === 1) return endOverdue(draft, worker, plan);
  spareSiblings(draft, worker);
  worker.deadlineMs = Math.min(worker.deadlineMs ?? Number.POSITIVE_INFINITY, draft.nowMs + plan.mercyMs);
}

function endOverdue(draft: Draft, worker: Worker, plan: Plan): void {
  if (plan.harakiri.graceMs > 0) askToEnd(draft, worker, plan);
  else endWorker(draft, worker, 'SIGABRT');
}

/** What else runs in it may finish. */
function spareSiblings(draft: Draft, worker: Worker): void {
  const { spawnId, pid } = worker;
  if (worker.phase !== 'overdue') {
    draft.effects.push({ type: 'signal-worker', spawnId, pid, signal: 'SIGUSR2' });
    draft.effects.push({ type: 'retire-worker', spawnId });
  }
  worker.phase = 'overdue';
}

function note(draft: Draft, worker: Worker, generation: Generation): void {
  worker.isUnreachable = true;
  if (worker.isOrphan) exited(draft, worker, generation);
}

function lose(draft: Draft, worker: Worker, generation: Generation): void {
  note(draft, worker, generation);
  worker.deadlineMs = Math.min(worker.deadlineMs ?? Number.POSITIVE_INFINITY, draft.nowMs + UNREACHABLE_MS);
}

/**
 * The zygote it was forked from is gone: from now on its connection is the only sign of its life. One that has none yet
 * could die unnoticed: it is killed.
 */
export function orphaned(draft: Draft, worker: Worker, generation: Generation): void {
  worker.isOrphan = true;
  if (worker.phase === 'starting') killWorker(draft, worker);
  else if (worker.phase === 'killed') worker.deadlineMs = draft.nowMs + UNREACHABLE_MS;
  if (worker.isUnreachable) exited(draft, worker, generation);
}

function exited(draft: Draft, worker: Worker, generation: Generation): void {
  const event = { type: 'worker-exited', spawnId: worker.spawnId, code: null, signal: null } as const;
  handle(draft, worker, generation, event.type, event);
}

function died(draft: Draft, worker: Worker, generation: Generation, ending: Ending): void {
  log(draft, `*** worker ${worker.wid} (pid: ${worker.pid}) ${describeEnding(ending)}; starting another one ***`);
  punish(draft, worker, generation);
  forgetWorker(draft, worker);
}

function ended(draft: Draft, worker: Worker, _: Generation, ending: Ending): void {
  log(draft, `worker ${worker.wid} (pid: ${worker.pid}) ${describeEnding(ending)}`);
  forgetWorker(draft, worker);
}

function left(draft: Draft, worker: Worker, _: Generation, ending: Ending): void {
  log(draft, `worker ${worker.wid} (pid: ${worker.pid}) ${ending.code === 0 ? 'ended' : describeEnding(ending)}`);
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
    const longestMs = wasReady ? 100 : Math.max(100, generation.plan.forkbombDelayMs);
    seat.notBeforeMs = draft.nowMs + Math.min(delayMs, longestMs);
  }
  if (generation.role === 'incoming' && seat.earlyDeaths >= RELOAD_DEATHS) {
    abandonReload(draft, `its worker ${worker.wid} died ${seat.earlyDeaths} times`);
  }
  if (!wasReady && seat.earlyDeaths >= RELOAD_DEATHS) {
    giveUpRenewal(draft, generation, `worker ${worker.wid} died ${seat.earlyDeaths} times`);
  }
}

const SIGNAL_NAMES: Record<number, string> = { 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' };

export function describeEnding(ending: Ending): string {
  if (ending.signal !== null) {
    const name = SIGNAL_NAMES[ending.signal];
    return `was killed by signal ${ending.signal}${name === undefined ? '' : ` (${name})`}`;
  }
  return ending.code === null ? 'ended' : `exited with code ${ending.code}`;
}
