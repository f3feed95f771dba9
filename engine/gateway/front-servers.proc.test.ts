/** The engine behind real nginx and Apache, by each way that they have to reach an application server. */
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BackendPorts, type FrontServer, startApache, startNginx, whyMissing } from '../testing/front-servers.ts';
import { FakeMaster } from './testing/fake-master.ts';
import { TEST_APP } from './testing/test-app.ts';

const FRONTS = [
  ['nginx', startNginx],
  ['apache', startApache],
] as const;

const LIMIT_POST_BYTES = 4 * 1024 * 1024;

describe.for(FRONTS)('behind %s', ([name, start]) => {
  const missing = whyMissing(name);
  if (missing !== null) {
    test('is tried', ({ skip }) => skip(missing));
    return;
  }
  const master = new FakeMaster({ limitPostBytes: LIMIT_POST_BYTES });
  const agent = new Agent({ keepAlive: true });
  let front: FrontServer | null = null;

  beforeAll(async () => {
    const backend: BackendPorts = {
      http: await master.listenPort('http'),
      uwsgi: await master.listenPort('uwsgi'),
      fastcgi: await master.listenPort('fastcgi'),
      scgi: await master.listenPort('scgi'),
    };
    await master.serve(TEST_APP, 2);
    front = await start(master.folder, backend);
  });

  afterAll(async () => {
    agent.destroy();
    await front?.dispose();
    await master.dispose();
  });

  const ask = async (path: string, body?: { parts: Buffer[]; isChunked: boolean }, method = 'GET') =>
    new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
      const length = body === undefined || body.isChunked ? {} : { 'content-length': Buffer.concat(body.parts).length };
      const options = { host: '127.0.0.1', port: front?.port ?? 0, path, agent, method, headers: length };
      const outgoing = request(options, (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => parts.push(chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(parts) }));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      for (const part of body?.parts ?? []) outgoing.write(part);
      outgoing.end();
    });

  const prefixes =
    name === 'nginx'
      ? ['/uwsgi', '/fastcgi', '/fastcgi-kept', '/scgi', '/http']
      : ['/uwsgi', '/fastcgi', '/scgi', '/http'];

  test.for(prefixes)('by %s: a hundred requests in a row', async (prefix) => {
    for (let i = 0; i < 100; i++) {
      const answer = await ask(`${prefix}/id?${i}`);
      expect([answer.status, answer.body.toString()]).toEqual([200, String(i)]);
    }
  });

  test.for(prefixes)('by %s: bodies, with a length and in chunks', async (prefix) => {
    // Apache itself answers 411 to chunks on the way to these.
    const isRefused = name === 'apache' && (prefix === '/uwsgi' || prefix === '/scgi');
    for (const isChunked of isRefused ? [false] : [false, true]) {
      for (const sizes of [[1], [0], [5, 70_000, 3], [2 * 1024 * 1024]]) {
        const parts = sizes.map((size) => randomBytes(size));
        const whole = Buffer.concat(parts);
        const digest = createHash('sha1').update(whole).digest('hex');
        const answer = await ask(`${prefix}/body`, { parts, isChunked }, 'POST');
        expect([answer.status, answer.body.toString()]).toEqual([200, `${whole.length} ${digest}`]);
      }
    }
  });

  test.for(prefixes)('by %s: large and streamed answers, HEAD, and answers without a body', async (prefix) => {
    const big = await ask(`${prefix}/big?3000000`);
    expect([big.status, big.body.length]).toEqual([200, 3_000_000]);
    const streamed = await ask(`${prefix}/stream?50000`);
    expect([streamed.status, streamed.body.length]).toEqual([200, 200_000]);
    const head = await ask(`${prefix}/big?100`, undefined, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect((await ask(`${prefix}/status?204_No_Content`)).status).toBe(204);
    expect((await ask(`${prefix}/status?404_Not_Here`)).status).toBe(404);
    expect((await ask(`${prefix}/id?after`)).body.toString()).toBe('after');
  });

  test.for(prefixes)('by %s: an application that raises is a 500', async (prefix) => {
    expect((await ask(`${prefix}/raise`)).status).toBe(500);
    expect((await ask(`${prefix}/id?after`)).body.toString()).toBe('after');
  });

  test.for(prefixes)('by %s: the application sees the request as the client sent it', async (prefix) => {
    const seen = (await ask(`${prefix}/vars?a=b%20c`)).body.toString();
    expect(seen).toContain('QUERY_STRING=a=b%20c\n');
    expect(seen).toContain('REQUEST_METHOD=GET\n');
    expect(seen).toContain('wsgi.url_scheme=http');
  });

  test.for(prefixes)('by %s: an upload over limit-post is a 413', async (prefix) => {
    const parts = [Buffer.alloc(LIMIT_POST_BYTES + 1)];
    expect((await ask(`${prefix}/body`, { parts, isChunked: false }, 'POST')).status).toBe(413);
    expect((await ask(`${prefix}/id?after`)).body.toString()).toBe('after');
  });
});
