/**
 * Watches a reload by its workers, as a pure machine over polls: a worker is new when it is another process that was
 * spawned after the command, and it accepts requests. What the command was and how it is written is reload-flow.ts;
 * the words of the verdict are in verdict.ts.
 */
import type { StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';
import type { ReloadRun, RequestRow } from '../../contract/model.ts';
import { statusOf, workersOf } from '../samples/worker-rows.ts';

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
}

export interface WatchState {
  plan: WatchPlan;
  workers: WatchedWorker[];
  masterPid: number;
  appsBefore: number;
  appsNow: number;
  last: ReadonlyMap<number, { pid: number; lastSpawn: number; requests: number; exceptions: number }>;
  queueErrorsBase: number;
  queueErrors: number;
  answered: number;
  cutOff: number;
  exceptions: number;
  queuePeak: number;
  /** Something moved: the command arrived. */
  sawChange: boolean;
  silentSinceMs: number | null;
  allNewAtMs: number | null;
  outcome: WatchOutcome;
  log: ReloadRun['log'];
}

export type WatchOutcome =
  | {
      status: 'watching' /** `quiet`: nothing has changed, for longer than it should take. */;
      stuck: 'no' | 'held' | 'quiet';
    }
  | {
      status: 'finished';
      result: 'done' | 'stuck' | 'ignored' | 'silent' | 'refused';
      atMs: number;
      text: string | null;
    };

/** After the last worker is new, so long is watched whether it stays that way. */
export const QUIET_MS = 2_000;
const STUCK_AFTER_MS = 10_000;
/** uWSGI's `last_spawn` is in whole seconds, cut off. */
const SPAWN_SLACK_MS = 1_500;

export function beginWatch(plan: WatchPlan, document: StatsDocument, requests: readonly RequestRow[]): WatchState {
  const workers = workersOf(document).map((worker): WatchedWorker => {
    const { status } = statusOf(worker);
    const state = status === 'cheap' || status === 'down' ? status : 'old';
    return {
      wid: worker.id,
      oldPid: worker.pid,
      oldSpawn: worker.last_spawn,
      newPid: null,
      state,
      spans: [{ state, fromMs: plan.startedAtMs, toMs: null }],
      serving: servingOf(worker, requests),
      drainingSinceMs: null,
      diedAgain: 0,
    };
  });
  return {
    plan,
    workers,
    masterPid: document.pid,
    appsBefore: countApps(document),
    appsNow: countApps(document),
    last: countersOf(document),
    queueErrorsBase: document.listen_queue_errors,
    queueErrors: 0,
    answered: 0,
    cutOff: 0,
    exceptions: 0,
    queuePeak: document.listen_queue,
    sawChange: false,
    silentSinceMs: null,
    allNewAtMs: null,
    outcome: { status: 'watching', stuck: 'no' },
    log: [],
  };
}

/** A poll was answered. */
export function observeDocument(
  state: WatchState,
  document: StatsDocument,
  requests: readonly RequestRow[],
  atMs: number,
): WatchState {
  if (state.outcome.status === 'finished') return state;
  const log = [...state.log];
  if (state.silentSinceMs !== null) {
    log.push(info(atMs, `The stats address answers again after ${seconds(atMs - state.silentSinceMs)}`));
  }
  const counted = countTraffic(state, document);
  const news: ReloadRun['log'] = [];
  const observed = observeWorkers(state, document, requests, atMs, news);
  const { workers, count: cutOffNow } = markCutOff(state, observed, atMs, news);
  const sawChange =
    state.sawChange || document.pid !== state.masterPid || workers.some((worker, i) => moved(worker, state.workers[i]));
  if (sawChange && !state.sawChange) {
    const first = workers.find((worker, i) => moved(worker, state.workers[i]));
    const what = first === undefined ? 'with a new process' : `at worker ${first.wid}`;
    log.push(info(atMs, `The master acts on it, first seen ${what} after ${seconds(atMs - state.plan.startedAtMs)}`));
  }
  log.push(...news);
  const next: WatchState = {
    ...state,
    ...counted,
    workers,
    cutOff: state.cutOff + cutOffNow,
    sawChange,
    silentSinceMs: null,
    appsNow: countApps(document),
    last: countersOf(document),
    allNewAtMs: allFulfilled(workers, document) ? (state.allNewAtMs ?? atMs) : null,
    log,
  };
  return judge(next, atMs);
}

