import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearestNames } from './nearest.ts';
import { nearestOptions, optionNames } from './option-table.ts';

test('a swap, a replacement, an insertion and a deletion count one each', () => {
  expect(['abcd', 'bacd', 'xbcd', 'aabcd', 'bcd', 'cabd'].map((text) => editDistance('abcd', text))).toEqual([
    0, 1, 1, 1, 1, 2,
  ]);
});

test('the distance is the same in both directions, and with a limit as long as that is not passed', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), fc.nat(12), (a, b, limit) => {
      const distance = editDistance(a, b);
      expect(editDistance(b, a)).toBe(distance);
      expect(editDistance(a, b, limit)).toBe(Math.min(distance, limit + 1));
    }),
  );
});

test('misspelt options find what was meant', () => {
  expect(nearestOptions('procesess')[0]).toBe('processes');
  expect(nearestOptions('virtual-env')[0]).toBe('virtualenv');
  expect(nearestOptions('harakri')[0]).toBe('harakiri');
  expect(nearestOptions('max_requests')[0]).toBe('max-requests');
  expect(nearestOptions('HTTP')[0]).toBe('http');
  expect(nearestOptions('database-password')).toEqual([]);
});

test('a name that is far from all has no nearest', () => {
  expect(nearestNames('zzzz', ['http', 'socket'])).toEqual([]);
});

test('what is left out by its letters alone would have been too far in any case', () => {
  const names = [...optionNames()];
  const slips = fc.constantFrom(...names).chain((name) =>
    fc.tuple(fc.nat(name.length), fc.nat(2), fc.constantFrom('a', 'z', '-', '7', 'ü')).map(([at, cut, letter]) => {
      return name.slice(0, at) + letter + name.slice(at + cut);
    }),
  );
  fc.assert(
    fc.property(slips, (slip) => {
      const limit = slip.length <= 4 ? 1 : slip.length <= 8 ? 2 : 3;
      const distances = names.map((name) => editDistance(slip, name, limit));
      const best = Math.min(...distances);
      const [nearest] = nearestNames(slip, names);
      if (best > limit || best >= slip.length) expect(nearest).toBeUndefined();
      else expect(editDistance(slip, nearest ?? '')).toBe(best);
    }),
    { numRuns: 60 },
  );
});
