import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MAX_VARS } from './cgi-vars.ts';
import { FastCgiParser } from './fastcgi-parser.ts';
import { encodeStdout } from './fastcgi-records.ts';
import { ProtocolError } from './protocol-error.ts';
import { CGI_LIMITS, replayFastCgi } from './testing/cgi-replay.ts';
import { testMutations, testVectors } from './testing/parser-suite.ts';
import { readVectors } from './testing/vectors.ts';

const vectors = readVectors(fileURLToPath(new URL('vectors/fastcgi.md', import.meta.url)));
const busyVectors = readVectors(fileURLToPath(new URL('vectors/fastcgi-busy.md', import.meta.url)));
const BEGIN = Buffer.from('\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00', 'latin1');

describe('FastCGI', () => {
  testVectors(vectors, (pieces) => replayFastCgi(pieces));

  describe('while a request is answered', () => {
    testVectors(busyVectors, (pieces) => replayFastCgi(pieces, CGI_LIMITS, false));
  });

  testMutations(
    [...vectors, ...busyVectors],
    (pieces) => replayFastCgi(pieces),
    (pieces) => replayFastCgi(pieces, CGI_LIMITS, false),
  );

  test('more variables than allowed are refused', () => {
    const params = Buffer.from('\x01\x00a'.repeat(MAX_VARS + 1), 'latin1');
    const record = Buffer.concat([Buffer.from([1, 4, 0, 1, params.length >> 8, params.length & 255, 0, 0]), params]);
    const end = Buffer.from([1, 4, 0, 1, 0, 0, 0, 0]);
    expect(replayFastCgi([BEGIN, record, end], { ...CGI_LIMITS, blockBytes: 65535 })).toEqual([
      `error too-many-vars 431 at ${MAX_VARS * 3 + 2}`,
    ]);
  });

  test('variables that never end are refused at the limit, and no more than it is kept', () => {
    const parser = new FastCgiParser(CGI_LIMITS, {
      onVars: () => undefined,
      onBody: () => undefined,
      onComplete: () => undefined,
      onValues: () => undefined,
      onUnknownType: () => undefined,
      onRefused: () => undefined,
      onAbort: () => undefined,
    });
    parser.feed(BEGIN);
    const piece = Buffer.concat([Buffer.from([1, 4, 0, 1, 0, 7, 0, 0]), Buffer.from('\x01\x04abcde', 'latin1')]);
    expect(() => {
      for (let i = 0; i < 1000; i++) parser.feed(piece);
    }).toThrow(ProtocolError);
    expect(parser.keptBytes).toBeLessThanOrEqual(2048);
  });

  test('an answer of more than a record holds is cut into records of 65535 bytes', () => {
    const bytes = encodeStdout(258, Buffer.alloc(65535 * 2 + 1, 'x'));
    const headers = [0, 65543, 131086].map((at) => bytes.subarray(at, at + 8).toString('hex'));
    expect(headers).toEqual(['01060102ffff0000', '01060102ffff0000', '0106010200010000']);
    expect(bytes.length).toBe(65535 * 2 + 1 + 24);
  });
});
