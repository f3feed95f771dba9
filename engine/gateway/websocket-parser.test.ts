/**
 * Websockets as bytes: what clients may send, what they may not and with which code they are closed (the cases are those
 * that test suites for RFC 6455 look at), and the frames and handshakes of the server's side.
 */
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { HttpParser } from './http-parser.ts';
import { ProtocolError } from './protocol-error.ts';
import { encodeClose, encodeMessage, encodePing, encodePong } from './websocket-frames.ts';
import { acceptLines, readUpgrade, type Upgrade } from './websocket-handshake.ts';
import { WebSocketError, WebSocketParser } from './websocket-parser.ts';

const LIMIT = 1000;
const FIN = 0x80;
const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];
const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/** A frame as a client sends it. */
function frame(first: number, payload: Buffer | string = '', mask: Buffer = MASK): Buffer {
  const bytes = Buffer.from(payload);
  const header =
    bytes.length < 126
      ? Buffer.from([first, 0x80 | bytes.length])
      : bytes.length < 65536
        ? Buffer.from([first, 0x80 | 126, bytes.length >> 8, bytes.length & 0xff])
        : Buffer.concat([Buffer.from([first, 0x80 | 127, 0, 0, 0, 0]), uint32(bytes.length)]);
  const masked = bytes.map((byte, at) => byte ^ (mask[at & 3] ?? 0));
  return Buffer.concat([header, mask, masked]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** What the parser says of these chunks, in order; a violation is the last line. */
function read(chunks: readonly Buffer[]): string[] {
  const events: string[] = [];
  const parser = new WebSocketParser(LIMIT, {
    onMessage: (isText, bytes) => events.push(`${isText ? 'text' : 'binary'} ${bytes.toString('latin1')}`),
    onPing: (bytes) => events.push(`ping ${bytes.toString('latin1')}`),
    onPong: () => events.push('pong'),
    onClose: (code, reason) => events.push(`close ${code} ${reason.toString()}`),
  });
  try {
    // It unmasks in place.
    for (const chunk of chunks) parser.feed(Buffer.from(chunk));
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error;
    events.push(`error ${error.code}`);
  }
  return events;
}

const closing = (code: number, reason = '') => frame(FIN | CLOSE, Buffer.concat([uint16(code), Buffer.from(reason)]));
const uint16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const snowman = Buffer.from('☃');

const CASES: readonly (readonly [name: string, frames: readonly Buffer[], events: readonly string[]])[] = [
  ['a text', [frame(FIN | TEXT, 'hello')], ['text hello']],
  ['an empty text', [frame(FIN | TEXT)], ['text ']],
  ['bytes', [frame(FIN | BINARY, Buffer.from([0, 255]))], ['binary \0ÿ']],
  ['a length of 126', [frame(FIN | TEXT, 'x'.repeat(126))], [`text ${'x'.repeat(126)}`]],
  ['a message at the limit', [frame(FIN | TEXT, 'x'.repeat(LIMIT))], [`text ${'x'.repeat(LIMIT)}`]],
  ['a message over the limit', [frame(FIN | TEXT, 'x'.repeat(LIMIT + 1))], ['error 1009']],
  ['a length of 64 bits', [frame(FIN | BINARY, Buffer.alloc(70_000))], ['error 1009']],
  [
    'a length beyond any number',
    [Buffer.concat([Buffer.from([FIN | TEXT, 0xff]), Buffer.alloc(8, 0xff), MASK])],
    ['error 1009'],
  ],
  ['fragments', [frame(TEXT, 'he'), frame(CONTINUATION, 'l'), frame(FIN | CONTINUATION, 'lo')], ['text hello']],
  ['fragments over the limit', [frame(TEXT, 'x'.repeat(LIMIT)), frame(FIN | CONTINUATION, 'x')], ['error 1009']],
  [
    'a ping between fragments',
    [frame(BINARY, 'a'), frame(FIN | PING, 'are you there'), frame(FIN | CONTINUATION, 'b')],
    ['ping are you there', 'binary ab'],
  ],
  ['a pong that nobody asked for', [frame(FIN | PONG, 'x')], ['pong']],
  ['the longest ping', [frame(FIN | PING, 'x'.repeat(125))], [`ping ${'x'.repeat(125)}`]],
  ['a ping that is too long', [frame(FIN | PING, 'x'.repeat(126))], ['error 1002']],
  ['a fragmented ping', [frame(PING, 'x')], ['error 1002']],
  ['a reserved bit', [frame(FIN | 0x40 | TEXT, 'x')], ['error 1002']],
  ['a reserved bit of a close', [frame(FIN | 0x10 | CLOSE)], ['error 1002']],
  ['a reserved opcode', [frame(FIN | 3, 'x')], ['error 1002']],
  ['a reserved control opcode', [frame(FIN | 11)], ['error 1002']],
  ['a frame without a mask', [Buffer.from([FIN | TEXT, 1, 65])], ['error 1002']],
  ['a continuation of nothing', [frame(FIN | CONTINUATION, 'x')], ['error 1002']],
  ['a continuation of what is complete', [frame(FIN | TEXT, 'x'), frame(CONTINUATION, 'y')], ['text x', 'error 1002']],
  ['a message inside a message', [frame(TEXT, 'x'), frame(FIN | TEXT, 'y')], ['error 1002']],
  [
    'a length in a longer form than needed',
    [Buffer.concat([Buffer.from([FIN | TEXT, 0x80 | 126, 0, 1]), MASK, Buffer.from([0x53])])],
    ['error 1002'],
  ],
  ['a text that is no UTF-8', [frame(FIN | TEXT, Buffer.from([0xff]))], ['error 1007']],
  ['half a character', [frame(FIN | TEXT, snowman.subarray(0, 2))], ['error 1007']],
  [
    'a character in two fragments',
    [frame(TEXT, snowman.subarray(0, 1)), frame(FIN | CONTINUATION, snowman.subarray(1))],
    [`text ${snowman.toString('latin1')}`],
  ],
  ['bytes that are no UTF-8', [frame(FIN | BINARY, Buffer.from([0xff]))], ['binary ÿ']],
  ['a close without a code', [frame(FIN | CLOSE)], ['close 1005 ']],
  ['a close', [closing(1000, 'bye')], ['close 1000 bye']],
  ['a code of an application', [closing(4999)], ['close 4999 ']],
  ['half a code', [frame(FIN | CLOSE, 'x')], ['error 1002']],
  ['a reason that is no UTF-8', [frame(FIN | CLOSE, Buffer.from([3, 232, 0xff]))], ['error 1007']],
  ['what follows a close', [closing(1000), frame(FIN | TEXT, 'x')], ['close 1000 ']],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (code) => [`the close code ${code}`, [closing(code)], ['error 1002']] as const,
  ),
];

describe('the parser', () => {
  test.each(CASES)('reads %s', (_name, frames, events) => {
    expect(read(frames)).toEqual(events);
    const whole = Buffer.concat(frames);
    expect(read([whole])).toEqual(events);
    expect(read([...whole].map((byte) => Buffer.from([byte])))).toEqual(events);
    for (let at = 1; at < Math.min(whole.length, 300); at++) {
      expect(read([whole.subarray(0, at), whole.subarray(at)])).toEqual(events);
    }
  });

  it('reads what clients send, however it is cut', () => {
    const message = fc.record({
      isText: fc.boolean(),
      parts: fc.array(fc.string({ maxLength: 200 }), { minLength: 1, maxLength: 4 }),
      mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 4 }), fc.array(fc.nat(2000), { maxLength: 5 }), (messages, cuts) => {
        const frames = messages.flatMap(({ isText, parts, mask }) =>
          parts.map((part, at) => {
            const opcode = at > 0 ? CONTINUATION : isText ? TEXT : BINARY;
            return frame((at === parts.length - 1 ? FIN : 0) | (opcode ?? 0), part, Buffer.from(mask));
          }),
        );
        const whole = Buffer.concat(frames);
        const ends = [...new Set([0, ...cuts.filter((cut) => cut < whole.length), whole.length])].toSorted(
          (a, b) => a - b,
        );
        const chunks = ends.slice(1).map((end, at) => whole.subarray(ends[at], end));
        const texts = messages.map(
          ({ isText, parts }) => `${isText ? 'text' : 'binary'} ${Buffer.from(parts.join('')).toString('latin1')}`,
        );
        expect(read(chunks)).toEqual(texts.some((text) => text.length > LIMIT) ? expect.anything() : texts);
      }),
    );
  });

  it('never throws anything but a violation', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        expect(Array.isArray(read(chunks.map((chunk) => Buffer.from(chunk))))).toBe(true);
      }),
    );
  });
});

