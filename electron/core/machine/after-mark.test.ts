import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { AfterMark, bytesAfterMark, OUTPUT_MARK } from './after-mark.ts';

const noisy = `Welcome to web1!\n${OUTPUT_MARK}first\n${OUTPUT_MARK}second`;
const plain = `first\n${OUTPUT_MARK}second`;

it('what a shell printed before the program is left out, wherever it is cut', async () => {
  expect(bytesAfterMark(Buffer.from(noisy)).toString()).toBe(plain);
  for (let cut = 0; cut <= noisy.length; cut += 1) {
    const pieces = [noisy.slice(0, cut), noisy.slice(cut)].filter((piece) => piece !== '');
    const read = Readable.from(pieces.map((piece) => Buffer.from(piece))).pipe(new AfterMark());
    expect(await text(read), `cut at ${cut}`).toBe(plain);
  }
});

it('output without a mark is given as it came', async () => {
  const words = 'This account is currently not available.\n';
  expect(bytesAfterMark(Buffer.from(words)).toString()).toBe(words);
  expect(await text(Readable.from([Buffer.from(words)]).pipe(new AfterMark()))).toBe(words);
});
