import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpHead } from './http-head.ts';
import { HttpParser } from './http-parser.ts';
import { ProtocolError } from './protocol-error.ts';
import { cuts, EventLog, readVectors } from './testing/vectors.ts';

/** Small, so that the documents can show what happens at the limits. */
const LIMITS = { headBytes: 128, bodyBytes: 100, chunkLineBytes: 32, trailerBytes: 48 };

/** Feeds the pieces to a new parser and describes everything that it reports. */
function replay(pieces: readonly Buffer[]): { events: string[]; longestKept: number } {
  const log = new EventLog();
  const parser = new HttpParser(LIMITS, {
    onHead: (head) => log.add(describeHead(head)),
    onBody: (chunk, start, end) => log.body(chunk.toString('latin1', start, end)),
    onComplete: () => log.add('complete'),
  });
  let longestKept = 0;
  try {
    for (const piece of pieces) {
      // A buffer of its own, overwritten afterwards: the parser must not hold on to what it was given.
      const chunk = Buffer.from(piece);
      for (let at = 0; at < chunk.length; ) at = parser.feed(chunk, at);
      chunk.fill(0x2a);
      longestKept = Math.max(longestKept, parser.keptBytes);
    }
    log.flush();
    if (parser.inBody) log.events.push('needs more body');
    else if (!parser.idle) log.events.push('needs more head');
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    log.add(`error ${error.code} ${error.status} at ${error.offset}`);
  }
  return { events: log.events, longestKept };
}

function describeHead(head: HttpHead): string {
  const headers = Array.from({ length: head.headerCount }, (_, i) => {
    const [a = 0, b = 0, c = 0, d = 0] = head.headers.subarray(i * 4, i * 4 + 4);
    return `${head.text(a, b)}=${JSON.stringify(head.text(c, d))}`;
  });
  const flags = [
    head.chunked && 'chunked',
    head.contentLength >= 0 && `length ${head.contentLength}`,
    head.expectContinue && 'expects continue',
    head.keepAlive ? 'keep-alive' : 'close',
  ].filter((flag) => flag !== false);
  const line = `${head.text(0, head.methodEnd)} ${head.text(head.targetStart, head.targetEnd)} 1.${head.minorVersion}`;
  return `head ${line} [${headers.join(', ')}] ${flags.join(', ')}`;
}

const documents = ['request-line', 'headers', 'body-length', 'chunks'].map((name) => ({
  name,
  vectors: readVectors(fileURLToPath(new URL(`vectors/${name}.md`, import.meta.url))),
}));

describe.for(documents)('$name', ({ vectors }) => {
  test.for(vectors)('$title', ({ input, events }) => {
    for (const pieces of cuts(input)) {
      expect(replay(pieces).events, `cut into ${pieces.map((piece) => piece.length).join('+')}`).toEqual(events);
    }
  });
});

describe('whatever the bytes are', () => {
  const seeds = documents.flatMap(({ vectors }) => vectors.map(({ input }) => input));
  const mutated = fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      fc.array(fc.nat(), { maxLength: 3 }),
    )
    .map(([seed, changes, places]) => {
      const bytes = [...seed];
      for (const [place, kind, byte] of changes) {
        const at = place % (bytes.length + 1);
        bytes.splice(at, kind === 0 ? 0 : 1, ...(kind === 2 ? [] : [byte]));
      }
      const input = Buffer.from(bytes);
      const at = [...new Set([0, ...places.map((place) => place % (input.length + 1)), input.length])].sort(
        (a, b) => a - b,
      );
      return { input, pieces: at.slice(1).map((end, i) => input.subarray(at[i], end)) };
    });

  test('the way it is cut never matters, errors are protocol errors, and nothing is kept beyond the limit', () => {
    fc.assert(
      fc.property(mutated, ({ input, pieces }) => {
        const whole = replay([input]);
        const cut = replay(pieces);
        expect(cut.events).toEqual(whole.events);
        expect(Math.max(whole.longestKept, cut.longestKept)).toBeLessThanOrEqual(LIMITS.headBytes + 1);
      }),
      { numRuns: 3000 },
    );
  });

  test('a head that never ends is refused at the limit', () => {
    const parser = new HttpParser(LIMITS, {
      onHead: () => undefined,
      onBody: () => undefined,
      onComplete: () => undefined,
    });
    const endless = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nX: y\r\n');
    expect(() => {
      parser.feed(endless);
      for (let i = 0; i < 100; i++) parser.feed(Buffer.from('X: y\r\n'));
    }).toThrow(expect.objectContaining({ code: 'head-too-large' }));
  });

  test('more headers than allowed are refused', () => {
    const limits = { ...LIMITS, headBytes: 65536 };
    const parser = new HttpParser(limits, {
      onHead: () => undefined,
      onBody: () => undefined,
      onComplete: () => undefined,
    });
    const many = Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(256)}\r\n`);
    expect(() => parser.feed(many)).toThrow(expect.objectContaining({ code: 'too-many-headers', status: 431 }));
  });
});
