/**
 * Workers and requests of a tick as what changed since the one before, and back: an instance with a thousand open
 * websockets has a thousand rows of which none is new. A request grows older by itself: that is no change, the
 * page counts. Pure.
 */
import type { RequestRow, Tick, WorkerRow } from './model.ts';

export interface ShownRows {
  workers: readonly WorkerRow[];
  /** Longest-running first. */
  requests: readonly RequestRow[];
}

export type TickRows = Pick<Tick, 'workers' | 'workersGone' | 'requests' | 'requestsGone'>;

export const NO_CHANGES: TickRows = { workers: [], workersGone: [], requests: [], requestsGone: [] };

/** What one page has been told. It begins with a snapshot. */
export class ToldRows {
  readonly #workers = new Map<number, string>();
  readonly #requests = new Map<string, string>();

  constructor(snapshot: ShownRows) {
    this.changes(snapshot);
  }

  /** What the page does not know yet; it is taken for told. */
  changes({ workers, requests }: ShownRows): TickRows {
    const workerRows = differing(this.#workers, workers, ({ wid }) => wid, JSON.stringify);
    const requestRows = differing(this.#requests, requests, requestKey, requestText);
    return {
      workers: workerRows.changed,
      workersGone: workerRows.gone,
      requests: requestRows.changed,
      requestsGone: requestRows.gone,
    };
  }
}

/** The rows after a tick with data. */
export function applyRows(shown: ShownRows, tick: TickRows & Pick<Tick, 'atMs'>): ShownRows {
  const workers = replaced(shown.workers, tick.workers, tick.workersGone, ({ wid }) => wid);
  const requests = replaced(shown.requests, tick.requests, tick.requestsGone, requestKey);
  return {
    workers: workers === shown.workers ? workers : workers.toSorted((a, b) => a.wid - b.wid),
    requests: requests.map((request) => atTime(request, tick.atMs)).toSorted(byAge),
  };
}

/** Longest-running first. */
export function byAge(a: RequestRow, b: RequestRow): number {
  return (b.elapsedMs ?? -1) - (a.elapsedMs ?? -1) || a.wid - b.wid || a.core - b.core;
}

function requestKey({ wid, core }: RequestRow): string {
  return `${wid}.${core}`;
}

/** All but how old it is; its deadline belongs to it. */
function requestText(request: RequestRow): string {
  const { elapsedMs, leftMs } = request;
  const deadlineMs = elapsedMs === null || leftMs === null ? null : Math.round(elapsedMs + leftMs);
  return JSON.stringify({ ...request, elapsedMs: elapsedMs === null, leftMs: deadlineMs });
}

function atTime(request: RequestRow, atMs: number): RequestRow {
  const { startedAtMs, elapsedMs, leftMs } = request;
  if (startedAtMs === null || elapsedMs === null) return request;
  const now = Math.max(0, atMs - startedAtMs);
  return { ...request, elapsedMs: now, leftMs: leftMs === null ? null : leftMs + elapsedMs - now };
}

function differing<Row, Key>(
  told: Map<Key, string>,
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
  textOf: (row: Row) => string,
): { changed: Row[]; gone: Key[] } {
  const changed: Row[] = [];
  const left = new Set(told.keys());
  for (const row of rows) {
    const key = keyOf(row);
    const text = textOf(row);
    left.delete(key);
    if (told.get(key) === text) continue;
    told.set(key, text);
    changed.push(row);
  }
  for (const key of left) told.delete(key);
  return { changed, gone: [...left] };
}

function replaced<Row, Key>(
  rows: readonly Row[],
  changed: readonly Row[],
  gone: readonly Key[],
  keyOf: (row: Row) => Key,
): readonly Row[] {
  if (changed.length === 0 && gone.length === 0) return rows;
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  for (const key of gone) byKey.delete(key);
  for (const row of changed) byKey.set(keyOf(row), row);
  return [...byKey.values()];
}
