import { describe, expect, it } from 'vitest';
import { aWorkerRow as worker } from '../../../electron/contract/testing/worker-row.ts';
import { compareValues, countByStatus, filterWorkers, sortValue } from './worker-rows.ts';

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
