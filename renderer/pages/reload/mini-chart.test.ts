import { describe, expect, it } from 'vitest';
import { areaPath, dotPath, linePath, niceMax } from './mini-chart.ts';

const scale = { widthPx: 100, heightPx: 50, lengthMs: 10_000, max: 10 };

describe('a small chart', () => {
  it('ends at a round number above its highest value', () => {
    expect([0, 0.4, 1, 1.2, 3, 7, 22, 86, 100, 1234].map(niceMax)).toEqual([1, 0.4, 1, 2, 4, 8, 40, 100, 100, 2000]);
  });

  it('draws from zero at the bottom', () => {
    const points = [
      { atMs: 0, value: 0 },
      { atMs: 5000, value: 10 },
    ];
    expect(linePath(points, scale, 6000)).toBe('M0 50L50 0');
  });

  it('breaks where nothing is known, and where polls are missing', () => {
    const points = [
      { atMs: 0, value: 5 },
      { atMs: 1000, value: null },
      { atMs: 2000, value: 5 },
      { atMs: 9000, value: 5 },
    ];
    expect(linePath(points, scale, 2000)).toBe('M0 25M20 25M90 25');
    expect(dotPath(points, scale, 2000)).toBe('M0 25h0M20 25h0M90 25h0');
    expect(areaPath(points, scale, 2000)).toBe('M0 25L0 50L0 50ZM20 25L20 50L20 50ZM90 25L90 50L90 50Z');
  });
});
