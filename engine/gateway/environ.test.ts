import { describe, expect, test } from 'vitest';
import { decodePath, EnvironEncoder } from './environ.ts';
import { decodeEnviron } from './environ-reader.ts';
import { HttpParser } from './http-parser.ts';
import { decodeMarshalPairs, encodeMarshalString, MarshalWriter } from './marshal.ts';

const LIMITS = { headBytes: 65536, bodyBytes: 0, chunkLineBytes: 1024, trailerBytes: 8192 };
const PEER = {
  kind: 'http',
  serverName: 'host',
  serverPort: '80',
  remoteAddress: '192.0.2.1',
  remotePort: '4711',
  serverAddress: null,
  tlsVars: null,
  isTrusted: true,
} as const;

/** The environ that a request head gives, in every encoding, which must agree. */
function environOf(headers: string, target = '/'): Record<string, string> {
  const [marshal, ...others] = (['marshal', 'pairs', 'ruby', 'fastcgi'] as const).map((encoding) => {
    const encoder = new EnvironEncoder(encoding);
    const peer = encoder.encodePeer(PEER);
    const parser = new HttpParser(LIMITS, {
      onHead: (head) => encoder.encodeHttp(head, peer),
      onBody: () => undefined,
      onComplete: () => undefined,
    });
    parser.feed(Buffer.from(`POST ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`, 'latin1'));
    encoder.writer.finish();
    const bytes = encoder.writer.bytes.subarray(0, encoder.writer.length);
    return Object.fromEntries(decodeEnviron(encoding, bytes));
  });
  for (const other of others) expect(withoutScheme(other)).toEqual(withoutScheme(marshal ?? {}));
  return marshal ?? {};
}

/** Each language has a name of its own for the scheme. */
function withoutScheme(environ: Record<string, string>): Record<string, string> {
  const { 'wsgi.url_scheme': _wsgi, 'rack.url_scheme': _rack, HTTPS: _https, ...rest } = environ;
  return rest;
}

describe('the environ', () => {
  test('has no variable that a header with underscores forged', () => {
    const environ = environOf(
      'Content_Length: 99\r\nTransfer_Encoding: chunked\r\nContent_Type: x\r\nContent-Length: 0\r\n',
    );
    expect(environ.CONTENT_LENGTH).toBe('0');
    expect(environ.HTTP_TRANSFER_ENCODING).toBeUndefined();
    expect(environ.CONTENT_TYPE).toBeUndefined();
  });

  test('has no X-Forwarded header that one with underscores forged', () => {
    const environ = environOf('X_Forwarded_Proto: https\r\nX-Forwarded-Proto: http\r\nX_Forwarded_For: 9\r\n');
    expect(environ).toMatchObject({ HTTP_X_FORWARDED_PROTO: 'http', 'wsgi.url_scheme': 'http' });
    expect(environ.HTTP_X_FORWARDED_FOR).toBeUndefined();
  });

  test('joins repeated headers with commas, in any spelling', () => {
    const environ = environOf('X-A: 1\r\nx-a: 2\r\nX_A: 3\r\nX-B: 4\r\n');
    expect([environ.HTTP_X_A, environ.HTTP_X_B]).toEqual(['1, 2, 3', '4']);
  });

  test('keeps bytes above ASCII as latin-1', () => {
    expect(environOf('X-A: caf\xe9 \xff\r\n', '/\xc3\xa9').HTTP_X_A).toBe('caf\xe9 \xff');
    expect(environOf('', '/\xc3\xa9').PATH_INFO).toBe('/\xc3\xa9');
  });

  test('keeps long values', () => {
    expect(environOf(`X-A: ${'b'.repeat(5000)}\r\nX-B: ${'\xe9'.repeat(300)}\r\n`)).toMatchObject({
      HTTP_X_A: 'b'.repeat(5000),
      HTTP_X_B: '\xe9'.repeat(300),
    });
  });

  test.for([
    ['X-Forwarded-Proto: https', 'https'],
    ['X-Forwarded-Proto: http', 'http'],
    ['X-Forwarded-Proto: ws+foo', 'http'],
    ['X-Forwarded-SSL: on', 'https'],
    ['X-Forwarded-SSL: off', 'http'],
  ])('with %s has the scheme %s', ([header = '', scheme]) => {
    expect(environOf(`${header}\r\n`)['wsgi.url_scheme']).toBe(scheme);
  });

  test('of an absolute target without a path has the path of the root', () => {
    expect(environOf('', 'http://b:81?x=1')).toMatchObject({ PATH_INFO: '/', QUERY_STRING: 'x=1', HTTP_HOST: 'b:81' });
  });

  test('of many different header names stays right when what is known of names is forgotten', () => {
    const encoder = new EnvironEncoder('marshal');
    const peer = encoder.encodePeer(PEER);
    let last: [string, string][] = [];
    const parser = new HttpParser(LIMITS, {
      onHead: (head) => {
        encoder.encodeHttp(head, peer);
        encoder.writer.finish();
        last = decodeMarshalPairs(encoder.writer.bytes.subarray(0, encoder.writer.length));
      },
      onBody: () => undefined,
      onComplete: () => undefined,
    });
    for (let i = 0; i < 3000; i++) {
      parser.feed(Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\nX-${i}: ${i}\r\nx-${i}: b\r\n\r\n`));
      expect(Object.fromEntries(last)[`HTTP_X_${i}`]).toBe(`${i}, b`);
    }
  });
});

describe('paths', () => {
  test.for([
    ['/a/../b/./c//d', '/b/c//d'],
    ['/a/..', '/'],
    ['/a/.', '/a/'],
    ['/../../x', '/x'],
    ['/a/...', '/a/...'],
    ['/a/..b/../c', '/a/c'],
    ['/..%2f..%2fx', '/../../x'],
    ['/a/%2e%2e/b', '/a/../b'],
    ['/a/b/../../..', '/'],
    ['/100%25', '/100%'],
    ['/%zz', '/%zz'],
    ['/%', '/%'],
  ])('%s is %s, as recorded from uWSGI where that is sound', ([raw = '', path]) => {
    expect(decodePath(raw)).toBe(path);
  });
});

describe('marshal', () => {
  test('cut anywhere gives the pairs that are whole, and no error', () => {
    const writer = new MarshalWriter();
    writer.begin();
    for (const [key, value] of [
      ['A', '1'],
      ['B', 'x'.repeat(300)],
      ['C', '\xe9'],
    ] as const) {
      writer.raw(encodeMarshalString(key, true));
      writer.text(value);
    }
    writer.end();
    const bytes = writer.bytes.subarray(0, writer.length);
    expect(decodeMarshalPairs(bytes)).toEqual([
      ['A', '1'],
      ['B', 'x'.repeat(300)],
      ['C', '\xe9'],
    ]);
    for (let end = 0; end < bytes.length; end++) {
      expect(decodeMarshalPairs(bytes.subarray(0, end)).length).toBeLessThanOrEqual(3);
    }
  });
});
