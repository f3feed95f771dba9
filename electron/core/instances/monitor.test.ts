import { describe, expect, it } from 'vitest';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { SAMPLE_COLUMNS } from '../../contract/model.ts';
import { CoreError } from '../errors.ts';
import type { StatsPoll } from '../stats/stats-client.ts';
import { parseStatsTarget } from '../stats/target.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { aDocument, aStatsWorker } from '../testing/stats-fixture.ts';
import { Monitor, type MonitorSample } from './monitor.ts';

const RATE = SAMPLE_COLUMNS.indexOf('reqPerSec');

/** A server whose answers the test decides; `hold` lets an answer wait. */
function watch() {
  const clock = new ManualClock();
  const samples: MonitorSample[] = [];
  const documents: number[] = [];
  const server = { answer: aDocument() as StatsDocument | null, asked: 0, hold: null as Promise<undefined> | null };
  const monitor = new Monitor({
    clock,
    random: () => 0.5,
    poll: async (): Promise<StatsPoll> => {
      server.asked += 1;
      const { answer } = server;
      await server.hold;
      if (answer !== null) return { ok: true, document: answer, emperor: null, bytes: 1000, tookMs: 2, http: false };
      return { ok: false, error: new CoreError('stats-refused', { address: ':1717' }), bytes: 0, tookMs: 1 };
    },
    onChanged: () => {},
    onFigures: () => {},
    onSample: (sample) => samples.push(sample),
    onDocument: (_document, atMs) => documents.push(atMs),
    onGap: () => {},
  });
  const serve = (requests: number): void => {
    server.answer = aDocument({ workers: [aStatsWorker({ requests })] });
  };
  return { clock, samples, documents, server, monitor, serve };
}

const target = parseStatsTarget('127.0.0.1:1717', '/home/ann');

describe('the watcher of a stats address', () => {
  it('takes a sample a second after four that come sooner, with a rate from the second one on', async () => {
    const { clock, samples, monitor, serve } = watch();
    serve(100);
    monitor.start(target);
    await clock.pass(0);
    serve(107);
    await clock.pass(1000);
    await clock.pass(1000);
    serve(116);
    await clock.pass(1000);
    expect(samples.map((sample) => sample.row?.[RATE])).toEqual([null, 14, 0, 0, 0, 9]);
    expect(monitor.figures?.reqPerSec).toBe(9);
    expect(monitor.ring.length).toBe(6);
  });

  it('has the document of the first contact from the start, and its own from the first poll on', async () => {
    const { clock, monitor, documents } = watch();
    monitor.start(target, { known: aDocument({ pid: 77 }) });
    expect(monitor.document?.pid).toBe(77);
    expect(documents).toEqual([]);
    await clock.pass(0);
    expect(monitor.document).toEqual(aDocument());
  });

  it('never asks again before the last answer is there', async () => {
    const { clock, monitor, server } = watch();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    server.hold = promise;
    monitor.start(target);
    await clock.pass(5000);
    monitor.retry();
    await clock.pass(5000);
    expect(server.asked).toBe(1);
    server.hold = null;
    resolve(undefined);
    await clock.pass(1000);
    expect(server.asked).toBe(2);
  });

  it('shows a gap as a gap: no data, then a first sample without rates, and an event', async () => {
    const { clock, samples, monitor, server, serve } = watch();
    monitor.start(target);
    await clock.pass(3000);
    server.answer = null;
    await clock.pass(6000);
    expect(monitor.link.status).toBe('waiting');
    serve(5000);
    monitor.retry();
    await clock.pass(0);
    const last = samples.at(-1);
    expect(last?.row?.[RATE]).toBeNull();
    expect(last?.events).toMatchObject([
      { type: 'gap', title: 'No data for 5.0 s', detail: 'Nothing listens on :1717.' },
    ]);
    expect(samples.some((sample) => sample.row === null)).toBe(true);
    expect(monitor.ring.history([]).columns[RATE]).toEqual([null, 0, 0, 0, 0, 0, null, null]);
    expect(monitor.link).toMatchObject({ status: 'attached', reason: null });
  });

  it('keeps one sample a second, but for the first four, while it polls four times as fast', async () => {
    const { clock, samples, documents, monitor } = watch();
    monitor.start(target);
    await clock.pass(0);
    monitor.setInterval(250);
    await clock.pass(4000);
    expect(documents.length).toBeGreaterThanOrEqual(16);
    expect(samples).toHaveLength(7);
  });

  it('drops the answer of an address that is not watched any more', async () => {
    const { clock, samples, monitor, server } = watch();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    server.hold = promise;
    monitor.start(target);
    await clock.pass(0);
    monitor.stop();
    resolve(undefined);
    await clock.pass(5000);
    expect(samples).toEqual([]);
    expect(monitor.link.status).toBe('idle');
    expect(clock.timerCount).toBe(0);
  });

  it('begins without rates after it was stopped and started', async () => {
    const { clock, samples, monitor, serve } = watch();
    serve(100);
    monitor.start(target);
    await clock.pass(1000);
    monitor.stop();
    serve(900);
    monitor.start(target);
    await clock.pass(0);
    expect(samples.at(-1)?.row?.[RATE]).toBeNull();
  });

  it('counts refused connections of the last minute', async () => {
    const { clock, monitor, server } = watch();
    monitor.start(target);
    await clock.pass(1000);
    server.answer = aDocument({ listen_queue_errors: 4 });
    await clock.pass(1000);
    expect(monitor.queueErrorsSince(clock.now() - 60_000)).toBe(4);
    await clock.pass(61_000);
    expect(monitor.queueErrorsSince(clock.now() - 60_000)).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const { clock, monitor } = watch();
    monitor.start(target);
    await clock.pass(2000);
    monitor.dispose();
    expect(clock.timerCount).toBe(0);
  });
});
