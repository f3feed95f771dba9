import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

function read(chunks: Buffer[]): string[] {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (const chunk of chunks) reader.feed(chunk);
  reader.flush();
  return lines;
}

it('gives the same lines however the bytes were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '\n', 'é') }), { maxLength: 8 }), (parts) => {
      const whole = read([Buffer.from(parts.join(''))]);
      expect(read(parts.map((part) => Buffer.from(part)))).toEqual(whole);
      expect(whole.join('').replace(/\n$/, '')).toBe(Buffer.from(parts.join('')).toString('latin1').replace(/\n$/, ''));
    }),
  );
});

it('does not keep a line without an end for ever', () => {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (let i = 0; i < 100; i++) reader.feed(Buffer.alloc(1024, 'x'));
  expect(lines).toHaveLength(1);
});
