import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_VARS } from './cgi-vars.ts';
import { ScgiParser } from './scgi-parser.ts';
import { CGI_LIMITS, mutate, replayScgi } from './testing/cgi-replay.ts';
import { cuts, readVectors } from './testing/vectors.ts';

const vectors = readVectors(fileURLToPath(new URL('vectors/scgi.md', import.meta.url)));

describe('SCGI', () => {
  test.for(vectors)('$title', ({ input, events }) => {
    for (const pieces of cuts(input)) {
      expect(replayScgi(pieces), `cut into ${pieces.map((piece) => piece.length).join('+')}`).toEqual(events);
    }
  });

  test('whatever the bytes are, the way they are cut never matters and errors are protocol errors', () => {
    const mutations = fc.tuple(
      fc.constantFrom(...vectors.map(({ input }) => input)),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(mutations, (mutation) => {
        const { input, pieces } = mutate(mutation);
        expect(replayScgi(pieces)).toEqual(replayScgi([input]));
      }),
      { numRuns: 3000 },
    );
  });

  test('variables that are announced cost no memory before they come', () => {
    const parser = new ScgiParser(
      { blockBytes: 50_000_000, bodyBytes: 0 },
      { onVars: () => undefined, onBody: () => undefined, onComplete: () => undefined },
    );
    parser.feed(Buffer.from('40000000:CONTENT_LENGTH'));
    expect(parser.keptBytes).toBeLessThan(10_000);
  });

  test('more variables than allowed are refused', () => {
    const block = 'a\0\0'.repeat(MAX_VARS + 1);
    const input = Buffer.from(`${block.length}:${block},`);
    expect(replayScgi([input], { ...CGI_LIMITS, blockBytes: 65535 })).toEqual([
      `error too-many-vars 431 at ${5 + MAX_VARS * 3}`,
    ]);
  });
});
