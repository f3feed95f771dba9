/** JavaScript applications of every kind that handlers.mjs describes, behind the real gateway. */
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SlotField, slotIndex } from '../scoreboard.ts';
import { eventually, FakeMaster } from './testing/fake-master.ts';
import { get, RawClient } from './testing/raw-client.ts';

let master: FakeMaster;
let port: number;

beforeEach(async () => {
  master = new FakeMaster({ environEncoding: 'pairs' });
  port = await master.listenPort('http');
});

afterEach(async () => {
  await master.dispose();
});

const serve = async (app: string, threads = 1): Promise<void> => {
  await master.serve(app, 1, { language: 'javascript', threads });
};

async function post(path: string, body: Buffer): Promise<{ status: number; text: string }> {
  const client = new RawClient(port);
  client.send(`POST ${path} HTTP/1.1\r\nHost: t\r\nX-A: b\r\nContent-Length: ${body.length}\r\n\r\n`).send(body);
  const answer = await client.answer();
  await client.close();
  return { status: answer.status, text: answer.body.toString() };
}

const FETCH_BODY = `async (request) => {
  const url = new URL(request.url);
  if (url.pathname === '/json') return Response.json({ q: url.searchParams.get('q'), a: request.headers.get('x-a') });
  if (url.pathname === '/raise') throw new Error('asked for');
  if (url.pathname === '/nothing') return undefined;
  if (url.pathname === '/lengths') return new Response('abc', { headers: { 'Content-Length': '3, 5' } });
  if (url.pathname === '/cookies') {
    const headers = new Headers();
    headers.append('Set-Cookie', 'a=1');
    headers.append('Set-Cookie', 'b=2');
    return new Response(null, { status: 204, headers });
  }
  if (url.pathname === '/stream') {
    const encoder = new TextEncoder();
    return new Response(new ReadableStream({
      async start(controller) {
        for (let i = 0; i < 4; i++) {
          controller.enqueue(encoder.encode('part' + i));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        controller.close();
      },
    }));
  }
  const body = Buffer.from(await request.arrayBuffer());
  const { createHash } = await import('node:crypto');
  return new Response(body.length + ' ' + createHash('sha1').update(body).digest('hex'));
}`;

describe.for([
  ['a default function of one parameter', `export default ${FETCH_BODY};`],
  ['an object with fetch', `export default { fetch: ${FETCH_BODY} };`],
  ['an exported fetch', `export const fetch = ${FETCH_BODY};`],
])('%s is a fetch handler', ([, app = '']) => {
  test('gets requests, and answers them', async () => {
    await serve(app);
    expect((await get(port, '/json?q=1%202')).body.toString()).toBe('{"q":"1 2","a":null}');
    expect((await get(port, '/cookies')).headers.filter(([name]) => name === 'set-cookie')).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
    expect((await get(port, '/stream')).body.toString()).toBe('part0part1part2part3');
    expect((await get(port, '/lengths')).headers.filter(([name]) => name === 'content-length')).toEqual([
      ['content-length', '3'],
    ]);
    expect((await get(port, '/raise')).status).toBe(500);
    expect((await get(port, '/nothing')).status).toBe(500);
    for (const bytes of [5, 3_000_000]) {
      const body = randomBytes(bytes);
      expect((await post('/', body)).text).toBe(`${bytes} ${createHash('sha1').update(body).digest('hex')}`);
    }
    expect(master.workers[0]?.stderr()).toContain('asked for');
  });
});

const NODE_BODY = `(req, res) => {
  if (req.url === '/raise') throw new Error('asked for');
  if (req.url === '/json') {
    res.setHeader('Content-Type', 'application/json');
    res.statusCode = 201;
    res.end(JSON.stringify({ method: req.method, url: req.url, host: req.headers.host, ip: req.socket.remoteAddress }));
    return;
  }
  if (req.url === '/stream') {
    res.writeHead(200, { 'X-A': 'b' });
    let i = 0;
    const timer = setInterval(() => {
      res.write('part' + i++);
      if (i === 4) { clearInterval(timer); res.end(); }
    }, 5);
    return;
  }
  if (req.url === '/big') {
    import('node:stream').then(({ Readable }) => {
      Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(65536, 'x'))).pipe(res);
    });
    return;
  }
  let size = 0;
  const hash = createHash('sha1');
  req.on('data', (chunk) => { size += chunk.length; hash.update(chunk); });
  req.on('end', () => res.end(size + ' ' + hash.digest('hex')));
}`;

describe.for([
  ['a default function of two parameters', `import { createHash } from 'node:crypto';\nexport default ${NODE_BODY};`],
  [
    'a node:http server',
    `import { createServer } from 'node:http';\nimport { createHash } from 'node:crypto';\nexport default createServer(${NODE_BODY});`,
  ],
])('%s is a node:http handler', ([, app = '']) => {
  test('gets requests, and answers them', async () => {
    await serve(app);
    const answer = await get(port, '/json');
    expect([answer.status, answer.body.toString()]).toEqual([
      201,
      '{"method":"GET","url":"/json","host":"test","ip":"127.0.0.1"}',
    ]);
    const streamed = await get(port, '/stream');
    expect(streamed.headers).toContainEqual(['x-a', 'b']);
    expect(streamed.body.toString()).toBe('part0part1part2part3');
    expect((await get(port, '/big')).body.length).toBe(4 * 1024 * 1024);
    expect((await get(port, '/raise')).status).toBe(500);
    for (const bytes of [5, 3_000_000]) {
      const body = randomBytes(bytes);
      expect((await post('/', body)).text).toBe(`${bytes} ${createHash('sha1').update(body).digest('hex')}`);
    }
  });
});

test('with one core the next request waits in the gateway, and goes to whichever worker is free', async () => {
  const app = `import { existsSync } from 'node:fs';
    export default async (request) => {
      const { pathname, search } = new URL(request.url);
      if (pathname === '/wait') while (!existsSync(search.slice(1))) await new Promise((done) => setTimeout(done, 2));
      return new Response(String(process.pid));
    };`;
  await serve(app);
  const slow = get(port, '/wait?go');
  await eventually('it to begin', () => (master.board.slots[slotIndex(0, SlotField.requestId)] ? true : undefined));
  const behind = get(port, '/');
  const second = await master.startWorker({ language: 'javascript' });
  expect((await behind).body.toString()).toBe(String(second.pid));
  writeFileSync(join(master.folder, 'go'), '');
  expect((await slow).status).toBe(200);
});

test('threads are requests that run at the same time', async () => {
  const app = `let waiting = [];
    export default () => new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 3) for (const done of waiting.splice(0)) done(new Response('all three'));
    });`;
  await serve(app, 3);
  const answers = await Promise.all(['/1', '/2', '/3'].map((path) => get(port, path)));
  expect(answers.map((answer) => answer.body.toString())).toEqual(['all three', 'all three', 'all three']);
});

test('exit ends the worker when its request is answered', async () => {
  await serve(`export default () => new Promise((resolve) => setTimeout(() => resolve(new Response('done')), 50));`);
  const answer = get(port, '/');
  await eventually('it to begin', () => (master.board.slots[slotIndex(0, SlotField.requestId)] ? true : undefined));
  master.workers[0]?.sendExit();
  expect((await answer).body.toString()).toBe('done');
  expect(await master.workers[0]?.exited).toEqual({ code: 0, signal: null });
});
