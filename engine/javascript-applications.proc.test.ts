/**
 * JavaScript applications of the node:http kind behave as they do on node:http itself: the same server answers the same
 * requests by itself and behind the engine. And what a client that goes away is to both kinds of handlers.
 */
import { type IncomingHttpHeaders, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const WS = pathToFileURL(createRequire(import.meta.url).resolve('ws')).href;

/** Every path shows one thing. It runs in the test's own process, too. */
const APP = `
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { appendFileSync } from 'node:fs';
import ws from ${JSON.stringify(WS)};

const note = (text) => appendFileSync(new URL('notes', import.meta.url), text + '\\n');

const paths = {
  // As Express does it.
  '/prototypes': (req, res) => {
    Object.setPrototypeOf(req, Object.create(IncomingMessage.prototype, { extra: { value: 'x' } }));
    Object.setPrototypeOf(res, Object.create(ServerResponse.prototype, { extra: { value: 'y' } }));
    let body = '';
    req.on('data', (chunk) => { body += chunk; });
    req.on('end', () => { res.write(req.extra + res.extra + req.socket.remoteAddress); res.end(req.headers['x-a'] + body); });
  },
  '/end': (req, res) => res.end('plain'),
  '/nothing': (req, res) => res.end(),
  '/head': (req, res) => { res.writeHead(201, 'Made Here', { 'X-One': '1', 'X-Two': ['a', 'b'] }); res.end('made'); },
  '/flat': (req, res) => { res.writeHead(200, ['X-One', '1', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']); res.end('flat'); },
  '/cookies': (req, res) => { res.setHeader('Set-Cookie', ['a=1', 'b=2']); res.end(JSON.stringify(res.getHeaders())); },
  '/204': (req, res) => { res.statusCode = 204; res.end('not sent'); },
  '/304': (req, res) => { res.statusCode = 304; res.setHeader('ETag', '"x"'); res.end(); },
  '/length': (req, res) => { res.setHeader('Content-Length', '6'); res.write('abc'); res.end('def'); },
  '/parts': (req, res) => { res.write('a'); setImmediate(() => { res.write(Buffer.from('b')); res.end('c', 'latin1'); }); },
  '/latin1': (req, res) => { res.setHeader('X-L', 'caf\\u00e9'); res.end('caf\\u00e9', 'latin1'); },
  '/hex': (req, res) => res.end('616263', 'hex'),
  '/hop': (req, res) => { res.setHeader('Connection', 'close'); res.setHeader('Keep-Alive', 'x'); res.end('hop'); },
  '/flush': (req, res) => { res.setHeader('X-A', 'b'); res.flushHeaders(); setTimeout(() => res.end('later'), 20); },
  '/hints': async (req, res) => { res.writeContinue(); res.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' }); res.end('hinted'); },
  '/echo': async (req, res) => { res.writeHead(200, { 'Content-Type': 'text/plain' }); await pipeline(req, res); },
  '/pipe': (req, res) => pipeline(Readable.from(['x'.repeat(200000), 'y'.repeat(200000)]), res),
  '/seen': (req, res) => res.end(JSON.stringify({
    method: req.method, url: req.url, version: req.httpVersion, a: req.headers['x-a'], many: req.headers['x-many'],
    distinct: req.headersDistinct['x-a'], raw: req.rawHeaders.includes('b c') ,
    address: req.socket.remoteAddress, same: req.socket === req.connection, encrypted: req.socket.encrypted ?? false,
  })),
  '/bad-header': (req, res) => { try { res.setHeader('X-A', 'a\\nb'); } catch (error) { res.end(error.code); } },
  '/twice': (req, res) => { res.end('once'); try { res.setHeader('X', '1'); } catch (error) { note(error.code); } },
  '/events': (req, res) => {
    const seen = [];
    const add = (name) => () => { seen.push(name); if (name === 'res close') note('events ' + seen.join(', ')); };
    res.on('prefinish', add('prefinish')).on('finish', add('res finish')).on('close', add('res close'));
    req.on('end', add('req end')).resume();
    res.end('events', () => seen.push('callback'));
  },
  '/destroy': (req) => req.destroy(),
  '/gone': (req, res) => {
    note('waits');
    req.on('aborted', () => note('req aborted'));
    res.on('close', () => note('res close ' + res.writableFinished + ' ' + res.destroyed));
  },
};

const server = createServer((req, res) => paths[new URL(req.url, 'http://x').pathname](req, res));
const sockets = new ws.WebSocketServer({ server, path: '/socket' });
sockets.on('error', () => {});
sockets.on('connection', (socket, req) => {
  socket.on('message', (data, isBinary) => socket.send(isBinary ? data : req.url + ' ' + data, { binary: isBinary }));
  socket.on('close', (code, reason) => note('socket closed ' + code + ' ' + reason));
});
export default server;
`;

const FETCH_APP = `
import { appendFileSync } from 'node:fs';
const note = (text) => appendFileSync(new URL('notes', import.meta.url), text + '\\n');
const forever = (signal) => new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

export default { async fetch(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/gone') {
    note('waits');
    await forever(request.signal).catch((error) => note('aborted ' + error.name));
  }
  if (pathname === '/stream') {
    return new Response(new ReadableStream({
      pull(controller) { controller.enqueue(new Uint8Array(65536)); },
      cancel(reason) { note('cancelled ' + reason.name); },
    }));
  }
  if (pathname === '/error') return Response.error();
  if (pathname === '/redirect') return Response.redirect('http://elsewhere/x', 303);
  if (pathname === '/json') return Response.json({ a: 'ä' }, { status: 202 });
  if (pathname === '/clone') {
    const first = new Response('text ä', { status: 418, headers: { 'X-A': 'b' } });
    const second = first.clone();
    const isNative = (await fetch('data:text/plain,x')) instanceof Response;
    class Own extends Response {}
    return new Response([await second.text(), await first.text(), first.bodyUsed, second.status, isNative,
      new Own('x') instanceof Own, first instanceof Own, Response.name, first.headers.get('content-type'),
      await first.text().catch((error) => error.name)].join('|'));
  }
  if (pathname === '/native') return fetch('data:text/html,native');
  if (pathname === '/as-nodes') {
    const { method, url, headers } = request;
    const own = new Request(url, { method, headers });
    const seen = (one) => JSON.stringify([one.method, one.url, [...one.headers], one.body, one.bodyUsed, one.cache,
      one.redirect, one.signal.aborted, one.destination, String(one), one instanceof Request, Object.keys(one).length]);
    headers.set('x-late', '1');
    own.headers.set('x-late', '1');
    const copies = [request.clone(), new Request(request), own.clone()].map(seen);
    headers.set('x-late', '2');
    own.headers.set('x-late', '2');
    const late = [request.clone().headers.get('x-late'), (await fetch(new Request('data:text/plain,x'))).status];
    const text = await request.text();
    return Response.json([seen(request) === seen(own), copies[0] === copies[2], copies[1] === copies[2], late, text,
      Request.name, request.headers === headers, request.constructor === Request]);
  }
  const again = new Request(request);
  return new Response([again.method, again.url, again.headers.get('x-a'), again.headers.get('x-many'), await again.text()].join('|'));
} };
`;

let engine: EngineProcess;
let server: Server;
let barePort: number;

beforeAll(async () => {
  engine = await EngineProcess.start({
    ini: 'js-app = app.mjs\nprocesses = 1\n',
    listener: 'http = 127.0.0.1:{HTTP}',
    files: { 'app.mjs': APP },
  });
  const module: { default: Server } = await import(pathToFileURL(engine.path('app.mjs')).href);
  server = module.default;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  barePort = address !== null && typeof address === 'object' ? address.port : 0;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await engine.dispose();
});

interface Seen {
  status: number;
  reason: string;
  headers: IncomingHttpHeaders;
  body: string;
}

async function ask(port: number, path: string, method = 'GET', body = ''): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const headers = { 'X-A': 'b c', 'X-Many': ['1', '2'], ...(body === '' ? {} : { 'Content-Length': body.length }) };
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode = 0, statusMessage = '' } = incoming;
        const seen = { ...incoming.headers };
        for (const name of ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'])
          delete seen[name];
        resolve({
          status: statusCode,
          reason: statusMessage,
          headers: seen,
          body: Buffer.concat(chunks).toString('latin1'),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const GETS =
  '/prototypes /end /nothing /head /flat /cookies /204 /304 /length /parts /latin1 /hex /hop /flush /hints /pipe /seen?a=1 /bad-header /twice'.split(
    ' ',
  );

describe('a node:http server answers behind the engine as it does by itself', () => {
  test.for(GETS)('GET %s', async (path) => {
    expect(await ask(engine.port, path)).toEqual(await ask(barePort, path));
  });

  test('HEAD, and bodies', async () => {
    for (const path of ['/end', '/length', '/parts']) {
      expect(await ask(engine.port, path, 'HEAD')).toEqual(await ask(barePort, path, 'HEAD'));
    }
    for (const body of ['short', 'long'.repeat(500_000)]) {
      const own = await ask(engine.port, '/echo', 'POST', body);
      expect(own.body.length).toBe(body.length);
      expect(own).toEqual(await ask(barePort, '/echo', 'POST', body));
    }
  });

  test('events of the answer come in the same order', async () => {
    const events = async (port: number): Promise<string> => {
      const before = engine.read('notes').length;
      await ask(port, '/events');
      return waitFor('the events', () => /events (.*)\n/.exec(engine.read('notes').slice(before))?.[1]);
    };
    const bare = await events(barePort);
    // There is no moment before the last byte was given to the system.
    expect(await events(engine.port)).toBe(bare.replace('prefinish, ', ''));
  });

  test.for([
    ['goes away', (client: Socket) => client.resetAndDestroy()],
    ['closes its side', (client: Socket) => client.end()],
  ] as const)('a client that %s is told to the request and to the answer', async ([, leave]) => {
    const told = async (port: number): Promise<string[]> => {
      const before = engine.read('notes').length;
      const notes = (): string[] => engine.read('notes').slice(before).split('\n').slice(0, -1);
      const client = connect(port, '127.0.0.1');
      client.write('GET /gone HTTP/1.1\r\nHost: x\r\n\r\n');
      await waitFor('the request', () => notes().includes('waits'));
      leave(client);
      await waitFor('its end', () => notes().length === 3 || undefined);
      return notes().toSorted();
    };
    expect(await told(engine.port)).toEqual(await told(barePort));
    // Its core is free again.
    await waitFor('an idle worker', async () => (await engine.worker(1)).status === 'idle');
  });

  test('a request that the application destroys is over, as its connection is there', async () => {
    await expect(ask(barePort, '/destroy')).rejects.toThrow();
    expect((await ask(engine.port, '/destroy')).status).toBe(500);
    await waitFor('an idle worker', async () => (await engine.worker(1)).status === 'idle');
  });

  test('websockets of the library ws', async () => {
    const talk = async (port: number): Promise<string[]> => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/socket?x`);
      const heard: string[] = [];
      socket.on(
        'message',
        (data: Buffer, isBinary: boolean) =>
          void heard.push(`${isBinary} ${data.length} ${data.toString('latin1', 0, 40)}`),
      );
      await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
      socket.send('hello');
      socket.send(Buffer.alloc(300_000, 'z'));
      await waitFor('both answers', () => heard.length === 2 || undefined);
      const before = engine.read('notes').length;
      socket.close(4001, 'enough');
      await waitFor('the end', () => engine.read('notes').slice(before).includes('socket closed 4001 enough'));
      return heard;
    };
    expect(await talk(engine.port)).toEqual(await talk(barePort));
  });
});

test('a fetch handler has what the Fetch Standard gives it', async () => {
  const own = await EngineProcess.start({ ini: 'js-app = app.mjs\nprocesses = 1\n', files: { 'app.mjs': FETCH_APP } });
  const notes = (): string => own.read('notes');
  try {
    expect(await ask(own.port, '/a?b=1', 'POST', 'body')).toMatchObject({
      status: 200,
      body: `POST|http://127.0.0.1:${own.port}/a?b=1|b c|1, 2|body`,
    });
    expect((await ask(own.port, '/clone')).body).toBe(
      'text ä|text ä|true|418|true|true|false|Response|text/plain;charset=UTF-8|TypeError'.replaceAll('ä', 'Ã¤'),
    );
    expect(await ask(own.port, '/redirect')).toMatchObject({
      status: 303,
      headers: { location: 'http://elsewhere/x' },
    });
    expect(await ask(own.port, '/json')).toMatchObject({
      status: 202,
      headers: { 'content-type': 'application/json' },
      body: '{"a":"Ã¤"}',
    });
    expect((await ask(own.port, '/as-nodes?a=%C3%A4')).body).toBe(
      JSON.stringify([true, true, true, ['2', 200], '', 'Request', true, true]),
    );
    expect(await ask(own.port, '/native')).toMatchObject({ headers: { 'content-type': 'text/html' }, body: 'native' });
    expect((await ask(own.port, '/error')).status).toBe(500);
    expect((await ask(own.port, '/a', 'TRACE')).status).toBe(405);
    const odd = connect(own.port, '127.0.0.1');
    let text = '';
    odd.on('data', (chunk) => (text += String(chunk)));
    odd.write('GET / HTTP/1.1\r\nHost: a[b\r\n\r\n');
    await waitFor('the answer', () => text.startsWith('HTTP/1.1 400'));
    odd.destroy();
    for (const path of ['/gone', '/stream']) {
      const client = connect(own.port, '127.0.0.1');
      client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      if (path === '/gone') await waitFor('the request', () => notes().includes('waits'));
      else await new Promise((resolve) => client.once('data', resolve));
      if (path === '/gone') client.end();
      else client.resetAndDestroy();
    }
    await waitFor(
      'both ends',
      () => notes().includes('aborted AbortError') && notes().includes('cancelled AbortError'),
    );
  } finally {
    await own.dispose();
  }
});

test('routes change the path that a handler sees', async () => {
  const own = await EngineProcess.start({
    ini: `js-app = app.mjs
route = ^/old/(.*) rewrite:/new/$1?from=$0
route = ^/set setpathinfo:/a b`,
    files: { 'app.mjs': 'export default { fetch: ({ url }) => new Response(url.replace(/^http:..[^/]*/, "")) };' },
  });
  try {
    for (const [path, seen] of [
      ['/old/%C3%A4%20x?q=1', '/new/%C3%A4%20x?from=/old/%C3%A4%20x&q=1'],
      ['/set', '/a%20b'],
      ['/as%2Fis?b=%20', '/as%2Fis?b=%20'],
    ] as const) {
      expect((await ask(own.port, path)).body).toBe(seen);
    }
  } finally {
    await own.dispose();
  }
});
