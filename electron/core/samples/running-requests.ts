/**
 * The requests that run at this moment, from the `cores` of a stats document. uWSGI gives the start in whole
 * seconds; a poll that did not see the request yet says that it began later, which makes the time exact to one poll
 * interval. Kept from poll to poll by the caller. Pure.
 */
import type { StatsCore, StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';
import type { RequestRow } from '../../contract/model.ts';
import { isOpenConnection } from '../../contract/open-connection.ts';
import { byAge } from '../../contract/tick-changes.ts';
import { redactVar } from './redact.ts';

/** Start of each running request as it is known, by `wid.core.pid.request_start`. */
export type KnownStarts = ReadonlyMap<string, number>;

export interface RunningRequests {
  rows: RequestRow[];
  starts: KnownStarts;
}

export interface RunningContext {
  atMs: number;
  /** When the poll before this one was answered; null when there was none. */
  previousAtMs: number | null;
  previousStarts: KnownStarts;
  harakiriMs: number | null;
}

/** Longest-running first. */
export function readRunningRequests(document: StatsDocument, context: RunningContext): RunningRequests {
  const rows: RequestRow[] = [];
  const starts = new Map<string, number>();
  for (const worker of document.workers) {
    for (const core of worker.cores) {
      if (core.in_request === 0) continue;
      const startedAtMs = startOf(worker, core, context, starts);
      rows.push(makeRow(worker, core, startedAtMs, context));
    }
  }
  rows.sort(byAge);
  return { rows, starts };
}

/** Milliseconds the longest request of this worker has run, websockets left out; null: none runs, or its start is not known. */
export function longestElapsedMs(requests: readonly RequestRow[], wid: number): number | null {
  let longest: number | null = null;
  for (const request of requests) {
    if (request.wid !== wid || isOpenConnection(request)) continue;
    if (request.elapsedMs !== null && request.elapsedMs > (longest ?? -1)) longest = request.elapsedMs;
  }
  return longest;
}

function startOf(
  worker: StatsWorker,
  core: StatsCore,
  context: RunningContext,
  starts: Map<string, number>,
): number | null {
  const seconds = core.req_info.request_start;
  if (seconds === undefined || seconds <= 0) return null;
  const key = `${worker.id}.${core.id}.${worker.pid}.${core.requests}.${seconds}`;
  const known = context.previousStarts.get(key);
  const startedAtMs = known ?? estimateStart(seconds * 1000, context);
  starts.set(key, startedAtMs);
  return startedAtMs;
}

/** Within the second that uWSGI gives, not before the last poll that did not see it, not in the future. */
function estimateStart(secondMs: number, context: RunningContext): number {
  if (!Number.isInteger(secondMs / 1000)) return Math.min(secondMs, context.atMs);
  const notBefore = Math.max(secondMs, context.previousAtMs ?? secondMs);
  return Math.min(notBefore, secondMs + 999, Math.max(secondMs, context.atMs));
}

function makeRow(
  worker: StatsWorker,
  core: StatsCore,
  startedAtMs: number | null,
  context: RunningContext,
): RequestRow {
  const vars = core.vars.map(redactVar).filter((pair) => pair !== null);
  const find = (name: string): string | undefined => vars.find(([key]) => key === name)?.[1];
  const elapsedMs = startedAtMs === null ? null : Math.max(0, context.atMs - startedAtMs);
  const { harakiriMs } = context;
  return {
    wid: worker.id,
    core: core.id,
    pid: worker.pid,
    method: find('REQUEST_METHOD') ?? '',
    path: pathOf(find('PATH_INFO'), find('SCRIPT_NAME'), find('REQUEST_URI')),
    vars,
    remoteAddr: find('REMOTE_ADDR') ?? null,
    startedAtMs,
    elapsedMs,
    leftMs: elapsedMs === null || harakiriMs === null ? null : harakiriMs - elapsedMs,
  };
}

/** The path that the client asked for, without its query. */
function pathOf(pathInfo: string | undefined, scriptName: string | undefined, requestUri: string | undefined): string {
  if (requestUri !== undefined && requestUri !== '') return requestUri.split('?', 1)[0] ?? '';
  return `${scriptName ?? ''}${pathInfo ?? ''}`;
}
