import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GzipBody, gzipHead } from './gzip-body.ts';

const headOf = (block: string, contentLength = -1) => ({
  status: 200,
  headerCount: block.split('\r\n').length - 2,
  contentLength,
  parts: 1,
  block: Buffer.from(block, 'latin1'),
});

describe('a compressed body', () => {
  test.for([
    [[]],
    [['']],
    [['one part']],
    [['a', '', 'b'.repeat(100_000), randomBytes(5000).toString('latin1')]],
  ] as const)('of these parts is one gzip stream', ([parts]) => {
    const body = new GzipBody();
    const bytes = parts.map((part) => body.part(Buffer.from(part, 'latin1')));
    expect(gunzipSync(Buffer.concat([...bytes, body.end()])).toString('latin1')).toBe(parts.join(''));
  });
});

describe('the head of an answer', () => {
  test('marked for compression says gzip instead', () => {
    const head = gzipHead(headOf('OK\r\nContent-Type: text/plain\r\nuWSGI-Encoding: gzip\r\nX: y\r\n'));
    expect(head?.block.toString()).toBe(
      'OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\nX: y\r\n',
    );
    expect(head?.headerCount).toBe(4);
  });

  test.for([
    ['without a mark', headOf('OK\r\nX: uWSGI-Encoding: gzip\r\n')],
    ['marked with something else', headOf('OK\r\nuWSGI-Encoding: gzipped\r\n')],
    ['that says its length', headOf('OK\r\nuWSGI-Encoding: gzip\r\nContent-Length: 3\r\n', 3)],
    ['that is encoded already', headOf('OK\r\nuWSGI-Encoding: gzip\r\nContent-Encoding: br\r\n')],
  ] as const)('%s is left alone', ([, head]) => {
    expect(gzipHead(head)).toBeNull();
  });
});
