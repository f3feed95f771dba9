import { describe, expect, it } from 'vitest';
import { nextOrder, RESORT_MS, type RowOrder } from './row-order.ts';

const before: RowOrder = { ids: [1, 2, 3], sortedAtMs: 10_000, key: 'rate desc' };
const input = { sorted: [3, 2, 1], key: 'rate desc', nowMs: 10_000 + RESORT_MS, held: false };

describe('sorting with hysteresis', () => {
  it('sorts at once when there was nothing, or when the key changed', () => {
    expect(nextOrder(null, { ...input, nowMs: 0 }).ids).toEqual([3, 2, 1]);
    expect(nextOrder(before, { ...input, nowMs: 10_001, held: true, key: 'wid asc' }).ids).toEqual([3, 2, 1]);
  });

  it('waits three seconds before it sorts again', () => {
    expect(nextOrder(before, { ...input, nowMs: 10_000 + RESORT_MS - 1 })).toBe(before);
    expect(nextOrder(before, input)).toEqual({ ids: [3, 2, 1], sortedAtMs: 13_000, key: 'rate desc' });
  });

  it('never sorts under the pointer', () => {
    expect(nextOrder(before, { ...input, nowMs: 99_000, held: true })).toBe(before);
  });

  it('drops rows that vanished and puts new ones at the end until the next sort', () => {
    const order = nextOrder(before, { ...input, sorted: [4, 3, 1], held: true });
    expect(order.ids).toEqual([1, 3, 4]);
    expect(order.sortedAtMs).toBe(before.sortedAtMs);
  });
});
