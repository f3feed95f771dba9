/**
 * The workers table as data: which rows a filter leaves, what each column sorts by, counts by state. Pure.
 */
import type { WorkerRow, WorkerStatus } from '../../../electron/contract/model.ts';

export const STATUSES: readonly WorkerStatus[] = ['busy', 'sig', 'idle', 'cheap', 'pause', 'down'];
export type StatusFilter = WorkerStatus | 'all';

export function countByStatus(workers: readonly WorkerRow[]): Record<StatusFilter, number> {
  const counts: Record<StatusFilter, number> = {
    all: workers.length,
    busy: 0,
    sig: 0,
    idle: 0,
    cheap: 0,
    pause: 0,
    down: 0,
  };
  for (const worker of workers) counts[worker.status] += 1;
  return counts;
}

/** Words are joined by "and"; each is looked for in wid, pid, state and what is being served. */
export function filterWorkers(workers: readonly WorkerRow[], status: StatusFilter, text: string): WorkerRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return workers.filter((worker) => {
    if (status !== 'all' && worker.status !== status) return false;
    const haystack = `${worker.wid} ${worker.pid} ${worker.status} ${worker.nowServing ?? ''}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

export type WorkerColumn =
  | 'wid'
  | 'state'
  | 'pid'
  | 'requests'
  | 'rate'
  | 'avg'
  | 'rss'
  | 'exceptions'
  | 'harakiri'
  | 'respawns'
  | 'running'
  | 'serving';

/** What a column is sorted by; undefined (unknown) goes last in either direction. */
export function sortValue(worker: WorkerRow, column: WorkerColumn): number | string | undefined {
  switch (column) {
    case 'wid':
      return worker.wid;
    case 'state':
      // Busy first, the longest of them on top.
      return STATUSES.indexOf(worker.status) * 1e9 - Math.min(worker.elapsedMs ?? 0, 1e9 - 1);
    case 'pid':
      return worker.pid === 0 ? undefined : worker.pid;
    case 'requests':
      return worker.requests;
    case 'rate':
      return worker.reqPerSec ?? undefined;
    case 'avg':
      return worker.avgRtMs ?? undefined;
    case 'rss':
      return worker.rssBytes ?? undefined;
    case 'exceptions':
      return worker.exceptions;
    case 'harakiri':
      return worker.harakiri;
    case 'respawns':
      return worker.respawns;
    case 'running':
      return worker.runningMs;
    case 'serving':
      return worker.nowServing ?? undefined;
  }
}

export function compareValues(a: number | string | undefined, b: number | string | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''));
}
