/**
 * What each worker does while a reload is watched: whether it is still the old process, waits for a request to end,
 * starts, or is new; and which ones were killed at the end of mercy. Pure; part of the machine in watch-machine.ts.
 */
import type { StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';
import type { ReloadRun, RequestRow } from '../../contract/model.ts';
import { statusOf, workersOf } from '../samples/worker-rows.ts';
import { seconds } from '../words.ts';
import { info, warning } from './watch-words.ts';

export type WatchedState = 'old' | 'draining' | 'starting' | 'new' | 'cheap' | 'down';

export interface WatchedWorker {
  wid: number;
  /** 0: it did not exist before. */
  oldPid: number;
  oldSpawn: number;
  newPid: number | null;
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
  /** One worker after the other. */
  chain: boolean;
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
  workers: readonly WatchedWorker[];
}

/** uWSGI's `last_spawn` is in whole seconds, cut off. */
const SPAWN_SLACK_MS = 1_500;

/** How a worker is when the watching begins. */
export function firstLook(worker: StatsWorker, requests: readonly RequestRow[], atMs: number): WatchedWorker {
  const { status } = statusOf(worker);
  const state = status === 'cheap' || status === 'down' ? status : 'old';
  return {
    wid: worker.id,
    oldPid: worker.pid,
    oldSpawn: worker.last_spawn,
    newPid: null,
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
      newPid: null,
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
): { workers: WatchedWorker[]; count: number } {
  let count = 0;
  const marked = workers.map((worker) => {
    const before = state.workers.find((other) => other.wid === worker.wid);
    if (before === undefined || before.serving === null || !wasKilled(before, worker, state.plan, atMs)) return worker;
    const { what, elapsedMs, running } = before.serving;
    count += running;
    const elapsed = elapsedMs === null ? '' : `, ${seconds(elapsedMs)} into ${what}`;
    log.push(warning(atMs, `Worker ${worker.wid} killed at the end of mercy, pid ${worker.oldPid}${elapsed}`));
    const last = worker.spans.at(-1);
    if (last === undefined || last.state === 'down') return worker;
    return {
      ...worker,
      spans: [...worker.spans.slice(0, -1), { state: 'down' as const, fromMs: atMs, toMs: atMs }, last],
    };
  });
  return { workers: marked, count };
}

/** Old, and in a request: it can't become new before that ends. */
export function isHeldUp(worker: WatchedWorker): boolean {
  return (worker.state === 'old' || worker.state === 'draining') && worker.serving !== null;
}

/** Mercy begins with the command, or in a chain when the worker's turn comes. */
export function mercySinceMs(worker: WatchedWorker, plan: WatchPlan): number | null {
  return plan.chain ? worker.drainingSinceMs : plan.startedAtMs;
}

export function heldMs(worker: WatchedWorker, plan: WatchPlan, atMs: number): number {
  return atMs - (mercySinceMs(worker, plan) ?? atMs);
}

function observeWorker(
  watched: WatchedWorker,
  worker: StatsWorker,
  requests: readonly RequestRow[],
  state: WatchSurroundings,
  atMs: number,
  log: ReloadRun['log'],
): WatchedWorker {
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
  const sameProcess = worker.pid === watched.oldPid && worker.last_spawn === watched.oldSpawn;
  if (sameProcess) {
    if (watched.state === 'draining' || worker.accepting === 0) return 'draining';
    return state.sawChange && !state.plan.chain && status === 'busy' ? 'draining' : 'old';
  }
  const spawnedSince = worker.last_spawn * 1000 >= state.plan.startedAtMs - SPAWN_SLACK_MS;
  const serves = worker.accepting !== 0 || status === 'busy';
  return spawnedSince && serves ? 'new' : 'starting';
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

function wasKilled(before: WatchedWorker, now: WatchedWorker, plan: WatchPlan, atMs: number): boolean {
  const ended = now.state === 'new' || now.state === 'starting' || now.state === 'down';
  return isHeldUp(before) && ended && heldMs(before, plan, atMs) >= plan.mercyMs - SPAWN_SLACK_MS;
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
