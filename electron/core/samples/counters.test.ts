import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aDocument, aStatsWorker } from '../testing/stats-fixture.ts';
import { compareCounters, readCounters } from './counters.ts';

function between(before: Parameters<typeof aDocument>[0], after: Parameters<typeof aDocument>[0], ms = 1000) {
  return compareCounters(readCounters(aDocument(before), 0), readCounters(aDocument(after), ms));
}

describe('rates between two polls', () => {
  it('are requests, time and bytes over the time that passed', () => {
    const delta = between(
      { workers: [aStatsWorker({ requests: 10, running_time: 50_000, tx: 1000 })] },
      { workers: [aStatsWorker({ requests: 30, running_time: 150_000, tx: 5000 })] },
      2000,
    );
    expect(delta).toMatchObject({ reqPerSec: 10, avgRtMs: 5, slowestRtMs: 5, txBytesPerSec: 2000 });
    expect(delta.workers.get(1)).toEqual({ requests: 20, reqPerSec: 10, avgRtMs: 5 });
  });

  it('name the slowest worker apart from the average', () => {
    const delta = between(
      { workers: [aStatsWorker(), aStatsWorker({ id: 2, pid: 2 })] },
      {
        workers: [
          aStatsWorker({ requests: 9, running_time: 9_000 }),
          aStatsWorker({ id: 2, pid: 2, requests: 1, running_time: 91_000 }),
        ],
      },
    );
    expect(delta).toMatchObject({ avgRtMs: 10, slowestRtMs: 91 });
  });

  it('have no response time when no request ended', () => {
    expect(between({}, {})).toMatchObject({ reqPerSec: 0, avgRtMs: null, slowestRtMs: null });
  });

  it('are not known after a reload, however many requests came since', () => {
    const before = { workers: [aStatsWorker({ requests: 1000 }), aStatsWorker({ id: 2, pid: 1002, requests: 1000 })] };
    for (const requests of [3, 5000]) {
      const after = { workers: [aStatsWorker({ pid: 7, requests }), aStatsWorker({ id: 2, pid: 8, requests })] };
      expect(between(before, after)).toMatchObject({ reqPerSec: null, avgRtMs: null, txBytesPerSec: null });
    }
  });

  it('are not known when a worker was spawned again under the same pid', () => {
    const delta = between({}, { workers: [aStatsWorker({ last_spawn: 1_700_000_009, requests: 5 })] });
    expect(delta.reqPerSec).toBeNull();
  });

  it('stay known for the instance when one of several workers is replaced and keeps its counters', () => {
    const delta = between(
      { workers: [aStatsWorker({ requests: 50 }), aStatsWorker({ id: 2, pid: 1002, requests: 50 })] },
      { workers: [aStatsWorker({ requests: 60 }), aStatsWorker({ id: 2, pid: 2002, requests: 55 })] },
    );
    expect(delta.reqPerSec).toBe(15);
    expect(delta.workers.get(2)?.reqPerSec).toBeNull();
    expect(delta.workers.get(1)?.reqPerSec).toBe(10);
  });

  it('are not known for another master', () => {
    expect(between({ pid: 100 }, { pid: 101 }).reqPerSec).toBeNull();
  });

  it('ignore slots that were never used', () => {
    const reading = readCounters(aDocument({ workers: [aStatsWorker({ id: 0, pid: 0, status: 'cheap' })] }), 0);
    expect(reading.workers.size).toBe(0);
  });

  it('count exceptions and harakiri upwards only', () => {
    const before = { workers: [aStatsWorker({ exceptions: 9, harakiri_count: 2 })] };
    expect(between(before, { workers: [aStatsWorker({ exceptions: 11, harakiri_count: 3 })] })).toMatchObject({
      exceptions: 2,
      harakiri: 1,
    });
    expect(between(before, { workers: [aStatsWorker({ exceptions: 1, harakiri_count: 0 })] })).toMatchObject({
      exceptions: 0,
      harakiri: 0,
    });
  });
});

describe('rates under any sequence of resets', () => {
  /** What one worker does in one second: it serves, or it is replaced (with or without its counters) and then serves. */
  const second = fc.record({
    served: fc.nat(500),
    reset: fc.constantFrom('none', 'none', 'none', 'respawn', 'zero', 'zero-same-pid'),
  });

  it('are never negative and never above what was served', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(second, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 30 }),
        (seconds) => {
          const workers = [1, 2, 3].map((id) => aStatsWorker({ id, pid: 1000 + id }));
          let before = readCounters(aDocument({ workers: structuredClone(workers) }), 0);
          for (const [i, acts] of seconds.entries()) {
            let served = 0;
            for (const [w, act] of acts.entries()) {
              const worker = workers[w];
              if (worker === undefined) continue;
              if (act.reset === 'respawn' || act.reset === 'zero') {
                worker.pid += 10;
                worker.last_spawn += 1;
              }
              if (act.reset === 'zero' || act.reset === 'zero-same-pid') {
                worker.requests = 0;
                worker.running_time = 0;
                worker.tx = 0;
              }
              worker.requests += act.served;
              worker.running_time += act.served * 1000;
              worker.tx += act.served * 100;
              served += act.served;
            }
            const after = readCounters(aDocument({ workers: structuredClone(workers) }), (i + 1) * 1000);
            const delta = compareCounters(before, after);
            for (const rate of [delta.reqPerSec, ...[...delta.workers.values()].map((worker) => worker.reqPerSec)]) {
              if (rate !== null) expect(rate).toBeGreaterThanOrEqual(0);
              if (rate !== null) expect(rate).toBeLessThanOrEqual(served);
            }
            if (delta.txBytesPerSec !== null) expect(delta.txBytesPerSec).toBeLessThanOrEqual(served * 100);
            before = after;
          }
        },
      ),
    );
  });
});
