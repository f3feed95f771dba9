import { describe, expect, it } from 'vitest';
import {
  describeRaster,
  type RasterWindow,
  rasterGaps,
  rasterRuns,
  type StateSample,
  sampleColumns,
  timeTicks,
} from './raster-model.ts';

const window = { fromMs: 0, toMs: 100_000, widthPx: 100 };
const every = (states: string[], stepMs = 1000) => states.map((states, index) => ({ atMs: index * stepMs, states }));

function runsOfRow(samples: readonly StateSample[], row: number, window: RasterWindow) {
  return rasterRuns(samples, sampleColumns(samples, window, 1000), row, window.widthPx);
}

describe('the state raster', () => {
  it('draws one run for a state that lasts', () => {
    expect(runsOfRow(every(['i', 'i', 'b', 'b']), 0, window)).toEqual([
      { from: 0, to: 2, state: 'i' },
      { from: 2, to: 4, state: 'b' },
    ]);
  });

  it('reads each worker from its own character', () => {
    expect(runsOfRow(every(['ib', 'ib']), 1, window)).toEqual([{ from: 0, to: 2, state: 'b' }]);
    expect(runsOfRow(every(['ib', 'ib']), 2, window)).toEqual([]);
  });

  it('keeps a short trouble when several samples share a pixel', () => {
    const narrow = { ...window, widthPx: 10 };
    expect(runsOfRow(every(['i', 'i', 'd', 'i', 'b', 'i', 'i', 'i', 'i', 'i']), 0, narrow)[0]?.state).toBe('d');
  });

  it('leaves a hole where no poll came, and names it a gap', () => {
    const samples = [...every(['b', 'b']), { atMs: 50_000, states: 'b' }];
    expect(runsOfRow(samples, 0, window)).toEqual([
      { from: 0, to: 4, state: 'b' },
      { from: 50, to: 51, state: 'b' },
    ]);
    expect(rasterGaps(samples, window, 1000)[0]).toEqual({ from: 4, to: 50 });
  });

  it('treats a poll without data as a gap, and the time after the last sample too', () => {
    const samples = [...every(['b', 'b', '', '', '', '', 'b'])];
    expect(rasterGaps(samples, window, 1000)).toEqual([
      { from: 2, to: 6 },
      { from: 9, to: 100 },
    ]);
  });

  it('does not take late polls for a gap', () => {
    expect(rasterGaps(every(['b', 'b', 'b'], 2000), { ...window, toMs: 6000 }, 1000)).toEqual([]);
  });

  it('puts ticks on round times of the local clock', () => {
    const minute = 60_000;
    expect(timeTicks(minute * 1.5, minute * 16.5, 0).map((at) => at / minute)).toEqual([3, 6, 9, 12, 15]);
    expect(timeTicks(0, minute * 60, 30).map((at) => at / minute)).toEqual(
      [0, 10, 20, 30, 40, 50, 60].filter((m) => m % 30 === 0),
    );
  });

  it('says in words what it shows', () => {
    expect(describeRaster([{ atMs: 0, states: 'bilcd' }], 15)).toBe(
      'State of each of 5 workers, last 15 min: now 2 busy, 1 of them over 10 s, 1 idle, 1 cheap, 1 down.',
    );
  });
});
