import { describe, expect, it } from 'vitest';
import type { RequestRow, WorkerRow } from './model.ts';
import { aWorkerRow } from './testing/worker-row.ts';
import { applyRows, byAge, NO_CHANGES, type ShownRows, ToldRows } from './tick-changes.ts';

const worker = (wid: number, requests = 0): WorkerRow => aWorkerRow(wid, { requests, coreCount: 2 });

/** As the core makes it from a poll at `atMs`. */
function request(
  core: number,
  startedAtMs: number | null,
  atMs: number,
  harakiriMs: number | null = 60_000,
): RequestRow {
  const elapsedMs = startedAtMs === null ? null : Math.max(0, atMs - startedAtMs);
  const leftMs = elapsedMs === null || harakiriMs === null ? null : harakiriMs - elapsedMs;
  const vars: [string, string][] = [['REQUEST_METHOD', 'GET']];
  return { wid: 1, core, pid: 11, method: 'GET', path: '/', vars, remoteAddr: null, startedAtMs, elapsedMs, leftMs };
}

/** Polls one second apart, told to a page that had the first one as its snapshot. */
const POLLS = [
  { workers: [worker(1), worker(2)], requests: (at: number) => [request(0, 0, at), request(1, 500, at)] },
  { workers: [worker(1), worker(2, 5)], requests: (at: number) => [request(0, 0, at), request(1, 500, at)] },
  { workers: [worker(1), worker(2, 5)], requests: (at: number) => [request(0, 0, at), request(1, 2_600, at)] },
  { workers: [worker(2, 5), worker(3)], requests: (at: number) => [request(2, null, at), request(1, 2_600, at, null)] },
  { workers: [], requests: () => [] },
  { workers: [worker(1)], requests: (at: number) => [request(7, 4_900, at), request(0, 100, at)] },
].map(({ workers, requests }, index) => ({
  atMs: 1000 * (index + 1),
  rows: { workers, requests: requests(1000 * (index + 1)).toSorted(byAge) },
}));

function manyOpen(atMs: number): RequestRow[] {
  return Array.from({ length: 1000 }, (_, core) => request(core, 0, atMs));
}

describe('what a page is told of workers and requests', () => {
  it('comes to the rows of each poll', () => {
    const [first, ...others] = POLLS;
    if (first === undefined) throw new Error('There are no polls.');
    const told = new ToldRows(first.rows);
    let shown: ShownRows = first.rows;
    for (const { atMs, rows } of others) {
      shown = applyRows(shown, { ...told.changes(rows), atMs });
      expect(shown).toEqual(rows);
    }
  });

  it('is nothing while requests only grow older', () => {
    const told = new ToldRows({ workers: [worker(1)], requests: [request(0, 0, 1000)] });
    expect(told.changes({ workers: [worker(1)], requests: [request(0, 0, 2000)] })).toEqual(NO_CHANGES);
  });

  it('is a request anew when its core runs another one, or its deadline is another', () => {
    const told = new ToldRows({ workers: [], requests: [request(0, 0, 1000)] });
    const next = [request(0, 1500, 2000)];
    expect(told.changes({ workers: [], requests: next })).toEqual({ ...NO_CHANGES, requests: next });
    const late = [request(0, 1500, 3000, 5000)];
    expect(told.changes({ workers: [], requests: late })).toEqual({ ...NO_CHANGES, requests: late });
    expect(told.changes({ workers: [], requests: [] })).toEqual({ ...NO_CHANGES, requestsGone: ['1.0'] });
  });

  it('is as little for a thousand open connections as for one', () => {
    const told = new ToldRows({ workers: [], requests: manyOpen(1000) });
    expect(JSON.stringify(told.changes({ workers: [], requests: manyOpen(2000) })).length).toBeLessThan(100);
  });
});
