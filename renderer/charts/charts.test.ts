import { describe, expect, it } from 'vitest';
import { SAMPLE_COLUMNS, type SampleColumn } from '../../electron/contract/model.ts';
import { OVERVIEW_PANELS } from '../pages/overview/panels.ts';
import { SampleRing } from '../stores/sample-ring.ts';
import { chartCsv, chartTable } from './chart-table.ts';
import { gapsIn, linePoints, MOST_POINTS, meanOf, rangeOf, stackPoints } from './points.ts';
import { keepScale, niceScale, timeStepMs, timeTicks } from './scale.ts';

const MINUTE = 60_000;

function ringOf(rows: readonly Partial<Record<SampleColumn, number>>[]): SampleRing {
  const ring = new SampleRing();
  for (const row of rows)
    ring.push(
      SAMPLE_COLUMNS.map((column) => row[column] ?? null),
      '',
    );
  return ring;
}

describe('scales', () => {
  it.each([
    [93, 'decimal', [0, 25, 50, 75, 100]],
    [16, 'integer', [0, 4, 8, 12, 16]],
    [3, 'integer', [0, 1, 2, 3]],
    [0, 'integer', [0, 1, 2]],
    [0, 'decimal', [0, 0.25, 0.5, 0.75, 1]],
    [0, 'binary', [0, 1024, 2048]],
    [4.4, 'decimal', [0, 2, 4, 6]],
    [560, 'time', [0, 200, 400, 600]],
    [0.01, 'time', [0, 0.05, 0.1, 0.15, 0.2]],
    [0.3, 'time', [0, 0.1, 0.2, 0.3]],
    [9, 'time', [0, 2.5, 5, 7.5, 10]],
    [2.6 * 1024 ** 3, 'binary', [0, 1024 ** 3, 2 * 1024 ** 3, 3 * 1024 ** 3]],
  ] as const)('%d (%s) gets the ticks %j', (value, kind, ticks) => {
    expect(niceScale(value, kind).ticks).toEqual(ticks);
  });

  it('always holds the value, starts at zero and has three to five lines', () => {
    for (const kind of ['decimal', 'integer', 'binary', 'time'] as const) {
      for (let exponent = -2; exponent < 12; exponent += 0.07) {
        const value = 10 ** exponent;
        const { max, ticks } = niceScale(value, kind);
        expect(max).toBeGreaterThanOrEqual(value);
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(5);
      }
    }
  });

  it('grow at once and shrink only when there is room', () => {
    const first = keepScale(null, 90, 'decimal');
    expect(first.max).toBe(100);
    const grown = keepScale(first, 130, 'decimal');
    expect(grown.max).toBeGreaterThan(100);
    expect(keepScale(grown, 119, 'decimal').max).toBe(grown.max);
    expect(keepScale(grown, 60, 'decimal').max).toBeLessThan(100);
  });

  it('put time ticks on round minutes, about five in the window', () => {
    expect(timeStepMs(5 * MINUTE)).toBe(MINUTE);
    expect(timeStepMs(15 * MINUTE)).toBe(3 * MINUTE);
    expect(timeStepMs(2 * MINUTE)).toBe(30_000);
    const from = 17 * MINUTE + 12_345;
    expect(timeTicks(from, from + 5 * MINUTE)).toEqual([18, 19, 20, 21, 22].map((minute) => minute * MINUTE));
  });
});

