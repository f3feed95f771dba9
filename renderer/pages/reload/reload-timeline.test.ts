import { describe, expect, it } from 'vitest';
import { doneAt, pidText, tookMs } from '../../../electron/contract/reload-report.ts';
import { aRun, aWorker } from './reload-fixtures.ts';
import { barsOf, countWorkers, secondTicks, timelineScale } from './reload-timeline.ts';

describe('the bars of a reload', () => {
  const scale = { fromMs: 0, toMs: 100_000, widthPx: 1000 };

  it('start at their span and reach to now while it is open', () => {
    const worker = aWorker({
      spans: [
        { state: 'old', fromMs: 0, toMs: 10_000 },
        { state: 'starting', fromMs: 10_000, toMs: null },
      ],
    });
    expect(barsOf(worker, scale, 15_000)).toMatchObject([
      { x: 0, widthPx: 100, state: 'old' },
      { x: 100, widthPx: 50, state: 'starting' },
    ]);
  });

  it('warn of a worker that drains for long, and mark its death', () => {
    const worker = aWorker({
      spans: [
        { state: 'draining', fromMs: 0, toMs: 30_000 },
        { state: 'down', fromMs: 30_000, toMs: 31_000 },
        { state: 'new', fromMs: 31_000, toMs: null },
      ],
    });
    expect(barsOf(worker, scale, 40_000)[0]).toMatchObject({ long: true, killed: true, durationMs: 30_000 });
    expect(barsOf(worker, scale, 40_000)[2]).toMatchObject({ long: false, killed: false });
  });

  it('leave room for the forecast while it runs, and none when it is over', () => {
    const running = aRun({ forecast: { durationMs: 60_000, queuePeak: null, requestsAtRisk: null, text: '' } });
    expect(timelineScale(running, running.startedAtMs + 1000, 500).toMs - running.startedAtMs).toBeCloseTo(64_800);
    const over = { ...running, finishedAtMs: running.startedAtMs + 20_000 };
    expect(timelineScale(over, over.startedAtMs + 999_000, 500).toMs - over.startedAtMs).toBeCloseTo(21_600);
  });

  it('have ticks on round seconds, at most seven', () => {
    expect(secondTicks(scale).map((tick) => tick.seconds)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(secondTicks({ ...scale, toMs: 5400 }).map((tick) => tick.seconds)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('name both pids, or what is missing', () => {
    expect(pidText(aWorker({ oldPid: 18_912, newPid: 21_004 }))).toBe('18912 → 21004');
    expect(pidText(aWorker({ oldPid: 18_912, newPid: null }))).toBe('18912 →');
    expect(pidText(aWorker({ oldPid: 0, newPid: null, spans: [{ state: 'cheap', fromMs: 0, toMs: null }] }))).toBe(
      'cheap, none',
    );
    expect(pidText(aWorker({ oldPid: 0, newPid: 5 }))).toBe('→ 5');
  });

  it('say that a worker was kept when the reload came to nothing', () => {
    expect(pidText(aWorker(), true)).toBe('18912 kept');
    expect(pidText(aWorker({ spans: [{ state: 'draining', fromMs: 0, toMs: null }] }), true)).toBe('18912 →');
  });

  it('end when the last worker is new, however long it was watched after that', () => {
    const { startedAtMs } = aRun();
    const workers = [4000, 9000].map((afterMs, wid) =>
      aWorker({ wid, newPid: 7, spans: [{ state: 'new', fromMs: startedAtMs + afterMs, toMs: null }] }),
    );
    const over = aRun({ workers, finishedAtMs: startedAtMs + 21_000, phase: 'finished' });
    expect(tookMs({ ...over, verdict: { status: 'done', title: '', detail: '' } })).toBe(9000);
    expect(tookMs({ ...over, verdict: { status: 'stuck', title: '', detail: '' } })).toBe(21_000);
    expect(doneAt(over)).toBeNull();
    expect(tookMs(aRun())).toBeNull();
  });

  it('count the workers that are new', () => {
    const run = aRun({
      workers: [
        aWorker({ newPid: 2, spans: [{ state: 'new', fromMs: 0, toMs: null }] }),
        aWorker({ newPid: null, spans: [{ state: 'draining', fromMs: 0, toMs: null }] }),
        aWorker({ oldPid: 0, newPid: null, spans: [{ state: 'cheap', fromMs: 0, toMs: null }] }),
      ],
    });
    expect(countWorkers(run)).toEqual({ running: 2, renewed: 1 });
  });
});
