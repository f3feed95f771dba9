import { expect, test } from 'vitest';
import { dateSeconds, httpDate, rangeApplies, takesGzip, unmetCondition } from './preconditions.ts';

const FILE = { etag: '"abc"', modifiedSeconds: 1_000_000_000 };
const AT = 'Sun, 09 Sep 2001 01:46:40 GMT';
const BEFORE = 'Sun, 09 Sep 2001 01:46:39 GMT';
const AFTER = 'Sun, 09 Sep 2001 01:46:41 GMT';

const unmet = (headers: Record<string, string>) =>
  unmetCondition(new Map(Object.entries(headers).map(([name, value]) => [`HTTP_${name}`, value])), FILE);

test.each([
  [{}, null],
  [{ IF_NONE_MATCH: '"abc"' }, 304],
  [{ IF_NONE_MATCH: 'W/"abc"' }, 304],
  [{ IF_NONE_MATCH: '"x", "abc"' }, 304],
  [{ IF_NONE_MATCH: '*' }, 304],
  [{ IF_NONE_MATCH: '"x"' }, null],
  [{ IF_NONE_MATCH: 'abc' }, null],
  [{ IF_NONE_MATCH: '"x"', IF_MODIFIED_SINCE: AFTER }, null],
  [{ IF_MODIFIED_SINCE: AT }, 304],
  [{ IF_MODIFIED_SINCE: AFTER }, 304],
  [{ IF_MODIFIED_SINCE: BEFORE }, null],
  [{ IF_MODIFIED_SINCE: 'yesterday' }, null],
  [{ IF_MATCH: '"abc"' }, null],
  [{ IF_MATCH: 'W/"abc"' }, 412],
  [{ IF_MATCH: '"x"' }, 412],
  [{ IF_MATCH: '*' }, null],
  [{ IF_UNMODIFIED_SINCE: BEFORE }, 412],
  [{ IF_UNMODIFIED_SINCE: AT }, null],
  [{ IF_MATCH: '"abc"', IF_UNMODIFIED_SINCE: BEFORE }, null],
  [{ IF_MATCH: '"x"', IF_NONE_MATCH: '"abc"' }, 412],
])('%j: %s', (headers, status) => {
  expect(unmet(headers)).toBe(status);
});

test('a part is sent when it is of the file that the client has a part of', () => {
  const applies = (value: string) => rangeApplies(new Map([['HTTP_IF_RANGE', value]]), FILE);
  expect(['"abc"', AT].map(applies)).toEqual([true, true]);
  expect(['"x"', 'W/"abc"', BEFORE, AFTER, 'abc'].map(applies)).toEqual([false, false, false, false, false]);
  expect(rangeApplies(new Map(), FILE)).toBe(true);
});

test('dates are read in their three forms and written in the first', () => {
  for (const text of [AT, 'Sunday, 09-Sep-01 01:46:40 GMT', 'Sun Sep  9 01:46:40 2001']) {
    expect(dateSeconds(text)).toBe(1_000_000_000);
  }
  expect(['', '2001-09-09', '1000000000', 'Sun, 99 Sep 2001 01:46:40 GMT'].map(dateSeconds)).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(httpDate(1_000_000_000)).toBe(AT);
});

test.each([
  [undefined, false],
  ['gzip', true],
  ['br, GZIP;q=0.5', true],
  ['x-gzip', true],
  ['*', true],
  ['gzip;q=0', false],
  ['gzip; q=0.0, *', false],
  ['identity', false],
  ['gzipped', false],
])('Accept-Encoding %j: %s', (header, taken) => {
  expect(takesGzip(header)).toBe(taken);
});

test('a long line of blanks is read as quickly as any other', () => {
  const beganMs = performance.now();
  for (const text of ['gzip', 'gzip;', 'gzip;q=1']) expect(takesGzip(`${text}${' '.repeat(60_000)}x`)).toBe(false);
  expect(performance.now() - beganMs).toBeLessThan(500);
});
