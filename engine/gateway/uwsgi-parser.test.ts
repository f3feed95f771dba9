import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { block, packet } from '../testing/uwsgi-packets.ts';
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

describe('uwsgi packets that the configuration allows', () => {
  const limits = { ...CGI_LIMITS, modifiers: [17, 110, 111, 173] };
  const whole = {
    'a call': packet(173, 0, block('name', 'argument')),
    'a signal': packet(110, 3, block()),
    'a task': packet(17, 0, block('key', 'value')),
    'a key of the cache': Buffer.from([111, 3, 0, 0, 97, 98, 99]),
    'a value for the cache': packet(111, 17, block('cmd', 'update', 'key', 'k', 'size', '5'), 'hello'),
    'a command to the cache': packet(111, 17, block('cmd', 'get', 'key', 'k', 'size', '5')),
  };

  for (const [what, bytes] of Object.entries(whole)) {
    test(`${what} is handed on whole, wherever it is split, and what follows is dropped`, () => {
      const event = [`packet ${bytes.toString('hex')}`];
      expect(replayUwsgi([Buffer.concat([bytes, Buffer.from('more')])], limits).slice(0, 1)).toEqual(event);
      for (let at = 1; at < bytes.length; at++) {
        expect(replayUwsgi([bytes.subarray(0, at), bytes.subarray(at)], limits)).toEqual(event);
      }
    });
  }

  const broken = {
    'a block beyond the limit': Buffer.from([173, 0xff, 0xff, 0]),
    'a size that is no number': packet(111, 17, block('cmd', 'set', 'key', 'k', 'size', '1x')),
    'a value without a size': packet(111, 17, block('cmd', 'set', 'key', 'k')),
    'a value beyond the limit': packet(111, 17, block('cmd', 'set', 'key', 'k', 'size', '101')),
    'a length behind the block': Buffer.from([111, 4, 0, 17, 9, 0, 97, 98]),
    'a length that is cut off': Buffer.from([111, 1, 0, 17, 9]),
  };
  for (const [what, bytes] of Object.entries(broken)) {
    test(`${what} ends the connection without an answer`, () => {
      expect(replayUwsgi([bytes], limits)).toEqual([`other ${bytes[0]} ${bytes[3]}`]);
    });
  }
});
