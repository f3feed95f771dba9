import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseRanges, multipart } from './byte-ranges.ts';

const parts = (header: string, size: number): string => {
  const choice = chooseRanges(header, size);
  return choice.type === 'parts' ? choice.ranges.map(({ start, end }) => `${start}-${end}`).join() : choice.type;
};

test.each([
  ['bytes=0-0', '0-1'],
  ['bytes=2-', '2-10'],
  ['bytes=-3', '7-10'],
  ['bytes=-30', '0-10'],
  ['bytes=5-99', '5-10'],
  ['BYTES=1-2', '1-3'],
  ['bytes= 1 - 2 , 4-4', '1-3,4-5'],
  ['bytes=0-1,99-,3-3', '0-2,3-4'],
  ['bytes=4-5,0-1', '4-6,0-2'],
  ['bytes=10-', 'none'],
  ['bytes=99-100', 'none'],
  ['bytes=-0', 'none'],
  ['bytes=', 'none'],
  ['bytes=a-b', 'none'],
  ['bytes=-', 'none'],
  ['bytes=1-2x', 'none'],
  ['bytes=0-9,0-0', 'whole'],
  ['lines=0-1', 'whole'],
  ['bytes', 'whole'],
  [`bytes=${'0-0,'.repeat(64)}0-0`, 'whole'],
])('%j of ten bytes is %s', (header, expected) => {
  expect(parts(header, 10)).toBe(expected);
});

test('of an empty file nothing can be a part', () => {
  expect(['0-0', '0-', '-3', '2-'].map((spec) => parts(`bytes=${spec}`, 0))).toEqual([
    'whole',
    'whole',
    'whole',
    'none',
  ]);
});

test('whatever is asked, parts lie in the file and are never more than it altogether', () => {
  const spec = fc.tuple(fc.option(fc.nat(30)), fc.option(fc.nat(30)));
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 6 }), fc.nat(20), (specs, size) => {
      const choice = chooseRanges(`bytes=${specs.map(([a, b]) => `${a ?? ''}-${b ?? ''}`).join()}`, size);
      if (choice.type !== 'parts') return;
      let total = 0;
      for (const { start, end } of choice.ranges) {
        expect(start >= 0 && start < end && end <= size).toBe(true);
        total += end - start;
      }
      expect(total).toBeLessThanOrEqual(size);
    }),
  );
});

test('several parts are as long as is said', () => {
  const {
    parts: made,
    bytes,
    contentType,
  } = multipart(
    [
      { start: 0, end: 2 },
      { start: 4, end: 9 },
    ],
    10,
    'text/css',
  );
  const length = made.reduce(
    (sum, part) => sum + (part instanceof Uint8Array ? part.length : part.end - part.start),
    0,
  );
  expect(length).toBe(bytes);
  const boundary = contentType.split('boundary=')[1] ?? '';
  const [first, last] = [made[0], made.at(-1)];
  expect(first instanceof Uint8Array && Buffer.from(first).toString()).toBe(
    `\r\n--${boundary}\r\nContent-Type: text/css\r\nContent-Range: bytes 0-1/10\r\n\r\n`,
  );
  expect(last instanceof Uint8Array && Buffer.from(last).toString()).toBe(`\r\n--${boundary}--\r\n`);
});

test('a long line of blanks is refused as quickly as any other', () => {
  const beganMs = performance.now();
  for (const text of ['', '1', '1-', '1-2']) {
    expect(chooseRanges(`bytes=${text}${' '.repeat(60_000)}x`, 1000).type).toBe('none');
  }
  expect(performance.now() - beganMs).toBeLessThan(500);
});
