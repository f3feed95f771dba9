import { expect, it } from 'vitest';
import { RecentCount } from './recent-count.ts';

it('counts what happened within the span, and forgets what is older', () => {
  const count = new RecentCount(1_000);
  expect(count.add(0, 0)).toBe(0);
  expect(count.add(2, 100)).toBe(2);
  expect(count.add(1, 900)).toBe(3);
  expect(count.add(0, 1_100)).toBe(1);
  expect(count.add(0, 5_000)).toBe(0);
});
