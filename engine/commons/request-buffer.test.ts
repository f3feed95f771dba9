import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestBuffer } from './request-buffer.ts';
import { RequestReader, WireError } from './wire.ts';

const LIMIT = 1000;

function frame(operation: number, fields: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(fields.length + 1);
  head[4] = operation;
  return Buffer.concat([head, fields]);
}

function readAll(buffer: RequestBuffer): [number, string][] {
  const found: [number, string][] = [];
  for (let next = buffer.next(); next !== null; next = buffer.next()) {
    found.push([next.operation, next.bytes.toString('hex', next.start, next.end)]);
  }
  return found;
}

test('requests come out whole however the stream is cut', () => {
  const request = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 }));
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 8 }), cuts, (requests, sizes) => {
      const stream = Buffer.concat(requests.map(([operation, fields]) => frame(operation, fields)));
      const buffer = new RequestBuffer(() => LIMIT);
      const found: [number, string][] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        buffer.feed(stream.subarray(at, at + size));
        found.push(...readAll(buffer));
        at += size;
      }
      expect(found).toEqual(requests.map(([operation, fields]) => [operation, Buffer.from(fields).toString('hex')]));
      expect(buffer.length).toBe(0);
    }),
  );
});

test('whatever comes, there is an end: requests, too little, or an error of the wire', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const buffer = new RequestBuffer(() => LIMIT);
      buffer.feed(Buffer.from(bytes));
      try {
        readAll(buffer);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
  );
});

test('a length beyond the limit is an error before its bytes have come', () => {
  const buffer = new RequestBuffer(() => LIMIT);
  buffer.feed(Buffer.from([0xff, 0xff, 0xff, 0xff, 16]));
  expect(() => buffer.next()).toThrow('a request of 4294967295 bytes');
});

test('fields that are not there are an error', () => {
  const reader = new RequestReader(Buffer.from([3, 0, 65, 66]), 0, 4);
  expect(() => reader.text()).toThrow(WireError);
  const whole = new RequestReader(Buffer.from([2, 0, 65, 0xe9, 7]), 0, 5);
  expect([whole.text(), whole.rest().length]).toEqual(['Aé', 1]);
});
