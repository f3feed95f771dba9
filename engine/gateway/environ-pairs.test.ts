import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePairs, PairsEnviron } from './environ-pairs.ts';
import { writeEnviron } from './testing/write-environ.ts';

const latin1Text = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});
const write = (pairs: readonly (readonly [string, string])[]): Buffer => writeEnviron(new PairsEnviron(), pairs);

test('what was written is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(latin1Text, latin1Text)), (pairs) => {
      expect(decodePairs(write(pairs))).toEqual(pairs);
    }),
  );
});

test('an environ that was cut off gives the pairs that are whole', () => {
  const bytes = write([
    ['A', 'one'],
    ['B', 'two'],
  ]);
  for (let end = 0; end < bytes.length; end++) {
    const length = decodePairs(bytes.subarray(0, end)).length;
    expect(length).toBe(end < 12 ? 0 : 1);
  }
});

test('a value larger than the buffer is taken whole', () => {
  const value = 'x'.repeat(100_000);
  expect(decodePairs(write([['A', value]]))).toEqual([['A', value]]);
});
