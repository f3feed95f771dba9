import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluatePlaceholder, expandValue, findSpans, placeholderNames } from './placeholders.ts';

const values: Record<string, string> = { a: 'foo', b: 'bar', n: '41', empty: '', c: '%(n)' };
const valueOf = (key: string): string | null => values[key] ?? null;
const expand = (value: string): string | null => expandValue(value, '%', (name) => evaluatePlaceholder(name, valueOf));

// Each of these was tried on uWSGI 2.0.21.
test.for([
  ['%(a)', 'foo'],
  ['<%(a)%(b)>', '<foobar>'],
  ['%(zzz)', '%(zzz)'],
  ['%(a b)', 'foobar'],
  ['%(a zzz b)', 'foobar'],
  ['%(n ++)', '42'],
  ['%(n --)', '40'],
  ['%(n ++ ++)', '43'],
  ['%(7 8)', '78'],
  ['%(5)', '%(5)'],
  ['%( 5)', '5'],
  ['%(2 + 3 * 4)', '20'],
  ['%(10 / 4)', '2'],
  ['%(0 - 7 / 2)', '-3'],
  ['%(4 / 0)', '0'],
  ['%(- 7)', '-7'],
  ['%(2147483647 + 1)', '2147483648'],
  ['%(9999999999 + 1)', '10000000000'],
  ['%(n+1)', '%(n+1)'],
  ['%(zzz + 1)', '1'],
  ['%(++ a)', 'foo'],
  ['%(+ --)', '%(+ --)'],
  ['%(+ -- zzz 2)', '2'],
  ['%(zzz zzz)', ''],
  ['%()', '%()'],
  ['%(a', '%(a'],
  ['%(%(a)', '%(foo'],
  ['%((a))', '%((a))'],
  ['%(c)', '%(n)'],
  ['x%(c)', 'x41'],
  ['%(empty)', ''],
  ['[%((n * 2) + 1)] %(a)', '[1] foo'],
  ['%(2 * (2 + 1)) z', '0 z'],
  ['x%((n + 1', 'x%((n + 1'],
] as const)('%s becomes "%s"', ([value, expected]) => {
  expect(expand(value)).toBe(expected);
});

describe('expansion', () => {
  test('of a value that refers to itself ends', () => {
    expect(expandValue('x%(a)', '%', () => 'y%(a)')).toBeNull();
  });

  test('ends for every value and never throws', () => {
    const parts = fc.array(fc.constantFrom('%(', '(', ')', ' ', 'a', 'c', 'n', '+', '--', '/', '*', '5', 'x'), {
      maxLength: 20,
    });
    fc.assert(fc.property(parts, (words) => typeof expand(words.join('')) === 'string'));
  });

  test('lists the names a value refers to, without operators and numbers', () => {
    expect(placeholderNames('%(base)/%(n + 1).sock')).toEqual(['base', 'n + 1', 'n']);
    expect(placeholderNames('%(a(b)) %(open %(c) %(')).toEqual(['a(b)', 'c']);
  });
});

describe('spans', () => {
  test('stand where each reference of a text does', () => {
    expect(findSpans('%(a)/$(B)/%(c d', '%')).toEqual([{ from: 0, to: 4, name: 'a' }]);
    expect(findSpans('%(a)/%(b (c) d)', '%').map(({ from, to, name }) => [from, to, name])).toEqual([
      [0, 4, 'a'],
      [5, 15, 'b (c) d'],
    ]);
  });
});
