import { expect, test } from 'vitest';
import { type LockHolder, LockTable } from './locks.ts';

function holder(pid: number, thread = 1): LockHolder {
  return { pid, thread: BigInt(thread) };
}

test('a lock goes from its holder to the one that has waited longest', () => {
  const table = new LockTable();
  table.name(['user 0']);
  const [first, second, third] = [holder(1), holder(2), holder(3)];
  expect([first, second, third].map((one) => table.acquire('user 0', one))).toEqual([true, false, false]);
  expect(table.release('user 0', first)).toBe(second);
  expect(table.holderPid('user 0')).toBe(2);
  expect(table.release('user 0', second)).toBe(third);
  expect(table.release('user 0', third)).toBeNull();
  expect(table.report()).toEqual([['user 0', 0]]);
});

test('one that gives up waiting is passed over, and who does not hold it changes nothing', () => {
  const table = new LockTable();
  table.name(['a']);
  const [first, second, third] = [holder(1), holder(2), holder(3)];
  for (const one of [first, second, third]) table.acquire('a', one);
  expect(table.release('a', second)).toBeNull();
  expect(table.holderPid('a')).toBe(1);
  expect(table.release('a', first)).toBe(third);
});

test('a lock is held by a thread, whatever it asks through', () => {
  const table = new LockTable();
  table.name(['a']);
  table.acquire('a', holder(1, 7));
  expect(table.isHeldBy('a', holder(1, 7))).toBe(true);
  expect(table.isHeldBy('a', holder(1, 8))).toBe(false);
  expect(table.isHeldBy('a', holder(2, 7))).toBe(false);
});

test('names follow the settings, but for a lock that is held', () => {
  const table = new LockTable();
  table.name(['a', 'b']);
  const one = holder(1);
  table.acquire('b', one);
  table.name(['c', 'a']);
  expect(table.report()).toEqual([
    ['b', 1],
    ['c', 0],
    ['a', 0],
  ]);
  table.release('b', one);
  table.name(['c', 'a']);
  expect(table.has('b')).toBe(false);
});
