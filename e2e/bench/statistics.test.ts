import { expect, it } from 'vitest';
import { median, percentile } from './statistics.ts';
import { readWrk } from './wrk.ts';

it('takes the middle value, or the mean of the middle two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([1, 2, 10, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});

it('takes the value that so many per cent do not exceed', () => {
  const values = Array.from({ length: 100 }, (_unused, index) => 100 - index);
  expect(percentile(values, 95)).toBe(95);
  expect(percentile(values, 100)).toBe(100);
  expect(percentile([7], 1)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});

it('reads the figures of wrk, which counts in microseconds', () => {
  expect(readWrk('Running 2s test\n\nJSON [20914,2006237,2770,7070,3]\n')).toEqual({
    requests: 20914,
    errors: 3,
    requestsPerSecond: 20914 / 2.006237,
    p50Ms: 2.77,
    p99Ms: 7.07,
  });
  expect(() => readWrk('unable to connect')).toThrow('unable to connect');
});
