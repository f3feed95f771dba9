/**
 * Workers as tables and timelines show them: one row each, and one letter each for the state raster. Pure.
 */
import type { StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';
import type { RequestRow, WorkerRow, WorkerStatus } from '../../contract/model.ts';
import type { IntervalDelta } from './counters.ts';
import { longestElapsedMs } from './running-requests.ts';
import { shownCores } from './shown-cores.ts';

const LONG_MS = 10_000;

export function statusOf(worker: StatsWorker): { status: WorkerStatus; signal: number | null } {
  const { status } = worker;
  if (status === 'cheap') return { status: 'cheap', signal: null };
  if (worker.pid <= 0) return { status: 'down', signal: null };
  if (status === 'busy' || status === 'pause') return { status, signal: null };
  const signal = /^sig(\d+)$/.exec(status)?.[1];
  if (signal !== undefined) return { status: 'sig', signal: Number(signal) };
  return { status: 'idle', signal: null };
}

/** From when on a request is called long: 10 s, or half of harakiri if that is less. */
export function longAfterMs(harakiriMs: number | null): number {
  return harakiriMs === null ? LONG_MS : Math.min(LONG_MS, harakiriMs / 2);
}

/** Workers that have or had a slot; uWSGI gives id 0 to slots that were never used. */
export function workersOf(document: StatsDocument): StatsWorker[] {
  return document.workers.filter((worker) => worker.id > 0);
}

/** Has a slot and had no process yet: its server is still on its way up. */
export function isAwaited(worker: StatsWorker): boolean {
  return worker.pid <= 0 && worker.last_spawn === 0 && worker.status !== 'cheap';
}

/** One letter a worker in wid order: see `stateStringSchema`. `previousPids` are those of the last poll. */
export function stateString(
  document: StatsDocument,
  requests: readonly RequestRow[],
  previousPids: ReadonlyMap<number, number> | null,
  harakiriMs: number | null,
): string {
  const longMs = longAfterMs(harakiriMs);
  let states = '';
  for (const worker of workersOf(document)) {
    const { status } = statusOf(worker);
    const isNew = previousPids !== null && worker.pid > 0 && previousPids.get(worker.id) !== worker.pid;
    if (status === 'busy') states += (longestElapsedMs(requests, worker.id) ?? 0) >= longMs ? 'l' : 'b';
    else if ((status === 'idle' && isNew) || isAwaited(worker)) states += 'n';
    else states += status.charAt(0);
  }
  return states;
}

export function makeWorkerRow(
  worker: StatsWorker,
  delta: IntervalDelta | null,
  requests: readonly RequestRow[],
  mostCores: number,
): WorkerRow {
  const { status, signal } = statusOf(worker);
  const rates = delta?.workers.get(worker.id);
  const serving = requests.find((request) => request.wid === worker.id);
  return {
    wid: worker.id,
    pid: worker.pid,
    status,
    signal,
    accepting: worker.accepting !== 0,
    requests: worker.requests,
    deltaRequests: worker.delta_requests,
    reqPerSec: rates?.reqPerSec ?? null,
    avgRtMs: rates?.avgRtMs ?? null,
    rssBytes: worker.rss > 0 ? worker.rss : null,
    vszBytes: worker.vsz > 0 ? worker.vsz : null,
    exceptions: worker.exceptions,
    harakiri: worker.harakiri_count,
    respawns: worker.respawn_count,
    signalsQueued: worker.signal_queue,
    txBytes: worker.tx,
    runningMs: worker.running_time / 1000,
    spawnedAtMs: worker.last_spawn > 0 ? worker.last_spawn * 1000 : null,
    elapsedMs: longestElapsedMs(requests, worker.id),
    nowServing: serving === undefined ? null : `${serving.method} ${serving.path}`.trim(),
    coreCount: worker.cores.length,
    cores: shownCores(worker.cores, mostCores).map((core) => ({
      id: core.id,
      busy: core.in_request !== 0,
      requests: core.requests,
      staticRequests: core.static_requests,
      routedRequests: core.routed_requests,
      offloadedRequests: core.offloaded_requests,
      writeErrors: core.write_errors,
      readErrors: core.read_errors,
    })),
    apps: worker.apps.map((app) => ({
      id: app.id,
      mountpoint: app.mountpoint,
      chdir: app.chdir,
      startupMs: app.startup_time * 1000,
      requests: app.requests,
      exceptions: app.exceptions,
    })),
  };
}
