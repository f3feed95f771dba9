import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MAX_VARS } from './cgi-vars.ts';
import { CGI_LIMITS, replayUwsgi } from './testing/cgi-replay.ts';
import { testMutations, testVectors } from './testing/parser-suite.ts';
import { readVectors } from './testing/vectors.ts';

const vectors = readVectors(fileURLToPath(new URL('vectors/uwsgi.md', import.meta.url)));

describe('uwsgi', () => {
  testVectors(vectors, (pieces) => replayUwsgi(pieces));
  testMutations(vectors, (pieces) => replayUwsgi(pieces));

  test('more variables than allowed are refused', () => {
    const block = Buffer.alloc((MAX_VARS + 1) * 5, '\x01\0a\0\0', 'latin1');
    const header = Buffer.from([0, block.length & 0xff, block.length >> 8, 0]);
    expect(replayUwsgi([header, block], { ...CGI_LIMITS, blockBytes: 65535 })).toEqual([
      `error too-many-vars 431 at ${4 + MAX_VARS * 5 + 2}`,
    ]);
  });

  // 255 answers, 110 is a signal, 173 a remote call, 111 the cache, 17 the spooler, 22 and 98 once were code.
  test('modifiers other than requests and pings do nothing, whatever follows them', () => {
    const block = Buffer.from('\x0b\x00UWSGI_CALLS\x04\x00evil', 'latin1');
    for (let modifier = 0; modifier < 256; modifier++) {
      const input = Buffer.concat([Buffer.from([modifier, block.length, 0, 7]), block]);
      const [event] = replayUwsgi([input]);
      const expected = modifier === 100 ? 'ping' : `other ${modifier} 7`;
      expect(event).toBe(modifier === 0 ? 'vars [UWSGI_CALLS="evil"] in 19 bytes, no length' : expected);
    }
  });
});
