import { describe, expect, it } from 'vitest';
import { lonePoints } from './lone-points.ts';

function points(...values: (number | null)[]) {
  return values.map((avgRtMs, index) => ({ t: index - values.length, avgRtMs }));
}

describe('values that no line reaches', () => {
  it('have nothing known before and after them', () => {
    expect(lonePoints(points(null, 5, null, 7, 8, null, 9), 'avgRtMs')).toEqual([
      { t: -6, value: 5 },
      { t: -1, value: 9 },
    ]);
  });

  it('may be the smallest and the largest of one bucket', () => {
    expect(lonePoints(points(null, 5, 5, null, 6, 6, 6), 'avgRtMs')).toEqual([{ t: -5, value: 5 }]);
  });

  it('are none in a line, and none where nothing is known', () => {
    expect(lonePoints(points(1, 2, 3), 'avgRtMs')).toEqual([]);
    expect(lonePoints(points(null, null), 'avgRtMs')).toEqual([]);
    expect(lonePoints(points(1), 'rssBytes')).toEqual([]);
  });
});
