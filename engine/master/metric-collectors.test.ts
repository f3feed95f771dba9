import { expect, test } from 'vitest';
import { collectMetric, leadingNumber, type MetricReadings } from './metric-collectors.ts';

const READINGS: MetricReadings = {
  valueOf: (name) => ({ a: 15, b: 42 })[name] ?? 0,
  readFile: (path) => (path === '/load' ? '7 8\t-9 x\n' : null),
};

function wordOf(position: number, path = '/load'): number {
  return collectMetric({ type: 'file', path, position }, 100, READINGS);
}

/** The figures are those of uWSGI 2.0.21 for children of 15 and 42. */
test('metrics are made of others as uWSGI does', () => {
  const of = (type: 'sum' | 'avg' | 'accumulator' | 'adder' | 'multiplier') =>
    collectMetric({ type, children: ['a', 'b'], argument: 3 }, 100, READINGS);
  expect([of('sum'), of('avg'), of('accumulator'), of('adder'), of('multiplier')]).toEqual([57, 28, 157, 60, 171]);
  expect(collectMetric({ type: 'avg', children: [], argument: 0 }, 1, READINGS)).toBe(0);
});

test('a value that grows without end stops at the largest whole number', () => {
  const collector = { type: 'multiplier' as const, children: ['a', 'b'], argument: 1e15 };
  expect(collectMetric(collector, 0, READINGS)).toBe(Number.MAX_SAFE_INTEGER);
  expect(collectMetric({ ...collector, argument: -1e15 }, 0, READINGS)).toBe(-Number.MAX_SAFE_INTEGER);
});

test('a word of a file counts; one that is no number, or not there, leaves the value', () => {
  expect([wordOf(0), wordOf(1), wordOf(2), wordOf(3), wordOf(4), wordOf(0, '/none')]).toEqual([
    7, 8, -9, 100, 100, 100,
  ]);
  expect(leadingNumber('77\n\0\0\0')).toBe(77);
  expect(leadingNumber('')).toBeNull();
});
