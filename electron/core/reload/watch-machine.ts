/**
 * Watches a reload by its workers, as a pure machine over polls: a worker is new when it is another process that was
 * spawned after the command, and it accepts requests. What the command was and how it is written is reload-flow.ts;
 * the words of the verdict are in verdict.ts.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { RequestRow } from '../../contract/model.ts';
import type { ReloadRun } from '../../contract/reload-model.ts';
import { workersOf } from '../samples/worker-rows.ts';
import { seconds } from '../words.ts';
import { info, warning } from './watch-words.ts';
import {
  allFulfilled,
  between,
  firstLook,
  hasRestarted,
  heldMs,
  isHeldUp,
  markCutOff,
  moved,
  observeWorkers,
  type WatchedWorker,
  type WatchPlan,
} from './watch-workers.ts';

export interface WatchState {
  plan: WatchPlan;
  workers: WatchedWorker[];
  /** Of the newest document. */
  masterPid: number;
  masterPidBefore: number;
  appsBefore: number;
  appsNow: number;
  last: ReadonlyMap<number, { pid: number; lastSpawn: number; requests: number; exceptions: number }>;
  queueErrorsBase: number;
  queueErrors: number;
  answered: number;
  cutOff: number;
  /** Requests that harakiri ended meanwhile. */
  harakiris: number;
  exceptions: number;
  queuePeak: number;
  /** Something moved: the command arrived. */
  sawChange: boolean;
  /** The master has started anew, as the counts of its workers show. */
  restarted: boolean;
  silentSinceMs: number | null;
  /** When its master was last seen to run while its stats address was silent. */
  aliveAtMs: number | null;
  /** The way to its machine is down since then, so nothing can be seen. */
  linkLostSinceMs: number | null;
  /** How long it was down before. */
  awayMs: number;
  allNewAtMs: number | null;
  /** Requests answered since all are new. */
  answeredSinceNew: number;
  /** A command that was accepted and shows no effect is given once more: `due` asks for it. */
  resend: 'not yet' | 'due' | 'done' | 'never';
  resentAtMs: number | null;
  outcome: WatchOutcome;
  log: ReloadRun['log'];
}

export type WatchOutcome =
  | {
      status: 'watching';
      /** `quiet`: nothing has changed, for longer than it should take. `loading`: its master runs and is silent. */
      stuck: 'no' | 'held' | 'quiet' | 'loading' | 'link';
    }
  | {
      status: 'finished';
      result: 'done' | 'stuck' | 'ignored' | 'silent' | 'refused' | 'died' | 'unseen' | 'asleep';
      atMs: number;
      text: string | null;
    };

/** After the last worker is new, so long is watched whether it stays that way. */
export const QUIET_MS = 2_000;
/** Where requests come, so long is waited until each new worker has answered one; some may get none. */
const SERVE_WITHIN_MS = 10_000;
/** An idle server acts on a command within its next cycle, a second later. */
const RESEND_AFTER_MS = 8_000;
const STUCK_AFTER_MS = 10_000;
/** A master that is seen to run may load its application for so long. */
const LOADING_WITHIN_MS = 600_000;
const ALIVE_WITHIN_MS = 5_000;

