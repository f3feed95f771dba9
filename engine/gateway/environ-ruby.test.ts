import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRubyPairs, RubyEnviron } from './environ-ruby.ts';
import { writeEnviron } from './testing/write-environ.ts';

const latin1Text = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});
const write = (...args: [readonly [string, string][], (readonly [string, string][])?]): Buffer =>
  writeEnviron(new RubyEnviron(), ...args);

test("the bytes are those of Ruby's Marshal", () => {
  // Marshal.dump({ "A".b => "one".b, "B".b => "x".b * 200 }), but for the count's width.
  const expected = Buffer.concat([
    Buffer.from('04087b020200', 'hex'),
    Buffer.from('"\x06A"\x08one"\x06B"\x01\xc8', 'latin1'),
    Buffer.alloc(200, 'x'),
  ]);
  expect(write([['B', 'x'.repeat(200)]], [['A', 'one']])).toEqual(expected);
});

test('what was written is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(latin1Text, latin1Text)), (pairs) => {
      expect(decodeRubyPairs(write(pairs))).toEqual(pairs);
    }),
  );
});

test('lengths of every width are read back', () => {
  for (const length of [0, 1, 122, 123, 255, 256, 65_535, 65_536, 70_000]) {
    const value = 'x'.repeat(length);
    expect(decodeRubyPairs(write([['A', value]]))).toEqual([['A', value]]);
  }
});

test('an environ that was cut off gives the pairs that are whole', () => {
  const bytes = write([
    ['A', 'one'],
    ['B', 'two'],
  ]);
  for (let end = 0; end < bytes.length; end++) {
    expect(decodeRubyPairs(bytes.subarray(0, end)).length).toBe(end < 14 ? 0 : 1);
  }
});

test('an environ that was kept goes on with the right number of pairs', () => {
  const kept = write([['A', 'one']]);
  const writer = new RubyEnviron();
  writer.begin();
  writer.restore(kept);
  writer.pair(writer.encodeKey('wsgi.url_scheme'), Buffer.from('http'), 0, 4);
  expect(writer.bytes.readUInt16LE(4)).toBe(2);
  expect(decodeRubyPairs(writer.bytes.subarray(0, writer.length))).toEqual([
    ['A', 'one'],
    ['rack.url_scheme', 'http'],
  ]);
});
