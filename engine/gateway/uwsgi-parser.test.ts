import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from './protocol-error.ts';
import { cuts, EventLog, readVectors } from './testing/vectors.ts';
import { MAX_VARS, UwsgiParser } from './uwsgi-parser.ts';

const LIMITS = { blockBytes: 300, bodyBytes: 100 };

function replay(pieces: readonly Buffer[], limits = LIMITS): string[] {
  const log = new EventLog();
  const parser = new UwsgiParser(limits, {
    onVars: (vars) => {
      const pairs = Array.from({ length: vars.count }, (_, i) => {
        const [a = 0, b = 0, c = 0, d = 0] = vars.offsets.subarray(i * 4, i * 4 + 4);
        return `${vars.bytes.toString('latin1', a, b)}=${JSON.stringify(vars.bytes.toString('latin1', c, d))}`;
      });
      log.add(`vars [${pairs.join(', ')}] in ${vars.blockBytes} bytes, length ${vars.contentLength}`);
    },
    onBody: (chunk, start, end) => log.body(chunk.toString('latin1', start, end)),
    onComplete: () => log.add('complete'),
    onPing: () => log.add('ping'),
    onOther: (modifier1, modifier2) => log.add(`other ${modifier1} ${modifier2}`),
  });
  try {
    for (const piece of pieces) {
      const chunk = Buffer.from(piece);
      parser.feed(chunk);
      chunk.fill(0x2a);
    }
    log.flush();
    if (parser.inBody) log.events.push('needs more body');
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    log.add(`error ${error.code} ${error.status} at ${error.offset}`);
  }
  return log.events;
}

const vectors = readVectors(fileURLToPath(new URL('vectors/uwsgi.md', import.meta.url)));

describe('uwsgi', () => {
  test.for(vectors)('$title', ({ input, events }) => {
    for (const pieces of cuts(input)) {
      expect(replay(pieces), `cut into ${pieces.map((piece) => piece.length).join('+')}`).toEqual(events);
    }
  });

  test('whatever the bytes are, the way they are cut never matters and errors are protocol errors', () => {
    const mutated = fc.tuple(
      fc.constantFrom(...vectors.map(({ input }) => input)),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(mutated, ([seed, changes, place]) => {
        const input = Buffer.from(seed);
        for (const [at, byte] of changes) input[at % input.length] = byte;
        const at = place % input.length;
        expect(replay([input.subarray(0, at), input.subarray(at)])).toEqual(replay([input]));
      }),
      { numRuns: 3000 },
    );
  });

  test('more variables than allowed are refused', () => {
    const block = Buffer.alloc((MAX_VARS + 1) * 5, '\x01\0a\0\0', 'latin1');
    const header = Buffer.from([0, block.length & 0xff, block.length >> 8, 0]);
    expect(replay([header, block], { ...LIMITS, blockBytes: 65535 })).toEqual([
      `error too-many-vars 431 at ${4 + MAX_VARS * 5}`,
    ]);
  });
});