/** A poll brought nothing. `refused`: nobody listens, as while a uWSGI master starts anew, after its workers ended. */
export function observeGap(state: WatchState, reason: string, refused: boolean, atMs: number): WatchState {
  if (state.outcome.status === 'finished') return state;
  const first = state.silentSinceMs === null;
  const log = first ? [...state.log, info(atMs, gapWords(state.plan, reason))] : state.log;
  const { full } = state.plan;
  const workers = full && refused ? state.workers.map((worker) => between(worker, atMs)) : state.workers;
  const silentSinceMs = state.silentSinceMs ?? atMs;
  return judge({ ...state, log, workers, silentSinceMs, sawChange: state.sawChange || full }, atMs);
}

/** The old process has ended and the new one is not there yet. */
function between(worker: WatchedWorker, atMs: number): WatchedWorker {
  if (worker.state !== 'old' && worker.state !== 'draining') return worker;
  return { ...worker, state: 'starting', serving: null, spans: withState(worker.spans, 'starting', atMs) };
}

/** The bundled engine said in its log that the new generation could not be loaded. */
export function observeRefusal(state: WatchState, text: string, atMs: number): WatchState {
  if (state.outcome.status === 'finished') return state;
  const log = [...state.log, { atMs, level: 'error' as const, text }];
  return { ...state, log, outcome: { status: 'finished', result: 'refused', atMs, text } };
}

function judge(state: WatchState, atMs: number): WatchState {
  const { plan } = state;
  const sinceMs = atMs - plan.startedAtMs;
  const finish = (result: Extract<WatchOutcome, { status: 'finished' }>['result']): WatchState => ({
    ...state,
    outcome: { status: 'finished', result, atMs, text: null },
  });
  if (state.allNewAtMs !== null) {
    if (atMs - state.allNewAtMs >= QUIET_MS) return finish('done');
    return { ...state, outcome: { status: 'watching', stuck: 'no' } };
  }
  if (state.silentSinceMs !== null && atMs - state.silentSinceMs >= longestSilenceMs(plan)) return finish('silent');
  const held = state.workers.filter((worker) => isHeldUp(worker));
  const quiet = !state.sawChange && sinceMs >= noticeWithinMs(plan) && held.length === 0;
  if (quiet && (!plan.mayActAtMercy || sinceMs >= plan.mercyMs + 5_000)) return finish('ignored');
  if (sinceMs >= watchLimitMs(plan, state.workers.length)) return finish('stuck');
  const stuckAfterMs = plan.chain ? STUCK_AFTER_MS + plan.startupMs : Math.min(STUCK_AFTER_MS, plan.mercyMs / 2);
  const isStuck = held.some((worker) => heldMs(worker, plan, atMs) >= stuckAfterMs);
  return { ...state, outcome: { status: 'watching', stuck: quiet ? 'quiet' : isStuck ? 'held' : 'no' } };
}

/** Old, and in a request: it can't become new before that ends. */
export function isHeldUp(worker: WatchedWorker): boolean {
  return (worker.state === 'old' || worker.state === 'draining') && worker.serving !== null;
}

/** Mercy begins with the command, or in a chain when the worker's turn comes. */
export function mercySinceMs(worker: WatchedWorker, plan: WatchPlan): number | null {
  return plan.chain ? worker.drainingSinceMs : plan.startedAtMs;
}

