import { describe, expect, it } from 'vitest';
import { quantityText } from '../../format/quantity.ts';
import { barWidth, deadlineText, headTicks, isLong, laneScale, laneTime, longTick } from './lane-scale.ts';

describe('the request lane', () => {
  it('ends at harakiri, whatever runs', () => {
    const scale = laneScale(200, 60_000, [90_000]);
    expect(scale).toEqual({ widthPx: 200, endMs: 60_000, deadlineMs: 60_000 });
    expect(barWidth(scale, 30_000)).toBe(100);
    expect(barWidth(scale, 90_000)).toBe(200);
  });

  it('ends at a round time above the longest when there is no harakiri', () => {
    expect(laneScale(200, null, [3400, 41_300]).endMs).toBe(60_000);
    expect(laneScale(200, null, []).endMs).toBe(1000);
    expect(laneScale(200, null, [2 * 3600_000 + 1]).endMs).toBe(3 * 3600_000);
  });

  it('shows a request that has just begun', () => {
    expect(barWidth(laneScale(200, 60_000, []), 3)).toBe(2);
  });

  it('ticks 10 s only inside the axis', () => {
    expect(longTick(laneScale(198, 60_000, []))).toBe(33);
    expect(longTick(laneScale(198, 10_000, []))).toBeNull();
    expect(longTick(laneScale(198, 5000, []))).toBeNull();
  });

  it('calls a request long after 10 s or half of harakiri', () => {
    expect(isLong(9999, 60_000)).toBe(false);
    expect(isLong(10_000, null)).toBe(true);
    expect(isLong(3000, 6000)).toBe(true);
  });

  it('leaves out head labels that would touch', () => {
    expect(headTicks(laneScale(198, 60_000, []), 66).map((tick) => tick.label)).toEqual(['0', '10', '30']);
    expect(headTicks(laneScale(198, 600_000, []), 66).map((tick) => tick.label)).toEqual(['0', '120', '300']);
    expect(headTicks(laneScale(120, 600_000, []), 66).map((tick) => tick.label)).toEqual(['0', '120']);
  });
});

describe('the time of a running request', () => {
  it('names a deadline as it is set', () => {
    expect([60_000, 2500, 300_000, 3_600_000].map(deadlineText)).toEqual(['60 s', '2.5 s', '300 s', '1 h']);
  });

  it('counts in tenths from one second on', () => {
    expect([12, 999, 1000, 41_340, 59_949, 60_000, 754_000].map((ms) => quantityText(laneTime(ms)))).toEqual([
      '12 ms',
      '999 ms',
      '1.0 s',
      '41.3 s',
      '59.9 s',
      '1 m',
      '12 m 34 s',
    ]);
    expect(quantityText(laneTime(null))).toBe('–');
  });
});
