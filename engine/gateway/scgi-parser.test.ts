import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MAX_VARS } from './cgi-vars.ts';
import { ScgiParser } from './scgi-parser.ts';
import { CGI_LIMITS, replayScgi } from './testing/cgi-replay.ts';
import { testMutations, testVectors } from './testing/parser-suite.ts';
import { readVectors } from './testing/vectors.ts';

const vectors = readVectors(fileURLToPath(new URL('vectors/scgi.md', import.meta.url)));

describe('SCGI', () => {
  testVectors(vectors, (pieces) => replayScgi(pieces));
  testMutations(vectors, (pieces) => replayScgi(pieces));

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
