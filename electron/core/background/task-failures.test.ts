import { expect, test } from 'vitest';
import { parseFailures } from './task-failures.ts';

test('failed runs are read from the record of the engine, in our time and without secrets', () => {
  const record = '{"attempts": 2, "last": 100, "reason": "ValueError: token=abcd"}';
  expect(parseFailures(record, 5_000)).toEqual({
    attempts: 2,
    lastAtMs: 95_000,
    reason: 'ValueError: token=••••••',
  });
});

test('what is no record is none', () => {
  for (const text of ['', '{"attempts": 2', '[]', '{"attempts": -1, "last": 0, "reason": ""}', 'null']) {
    expect(parseFailures(text, 0)).toBeNull();
  }
});