export function beginWatch(plan: WatchPlan, document: StatsDocument, requests: readonly RequestRow[]): WatchState {
  const looks = workersOf(document).map((worker) => firstLook(worker, requests, plan.startedAtMs));
  const first = looks.find(({ state }) => state === 'old');
  // A chain begins with the first worker, whose mercy begins with the command.
  const workers = plan.chain
    ? looks.map((worker) => (worker === first ? { ...worker, drainingSinceMs: plan.startedAtMs } : worker))
    : looks;
  return {
    plan,
    workers,
    masterPid: document.pid,
    masterPidBefore: document.pid,
    appsBefore: countApps(document),
    appsNow: countApps(document),
    last: countersOf(document),
    queueErrorsBase: document.listen_queue_errors,
    queueErrors: 0,
    answered: 0,
    cutOff: 0,
    harakiris: 0,
    exceptions: 0,
    queuePeak: document.listen_queue,
    sawChange: false,
    restarted: false,
    silentSinceMs: null,
    aliveAtMs: null,
    linkLostSinceMs: null,
    awayMs: 0,
    allNewAtMs: null,
    answeredSinceNew: 0,
    resend: plan.canResend ? 'not yet' : 'never',
    resentAtMs: null,
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
  return observeAnswer(withLink(state, atMs), document, requests, atMs);
}

function observeAnswer(
  before: WatchState,
  document: StatsDocument,
  requests: readonly RequestRow[],
  atMs: number,
): WatchState {
  const restarted =
    before.restarted || document.pid !== before.masterPidBefore || hasRestarted(before.workers, document);
  const state: WatchState = { ...before, restarted };
  const log = [...state.log];
  if (state.silentSinceMs !== null) {
    log.push(info(atMs, `The stats address answers again after ${seconds(atMs - state.silentSinceMs)}`));
  }
  const counted = countTraffic(state, document);
  const news: ReloadRun['log'] = [];
  const observed = observeWorkers(state, document, requests, atMs, news);
  const { workers, cutOff, harakiris } = markCutOff(state, observed, atMs, news);
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
    cutOff: state.cutOff + cutOff,
    harakiris: state.harakiris + harakiris,
    sawChange,
    silentSinceMs: null,
    aliveAtMs: null,
    appsNow: countApps(document),
    last: countersOf(document),
    masterPid: document.pid,
    allNewAtMs: allFulfilled(workers, document) ? (state.allNewAtMs ?? atMs) : null,
    answeredSinceNew: state.allNewAtMs === null ? 0 : state.answeredSinceNew + counted.answered - state.answered,
    log,
  };
  return judge(next, atMs);
}

/** A poll brought nothing. `refused`: nobody listens, as while a uWSGI master starts anew, after its workers ended. */
export function observeGap(seen: WatchState, reason: string, refused: boolean, atMs: number): WatchState {
  if (seen.outcome.status === 'finished') return seen;
  const state = withLink(seen, atMs);
  const first = state.silentSinceMs === null;
  const log = first ? [...state.log, info(atMs, gapWords(state.plan, reason))] : [...state.log];
  const { full } = state.plan;
  const ended = full && refused ? state.workers.map((worker) => between(worker, atMs)) : state.workers;
  const { workers, cutOff, harakiris } = markCutOff(state, ended, atMs, log);
  const next: WatchState = {
    ...state,
    log,
    workers,
    cutOff: state.cutOff + cutOff,
    harakiris: state.harakiris + harakiris,
    silentSinceMs: state.silentSinceMs ?? atMs,
    sawChange: state.sawChange || full,
  };
  return judge(next, atMs);
}

/** The way to its machine broke off: that says nothing about the server, which goes on with what it was told. */
export function observeLinkLoss(state: WatchState, reason: string, atMs: number): WatchState {
  if (state.outcome.status === 'finished' || state.linkLostSinceMs !== null) return state;
  const log = [...state.log, warning(atMs, `Nothing can be seen until the link is back: ${reason}`)];
  return {
    ...state,
    log,
    linkLostSinceMs: atMs,
    silentSinceMs: null,
    outcome: { status: 'watching', stuck: 'link' },
  };
}

/** The link did not come back in the time that a reload is waited for. */
export function observeLinkGivenUp(state: WatchState, atMs: number): WatchState {
  if (state.outcome.status === 'finished' || state.linkLostSinceMs === null) return state;
  return { ...state, outcome: { status: 'finished', result: 'unseen', atMs, text: null } };
}

function withLink(state: WatchState, atMs: number): WatchState {
  if (state.linkLostSinceMs === null) return state;
  const lostForMs = atMs - state.linkLostSinceMs;
  const log = [...state.log, info(atMs, `The link is back after ${seconds(lostForMs)}`)];
  return { ...state, log, linkLostSinceMs: null, awayMs: state.awayMs + lostForMs };
}

/** Nothing answers, and the master's process is there. */
export function observeAlive(state: WatchState, atMs: number): WatchState {
  if (state.outcome.status === 'finished' || state.silentSinceMs === null) return state;
  return { ...state, aliveAtMs: atMs };
}