describe('points', () => {
  const span = { fromMs: 0, toMs: 15 * MINUTE };

  it('are the samples themselves while there are few', () => {
    const ring = ringOf([{ atMs: 1000, busy: 1 }, { atMs: 2000 }, { atMs: 3000, busy: 3 }]);
    expect(linePoints(ring, span, ['busy'])).toEqual([
      { t: 1000 - span.toMs, busy: 1 },
      { t: 2000 - span.toMs, busy: null },
      { t: 3000 - span.toMs, busy: 3 },
    ]);
  });

  it('keep a spike of one second among many samples, and stay within the budget', () => {
    const ring = ringOf(Array.from({ length: 900 }, (_, s) => ({ atMs: s * 1000, reqPerSec: s === 451 ? 500 : 10 })));
    const points = linePoints(ring, span, ['reqPerSec']);
    expect(points.length).toBeLessThanOrEqual(MOST_POINTS + 2);
    expect(Math.max(...points.map((point) => point.reqPerSec ?? 0))).toBe(500);
    expect(points.every((point, index) => index === 0 || point.t > (points[index - 1]?.t ?? 0))).toBe(true);
  });

  it('leave a gap where a bucket knows nothing', () => {
    const ring = ringOf(
      Array.from({ length: 900 }, (_, s) => (s >= 300 && s < 330 ? { atMs: s * 1000 } : { atMs: s * 1000, busy: 1 })),
    );
    const points = linePoints(ring, span, ['busy']).filter(
      ({ t }) => t + span.toMs > 301_000 && t + span.toMs < 329_000,
    );
    expect(points.length).toBeGreaterThan(0);
    expect(points.every((point) => point.busy === null)).toBe(true);
  });

  it('break the line where there were no polls', () => {
    const ring = ringOf([
      { atMs: 1000, busy: 1 },
      { atMs: 2000, busy: 1 },
      { atMs: 42_000, busy: 2 },
    ]);
    expect(linePoints(ring, span, ['busy']).map(({ busy }) => busy)).toEqual([1, 1, undefined, 2]);
    const many = ringOf(Array.from({ length: 800 }, (_, s) => ({ atMs: (s < 400 ? s : s + 60) * 1000, busy: 1 })));
    for (const points of [linePoints(many, span, ['busy']), stackPoints(many, span, ['busy'], 'busy')]) {
      expect(points.filter(({ busy }) => busy === undefined)).toHaveLength(1);
    }
  });

  it('of a stack come from one sample each, so that parts add up', () => {
    const ring = ringOf(Array.from({ length: 900 }, (_, s) => ({ atMs: s * 1000, busy: s % 5, idle: 4 - (s % 5) })));
    const points = stackPoints(ring, span, ['busy', 'idle'], 'busy');
    expect(points.length).toBeLessThanOrEqual(MOST_POINTS + 2);
    expect(points.every((point) => (point.busy ?? 0) + (point.idle ?? 0) === 4)).toBe(true);
  });

  it('have a range and a mean that leave out what is unknown', () => {
    const ring = ringOf([{ atMs: 1000, busy: 2 }, { atMs: 2000 }, { atMs: 3000, busy: 4 }]);
    expect(rangeOf(ring, span, ['busy'])).toEqual({ lowest: 2, highest: 4 });
    expect(meanOf(ring, span, 'busy')).toBe(3);
    expect(rangeOf(ring, span, ['idle'])).toBeNull();
    expect(meanOf(ring, span, 'idle')).toBeNull();
  });
});

describe('the charts as a table', () => {
  const ring = ringOf([{ atMs: 1000, reqPerSec: 2, avgRtMs: 3.5 }, { atMs: 2000 }, { atMs: 9000, reqPerSec: 4 }]);
  const table = chartTable(ring, { fromMs: 500, toMs: 5000 }, OVERVIEW_PANELS);

  it('have every sample of the window, newest first, and a title a column', () => {
    expect(table.rows.map(({ atMs }) => atMs)).toEqual([2000, 1000]);
    expect(table.columns.slice(0, 2).map(({ title }) => title)).toEqual(['Requests', 'Response time: average']);
    expect(table.rows[1]?.values.slice(0, 2)).toEqual([2, 3.5]);
  });

  it('are plain numbers as CSV, oldest first, empty where nothing is known', () => {
    const [head, first, second, end] = chartCsv(table).split('\n');
    expect(head?.startsWith('time,reqPerSec,avgRtMs,slowestRtMs,busy')).toBe(true);
    expect(first?.startsWith('1970-01-01T00:00:01.000Z,2,3.5,,')).toBe(true);
    expect(second).toBe(`1970-01-01T00:00:02.000Z${','.repeat(table.columns.length)}`);
    expect(end).toBe('');
  });
});

describe('gaps', () => {
  it('are polls without data, from the last sample before to the first after', () => {
    const ring = ringOf([
      { atMs: 1000, busy: 1 },
      { atMs: 2000 },
      { atMs: 3000 },
      { atMs: 4000, busy: 1 },
      { atMs: 5000, busy: 1 },
    ]);
    expect(gapsIn(ring, { fromMs: 0, toMs: 5000 })).toEqual([{ fromMs: 1000, toMs: 4000 }]);
  });

  it('are times without polls, and reach to the right edge while they last', () => {
    const ring = ringOf([{ atMs: 1000, busy: 1 }, { atMs: 20_000, busy: 1 }, { atMs: 21_000 }]);
    expect(gapsIn(ring, { fromMs: 0, toMs: 30_000 })).toEqual([
      { fromMs: 1000, toMs: 20_000 },
      { fromMs: 20_000, toMs: 30_000 },
    ]);
  });

  it('do not begin before the window, and none is seen in steady samples', () => {
    const ring = ringOf([
      { atMs: 1000, busy: 1 },
      { atMs: 20_000, busy: 1 },
      { atMs: 21_000, busy: 1 },
    ]);
    expect(gapsIn(ring, { fromMs: 5000, toMs: 22_000 })).toEqual([{ fromMs: 5000, toMs: 20_000 }]);
    expect(gapsIn(ring, { fromMs: 20_500, toMs: 22_000 })).toEqual([]);
  });
});
