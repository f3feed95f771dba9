import { describe, expect, it } from 'vitest';
import type { RequestRow } from '../../contract/model.ts';
import { aDocument, aStatsCore, aStatsWorker } from '../testing/stats-fixture.ts';
import { LiveTracker, STEPS } from './live-tracker.ts';

const START_S = 1_700_000_000;
const START = START_S * 1000;
const busy = aStatsCore({ in_request: 1 });

function request(elapsedMs: number): RequestRow {
  return {
    wid: 1,
    core: 0,
    pid: 1001,
    method: 'GET',
    path: '/',
    vars: [],
    remoteAddr: null,
    startedAtMs: null,
    elapsedMs,
    leftMs: null,
  };
}

describe('what is tracked for live figures', () => {
  it('keeps the highest of what single polls show', () => {
    const tracker = new LiveTracker();
    const two = [aStatsWorker({ cores: [busy, busy], rss: 30 }), aStatsWorker({ id: 2, cores: [busy], rss: 10 })];
    tracker.see(aDocument({ workers: two }), [request(2_000), request(41_000)], START);
    tracker.see(
      aDocument({ workers: [aStatsWorker({ rss: 20 }), aStatsWorker({ id: 2, status: 'cheap' })] }),
      [],
      START + 1,
    );
    expect(tracker.peaksSince(START)).toEqual({
      steps: 1,
      busyCores: 3,
      activeLeast: 1,
      longestMs: 41_000,
      rssLargestBytes: 30,
      rssTotalBytes: 40,
    });
  });

  it('forgets what is older than 15 minutes', () => {
    const tracker = new LiveTracker();
    tracker.see(aDocument({ workers: [aStatsWorker({ rss: 99 })] }), [], START);
    for (let i = 1; i <= STEPS; i += 1) tracker.see(aDocument(), [], START + i * 10_000);
    expect(tracker.peaksSince(0)).toMatchObject({ steps: STEPS, rssLargestBytes: 0 });
  });

  it('counts how long a worker lived when another takes its place', () => {
    const tracker = new LiveTracker();
    const old = aStatsWorker({ last_spawn: START_S, delta_requests: 998, rss: 7 });
    const other = aStatsWorker({ id: 2, pid: 1002 });
    tracker.see(aDocument({ workers: [old, other] }), [], START + 59_000);
    tracker.see(aDocument({ workers: [{ ...old, pid: 2001 }, other] }), [], START + 60_000);
    const life = { wid: 1, lifeMs: 60_000, requests: 998, rssBytes: 7, endedAtMs: START + 60_000 };
    expect(tracker.livesSince(START)).toEqual([life]);
    expect(tracker.livesSince(START + 61_000)).toEqual([]);
  });

  it('takes workers that are replaced all at once for a reload', () => {
    const tracker = new LiveTracker();
    const workers = [aStatsWorker(), aStatsWorker({ id: 2, pid: 1002 })];
    tracker.see(aDocument({ workers }), [], START + 1_000);
    const fresh = workers.map((worker) => aStatsWorker({ id: worker.id, pid: worker.pid + 1000 }));
    tracker.see(aDocument({ workers: fresh }), [], START + 2_000);
    expect(tracker.livesSince(0)).toEqual([]);
  });
});
