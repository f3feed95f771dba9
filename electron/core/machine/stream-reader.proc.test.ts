import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pollStats } from '../stats/stats-client.ts';
import { parseStatsTarget } from '../stats/target.ts';
import { aDocument } from '../testing/stats-fixture.ts';
import { StreamReader } from './stream-reader.ts';
import { execHere } from './testing/shell-host.ts';

let folder = '';
const servers: Server[] = [];
const sockets = new Set<Socket>();

async function serve(at: string | number, onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  servers.push(server);
  server.listen(typeof at === 'number' ? { port: at, host: '127.0.0.1' } : { path: at });
  await once(server, 'listening');
  return server;
}

/** A folder with what the script needs and only one of the two languages. */
async function pathWith(language: string): Promise<string> {
  const bin = join(folder, language);
  const { mkdir } = await import('node:fs/promises');
  await mkdir(bin);
  await symlink(`/usr/bin/${language}`, join(bin, language));
  return bin;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-reader-'));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(['python3', 'perl'])('the reader in %s', (language) => {
  let reader: StreamReader;
  const text = JSON.stringify(aDocument({ cwd: '/srv/shop' }));
  const path = (name: string): string => join(folder, `${language}-${name}.sock`);
  const poll = async (
    address: string,
    limits = { deadlineMs: 5_000, maxBytes: 16 * 1024 * 1024, askHttpAfterMs: null },
  ) => pollStats(parseStatsTarget(address, '/'), limits, reader);

  beforeAll(async () => {
    const env = { PATH: await pathWith(language) };
    reader = new StreamReader({ name: 'web1', exec: execHere('/bin/sh', env) });
  });
  afterAll(() => reader.close());

  it('reads a unix socket, a TCP port and an abstract socket', async () => {
    await serve(path('a'), (socket) => socket.end(text));
    const tcp = await serve(0, (socket) => socket.end(text));
    await serve(`\0${path('a')}`, (socket) => socket.end(text));
    const address = tcp.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const target of [path('a'), `127.0.0.1:${port}`, `@${path('a')}`]) {
      expect(await poll(target)).toMatchObject({ ok: true, document: { cwd: '/srv/shop' } });
    }
  });

  it('says what it is that does not answer', async () => {
    await writeFile(path('file'), '');
    expect(await poll(path('none'))).toMatchObject({ ok: false, error: { code: 'stats-no-socket' } });
    expect(await poll(path('file'))).toMatchObject({ ok: false, error: { code: 'stats-refused' } });
    expect(await poll('127.0.0.1:1')).toMatchObject({ ok: false, error: { code: 'stats-refused' } });
  });

  it('asks over HTTP where that is wanted', async () => {
    const server = await serve(0, (socket) => {
      socket.once('data', (request: Buffer) => {
        const isGet = request.toString('utf8').startsWith('GET /stats HTTP/1.0');
        socket.end(isGet ? `HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${text}` : 'no');
      });
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await poll(`http://127.0.0.1:${port}/stats`)).toMatchObject({ ok: true, http: true });
  });

  it('gives up what is too large or endless, and answers others meanwhile', async () => {
    await serve(path('large'), (socket) => {
      const fill = (): void => {
        while (socket.writable && socket.write(`{${' '.repeat(65_000)}`));
      };
      socket.on('drain', fill);
      fill();
    });
    await serve(path('quiet'), () => {});
    await serve(path('b'), (socket) => socket.end(text));
    const limits = { deadlineMs: 5_000, maxBytes: 1024 * 1024, askHttpAfterMs: null };
    const [large, quiet, ...good] = await Promise.all([
      poll(path('large'), limits),
      poll(path('quiet'), { ...limits, deadlineMs: 300 }),
      ...Array.from({ length: 20 }, async () => poll(path('b'))),
    ]);
    expect(large).toMatchObject({ ok: false, error: { code: 'stats-too-large' } });
    expect(quiet).toMatchObject({ ok: false, error: { code: 'stats-timeout' } });
    expect(good.every(({ ok }) => ok)).toBe(true);
  });
});

it('a host with neither language says so', async () => {
  const reader = new StreamReader({ name: 'web1', exec: execHere('/bin/sh', { PATH: folder }) });
  await expect(reader.openStream({ type: 'unix', path: '/x' }, new AbortController().signal)).rejects.toMatchObject({
    code: 'ssh-no-reader',
  });
});