function heldMs(worker: WatchedWorker, plan: WatchPlan, atMs: number): number {
  return atMs - (mercySinceMs(worker, plan) ?? atMs);
}

function noticeWithinMs(plan: WatchPlan): number {
  return Math.max(15_000, 10_000 + 3 * plan.startupMs);
}

function longestSilenceMs(plan: WatchPlan): number {
  return Math.max(20_000, 10_000 + 4 * plan.startupMs);
}

/** After that the watching ends, whatever there is to see. */
function watchLimitMs(plan: WatchPlan, workers: number): number {
  const each = plan.mercyMs + 3 * plan.startupMs + 10_000;
  return plan.chain ? each * Math.max(1, workers) : each + 30_000;
}

function observeWorkers(
  state: WatchState,
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
    };
    workers.push(observeWorker(fresh, worker, requests, state, atMs, log));
  }
  return workers.toSorted((a, b) => a.wid - b.wid);
}

function observeWorker(
  watched: WatchedWorker,
  worker: StatsWorker,
  requests: readonly RequestRow[],
  state: WatchState,
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
  };
}

function classify(watched: WatchedWorker, worker: StatsWorker, state: WatchState): WatchedState {
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

function gone(watched: WatchedWorker, atMs: number, log: ReloadRun['log']): WatchedWorker {
  if (watched.state === 'down') return watched;
  log.push(info(atMs, `Worker ${watched.wid} is gone: fewer workers are configured now`));
  return { ...watched, state: 'down', serving: null, spans: withState(watched.spans, 'down', atMs) };
}

/** Each running worker of the document is new (or cheap, by intention), and at least one is. */
function allFulfilled(workers: readonly WatchedWorker[], document: StatsDocument): boolean {
  const present = new Set(workersOf(document).map((worker) => worker.id));
  const relevant = workers.filter((worker) => present.has(worker.wid));
  return (
    relevant.some((worker) => worker.state === 'new') &&
    relevant.every((worker) => worker.state === 'new' || worker.state === 'cheap')
  );
}

function moved(worker: WatchedWorker, before: WatchedWorker | undefined): boolean {
  return (
    before === undefined || worker.newPid !== before.newPid || (worker.state !== before.state && worker.state !== 'old')
  );
}

function countTraffic(state: WatchState, document: StatsDocument) {
  let { answered, exceptions } = state;
  for (const worker of workersOf(document)) {
    const before = state.last.get(worker.id);
    if (before === undefined) continue;
    const started = worker.requests < before.requests;
    answered += started ? worker.requests : worker.requests - before.requests;
    exceptions += worker.exceptions < before.exceptions ? worker.exceptions : worker.exceptions - before.exceptions;
  }
  const queueErrors = document.listen_queue_errors - state.queueErrorsBase;
  return {
    answered,
    exceptions,
    queueErrors: Math.max(state.queueErrors, queueErrors),
    queuePeak: Math.max(state.queuePeak, document.listen_queue),
  };
}

/** Requests of old processes that were still running when mercy ended: their clients got no answer. */
function markCutOff(
  state: WatchState,
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

function countersOf(document: StatsDocument): WatchState['last'] {
  return new Map(
    workersOf(document).map(({ id, pid, last_spawn: lastSpawn, requests, exceptions }) => [
      id,
      { pid, lastSpawn, requests, exceptions },
    ]),
  );
}

function countApps(document: StatsDocument): number {
  return document.workers.reduce((sum, worker) => Math.max(sum, worker.apps.length), 0);
}

function gapWords(plan: WatchPlan, reason: string): string {
  return plan.full ? `The stats address is silent while the master starts anew: ${reason}` : `No figures: ${reason}`;
}

function info(atMs: number, text: string): ReloadRun['log'][number] {
  return { atMs, level: 'info', text };
}

function warning(atMs: number, text: string): ReloadRun['log'][number] {
  return { atMs, level: 'warning', text };
}

/** `0.4 s`, `22 s`. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