describe('frames of the server', () => {
  it('have the shortest length and no mask', () => {
    expect(encodeMessage(true, Buffer.from('hi')).toString('hex')).toBe('81026869');
    expect(encodeMessage(false, Buffer.alloc(126)).subarray(0, 4).toString('hex')).toBe('827e007e');
    expect(encodeMessage(false, Buffer.alloc(65_536)).subarray(0, 10).toString('hex')).toBe('827f0000000000010000');
    expect(encodePing().toString('hex')).toBe('8900');
    expect(encodePong(Buffer.from('x')).toString('hex')).toBe('8a0178');
  });

  it('close with a code that may be sent, and as much of the reason as fits', () => {
    expect(encodeClose(1000, Buffer.from('ok')).toString('hex')).toBe('880403e86f6b');
    expect(encodeClose(1005, Buffer.alloc(0)).toString('hex')).toBe('8800');
    expect(encodeClose(1006, Buffer.alloc(0)).toString('hex')).toBe('8800');
    const long = encodeClose(1000, Buffer.from('☃'.repeat(50)));
    expect(long.subarray(4).toString()).toBe('☃'.repeat(41));
  });
});

/** What the request asks for, or the code of what is wrong with it. */
function upgradeOf(lines: readonly string[], start = 'GET /chat HTTP/1.1'): Upgrade | null | string {
  let upgrade: Upgrade | null = null;
  const limits = { headBytes: 4096, bodyBytes: 0, chunkLineBytes: 100, trailerBytes: 100 };
  const parser = new HttpParser(limits, {
    onHead: (head) => {
      upgrade = head.upgradeSeen ? readUpgrade(head) : null;
    },
    onBody: () => undefined,
    onComplete: () => undefined,
  });
  try {
    parser.feed(Buffer.from(`${[start, 'Host: x', ...lines].join('\r\n')}\r\n\r\n`));
  } catch (error) {
    if (error instanceof ProtocolError) return `${error.status} ${error.code}`;
    throw error;
  }
  return upgrade;
}

