import { expect, test } from 'vitest';
import { FrameReader } from './frame-reader.ts';
import { FRAME_HEADER_BYTES, FrameType } from './frames.ts';

function frame(type: number, flags: number, id: number, payload: string): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt8(flags, 5);
  bytes.writeUInt32LE(id, 8);
  bytes.write(payload, FRAME_HEADER_BYTES);
  return bytes;
}

function read(pieces: Buffer[]): string[] {
  const seen: string[] = [];
  const reader = new FrameReader((type, flags, id, bytes, start, end) => {
    seen.push(`${type} ${flags} ${id} ${bytes.toString('latin1', start, end)}`);
  });
  for (const piece of pieces) expect(reader.feed(piece)).toBe(true);
  return seen;
}

test('frames come out whole, however the stream is cut', () => {
  const stream = Buffer.concat([frame(17, 0, 1, 'abc'), frame(18, 2, 0xffffffff, ''), frame(19, 0, 3, 'x'.repeat(40))]);
  const expected = ['17 0 1 abc', '18 2 4294967295 ', `19 0 3 ${'x'.repeat(40)}`];
  expect(read([stream])).toEqual(expected);
  expect(read(Array.from(stream, (_, i) => stream.subarray(i, i + 1)))).toEqual(expected);
  for (let at = 1; at < stream.length; at++)
    expect(read([stream.subarray(0, at), stream.subarray(at)])).toEqual(expected);
});

test('the number of the application stands above the flags', () => {
  const bytes = frame(FrameType.END, 4, 1, 'done');
  bytes.writeUInt16LE(2, 6);
  const flags = 2 * 256 + 4;
  expect(read([bytes])).toEqual([`${FrameType.END} ${flags} 1 done`]);
});

test('the pieces of a DATA frame come at once, and the frame behind it whole', () => {
  const stream = Buffer.concat([frame(FrameType.DATA, 0, 7, 'abcdefgh'), frame(FrameType.END, 0, 7, 'done')]);
  for (let at = FRAME_HEADER_BYTES + 1; at < FRAME_HEADER_BYTES + 8; at++) {
    const cut = at - FRAME_HEADER_BYTES;
    expect(read([stream.subarray(0, at), stream.subarray(at)])).toEqual([
      `18 0 7 ${'abcdefgh'.slice(0, cut)}`,
      `18 0 7 ${'abcdefgh'.slice(cut)}`,
      '19 0 7 done',
    ]);
  }
  expect(read(Array.from(stream, (_, i) => stream.subarray(i, i + 1)))).toEqual([
    ...Array.from('abcdefgh', (letter) => `18 0 7 ${letter}`),
    '19 0 7 done',
  ]);
});

test('a frame that announces too much is refused at its header', () => {
  const reader = new FrameReader(() => undefined, 10);
  expect(reader.feed(frame(17, 0, 1, 'x'.repeat(11)).subarray(0, FRAME_HEADER_BYTES))).toBe(false);
});
