/** The gateway under pressure: clients that send more than their turn, a disk that fails, listeners taken back early. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, FakeMaster, unusedPort } from './testing/fake-master.ts';
import { get, RawClient } from './testing/raw-client.ts';
import { TEST_APP } from './testing/test-app.ts';

let master: FakeMaster;
const BINDING = {
  binding: { backlog: 10, mode: null, owner: null, reusePort: false, isAlone: true },
  tls: null,
  redirect: null,
};

beforeEach(() => {
  master = new FakeMaster();
});

afterEach(async () => {
  await master.dispose();
});

async function start(workers = 1): Promise<number> {
  const port = await master.listenPort('http-socket');
  await master.serve(TEST_APP, workers);
  return port;
}

const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`;

describe('a pipelining client', () => {
  test('that has closed its side gets all its answers before the end', async () => {
    const client = new RawClient(await start());
    client.send(GET('/id?1') + GET('/id?2') + GET('/id?3'));
    client.socket.end();
    const bodies = [await client.answer(), await client.answer(), await client.answer()].map((a) => a.body.toString());
    expect(bodies).toEqual(['1', '2', '3']);
    expect((await client.end()).length).toBe(0);
  });

  test('that closes its side in the middle of a later request is told so after the earlier answers', async () => {
    const client = new RawClient(await start());
    client.send(`${GET('/id?1')}GET /id?2 HTTP/1.1\r\nHo`);
    client.socket.end();
    expect([(await client.answer()).status, (await client.answer()).status]).toEqual([200, 400]);
  });

  // Copying all that came ahead for each request took fifteen times as long.
  test('is not read far ahead of its turn, and what it sent ahead is not copied again and again', {
    timeout: 8000,
  }, async () => {
    const client = new RawClient(await start());
    client.send(GET('/id?a').repeat(1000) + GET('/wait?go'));
    const piece = Buffer.from(GET(`/id?${'x'.repeat(1000)}`).repeat(60));
    let pieces = 400;
    const pour = (): void => {
      while (pieces > 0 && client.socket.write(piece)) pieces--;
    };
    client.socket.on('drain', pour);
    pour();
    await eventually('the slow one to begin', () => existsSync(join(master.folder, 'ran')) || undefined);
    // What is not in the system's buffers is still here.
    expect(pieces).toBeGreaterThan(0);
    writeFileSync(join(master.folder, 'go'), '');
    for (let i = 0; i < 1001; i++) expect((await client.answer()).status).toBe(200);
    await client.close();
  });
});

describe('a disk that takes no more', () => {
  test('ends the upload with an error and a line for the log, and the server serves on', async () => {
    const port = await start();
    rmSync(join(master.folder, 'bodies'), { recursive: true });
    const size = 3 * 1024 * 1024;
    const client = new RawClient(port);
    client.send(`POST /body HTTP/1.1\r\nHost: test\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size));
    const answer = await client.answer();
    expect([answer.status, (await client.end()).toString()]).toEqual([500, '']);
    expect((await master.message('trouble')).text).toContain('a request body could not be stored: Error: ENOENT');
    expect((await get(port, '/id?after')).body.toString()).toBe('after');
    mkdirSync(join(master.folder, 'bodies'));
    expect(readdirSync(join(master.folder, 'bodies'))).toEqual([]);
  });
});

describe('a listener', () => {
  test('that is taken back while it is being bound does not stay', async () => {
    await master.message('ready');
    const port = await unusedPort();
    const address = { type: 'tcp', host: 'localhost', port } as const;
    master.post({ type: 'listen', listenerId: 71, kind: 'http-socket', address, ...BINDING });
    master.post({ type: 'unlisten', listenerId: 71 });
    // Bound after the first one has been: what it left would be in the way.
    await master.listen('http-socket');
    master.post({ type: 'listen', listenerId: 72, kind: 'http-socket', address, ...BINDING });
    const said = await eventually('an outcome', () =>
      master.messages.find(
        (one) => (one.type === 'listening' || one.type === 'listen-failed') && one.listenerId === 72,
      ),
    );
    expect(said.type).toBe('listening');
  });
});
