import { describe, expect, it } from 'vitest';
import type { RequestRow } from '../../../electron/contract/model.ts';
import { calmWords, countByAge, filterRunning, hasQuery, runningAt } from './running-requests.ts';

function request(wid: number, elapsedMs: number | null, more: Partial<RequestRow> = {}): RequestRow {
  return {
    wid,
    core: 0,
    pid: 100 + wid,
    method: 'GET',
    path: '/cart',
    vars: [],
    remoteAddr: '10.0.0.1',
    startedAtMs: elapsedMs === null ? null : 100_000 - elapsedMs,
    elapsedMs,
    leftMs: null,
    ...more,
  };
}

const requests = [request(1, 120), request(7, 41_300, { method: 'POST', path: '/cart/checkout' }), request(2, 3400)];

describe('running requests', () => {
  it('stand with the longest on top and grow older between two polls', () => {
    const running = runningAt(requests, 100_000, 100_250, 60_000);
    expect(running.map((row) => row.request.wid)).toEqual([7, 2, 1]);
    expect(running[0]).toMatchObject({ elapsedMs: 41_550, leftMs: 18_450, isLong: true });
  });

  it('never get younger when a poll arrives early or late', () => {
    expect(runningAt(requests, 100_000, 99_000, 60_000)[0]?.elapsedMs).toBe(41_300);
  });

  it('say nothing about what is not known', () => {
    const [row] = runningAt([request(1, null)], 100_000, 100_250, 60_000);
    expect(row).toMatchObject({ elapsedMs: null, leftMs: null, isLong: false });
    expect(runningAt([request(1, 50)], 0, 0, null)[0]?.leftMs).toBeNull();
  });

  it('have another key when the core serves another request', () => {
    const [before] = runningAt([request(1, 50)], 100_000, 100_000, null);
    const [after] = runningAt([request(1, 20)], 100_000, 100_000, null);
    expect(before?.key).not.toBe(after?.key);
  });

  it('are filtered by age and by words, and counted', () => {
    const running = runningAt(requests, 100_000, 100_000, 60_000);
    expect(countByAge(running)).toEqual({ all: 3, over1: 2, over10: 1 });
    expect(filterRunning(running, 'over1', '').map((row) => row.request.wid)).toEqual([7, 2]);
    expect(filterRunning(running, 'all', 'post 10.0').map((row) => row.request.wid)).toEqual([7]);
    expect(filterRunning(running, 'all', '2.0').map((row) => row.request.wid)).toEqual([2]);
  });

  it('know whether there was a query without showing it', () => {
    expect(hasQuery(request(1, 0, { vars: [['QUERY_STRING', 'a=hidden']] }))).toBe(true);
    expect(hasQuery(request(1, 0, { vars: [['QUERY_STRING', '']] }))).toBe(false);
  });

  it('are summed up in a calm sentence when none is slow', () => {
    expect(calmWords([])).toBe('No request is running now.');
    expect(calmWords(runningAt([request(1, 208), request(2, 9)], 100_000, 100_000, null))).toBe(
      'Nothing running longer than 1 s. 2 requests in flight, slowest 208 ms.',
    );
  });
});
