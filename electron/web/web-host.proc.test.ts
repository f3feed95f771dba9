import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Transport } from '../rpc/transport.ts';
import { type TransportPair, transportCases } from '../rpc/transport-suite.ts';
import { ListenError } from './listen.ts';
import { startWebHost, type WebHost, type WebHostOptions } from './web-host.ts';
import { webSocketTransport } from './websocket-transport.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-web-'));
const hosts: WebHost[] = [];
const errors: unknown[] = [];

beforeAll(() => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
  writeFileSync(join(folder, 'assets', 'main-12345678.js'), 'let a = 1;');
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(async (host) => host.close()));
  expect(errors.splice(0)).toEqual([]);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(options: Partial<WebHostOptions> = {}): Promise<WebHost> {
  const host = await startWebHost({
    connect: (transport) => transport.close(),
    rendererFolder: folder,
    host: '127.0.0.1',
    port: 0,
    linkSecret: 'link secret',
    onLinkUsed: () => undefined,
    onError: (error) => errors.push(error),
    ...options,
  });
  hosts.push(host);
  return host;
}

const originOf = (host: WebHost): string => host.url.slice(0, -1);
const tokenOf = (link: string): string => link.slice(link.indexOf('#token=') + '#token='.length);

async function postToken(host: WebHost, token: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${host.url}session`, {
    method: 'POST',
    headers: { origin: originOf(host), ...headers },
    body: JSON.stringify({ token }),
  });
}

async function openSession(host: WebHost): Promise<{ rpcPath: string; cookie: string }> {
  const answer = await postToken(host, tokenOf(host.createLink()));
  const body: unknown = await answer.json();
  const cookie = answer.headers.get('set-cookie');
  if (
    typeof body !== 'object' ||
    body === null ||
    !('rpcPath' in body) ||
    typeof body.rpcPath !== 'string' ||
    !cookie
  ) {
    throw new Error(`no session: ${JSON.stringify(body)}`);
  }
  return { rpcPath: body.rpcPath, cookie: cookie.split(';')[0] ?? '' };
}

/** The status with which an upgrade is refused, or `open`. */
async function upgrade(host: WebHost, path: string, headers: Record<string, string>): Promise<number | 'open'> {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
  const { promise, resolve } = Promise.withResolvers<number | 'open'>();
  socket.on('open', () => resolve('open'));
  socket.on('unexpected-response', (request, response) => {
    resolve(response.statusCode ?? 0);
    request.destroy();
  });
  socket.on('error', () => undefined);
  const result = await promise;
  socket.terminate();
  return result;
}

/** What comes back for bytes that fetch would never send. */
async function raw(host: WebHost, text: string): Promise<string> {
  const socket = connect(host.port, '127.0.0.1');
  socket.write(text);
  let answer = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    answer += chunk;
    if (answer.includes('\r\n\r\n')) socket.end();
  });
  await once(socket, 'close');
  return answer;
}

describe('the headless host', () => {
  it('answers the link it prints with the page, its own nonce and a strict policy', async () => {
    const host = await start();
    const first = await fetch(host.createLink());
    expect(first.status).toBe(200);
    const nonce = /content="([^"]+)"/.exec(await first.text())?.[1] ?? '';
    expect(first.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`);
    expect(first.headers.get('content-security-policy')).toContain(`ws://127.0.0.1:${host.port}`);
    expect(first.headers.get('cache-control')).toBe('no-store');
    const second = await (await fetch(host.url)).text();
    expect(second).not.toContain(nonce);
  });

  it('serves hashed assets to be cached for ever and refuses to leave its folder', async () => {
    const host = await start();
    const asset = await fetch(`${host.url}assets/main-12345678.js`);
    expect(await asset.text()).toBe('let a = 1;');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    const outside = await raw(host, `GET /../../etc/passwd.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    expect(outside).toMatch(/^HTTP\/1.1 404 /);
  });

  it('exchanges a token once for a cookie that the page cannot read', async () => {
    const host = await start();
    const token = tokenOf(host.createLink());
    const first = await postToken(host, token);
    expect(first.status).toBe(200);
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; Path=\/rpc\/[\w-]{20,}; HttpOnly; SameSite=Strict$/);
    expect(await first.text()).not.toContain(cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf(';')));
    const second = await postToken(host, token);
    expect(second.status).toBe(401);
    expect(await second.json()).toMatchObject({ code: 'link-used', hint: expect.stringContaining('reeve serve') });
  });

  it('refuses a wrong token, another origin, another method and a body that is no token', async () => {
    const host = await start();
    const wrong = await postToken(host, 'guess');
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toMatchObject({ code: 'link-unknown' });
    const token = tokenOf(host.createLink());
    expect((await postToken(host, token, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await fetch(`${host.url}session`)).status).toBe(405);
    const origin = originOf(host);
    const post = async (body: string): Promise<number> =>
      (await fetch(`${host.url}session`, { method: 'POST', headers: { origin }, body })).status;
    expect(await post('not json')).toBe(400);
    expect(await post('{"token":5}')).toBe(400);
    expect(await post(JSON.stringify({ token: 'x'.repeat(5000) }))).toBe(413);
    expect((await postToken(host, token)).status).toBe(200);
  });

  it('opens the RPC only with the cookie of that session, from its own page', async () => {
    const host = await start();
    const { rpcPath, cookie } = await openSession(host);
    const other = await openSession(host);
    const origin = originOf(host);
    expect(await upgrade(host, rpcPath, { origin, cookie })).toBe('open');
    expect(await upgrade(host, rpcPath, { origin })).toBe(401);
    expect(await upgrade(host, rpcPath, { origin, cookie: other.cookie })).toBe(401);
    expect(await upgrade(host, rpcPath, { origin, cookie: 'reeve-session=guess' })).toBe(401);
    expect(await upgrade(host, rpcPath, { origin: 'http://evil.example', cookie })).toBe(403);
    expect(await upgrade(host, rpcPath, { cookie })).toBe(403);
    expect(await upgrade(host, '/rpc/', { origin, cookie })).toBe(401);
    expect(await upgrade(host, '/elsewhere', { origin, cookie })).toBe(404);
    const rebound = { host: 'evil.example', origin: 'http://evil.example', cookie };
    expect(await upgrade(host, rpcPath, rebound)).toBe(403);
  });

  it('tells a page whether its session still lasts', async () => {
    const host = await start();
    const { rpcPath, cookie } = await openSession(host);
    const probe = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(new URL(rpcPath, host.url), { headers })).status;
    expect(await probe({ cookie })).toBe(200);
    expect(await probe({})).toBe(401);
  });

  it('answers no site whose name was made to point here', async () => {
    const host = await start();
    expect(await raw(host, 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n')).toMatch(/^HTTP\/1.1 403 /);
    expect(await raw(host, `GET / HTTP/1.1\r\nHost: localhost:9000\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('gives a fresh link to who knows the link secret and to no page', async () => {
    const host = await start();
    const ask = async (headers: Record<string, string>): Promise<Response> =>
      fetch(`${host.url}link`, { method: 'POST', headers });
    const answer = await ask({ authorization: 'Bearer link secret' });
    const body: unknown = await answer.json();
    expect(body).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/) });
    expect((await ask({ authorization: 'Bearer guess' })).status).toBe(401);
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: 'Bearer link secret', origin: originOf(host) })).status).toBe(401);
  });

  it('gives nobody a link when it has no link secret', async () => {
    const host = await start({ linkSecret: null });
    const headers = { authorization: 'Bearer null' };
    expect((await fetch(`${host.url}link`, { method: 'POST', headers })).status).toBe(401);
  });

  it('drops a head that is too large and bytes that are not HTTP', async () => {
    const host = await start();
    await raw(host, `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(64 * 1024)}\r\n\r\n`).catch(() => undefined);
    expect(await raw(host, '\u0016\u0003\u0001 hello\r\n\r\n')).toBe('');
    expect((await fetch(host.url)).status).toBe(200);
  });

  it('never takes an asked port that is in use, and says so', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const error: unknown = await start({ port: address.port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({
      message: `Port ${address.port} on 127.0.0.1 is in use by another process.`,
      hint: expect.stringContaining('--port'),
    });
    other.close();
  });

  it('finds another port when the usual one is taken', async () => {
    const first = await start({ port: null });
    const second = await start({ port: null });
    expect(second.port).not.toBe(first.port);
    expect((await fetch(second.url)).status).toBe(200);
  });

  it('closes while pages are connected', async () => {
    const connected: Transport[] = [];
    const host = await start({ connect: (transport) => connected.push(transport) });
    const { rpcPath, cookie } = await openSession(host);
    const page = new WebSocket(`ws://127.0.0.1:${host.port}${rpcPath}`, {
      headers: { cookie, origin: originOf(host) },
    });
    await once(page, 'open');
    const closed = once(page, 'close');
    await host.close();
    await closed;
    expect(connected).toHaveLength(1);
  });
});

