import { describe, expect, it } from 'vitest';
import type { WorkerRow } from '../../../electron/contract/model.ts';
import { compareValues, countByStatus, filterWorkers, sortValue } from './worker-rows.ts';

function worker(wid: number, more: Partial<WorkerRow> = {}): WorkerRow {
  return {
    wid,
    pid: 18_900 + wid,
    status: 'idle',
    signal: null,
    accepting: true,
    requests: 0,
    deltaRequests: 0,
    reqPerSec: null,
    avgRtMs: null,
    rssBytes: null,
    vszBytes: null,
    exceptions: 0,
    harakiri: 0,
    respawns: 0,
    signalsQueued: 0,
    txBytes: 0,
    runningMs: 0,
    spawnedAtMs: null,
    elapsedMs: null,
    nowServing: null,
    coreCount: 0,
    cores: [],
    apps: [],
    ...more,
  };
}

describe('the workers table', () => {
  const rows = [
    worker(1),
    worker(2, { status: 'busy', elapsedMs: 40, nowServing: 'GET /cart' }),
    worker(12, { status: 'busy', elapsedMs: 41_000, nowServing: 'POST /cart/checkout' }),
    worker(3, { status: 'cheap', pid: 0 }),
  ];

  it('counts every state, those with none too', () => {
    expect(countByStatus(rows)).toEqual({ all: 4, busy: 2, sig: 0, idle: 1, cheap: 1, pause: 0, down: 0 });
  });

  it('filters by state and by every word', () => {
    expect(filterWorkers(rows, 'busy', '').map((row) => row.wid)).toEqual([2, 12]);
    expect(filterWorkers(rows, 'all', 'CART post').map((row) => row.wid)).toEqual([12]);
    expect(filterWorkers(rows, 'idle', 'cart')).toEqual([]);
    expect(filterWorkers(rows, 'all', '18902').map((row) => row.wid)).toEqual([2]);
  });

  it('sorts busy workers first, the longest on top', () => {
    const sorted = rows.toSorted((a, b) => compareValues(sortValue(a, 'state'), sortValue(b, 'state')));
    expect(sorted.map((row) => row.wid)).toEqual([12, 2, 1, 3]);
  });

  it('calls what it does not know undefined, so that it goes last', () => {
    expect(sortValue(worker(1), 'rss')).toBeUndefined();
    expect(sortValue(worker(1, { pid: 0 }), 'pid')).toBeUndefined();
    expect(sortValue(worker(1, { rssBytes: 0 }), 'rss')).toBe(0);
  });
});
