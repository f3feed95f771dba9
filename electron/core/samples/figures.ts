/**
 * The figures of one poll: the row that charts draw, and the newest figures an instance shows. Pure.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { type Figures, SAMPLE_COLUMNS, type SampleColumn, type SampleRow } from '../../contract/model.ts';
import type { IntervalDelta } from './counters.ts';
import { isAwaited, statusOf, workersOf } from './worker-rows.ts';

/** What is summed over the workers, once a poll. */
export interface Totals {
  statuses: Record<'idle' | 'busy' | 'cheap' | 'pause' | 'sig' | 'down', number>;
  workers: number;
  rssBytes: number | null;
  rssLargestBytes: number | null;
  txBytes: number;
  requests: number;
  exceptions: number;
  harakiri: number;
  staticRequests: number;
  routedRequests: number;
}

export function sumWorkers(document: StatsDocument): Totals {
  const statuses = { idle: 0, busy: 0, cheap: 0, pause: 0, sig: 0, down: 0 };
  const workers = workersOf(document);
  let rss = 0;
  let rssLargest = 0;
  let txBytes = 0;
  let requests = 0;
  let exceptions = 0;
  let harakiri = 0;
  let staticRequests = 0;
  let routedRequests = 0;
  for (const worker of workers) {
    if (!isAwaited(worker)) statuses[statusOf(worker).status] += 1;
    rss += worker.rss;
    rssLargest = Math.max(rssLargest, worker.rss);
    txBytes += worker.tx;
    requests += worker.requests;
    exceptions += worker.exceptions;
    harakiri += worker.harakiri_count;
    for (const core of worker.cores) {
      staticRequests += core.static_requests;
      routedRequests += core.routed_requests;
    }
  }
  return {
    statuses,
    workers: workers.length,
    rssBytes: rss > 0 ? rss : null,
    rssLargestBytes: rss > 0 ? rssLargest : null,
    txBytes,
    requests,
    exceptions,
    harakiri,
    staticRequests,
    routedRequests,
  };
}

/** In the order of SAMPLE_COLUMNS. `delta` is null in the first sample after a gap. */
export function makeSampleRow(
  document: StatsDocument,
  { statuses, rssBytes, rssLargestBytes }: Totals,
  delta: IntervalDelta | null,
  atMs: number,
): SampleRow {
  return [
    atMs,
    delta?.reqPerSec ?? null,
    delta?.avgRtMs ?? null,
    delta?.slowestRtMs ?? null,
    statuses.busy,
    statuses.idle,
    statuses.cheap,
    statuses.pause,
    statuses.sig,
    statuses.down,
    document.listen_queue,
    rssBytes,
    rssLargestBytes,
    delta?.txBytesPerSec ?? null,
    delta?.exceptions ?? null,
    delta?.harakiri ?? null,
  ];
}

/** A poll without data. */
export function makeGapRow(atMs: number): SampleRow {
  return SAMPLE_COLUMNS.map((column) => (column === 'atMs' ? atMs : null));
}

/** One figure of a row; null: not known. */
export function sampleValue(row: SampleRow, column: SampleColumn): number | null {
  return row[SAMPLE_COLUMNS.indexOf(column)] ?? null;
}

export function makeFigures(
  document: StatsDocument,
  totals: Totals,
  delta: IntervalDelta | null,
  atMs: number,
  {
    exceptionsPerMin,
    harakiriLastHour,
    websockets,
  }: Pick<Figures, 'exceptionsPerMin' | 'harakiriLastHour' | 'websockets'>,
): Figures {
  const listenMax = Math.max(0, ...document.sockets.map((socket) => socket.max_queue));
  return {
    atMs,
    reqPerSec: delta?.reqPerSec ?? null,
    avgRtMs: delta?.avgRtMs ?? null,
    busy: totals.statuses.busy,
    workers: totals.workers,
    listenQueue: document.listen_queue,
    listenMax: listenMax > 0 ? listenMax : null,
    listenQueueErrors: document.listen_queue_errors,
    rssBytes: totals.rssBytes,
    rssLargestBytes: totals.rssLargestBytes,
    txBytesPerSec: delta?.txBytesPerSec ?? null,
    txBytesTotal: totals.txBytes,
    exceptionsPerMin,
    exceptionsTotal: totals.exceptions,
    harakiriTotal: totals.harakiri,
    harakiriLastHour,
    requestsTotal: totals.requests,
    staticPerSec: delta?.staticPerSec ?? null,
    staticTotal: totals.staticRequests,
    routedPerSec: delta?.routedPerSec ?? null,
    routedTotal: totals.routedRequests,
    websockets,
  };
}
