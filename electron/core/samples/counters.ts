/**
 * Rates from counters. Two stats documents and the time between them give what happened in the interval. Counters
 * start anew when a worker or the whole server does; then the interval is not known and its rate is null, never a
 * spike and never negative. Pure.
 */
import type { StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';

/** What is kept of one poll to compare the next one with. */
export interface CounterReading {
  atMs: number;
  masterPid: number;
  workers: ReadonlyMap<number, WorkerCounters>;
}

export interface WorkerCounters {
  pid: number;
  lastSpawn: number;
  requests: number;
  runningMicros: number;
  txBytes: number;
  exceptions: number;
  harakiri: number;
  respawns: number;
  staticRequests: number;
  routedRequests: number;
}

export interface WorkerDelta {
  /** null: the worker is another process than before, or a counter fell. */
  requests: number | null;
  reqPerSec: number | null;
  /** null also when no request ended in the interval. */
  avgRtMs: number | null;
}

export interface IntervalDelta {
  seconds: number;
  reqPerSec: number | null;
  avgRtMs: number | null;
  slowestRtMs: number | null;
  txBytesPerSec: number | null;
  /** Files, and routes that answered themselves; requests too. */
  staticPerSec: number | null;
  routedPerSec: number | null;
  /** Counted up since the last poll; a counter that fell counts as nothing. */
  exceptions: number;
  harakiri: number;
  workers: ReadonlyMap<number, WorkerDelta>;
}

export function readCounters(document: StatsDocument, atMs: number): CounterReading {
  const workers = new Map<number, WorkerCounters>();
  for (const worker of document.workers) if (worker.id > 0) workers.set(worker.id, countersOf(worker));
  return { atMs, masterPid: document.pid, workers };
}

function countersOf(worker: StatsWorker): WorkerCounters {
  return {
    pid: worker.pid,
    lastSpawn: worker.last_spawn,
    requests: worker.requests,
    runningMicros: worker.running_time,
    txBytes: worker.tx,
    exceptions: worker.exceptions,
    harakiri: worker.harakiri_count,
    respawns: worker.respawn_count,
    staticRequests: worker.cores.reduce((sum, core) => sum + core.static_requests, 0),
    routedRequests: worker.cores.reduce((sum, core) => sum + core.routed_requests, 0),
  };
}

/**
 * What happened between two polls. The instance's rates are null when any counter fell or every running worker is
 * a new process; a single worker that was replaced keeps its counters (uWSGI holds them per slot), so that the sum
 * stays right while its own rate is null.
 */
export function compareCounters(before: CounterReading, after: CounterReading): IntervalDelta {
  const seconds = (after.atMs - before.atMs) / 1000;
  const workers = new Map<number, WorkerDelta>();
  const sum = { requests: 0, runningMicros: 0, txBytes: 0, exceptions: 0, harakiri: 0, static: 0, routed: 0 };
  let slowestRtMs: number | null = null;
  let anyReset = before.masterPid !== after.masterPid || !(seconds > 0);
  let running = 0;
  let replaced = 0;

  for (const [wid, now] of after.workers) {
    const then = before.workers.get(wid);
    const sameProcess = then !== undefined && then.pid === now.pid && then.lastSpawn === now.lastSpawn;
    if (now.pid > 0) {
      running += 1;
      if (!sameProcess) replaced += 1;
    }
    if (then === undefined) {
      workers.set(wid, UNKNOWN);
      continue;
    }
    const fell = now.requests < then.requests || now.runningMicros < then.runningMicros || now.txBytes < then.txBytes;
    if (fell) anyReset = true;
    sum.exceptions += Math.max(0, now.exceptions - then.exceptions);
    sum.harakiri += Math.max(0, now.harakiri - then.harakiri);
    if (fell) {
      workers.set(wid, UNKNOWN);
      continue;
    }
    const requests = now.requests - then.requests;
    const runningMicros = now.runningMicros - then.runningMicros;
    sum.requests += requests;
    sum.runningMicros += runningMicros;
    sum.txBytes += now.txBytes - then.txBytes;
    sum.static += Math.max(0, now.staticRequests - then.staticRequests);
    sum.routed += Math.max(0, now.routedRequests - then.routedRequests);
    if (!sameProcess || !(seconds > 0)) {
      workers.set(wid, UNKNOWN);
      continue;
    }
    const avgRtMs = requests > 0 ? runningMicros / requests / 1000 : null;
    workers.set(wid, { requests, reqPerSec: requests / seconds, avgRtMs });
    if (avgRtMs !== null && (slowestRtMs === null || avgRtMs > slowestRtMs)) slowestRtMs = avgRtMs;
  }

  const unknown = anyReset || (running > 0 && replaced === running);
  return {
    seconds,
    reqPerSec: unknown ? null : sum.requests / seconds,
    avgRtMs: unknown || sum.requests === 0 ? null : sum.runningMicros / sum.requests / 1000,
    slowestRtMs: unknown ? null : slowestRtMs,
    txBytesPerSec: unknown ? null : sum.txBytes / seconds,
    staticPerSec: unknown ? null : sum.static / seconds,
    routedPerSec: unknown ? null : sum.routed / seconds,
    exceptions: sum.exceptions,
    harakiri: sum.harakiri,
    workers,
  };
}

const UNKNOWN: WorkerDelta = { requests: null, reqPerSec: null, avgRtMs: null };
