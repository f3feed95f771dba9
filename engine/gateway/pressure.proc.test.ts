/** The gateway under pressure: clients that send more than their turn, a disk that fails, listeners taken back early. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HeaderField } from '../scoreboard.ts';
import { eventually, FakeMaster, unusedPort } from './testing/fake-master.ts';
import { PLAIN_BINDING } from './testing/gateway-options.ts';
import { get, RawClient } from './testing/raw-client.ts';
import { TEST_APP } from './testing/test-app.ts';

let master: FakeMaster;

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
  test('is not read far ahead of its turn, and what it sent ahead is not copied again and again', async () => {
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

describe('slow clients', () => {
  /** In headers, in a body, and reading: twice as many connections as any of them alone. */
  const COUNT = 200;

  test('two hundred of each kind hold no worker, and little memory', async () => {
    master.post({ type: 'options', options: { ...master.options, listen: COUNT * 2 } });
    const port = await start(1);
    expect((await get(port, '/hello')).status).toBe(200);
    const before = process.memoryUsage();
    const clients: RawClient[] = [];
    for (let i = 0; i < COUNT; i++) {
      const reading = new RawClient(port);
      reading.socket.pause();
      clients.push(new RawClient(port), new RawClient(port), reading);
      clients.at(-3)?.send('GET /id?slow HTTP/1.1\r\nX');
      clients.at(-2)?.send('POST /body HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\nx');
      reading.send(GET('/big?300000'));
    }
    // They go on, a byte at a time, while others are served.
    for (let round = 0; round < 5; round++) {
      for (const [i, client] of clients.entries()) if (i % 3 !== 2) client.send('x');
      expect((await get(port, `/id?${round}`)).body.toString()).toBe(String(round));
    }
    const after = process.memoryUsage();
    expect(master.board.header[HeaderField.listenQueue]).toBe(0);
    // The clients themselves are in this process too.
    expect((after.rss - before.rss) / 1e6).toBeLessThan(250);
    expect(readFileSync(join(master.folder, 'ran'), 'latin1')).not.toContain('slow');
    await Promise.all(clients.map((client) => client.close()));
    expect((await get(port, '/id?after')).body.toString()).toBe('after');
  });

  test('that read slowly but steadily get their whole answer, however long it takes', async () => {
    master.post({ type: 'options', options: { ...master.options, socketTimeoutSeconds: 3, httpTimeoutSeconds: 3 } });
    // The system keeps little of what is on its way through a unix socket.
    const path = join(master.folder, 'slow.sock');
    await master.listen('http-socket', path);
    await master.serve(TEST_APP, 1);
    const bytes = 1_500_000;
    const client = new RawClient(path);
    const { socket } = client;
    let readBytes = 0;
    let allowedBytes = 0;
    socket.on('data', (chunk: Buffer) => {
      readBytes += chunk.length;
      if (readBytes > allowedBytes) socket.pause();
    });
    // A megabyte takes longer than any timeout here.
    const pace = setInterval(() => {
      allowedBytes += 35_000;
      socket.resume();
    }, 100);
    client.send(GET(`/big?${bytes}`));
    await eventually('the whole answer', () => readBytes > bytes || client.isEnded || undefined, 40_000);
    clearInterval(pace);
    expect(readBytes).toBeGreaterThan(bytes);
    await client.close();
  });

  test('that take nothing at all are cut after a time', async () => {
    master.post({ type: 'options', options: { ...master.options, socketTimeoutSeconds: 1, httpTimeoutSeconds: 1 } });
    const client = new RawClient(await start(1));
    client.socket.pause();
    client.send(GET('/big?30000000'));
    const spooled = (): number => readdirSync(join(master.folder, 'bodies')).length;
    await eventually('its answer to wait in a file', () => spooled() > 0 || undefined);
    await eventually('it to be cut', () => master.board.header[HeaderField.openConnections] === 0 || undefined);
    await eventually('the file to be removed', () => spooled() === 0 || undefined);
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
    master.post({ type: 'listen', listenerId: 71, kind: 'http-socket', address, ...PLAIN_BINDING });
    master.post({ type: 'unlisten', listenerId: 71 });
    // Bound after the first one has been: what it left would be in the way.
    await master.listen('http-socket');
    master.post({ type: 'listen', listenerId: 72, kind: 'http-socket', address, ...PLAIN_BINDING });
    const said = await eventually('an outcome', () =>
      master.messages.find(
        (one) => (one.type === 'listening' || one.type === 'listen-failed') && one.listenerId === 72,
      ),
    );
    expect(said.type).toBe('listening');
  });
});
