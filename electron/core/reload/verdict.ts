/**
 * What came of a reload, in words: subject first, figures in them, what happens next. Pure.
 */
import type { ReloadRun } from '../../contract/reload-model.ts';
import { count, seconds } from '../words.ts';
import type { WatchState } from './watch-machine.ts';
import { isHeldUp, mercySinceMs, type WatchedWorker } from './watch-workers.ts';

export type Verdict = NonNullable<ReloadRun['verdict']>;

/** null while there is nothing to say yet. A `stuck` verdict may come while the watching goes on. */
export function verdictOf(state: WatchState, atMs: number): Verdict | null {
  const { outcome } = state;
  if (outcome.status === 'watching') {
    if (outcome.stuck === 'no') return null;
    switch (outcome.stuck) {
      case 'held':
        return stuckVerdict(state, atMs);
      case 'quiet':
        return quietVerdict(state, atMs);
      case 'loading':
        return loadingVerdict(state, atMs);
      case 'link':
        return linkVerdict(state, atMs);
    }
  }
  switch (outcome.result) {
    case 'done':
      return doneVerdict(state);
    case 'stuck':
      return stuckVerdict(state, outcome.atMs);
    case 'unseen':
      return {
        status: 'stuck',
        title: 'What became of the reload was not seen.',
        detail: `The link broke off and was not back within ${seconds(outcome.atMs - (state.linkLostSinceMs ?? outcome.atMs))}. The server was told to reload and may well have done so: look at the spawn times of its workers when the link is back.`,
      };
    case 'asleep':
      return {
        status: 'stuck',
        title: 'No worker runs, so nothing shows whether the reload was carried out.',
        detail:
          'All workers are cheap: the first request starts one, and what it loads then is what the master has read. The log of the server says whether the command arrived.',
      };
    case 'ignored':
      return {
        status: 'failed',
        title: `Nothing changed in ${seconds(outcome.atMs - state.plan.startedAtMs)}. The old workers serve on.`,
        detail:
          'No worker was told to finish and none is new: the command was lost or not understood. Try again, or another way; the log of the server says whether it arrived.',
      };
    case 'silent':
      return {
        status: 'failed',
        title: `The server has not answered for ${seconds(outcome.atMs - (state.silentSinceMs ?? outcome.atMs))}.`,
        detail:
          'The master may have ended at its new start, which happens when the configuration or the application can not be loaded. Look into its log and start it again.',
      };
    case 'died':
      return {
        status: 'died',
        title: `The master ended ${seconds((state.silentSinceMs ?? outcome.atMs) - state.plan.startedAtMs)} after the reload began. Nobody serves.`,
        detail: `Process ${state.masterPid} is gone and its stats address is closed. Its log says why; correct that and start it again.`,
      };
    case 'refused':
      return {
        status: 'failed',
        title: 'The new workers could not be loaded. The old ones serve on.',
        detail: outcome.text ?? 'The log says why. Correct it and reload again; no request was lost.',
      };
  }
}

function doneVerdict(state: WatchState): Verdict {
  const tookMs = (state.allNewAtMs ?? state.plan.startedAtMs) - state.plan.startedAtMs;
  const fresh = state.workers.filter((worker) => worker.state === 'new');
  if (state.appsBefore > 0 && state.appsNow === 0) return noAppVerdict(fresh.length, tookMs);
  const lacking = fresh.filter((worker) => worker.lacksApp);
  if (lacking.length > 0) return someAppVerdict(lacking, fresh.length, tookMs);
  const troubles = troublesOf(state);
  const head = `Done in ${seconds(tookMs)}. ${fresh.length === 1 ? 'The worker is new' : `All ${fresh.length} workers are new`}.`;
  const cheap = state.workers.filter((worker) => worker.state === 'cheap').length;
  const proof =
    `${count(fresh.length, 'running worker has', 'running workers have')} a new pid and a later spawn time` +
    `${cheap > 0 ? `; ${count(cheap, 'worker is', 'workers are')} cheap` : ''}.${changeOfNumber(state)} ${servedWords(fresh)}`;
  if (troubles.length > 0) {
    return {
      status: 'done-with',
      title: `${head} ${troubles[0] ?? ''}`,
      detail: [proof, ...troubles.slice(1)].join(' '),
    };
  }
  return { status: 'done', title: head, detail: `${proof} ${costWords(state)}` };
}

