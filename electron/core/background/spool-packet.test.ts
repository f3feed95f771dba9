import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSpoolPacket } from './spool-packet.ts';
import { taskBytes } from './testing/task-file.ts';

function read(bytes: Buffer, sizeBytes = bytes.length) {
  const { vars, body, bodySizeBytes, damage } = parseSpoolPacket(bytes, sizeBytes);
  const pairs = vars.map(({ key, value }) => [key.toString('latin1'), value.toString('latin1')]);
  return { pairs, body: body.toString('latin1'), bodySizeBytes, damage };
}

describe('the file of a task', () => {
  it('is its variables in their order and its body, as uWSGI 2.0.21 wrote it', () => {
    const recorded = Buffer.from('1119000004007461736b010078020061740a0034313032343434383030', 'hex');
    expect(read(recorded)).toEqual({
      pairs: [
        ['task', 'x'],
        ['at', '4102444800'],
      ],
      body: '',
      bodySizeBytes: 0,
      damage: null,
    });
    expect(read(taskBytes([['k', '']], 'BODY'))).toMatchObject({ pairs: [['k', '']], body: 'BODY', bodySizeBytes: 4 });
  });

  it('keeps a key that comes twice, and tells of the whole body when only its beginning was read', () => {
    const bytes = taskBytes(
      [
        ['a', '1'],
        ['a', '2'],
      ],
      'x'.repeat(1_000),
    );
    const { pairs, body, bodySizeBytes, damage } = read(bytes.subarray(0, 100), bytes.length);
    expect([pairs.length, body.length, bodySizeBytes, damage]).toEqual([2, 100 - 16, 1_000, null]);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /empty/],
    ['three bytes', Buffer.from([17, 1, 0]), /3 bytes/],
    ['a size beyond the end', Buffer.from([17, 200, 0, 0, 1, 0, 97]), /200 bytes/],
    ['a length beyond its block', Buffer.from([17, 4, 0, 0, 9, 0, 97, 98]), /byte 4/],
    ['an empty key', Buffer.from([17, 4, 0, 0, 0, 0, 0, 0]), /byte 4/],
    ['a key without a value', Buffer.from([17, 3, 0, 0, 1, 0, 97]), /byte 4/],
    ['another modifier', Buffer.from([5, 0, 0, 0]), /first byte is 5/],
  ])('of %s is told to be damaged', (_, bytes, damage) => {
    expect(read(bytes).damage).toMatch(damage);
  });

  it('gives what stands before the damage', () => {
    const whole = taskBytes([
      ['one', '1'],
      ['two', '2'],
    ]);
    const cut = read(whole.subarray(0, whole.length - 2));
    expect(cut.pairs).toEqual([['one', '1']]);
    expect(cut.damage).not.toBeNull();
  });

  it('reads back whatever was written, and throws at no bytes at all', () => {
    const texts = fc.tuple(
      fc.string({ minLength: 1, maxLength: 30, unit: 'binary-ascii' }),
      fc.string({ maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 20 }), fc.uint8Array({ maxLength: 60 }), (vars, body) => {
        const written = vars.map(([key, value]) => [key, Buffer.from(value).toString('latin1')] as const);
        const found = read(taskBytes(written, Buffer.from(body)));
        expect(found.pairs).toEqual(written);
        expect(found.damage).toBeNull();
        expect(found.body).toBe(Buffer.from(body).toString('latin1'));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(400), (bytes, more) => {
        const { bodySizeBytes } = read(Buffer.from(bytes), bytes.length + more);
        expect(bodySizeBytes).toBeLessThanOrEqual(bytes.length + more);
      }),
    );
  });
});