async function makePair(): Promise<TransportPair> {
  const { promise, resolve } = Promise.withResolvers<Transport>();
  const host = await start({ connect: resolve });
  const { rpcPath, cookie } = await openSession(host);
  const page = new WebSocket(`ws://127.0.0.1:${host.port}${rpcPath}`, {
    headers: { cookie, origin: originOf(host) },
  });
  await once(page, 'open');
  return { left: await promise, right: webSocketTransport(page) };
}
function setTimer(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

describe('a WebSocket transport', () => {
  for (const { name, run } of transportCases) it(name, async () => run(makePair, setTimer));

  it('keeps a page that answers pings and lets one go that does not', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const closed = Promise.withResolvers<string>();
    server.on('connection', (socket, request) => {
      const near = webSocketTransport(socket, { pingIntervalMs: 20 });
      near.onClose = () => closed.resolve(request.url ?? '');
    });
    const answering = new WebSocket(`ws://127.0.0.1:${address.port}/answering`);
    const silent = new WebSocket(`ws://127.0.0.1:${address.port}/silent`, { autoPong: false });
    expect(await closed.promise).toBe('/silent');
    if (silent.readyState !== WebSocket.CLOSED) await once(silent, 'close');
    await once(answering, 'ping');
    expect(answering.readyState).toBe(WebSocket.OPEN);
    answering.terminate();
    server.close();
    await once(server, 'close');
  });

  it('lets a page go that does not take what it is sent', async () => {
    const { promise, resolve } = Promise.withResolvers<Transport>();
    const host = await start({ connect: resolve });
    const { rpcPath, cookie } = await openSession(host);
    const page = new WebSocket(`ws://127.0.0.1:${host.port}${rpcPath}`, {
      headers: { cookie, origin: originOf(host) },
    });
    await once(page, 'open');
    page.pause();
    const far = await promise;
    const closed = Promise.withResolvers<void>();
    far.onClose = closed.resolve;
    const text = 'x'.repeat(8 * 1024 * 1024);
    for (let i = 0; i < 6; i += 1) far.send(text);
    await closed.promise;
    page.terminate();
  });
});