/** What it cost, as far as the figures of the workers can show it. */
function costWords({ plan, awayMs }: WatchState): string {
  if (awayMs > 0) return `What it cost in the ${seconds(awayMs)} without a link was not seen.`;
  if (plan.brutal) return 'No request was seen to run at that moment; one that did was cut off.';
  if (plan.full && plan.router) return 'The HTTP router was killed and started anew; no request was seen to come then.';
  return 'No running request was cut off, no exceptions, no queue errors.';
}

function someAppVerdict(lacking: readonly WatchedWorker[], of: number, tookMs: number): Verdict {
  const [verb, whose] = lacking.length === 1 ? ['runs', 'its'] : ['run', 'their'];
  return {
    status: 'failed',
    title: `${nameWorkers(lacking)} of ${of} ${verb} without the application: ${whose} requests get errors.`,
    detail: `All workers are new after ${seconds(tookMs)}, but the application could not be loaded in ${lacking.length} of them. The log of the server says why; correct it and reload again.`,
  };
}

function noAppVerdict(fresh: number, tookMs: number): Verdict {
  return {
    status: 'failed',
    title: 'No application is loaded any more: every request gets an error.',
    detail: `${count(fresh, 'worker is', 'workers are')} new after ${seconds(tookMs)}, but the application could not be loaded. The log of the server says why; correct it and reload again.`,
  };
}

/** What shows that the new workers do their work: requests, or that they wait for them. */
function servedWords(fresh: readonly WatchedWorker[]): string {
  const idle = fresh.filter((worker) => worker.served === 0);
  if (idle.length === 0) return fresh.length === 1 ? 'It has served since.' : 'Each has served since.';
  if (idle.length === fresh.length) return 'No request has come since: they are idle and accepting.';
  return `${nameWorkers(idle)} ${idle.length === 1 ? 'has' : 'have'} got no request yet and ${idle.length === 1 ? 'is' : 'are'} idle and accepting; the others have served.`;
}

function changeOfNumber(state: WatchState): string {
  const before = state.workers.filter(({ oldPid, spans }) => oldPid > 0 || spans[0]?.state === 'cheap').length;
  const after = state.workers.filter((worker) => worker.state === 'new' || worker.state === 'cheap').length;
  return before > 0 && before !== after ? ` There were ${before} before.` : '';
}

function troublesOf(state: WatchState): string[] {
  const troubles: string[] = [];
  if (state.masterPid !== state.masterPidBefore) {
    troubles.push(`The master ended and was started anew, pid ${state.masterPidBefore} → ${state.masterPid}.`);
  }
  if (state.plan.full && state.plan.router && state.answered > 0) {
    troubles.push('Requests on their way through the HTTP router were dropped, and new ones refused for a moment.');
  }
  if (state.resentAtMs !== null) troubles.push('The command was lost once and was sent again.');
  if (state.cutOff > 0) {
    const what = state.cutOff === 1 ? 'One request was' : `${state.cutOff} requests were`;
    const { brutal, mercyMs } = state.plan;
    troubles.push(
      brutal
        ? `At least ${what.toLowerCase()} cut off at once.`
        : `${what} cut off at the end of the ${seconds(mercyMs)} mercy.`,
    );
  }
  if (state.harakiris > 0) {
    troubles.push(`${count(state.harakiris, 'request was', 'requests were')} ended by harakiri and got no answer.`);
  }
  if (state.queueErrors > 0)
    troubles.push(
      `${count(state.queueErrors, 'connection was', 'connections were')} refused: the listen queue was full.`,
    );
  const again = state.workers.filter((worker) => worker.diedAgain > 0);
  if (again.length > 0) troubles.push(`${nameWorkers(again)} ended again after the reload.`);
  if (state.exceptions > 0) troubles.push(`${count(state.exceptions, 'exception', 'exceptions')} meanwhile.`);
  return troubles;
}

