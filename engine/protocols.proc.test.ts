/** The whole engine with listeners of every protocol: each answers, options reach them, and garbage harms none. */
import { randomFillSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFastCgiAnswer, encodeFastCgiRequest } from './gateway/testing/fastcgi-client.ts';
import { RawClient } from './gateway/testing/raw-client.ts';
import { PYTHON_APP } from './testing/apps.ts';
import { EngineProcess, freePort } from './testing/engine-process.ts';

const KINDS = ['uwsgi', 'http', 'http11', 'fastcgi', 'fastcgi-nph', 'scgi', 'scgi-nph', 'socket'] as const;
type Kind = (typeof KINDS)[number];

const ports = new Map<Kind, number>();
let engine: EngineProcess;

beforeAll(async () => {
  for (const kind of KINDS) ports.set(kind, await freePort());
  const lines = KINDS.map((kind) => {
    const name = kind === 'http' || kind === 'socket' ? kind : `${kind}-socket`;
    return `${name} = 127.0.0.1:${ports.get(kind) ?? 0}`;
  });
  engine = await EngineProcess.start({
    ini: `${lines.join('\n')}
protocol = scgi
wsgi-file = app.py
processes = 2
socket-timeout = 1
http-timeout = 1
buffer-size = 2048
limit-post = 100000
enable-proxy-protocol = true
http-enable-proxy-protocol = true
add-header = X-By: test`,
    files: { 'app.py': PYTHON_APP },
  });
});

afterAll(async () => {
  await engine.dispose();
});

const VARS = [
  ['REQUEST_METHOD', 'GET'],
  ['REQUEST_URI', '/'],
  ['PATH_INFO', '/'],
  ['QUERY_STRING', ''],
  ['SERVER_PROTOCOL', 'HTTP/1.1'],
] as const;
const BLOCK = VARS.map(([key, value]) => `${key}\0${value}\0`).join('');
const UWSGI_BLOCK = VARS.flat()
  .map((text) => `${String.fromCharCode(text.length)}\0${text}`)
  .join('');

const REQUESTS: Record<Kind, Buffer> = {
  uwsgi: Buffer.from(`\0${String.fromCharCode(UWSGI_BLOCK.length)}\0\0${UWSGI_BLOCK}`, 'latin1'),
  http: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
  http11: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
  fastcgi: encodeFastCgiRequest(VARS),
  'fastcgi-nph': encodeFastCgiRequest(VARS),
  scgi: Buffer.from(`${BLOCK.length}:${BLOCK},`),
  'scgi-nph': Buffer.from(`${BLOCK.length}:${BLOCK},`),
  socket: Buffer.from(`${BLOCK.length}:${BLOCK},`),
};
const FIRST_LINES: Record<Kind, string> = {
  uwsgi: 'HTTP/1.1 200 OK',
  http: 'HTTP/1.1 200 OK',
  http11: 'HTTP/1.1 200 OK',
  fastcgi: 'Status: 200 OK',
  'fastcgi-nph': 'HTTP/1.1 200 OK',
  scgi: 'Status: 200 OK',
  'scgi-nph': 'HTTP/1.1 200 OK',
  socket: 'Status: 200 OK',
};

async function exchange(kind: Kind, bytes: Buffer): Promise<Buffer> {
  const client = new RawClient(ports.get(kind) ?? 0).send(bytes);
  const received = Buffer.from(await client.end());
  await client.close();
  return kind.startsWith('fastcgi') ? (decodeFastCgiAnswer(received)?.stdout ?? Buffer.alloc(0)) : received;
}

describe('each listener', () => {
  test.for(KINDS)('%s answers in its own form', async (kind) => {
    const answer = (await exchange(kind, REQUESTS[kind])).toString();
    expect(answer.split('\r\n')[0]).toBe(FIRST_LINES[kind]);
    expect(answer).toContain('\r\nX-By: test\r\n');
    expect(answer).toMatch(/one \d \d+$/);
  });

  test.for(['http', 'http11'] as const)('%s reads PROXY headers, and the log names the client', async (kind) => {
    const header = Buffer.from(`PROXY TCP4 192.0.2.${KINDS.indexOf(kind)} 192.0.2.10 4711 8080\r\n`);
    await exchange(kind, Buffer.concat([header, REQUESTS[kind]]));
    await engine.seen(`] 192.0.2.${KINDS.indexOf(kind)} () {`);
  });

  test('goes on after garbage, truncated requests and clients that vanish', async () => {
    const before = await engine.stats();
    const clients: RawClient[] = [];
    for (const kind of KINDS) {
      const request = REQUESTS[kind];
      for (let i = 0; i < 30; i++) {
        const client = new RawClient(ports.get(kind) ?? 0);
        clients.push(client);
        const garbage = Buffer.alloc(1 + i * 40);
        randomFillSync(garbage);
        if (i % 3 === 0) client.send(garbage);
        else if (i % 3 === 1) client.send(request.subarray(0, (i * 7) % request.length));
        else client.send(Buffer.concat([request.subarray(0, i), garbage]));
        if (i % 2 === 0) client.socket.end();
        if (i % 5 === 0) client.reset();
      }
    }
    await Promise.all(clients.map((client) => client.end()));
    await Promise.all(clients.map((client) => client.close()));
    for (const kind of KINDS) {
      expect((await exchange(kind, REQUESTS[kind])).toString()).toMatch(/one \d \d+$/);
    }
    const after = await engine.stats();
    expect(after.workers.map(({ pid }) => pid)).toEqual(before.workers.map(({ pid }) => pid));
  });
});
