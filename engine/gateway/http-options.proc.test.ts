/** Options of HTTP listeners on the real gateway: PROXY headers, trusted peers, the router's variables, headers, gzip. */
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultProtocols } from '../config/options/requests.ts';
import type { ProtocolSettings } from '../config/settings.ts';
import { FakeMaster } from './testing/fake-master.ts';
import { RawClient, request } from './testing/raw-client.ts';

const APP = `
import uwsgi

def application(environ, start_response):
    path = environ["PATH_INFO"]
    headers = [("Content-Type", "text/plain"), ("X-Powered-By", "us")]
    text = "\\n".join("%s=%s" % pair for pair in sorted(environ.items()) if isinstance(pair[1], str))
    if path == "/zip":
        headers.append(("uWSGI-Encoding", "gzip"))
    if path == "/zip-parts":
        start_response("200 OK", headers + [("uWSGI-Encoding", "gzip")])
        return iter([b"first " * 1000, b"", b"second " * 1000])
    if path == "/zip-length":
        headers += [("uWSGI-Encoding", "gzip"), ("Content-Length", str(len(text)))]
    start_response("200 OK", headers)
    return [text.encode("latin-1")]
`;

const master = new FakeMaster();
let router = 0;
let socket = 0;

beforeAll(async () => {
  router = await master.listenPort('http');
  socket = await master.listenPort('http-socket');
  await master.serve(APP, 1);
});

afterAll(async () => {
  await master.dispose();
});

/** These hold for the connections made from now on. */
async function set(protocols: Partial<ProtocolSettings>): Promise<void> {
  const options = { ...master.options, protocols: { ...defaultProtocols(), ...protocols } };
  master.post({ type: 'options', options });
  // Messages are seen in order: once this one is answered, the options hold.
  await master.listenPort('http-socket');
}

const GET = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: site:81\r\n${headers}\r\n`;

const ASKING = (length: number): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`;