/** The command was given once more. */
export function observeResend(state: WatchState, text: string, atMs: number): WatchState {
  const log = [...state.log, warning(atMs, text)];
  return { ...state, log, resend: 'done', resentAtMs: atMs };
}

/** The master's process is gone from its machine, and nothing answers. */
export function observeDeath(state: WatchState, atMs: number): WatchState {
  if (state.outcome.status === 'finished') return state;
  const log = [...state.log, { atMs, level: 'error' as const, text: `The master, pid ${state.masterPid}, has ended` }];
  return { ...state, log, outcome: { status: 'finished', result: 'died', atMs, text: null } };
}

/** The bundled engine said in its log that the new generation could not be loaded. */
export function observeRefusal(state: WatchState, text: string, atMs: number): WatchState {
  if (state.outcome.status === 'finished') return state;
  const log = [...state.log, { atMs, level: 'error' as const, text }];
  return { ...state, log, outcome: { status: 'finished', result: 'refused', atMs, text } };
}

function judge(state: WatchState, atMs: number): WatchState {
  const { plan } = state;
  const sinceMs = atMs - plan.startedAtMs - state.awayMs;
  const finish = (result: Extract<WatchOutcome, { status: 'finished' }>['result']): WatchState => ({
    ...state,
    outcome: { status: 'finished', result, atMs, text: null },
  });
  if (state.allNewAtMs !== null) {
    if (isProven(state, atMs - state.allNewAtMs)) return finish('done');
    return { ...state, outcome: { status: 'watching', stuck: 'no' } };
  }
  const silentForMs = state.silentSinceMs === null ? 0 : atMs - state.silentSinceMs;
  const isAlive = state.aliveAtMs !== null && atMs - state.aliveAtMs < ALIVE_WITHIN_MS;
  if (silentForMs >= (isAlive ? LOADING_WITHIN_MS : longestSilenceMs(plan))) return finish('silent');
  if (isAlive && silentForMs >= STUCK_AFTER_MS) return { ...state, outcome: { status: 'watching', stuck: 'loading' } };
  const held = state.workers.filter((worker) => isHeldUp(worker));
  const lost = !state.sawChange && state.silentSinceMs === null && canTell(state);
  if (lost && state.resend === 'not yet' && sinceMs >= RESEND_AFTER_MS) return { ...state, resend: 'due' };
  const quietSinceMs = atMs - (state.resentAtMs ?? plan.startedAtMs) - state.awayMs;
  const quiet = lost && held.length === 0 && quietSinceMs >= noticeWithinMs(plan);
  if (quiet && (!plan.mayActAtMercy || sinceMs >= plan.mercyMs + 5_000)) return finish('ignored');
  const runs = state.workers.some((worker) => worker.state !== 'cheap' && worker.state !== 'down');
  if (!runs && silentForMs === 0 && sinceMs >= noticeWithinMs(plan)) return finish('asleep');
  if (sinceMs >= watchLimitMs(plan, state.workers.length)) return finish('stuck');
  const stuckAfterMs = plan.chain ? STUCK_AFTER_MS + plan.startupMs : Math.min(STUCK_AFTER_MS, plan.mercyMs / 2);
  const isStuck = held.some((worker) => heldMs(worker, plan, atMs) >= stuckAfterMs);
  return { ...state, outcome: { status: 'watching', stuck: quiet ? 'quiet' : isStuck ? 'held' : 'no' } };
}

/** Each new worker has answered a request, or none came to it for a while in which it was idle and accepting. */
function isProven(state: WatchState, newForMs: number): boolean {
  if (newForMs < QUIET_MS) return false;
  const fresh = state.workers.filter((worker) => worker.state === 'new');
  if (state.answeredSinceNew === 0 || fresh.every((worker) => worker.served > 0)) return true;
  return newForMs >= SERVE_WITHIN_MS;
}

/** There is a worker that would have become new at once, had the command arrived: one that no request holds. */
function canTell({ plan, workers }: WatchState): boolean {
  const running = workers.filter((worker) => worker.state === 'old' || worker.state === 'draining');
  const first = plan.chain ? running.slice(0, 1) : running;
  return first.some((worker) => worker.state === 'old' && !isHeldUp(worker));
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
