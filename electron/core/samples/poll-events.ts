/**
 * What happened between two polls, as marks for the charts and lines for the list of events: exceptions, harakiri,
 * workers that were replaced, reloads that somebody else made. Pure.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { InstanceEvent, RequestRow } from '../../contract/model.ts';
import { seconds } from '../words.ts';
import type { CounterReading, WorkerCounters } from './counters.ts';

export interface PollEventContext {
  before: CounterReading;
  after: CounterReading;
  document: StatsDocument;
  /** What ran at the poll before this one. */
  requestsBefore: readonly RequestRow[];
  atMs: number;
  /** A reload that this console watches: new workers belong to it and are not reported as respawns. */
  reloadRunning: boolean;
}

export function findPollEvents(context: PollEventContext): InstanceEvent[] {
  const { before, after, atMs } = context;
  const events: InstanceEvent[] = [];
  const replaced: { wid: number; now: WorkerCounters; old: WorkerCounters }[] = [];
  for (const [wid, now] of after.workers) {
    const old = before.workers.get(wid);
    if (old === undefined) continue;
    const harakiri = now.harakiri - old.harakiri;
    const exceptions = now.exceptions - old.exceptions;
    if (harakiri > 0) events.push(harakiriEvent(context, wid, now, old));
    if (exceptions > 0) events.push(exceptionEvent(context, wid, exceptions));
    if (now.pid > 0 && old.pid > 0 && now.pid !== old.pid && harakiri <= 0) replaced.push({ wid, now, old });
  }
  if (context.reloadRunning || replaced.length === 0) return events;
  const counted = [...after.workers.values()].filter((worker) => worker.pid > 0).length;
  const startedAnew = replaced.every(({ now, old }) => now.requests < old.requests || now.respawns <= old.respawns);
  if (replaced.length === counted && (counted > 1 || startedAnew)) {
    const title = before.masterPid === after.masterPid ? 'Reload' : 'Restart';
    return [...events, plainEvent(atMs, 'reload', title, `All ${counted} workers are new; not started from here.`)];
  }
  for (const { wid, now, old } of replaced) events.push(respawnEvent(context, wid, now, old));
  return events;
}

function harakiriEvent(
  context: PollEventContext,
  wid: number,
  now: WorkerCounters,
  old: WorkerCounters,
): InstanceEvent {
  const request = context.requestsBefore.find((row) => row.wid === wid);
  const back = now.pid > 0 && now.pid !== old.pid ? `back as pid ${now.pid}` : null;
  const what =
    request === undefined
      ? null
      : `${request.method} ${request.path}${request.elapsedMs === null ? '' : ` after ${seconds(request.elapsedMs)}`}`;
  const detail = [what, back].filter((part) => part !== null).join('; ');
  return plainEvent(context.atMs, 'harakiri', `Harakiri, worker ${wid}, pid ${old.pid}`, detail === '' ? null : detail);
}

function exceptionEvent(context: PollEventContext, wid: number, count: number): InstanceEvent {
  const request = context.requestsBefore.find((row) => row.wid === wid);
  const title = count === 1 ? `Exception in worker ${wid}` : `${count} exceptions in worker ${wid}`;
  return plainEvent(
    context.atMs,
    'exception',
    title,
    request === undefined ? null : `${request.method} ${request.path}`,
  );
}

function respawnEvent(context: PollEventContext, wid: number, now: WorkerCounters, old: WorkerCounters): InstanceEvent {
  const request = context.requestsBefore.find((row) => row.wid === wid && row.pid === old.pid);
  const gone = request === undefined ? '' : `; it was in ${request.method} ${request.path}`;
  const tookMs = context.after.atMs - context.before.atMs;
  const title = `Worker ${wid} respawned, pid ${old.pid} is now ${now.pid}`;
  return plainEvent(context.atMs, 'respawn', title, `Back within ${seconds(tookMs)}${gone}.`);
}

/** An event that needs nothing else. */
export function plainEvent(
  atMs: number,
  type: InstanceEvent['type'],
  title: string,
  detail: string | null,
  reloadId: string | null = null,
): InstanceEvent {
  return { atMs, type, title, detail, reloadId };
}