async function variables(port: number, bytes: string): Promise<Record<string, string>> {
  const answer = await request(port, bytes);
  const lines = answer.body.toString('latin1').split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

const V1 = 'PROXY TCP4 192.0.2.9 192.0.2.10 4711 8080\r\n';
const V2 = '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x09\xc0\x00\x02\x0a\x12\x67\x1f\x90';

describe('PROXY headers', () => {
  test.for([V1, V2])('%j tells whose connection it is, as uWSGI hands it on', async (header) => {
    await set({ routerProxyProtocol: true, socketProxyProtocol: true });
    const onSocket = await variables(socket, header + GET('/'));
    expect(onSocket).toMatchObject({
      REMOTE_ADDR: '192.0.2.9',
      REMOTE_PORT: '4711',
      SERVER_ADDR: '192.0.2.10',
      SERVER_PORT: '8080',
    });
    const onRouter = await variables(router, header + GET('/'));
    expect(onRouter).toMatchObject({ REMOTE_ADDR: '192.0.2.9', REMOTE_PORT: '4711', SERVER_PORT: String(router) });
    expect(onRouter['SERVER_ADDR']).toBeUndefined();
  });

  test('may come in pieces, hold for all requests of the connection, and may be missing', async () => {
    await set({ socketProxyProtocol: true });
    const client = new RawClient(socket);
    for (const byte of V2) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (let i = 0; i < 2; i++) {
      client.send(GET('/'));
      expect((await client.answer()).body.toString()).toContain('REMOTE_ADDR=192.0.2.9\n');
    }
    await client.close();
    expect(await variables(socket, GET('/'))).toMatchObject({ REMOTE_ADDR: '127.0.0.1' });
    const unknown = await variables(socket, `PROXY UNKNOWN\r\n${GET('/')}`);
    expect(unknown).toMatchObject({ REMOTE_ADDR: '127.0.0.1' });
  });

  test('that are malformed are refused, as are those of peers that are not trusted or without the option', async () => {
    await set({ socketProxyProtocol: true });
    expect((await request(socket, `PROXY TCP4 x y 1 2\r\n${GET('/')}`)).status).toBe(400);
    await set({ socketProxyProtocol: true, trustedProxies: ['10.0.0.0/8'] });
    expect((await request(socket, V1 + GET('/'))).status).toBe(400);
    await set({ routerProxyProtocol: true });
    expect((await request(socket, V1 + GET('/'))).status).toBe(400);
    await set({});
    expect((await request(router, V1 + GET('/'))).status).toBe(400);
  });
});

describe('X-Forwarded headers', () => {
  test('decide the scheme when they come from a trusted peer, and reach the application from any', async () => {
    const headers = 'X-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.5\r\n';
    for (const [trustedProxies, scheme] of [
      [[], 'https'],
      [['127.0.0.1'], 'https'],
      [['10.0.0.0/8', '::1'], 'http'],
    ] as const) {
      await set({ trustedProxies: [...trustedProxies] });
      expect(await variables(socket, GET('/', headers))).toMatchObject({
        'wsgi.url_scheme': scheme,
        HTTP_X_FORWARDED_PROTO: 'https',
        HTTP_X_FORWARDED_FOR: '203.0.113.5',
        REMOTE_ADDR: '127.0.0.1',
      });
    }
  });
});

describe('the router', () => {
  test('adds its variables, which win over those of the request, and may name the server by its Host', async () => {
    await set({
      httpVars: [
        ['FOO', 'a=b'],
        ['HTTP_X_Q', 'ours'],
      ],
      serverNameIsHost: true,
    });
    const headers = 'X-Q: theirs\r\n';
    expect(await variables(router, GET('/', headers))).toMatchObject({
      FOO: 'a=b',
      HTTP_X_Q: 'ours',
      SERVER_NAME: 'site:81',
    });
    const onSocket = await variables(socket, GET('/', headers));
    expect([onSocket['FOO'], onSocket['HTTP_X_Q'], onSocket['SERVER_NAME']]).toEqual([
      undefined,
      'theirs',
      'test-host',
    ]);
  });

  test('refuses large bodies of clients that ask before they send them', async () => {
    await set({ expectLimitBytes: 10 });
    expect((await request(router, ASKING(11))).status).toBe(413);
    const client = new RawClient(router).send(ASKING(10));
    expect((await client.answer()).status).toBe(100);
    client.send('0123456789');
    expect((await client.answer()).status).toBe(200);
    await client.close();
  });

  test('ends clients that take too long for their headers, however often they send something', async () => {
    await set({ headersTimeoutSeconds: 1 });
    const client = new RawClient(router).send('GET / HTTP/1.1\r\n');
    const drip = setInterval(() => client.send('X: y\r\n'), 100);
    expect((await client.answer()).status).toBe(408);
    clearInterval(drip);
    await client.close();
  });

  test('compresses what the application marks, for clients that take it', async () => {
    await set({ autoGzip: true });
    const accept = 'Accept-Encoding: br, gzip;q=0.5\r\n';
    for (const [path, pattern] of [
      ['/zip', /PATH_INFO=\/zip\n/],
      ['/zip-parts', /^(first ){1000}(second ){1000}$/],
    ] as const) {
      const answer = await request(router, GET(path, accept));
      const names = answer.headers.map(([name]) => name);
      expect(answer.headers).toContainEqual(['content-encoding', 'gzip']);
      expect(names).not.toContain('uwsgi-encoding');
      expect(gunzipSync(answer.body).toString()).toMatch(pattern);
    }
    for (const refusing of ['', 'Accept-Encoding: br\r\n', 'Accept-Encoding: gzip;q=0\r\n']) {
      const plain = await request(router, GET('/zip', refusing));
      expect(plain.body.toString()).toContain('PATH_INFO=/zip\n');
      expect(plain.headers).toContainEqual(['content-length', String(plain.body.length)]);
    }
    expect((await request(router, GET('/zip-length', accept))).body.toString()).toContain('PATH_INFO=/zip-length\n');
    expect((await request(socket, GET('/zip', accept))).body.toString()).toContain('PATH_INFO=/zip\n');
    const client = new RawClient(router).send(GET('/zip', accept).replace('GET', 'HEAD'));
    const head = await client.answer(true);
    expect([head.status, head.body.length]).toEqual([200, 0]);
    await client.close();
  });
});

describe('answers', () => {
  test('get the headers that are to be added and lose those that are to be left out', async () => {
    await set({ addHeaders: ['X-Added: yes', 'X-Two: z'], delHeaders: ['x-powered-BY'] });
    const answer = await request(socket, GET('/'));
    expect(answer.headers.map(([name]) => name)).toEqual(['content-type', 'x-added', 'x-two', 'content-length']);
    await set({ delHeaders: ['Content-Length'] });
    const client = new RawClient(socket).send(GET('/zip-length') + GET('/'));
    const first = await client.answer();
    expect(first.headers.filter(([name]) => name === 'content-length')).toEqual([
      ['content-length', String(first.body.length)],
    ]);
    expect((await client.answer()).status).toBe(200);
    await client.close();
  });

  test('to a request for another protocol are ordinary ones, and the connection ends', async () => {
    await set({});
    const client = new RawClient(socket).send(GET('/', 'Connection: Upgrade\r\nUpgrade: chat\r\n') + GET('/'));
    const received = (await client.end()).toString();
    expect(received).toContain('HTTP_UPGRADE=chat\n');
    expect(received).toContain('Connection: close\r\n');
    expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1);
    await client.close();
  });
});