describe('a handshake', () => {
  const GOOD = ['Upgrade: websocket', 'Connection: keep-alive, Upgrade'];
  const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const VERSION = 'Sec-WebSocket-Version: 13';

  it("is answered with the key's digest", () => {
    expect(upgradeOf([...GOOD, KEY, VERSION])).toEqual({ websocketKey: 'dGhlIHNhbXBsZSBub25jZQ==' });
    // The example of RFC 6455 section 1.3.
    expect(acceptLines('dGhlIHNhbXBsZSBub25jZQ==')).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n');
  });

  it('needs a version and a key', () => {
    expect(upgradeOf([...GOOD, KEY, 'Sec-WebSocket-Version: 8'])).toBe('426 websocket-version');
    expect(upgradeOf([...GOOD, KEY])).toBe('426 websocket-version');
    expect(upgradeOf([...GOOD, VERSION])).toBe('400 websocket-key');
    expect(upgradeOf([...GOOD, VERSION, KEY, KEY])).toBe('400 websocket-key');
    expect(upgradeOf([...GOOD, VERSION, 'Sec-WebSocket-Key: short'])).toBe('400 websocket-key');
  });

  it('is none with another protocol, another method, HTTP/1.0 or no connection header', () => {
    expect(upgradeOf(['Upgrade: foo', 'Connection: upgrade'])).toEqual({ websocketKey: null });
    expect(upgradeOf([...GOOD, KEY, VERSION], 'POST / HTTP/1.1')).toEqual({ websocketKey: null });
    expect(upgradeOf([...GOOD, KEY, VERSION], 'GET / HTTP/1.0')).toBeNull();
    expect(upgradeOf(['Upgrade: websocket', KEY, VERSION])).toBeNull();
    expect(upgradeOf(['Connection: upgrade'])).toBeNull();
  });
});
