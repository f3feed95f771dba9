/**
 * What each worker does while a reload is watched: whether it is still the old process, waits for a request to end,
 * starts, or is new; and which ones were killed at the end of mercy. Pure; part of the machine in watch-machine.ts.
 */
import type { StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';
import type { RequestRow } from '../../contract/model.ts';
import type { ReloadRun } from '../../contract/reload-model.ts';
import { statusOf, workersOf } from '../samples/worker-rows.ts';
import { seconds } from '../words.ts';
import { info, warning } from './watch-words.ts';

export type WatchedState = 'old' | 'draining' | 'starting' | 'new' | 'cheap' | 'down';

export interface WatchedWorker {
  wid: number;
  /** 0: it did not exist before. */
  oldPid: number;
  oldSpawn: number;
  /** Processes that its place has had so far; a master that starts anew counts from the beginning. */
  oldSpawns: number;
  oldRequests: number;
  newPid: number | null;
  /** Its process was replaced, and not by the reload. */
  wasReplaced: boolean;
  /** Its new process has no application, and every worker had one before. */
  lacksApp: boolean;
  state: WatchedState;
  spans: { state: WatchedState; fromMs: number; toMs: number | null }[];
  /** What it serves while it is old, as last seen. */
  serving: { what: string; elapsedMs: number | null; running: number } | null;
  drainingSinceMs: number | null;
  /** Times a new process was replaced again. */
  diedAgain: number;
  /** Requests that its new process has answered. */
  served: number;
}

export interface WatchPlan {
  startedAtMs: number;
  /** The master itself starts anew (uWSGI's full reload), so its stats address falls silent meanwhile. */
  full: boolean;
  /** It has to: workers that are replaced without that have only what was loaded before. */
  restarts: boolean;
  /** One worker after the other. */
  chain: boolean;
  /** Requests that run are cut off at once. */
  brutal: boolean;
  /** uWSGI's own HTTP router stands before the workers; a master that starts anew kills it first. */
  router: boolean;
  /** null: off, or not known. */
  harakiriMs: number | null;
  /** Of the server's clock against ours; null: not comparable, so a process is new when it is another one. */
  clockAheadMs: number | null;
  mercyMs: number;
  /** Longest import of an app, as measured at its last start. */
  startupMs: number;
  /** A worker of uWSGI that was just spawned can miss the command and is then killed when mercy ends. */
  mayActAtMercy: boolean;
  /** A command that was lost is given once more. */
  canResend: boolean;
}

/** What of the whole watch a worker's state depends on. */
export interface WatchSurroundings {
  plan: WatchPlan;
  sawChange: boolean;
  /** The master has started anew; only a full reload does that. */
  restarted: boolean;
  appsBefore: number;
  workers: readonly WatchedWorker[];
}

/** uWSGI's `last_spawn` is in whole seconds, cut off. */
const SPAWN_SLACK_MS = 1_500;
/** A request was seen that long before the end of its process at most. */
const POLL_SLACK_MS = 300;

/** How a worker is when the watching begins. */
export function firstLook(worker: StatsWorker, requests: readonly RequestRow[], atMs: number): WatchedWorker {
  const { status } = statusOf(worker);
  const state = status === 'cheap' || status === 'down' ? status : 'old';
  return {
    wid: worker.id,
    oldPid: worker.pid,
    oldSpawn: worker.last_spawn,
    oldSpawns: worker.respawn_count,
    oldRequests: worker.requests,
    newPid: null,
    wasReplaced: false,
    lacksApp: false,
    state,
    spans: [{ state, fromMs: atMs, toMs: null }],
    serving: servingOf(worker, requests),
    drainingSinceMs: null,
    diedAgain: 0,
    served: 0,
  };
}

export function observeWorkers(
  state: WatchSurroundings,
  document: StatsDocument,
  requests: readonly RequestRow[],
  atMs: number,
  log: ReloadRun['log'],
): WatchedWorker[] {
  const present = new Map(workersOf(document).map((worker) => [worker.id, worker]));
  const known = new Set(state.workers.map((worker) => worker.wid));
  const workers = state.workers.map((watched) => {
    const worker = present.get(watched.wid);
    return worker === undefined ? gone(watched, atMs, log) : observeWorker(watched, worker, requests, state, atMs, log);
  });
  for (const [wid, worker] of present) {
    if (known.has(wid)) continue;
    const fresh: WatchedWorker = {
      wid,
      oldPid: 0,
      oldSpawn: 0,
      oldSpawns: 0,
      oldRequests: 0,
      newPid: null,
      wasReplaced: false,
      lacksApp: false,
      state: 'down',
      spans: [],
      serving: null,
      drainingSinceMs: null,
      diedAgain: 0,
      served: 0,
    };
    workers.push(observeWorker(fresh, worker, requests, state, atMs, log));
  }
  return workers.toSorted((a, b) => a.wid - b.wid);
}

/**
 * uWSGI's counts of a worker's place go on while its processes are replaced one by one, by max-requests, a crash or a
 * reload of the workers; they begin anew when the master does. That is what proves a full reload.
 */
export function hasRestarted(workers: readonly WatchedWorker[], document: StatsDocument): boolean {
  return workersOf(document).some((worker) => {
    const before = workers.find(({ wid }) => wid === worker.id);
    if (before === undefined) return true;
    if (isSameProcess(before, worker) || worker.pid <= 0) return false;
    return worker.respawn_count <= before.oldSpawns || worker.requests < before.oldRequests;
  });
}

/** The old process has ended and the new one is not there yet. */
export function between(worker: WatchedWorker, atMs: number): WatchedWorker {
  if (worker.state !== 'old' && worker.state !== 'draining') return worker;
  return { ...worker, state: 'starting', serving: null, spans: withState(worker.spans, 'starting', atMs) };
}

/** Each running worker of the document is new (or cheap, by intention), and at least one is. */
export function allFulfilled(workers: readonly WatchedWorker[], document: StatsDocument): boolean {
  const present = new Set(workersOf(document).map((worker) => worker.id));
  const relevant = workers.filter((worker) => present.has(worker.wid));
  return (
    relevant.some((worker) => worker.state === 'new') &&
    relevant.every((worker) => worker.state === 'new' || worker.state === 'cheap')
  );
}

export function moved(worker: WatchedWorker, before: WatchedWorker | undefined): boolean {
  return (
    before === undefined || worker.newPid !== before.newPid || (worker.state !== before.state && worker.state !== 'old')
  );
}

/** Requests of old processes that were still running when mercy ended: their clients got no answer. */
export function markCutOff(
  state: WatchSurroundings,
  workers: readonly WatchedWorker[],
  atMs: number,
  log: ReloadRun['log'],
): { workers: WatchedWorker[]; cutOff: number; harakiris: number } {
  let cutOff = 0;
  let harakiris = 0;
  const marked = workers.map((worker) => {
    const before = state.workers.find((other) => other.wid === worker.wid);
    if (before === undefined || before.serving === null) return worker;
    const cause = causeOfEnd(before, worker, state.plan, atMs);
    if (cause === null) return worker;
    const { what, elapsedMs, running } = before.serving;
    if (cause === 'harakiri') harakiris += running;
    else cutOff += running;
    const elapsed = elapsedMs === null ? '' : `, ${seconds(elapsedMs)} into ${what}`;
    const how = KILLED[cause];
    log.push(warning(atMs, `Worker ${worker.wid} ${how}, pid ${worker.oldPid}${elapsed}`));
    const last = worker.spans.at(-1);
    if (last === undefined || last.state === 'down') return worker;
    return {
      ...worker,
      spans: [...worker.spans.slice(0, -1), { state: 'down' as const, fromMs: atMs, toMs: atMs }, last],
    };
  });
  return { workers: marked, cutOff, harakiris };
}

const KILLED = { brutal: 'cut off', mercy: 'killed at the end of mercy', harakiri: 'killed by harakiri' } as const;

/** Old, and in a request: it can't become new before that ends. */
export function isHeldUp(worker: WatchedWorker): boolean {
  return (worker.state === 'old' || worker.state === 'draining') && worker.serving !== null;
}

/** Mercy begins with the command, or in a chain when the worker's turn comes. */
export function mercySinceMs(worker: WatchedWorker, plan: WatchPlan): number | null {
  return plan.chain ? worker.drainingSinceMs : plan.startedAtMs;
}

/** How long its request has kept it from becoming new: one that began later shows that it was not told to finish. */
export function heldMs(worker: WatchedWorker, plan: WatchPlan, atMs: number): number {
  const sinceMs = atMs - (mercySinceMs(worker, plan) ?? atMs);
  return Math.min(sinceMs, worker.serving?.elapsedMs ?? sinceMs);
}

function observeWorker(
  watched: WatchedWorker,
  worker: StatsWorker,
  requests: readonly RequestRow[],
  state: WatchSurroundings,
  atMs: number,
  log: ReloadRun['log'],
): WatchedWorker {
  if (state.plan.restarts && !state.restarted && worker.pid > 0 && !isSameProcess(watched, worker)) {
    return replacedByItself(watched, worker, requests, atMs, log);
  }
  const next = classify(watched, worker, state);
  const isNew = next === 'new' || (next === 'starting' && worker.pid > 0);
  const newPid = isNew ? worker.pid : watched.newPid;
  const diedAgain = watched.diedAgain + (watched.newPid !== null && newPid !== watched.newPid ? 1 : 0);
  if (next === 'new' && watched.state !== 'new') log.push(info(atMs, `Worker ${worker.id} is new, pid ${worker.pid}`));
  if (diedAgain > watched.diedAgain) {
    log.push(warning(atMs, `Worker ${worker.id} ended again: pid ${watched.newPid} is now ${worker.pid}`));
  }
  const serving = servingOf(worker, requests);
  if (next === 'draining' && watched.state !== 'draining') {
    const what = serving === null ? '' : `, in ${serving.what}`;
    log.push(info(atMs, `Worker ${worker.id} told to finish${what}; mercy of ${seconds(state.plan.mercyMs)} begins`));
  }
  return {
    ...watched,
    newPid,
    lacksApp: isNew && state.appsBefore > 0 && worker.apps.length === 0,
    state: next,
    spans: withState(watched.spans, next, atMs),
    serving: next === 'old' || next === 'draining' ? serving : null,
    drainingSinceMs: next === 'draining' ? (watched.drainingSinceMs ?? atMs) : watched.drainingSinceMs,
    diedAgain,
    served: isNew ? servedBy(worker) : watched.served,
  };
}

function classify(watched: WatchedWorker, worker: StatsWorker, state: WatchSurroundings): WatchedState {
  const { status } = statusOf(worker);
  if (status === 'cheap') return 'cheap';
  if (worker.pid <= 0)
    return watched.newPid !== null || state.sawChange || watched.state !== 'down' ? 'starting' : 'down';
  if (isSameProcess(watched, worker)) {
    if (watched.state === 'draining' || worker.accepting === 0) return 'draining';
    return status === 'busy' && isTold(watched, state) ? 'draining' : 'old';
  }
  const { clockAheadMs, startedAtMs } = state.plan;
  const spawnedSince = clockAheadMs === null || worker.last_spawn * 1000 - clockAheadMs >= startedAtMs - SPAWN_SLACK_MS;
  const serves = worker.accepting !== 0 || status === 'busy';
  return spawnedSince && serves ? 'new' : 'starting';
}

/**
 * A busy worker of uWSGI does not show that it was told to finish. In a chain the next one is told once all before it
 * are new (uWSGI 2.0.21, in the order of their numbers).
 */
function isTold({ wid }: WatchedWorker, { plan, sawChange, workers }: WatchSurroundings): boolean {
  const isTurn = !plan.chain || workers.every((other) => other.wid >= wid || HAS_HAD_ITS_TURN.has(other.state));
  return sawChange && isTurn;
}

const HAS_HAD_ITS_TURN: ReadonlySet<WatchedState> = new Set(['new', 'cheap', 'down']);

function isSameProcess({ oldPid, oldSpawn }: WatchedWorker, worker: StatsWorker): boolean {
  return worker.pid === oldPid && worker.last_spawn === oldSpawn;
}

/** Another process of the same master: it has what was loaded before, so it is as old as the one it replaces. */
function replacedByItself(
  watched: WatchedWorker,
  worker: StatsWorker,
  requests: readonly RequestRow[],
  atMs: number,
  log: ReloadRun['log'],
): WatchedWorker {
  const { oldPid: before } = watched;
  if (before > 0 && !watched.wasReplaced)
    log.push(info(atMs, `Worker ${worker.id} was replaced without a reload, pid ${before} → ${worker.pid}`));
  const state = 'old';
  const spans = withState(watched.spans, state, atMs);
  return { ...watched, ...firstLook(worker, requests, atMs), wasReplaced: true, state, spans };
}

/** uWSGI keeps `requests` of a worker's place over its processes; `delta_requests` begins anew with each. */
function servedBy(worker: StatsWorker): number {
  return worker.delta_requests;
}

function gone(watched: WatchedWorker, atMs: number, log: ReloadRun['log']): WatchedWorker {
  if (watched.state === 'down') return watched;
  log.push(info(atMs, `Worker ${watched.wid} is gone: fewer workers are configured now`));
  return { ...watched, state: 'down', serving: null, spans: withState(watched.spans, 'down', atMs) };
}

/** What ended the requests of an old process; null: they ended by themselves. */
function causeOfEnd(
  before: WatchedWorker,
  now: WatchedWorker,
  plan: WatchPlan,
  atMs: number,
): keyof typeof KILLED | null {
  const ended = now.state === 'new' || now.state === 'starting' || now.state === 'down';
  if (!isHeldUp(before) || !ended) return null;
  if (plan.brutal) return 'brutal';
  if (heldMs(before, plan, atMs) >= plan.mercyMs - SPAWN_SLACK_MS) return 'mercy';
  const elapsedMs = before.serving?.elapsedMs ?? 0;
  return plan.harakiriMs !== null && elapsedMs >= plan.harakiriMs - POLL_SLACK_MS ? 'harakiri' : null;
}

function servingOf(worker: StatsWorker, requests: readonly RequestRow[]): WatchedWorker['serving'] {
  const mine = requests.filter((request) => request.wid === worker.id && request.pid === worker.pid);
  const [longest] = mine;
  if (longest === undefined) return null;
  const what = `${longest.method} ${longest.path}`.trim();
  return { what: what === '' ? 'a request' : what, elapsedMs: longest.elapsedMs, running: mine.length };
}

function withState(spans: WatchedWorker['spans'], state: WatchedState, atMs: number): WatchedWorker['spans'] {
  const last = spans.at(-1);
  if (last === undefined) return [{ state, fromMs: atMs, toMs: null }];
  if (last.state === state) return spans;
  return [...spans.slice(0, -1), { ...last, toMs: atMs }, { state, fromMs: atMs, toMs: null }];
}
