import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeNameValues, encodeNameValue, FastcgiEnviron } from './environ-fastcgi.ts';
import { writeEnviron } from './testing/write-environ.ts';

const latin1Text = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});
const write = (pairs: readonly (readonly [string, string])[]): Buffer => writeEnviron(new FastcgiEnviron(), pairs);

test('what was written is read back, by both ways of writing', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(latin1Text, latin1Text)), (pairs) => {
      expect(decodeNameValues(write(pairs))).toEqual(pairs);
      expect(Buffer.concat(pairs.map((pair) => encodeNameValue(...pair)))).toEqual(write(pairs));
    }),
  );
});

test('lengths from 128 on have four bytes', () => {
  expect([...encodeNameValue('A', 'x'.repeat(127)).subarray(0, 2)]).toEqual([1, 127]);
  expect([...encodeNameValue('A', 'x'.repeat(128)).subarray(0, 5)]).toEqual([1, 0x80, 0, 0, 128]);
});

test('an environ that was cut off gives the pairs that are whole', () => {
  const bytes = write([
    ['A', 'one'],
    ['B', 'x'.repeat(200)],
  ]);
  for (let end = 0; end < bytes.length; end++) {
    expect(decodeNameValues(bytes.subarray(0, end))).toHaveLength(end < 6 ? 0 : 1);
  }
});

test('PHP learns of https by the variable HTTPS, and of http by nothing', () => {
  const writer = new FastcgiEnviron();
  expect(decodeNameValues(writer.encodePair('wsgi.url_scheme', 'https'))).toEqual([['HTTPS', 'on']]);
  expect(writer.encodePair('wsgi.url_scheme', 'http')).toHaveLength(0);
});