function quietVerdict({ plan }: WatchState, atMs: number): Verdict {
  const leftMs = plan.startedAtMs + plan.mercyMs - atMs;
  const next = leftMs > 0 ? `mercy ends in ${seconds(leftMs)}, then the master kills it` : 'mercy is over';
  return {
    status: 'stuck',
    title: `Nothing has changed in ${seconds(atMs - plan.startedAtMs)}.`,
    detail: `The command was lost, or a worker missed it: ${next}. The old workers serve on.`,
  };
}

function loadingVerdict({ masterPid, silentSinceMs, plan }: WatchState, atMs: number): Verdict {
  const apps = plan.startupMs > 0 ? `, which took ${seconds(plan.startupMs)} before` : '';
  return {
    status: 'stuck',
    title: `The server has not answered for ${seconds(atMs - (silentSinceMs ?? atMs))}; its master, pid ${masterPid}, runs.`,
    detail: `It loads the application${apps}. New requests wait in the listen queue.`,
  };
}

function linkVerdict({ linkLostSinceMs }: WatchState, atMs: number): Verdict {
  return {
    status: 'stuck',
    title: `The link is down${linkLostSinceMs === null || atMs - linkLostSinceMs < 1_000 ? '' : ` since ${seconds(atMs - linkLostSinceMs)}`}.`,
    detail: 'The server goes on with what it was told. What came of it is told when the link is back.',
  };
}

/** `15 of 16 workers are new. Worker 7 is still in POST /cart after 22 s; mercy ends in 8 s, then it is killed.` */
function stuckVerdict(state: WatchState, atMs: number): Verdict {
  const relevant = state.workers.filter((worker) => worker.state !== 'down' && worker.state !== 'cheap');
  const fresh = relevant.filter((worker) => worker.state === 'new').length;
  const held = relevant.filter(isHeldUp);
  const rest = relevant.filter((worker) => worker.state !== 'new' && !isHeldUp(worker));
  const [first, ...others] = held;
  const parts: string[] = [];
  if (first !== undefined) {
    const elapsed = first.serving?.elapsedMs ?? null;
    const after = elapsed === null ? '' : ` after ${seconds(elapsed)}`;
    parts.push(
      `Worker ${first.wid} is still in ${first.serving?.what ?? 'a request'}${after}${nextStep(state, first, atMs)}.`,
    );
  }
  if (others.length > 0) parts.push(`${nameWorkers(others)} too.`);
  const nobodyServes = state.plan.full && fresh === 0 && rest.every((worker) => worker.state === 'starting');
  if (nobodyServes && rest.length > 0 && first !== undefined) {
    parts.push('The other workers have ended: nobody takes requests until it is over.');
  } else if (rest.length > 0) parts.push(`${nameWorkers(rest)} ${rest.length === 1 ? 'is' : 'are'} not new yet.`);
  return {
    status: 'stuck',
    title: `${fresh} of ${count(relevant.length, 'worker is', 'workers are')} new.`,
    detail: parts.join(' '),
  };
}

function nextStep(state: WatchState, worker: WatchedWorker, atMs: number): string {
  const since = mercySinceMs(worker, state.plan);
  if (since === null) return '';
  const leftMs = since + state.plan.mercyMs - atMs;
  return leftMs > 0 ? `; mercy ends in ${seconds(leftMs)}, then the master kills it` : '; its mercy is over';
}

function nameWorkers(workers: readonly WatchedWorker[]): string {
  const names = workers.slice(0, 4).map((worker) => String(worker.wid));
  const more = workers.length - names.length;
  const list = more > 0 ? `${names.join(', ')} and ${more} more` : names.join(names.length === 2 ? ' and ' : ', ');
  return `${workers.length === 1 ? 'Worker' : 'Workers'} ${list}`;
}
