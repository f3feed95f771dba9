/** A host that forbids forwarding and has neither Python nor Perl: its commands are run by a shell of this machine. */
import { spawn as spawnHere } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import type { SshTransport } from '../ssh/ssh-transport.ts';
import { pollStats, type StatsPoll } from '../stats/stats-client.ts';
import { parseStatsTarget } from '../stats/target.ts';
import { aDocument } from '../testing/stats-fixture.ts';
import { waitUntil } from '../testing/wait-until.ts';
import type { RunningCommand } from './machine.ts';
import { RemoteStreams } from './remote-streams.ts';
import { execHere } from './testing/shell-host.ts';

const LIMITS = { deadlineMs: 5_000, maxBytes: 1024 * 1024, askHttpAfterMs: null };
const NEEDED = ['grep'];
let folder = '';
const servers: Server[] = [];
const open = new Set<Socket>();

/** What runs there finds these programs and no other. */
async function streamsWith(tools: string[]): Promise<{ streams: RemoteStreams; spawned: () => number }> {
  const bin = join(folder, `bin-${tools.join('-')}`);
  await mkdir(bin);
  for (const tool of [...NEEDED, ...tools]) {
    const found = ['/usr/bin', '/bin'].map((place) => join(place, tool)).find((path) => existsSync(path));
    if (found !== undefined) await symlink(found, join(bin, tool));
  }
  const env = { PATH: bin };
  const exec = execHere('/bin/sh', env);
  let spawned = 0;
  const spawn = async (argv: readonly [string, ...string[]]): Promise<RunningCommand> => {
    spawned += 1;
    const child = spawnHere(argv[0], argv.slice(1), { env, stdio: 'pipe' });
    const { promise: ended, resolve } = Promise.withResolvers<{ code: number | null }>();
    child.once('close', (code) => resolve({ code }));
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      ended,
      kill: () => void child.kill('SIGKILL'),
    };
  };
  const transport: SshTransport = {
    kind: 'ssh2',
    openStream: async (_address, _signal) => {
      throw new CoreError('ssh-forward-refused', { host: 'web1', address: 'it', reason: 'forbidden' });
    },
    exec,
    sftp: async () => null,
    onClosed: null,
    close: () => {},
  };
  const host = { transport: async () => transport, noteReadBy: () => {} };
  return { streams: new RemoteStreams({ host, name: 'web1', spawn }), spawned: () => spawned };
}

async function serve(at: string | number, onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.resume();
    onSocket(socket);
  });
  servers.push(server);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(typeof at === 'number' ? { port: at, host: '127.0.0.1' } : { path: at }, resolve);
  await promise;
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function poll(streams: RemoteStreams, address: string, limits = LIMITS): Promise<StatsPoll> {
  return pollStats(parseStatsTarget(address, '/'), limits, streams);
}

let port = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-once-'));
  const text = JSON.stringify(aDocument({ cwd: '/srv/shop' }));
  await serve(join(folder, 'a'), (socket) => socket.end(text));
  await serve(`\0${folder}/of-uwsgi\0`, (socket) => socket.end(text));
  port = await serve(0, (socket) => socket.end(text));
  await serve(join(folder, 'quiet'), () => {});
});

afterAll(async () => {
  for (const socket of open) socket.destroy();
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(['uwsgi', 'nc', 'socat'])('sockets are read once by %s', (tool) => {
  const isMissing = !existsSync(join('/usr/bin', tool));

  it('which gives what they have, or why they do not open', async ({ skip }) => {
    skip(isMissing, `${tool} is not installed`);
    const { streams } = await streamsWith([tool]);
    const targets = [join(folder, 'a'), `127.0.0.1:${port}`];
    for (const target of targets) {
      expect(await poll(streams, target)).toMatchObject({ ok: true, document: { cwd: '/srv/shop' } });
    }
    expect(await poll(streams, join(folder, 'none'))).toMatchObject({ ok: false, error: { code: 'stats-no-socket' } });
    expect(await poll(streams, '127.0.0.1:1')).toMatchObject({ ok: false, error: { code: 'stats-refused' } });
  });

  it('which is ended when nobody waits any more for one that says nothing', async ({ skip }) => {
    skip(isMissing, `${tool} is not installed`);
    const { streams } = await streamsWith([tool, 'env']);
    const answer = await poll(streams, join(folder, 'quiet'), { ...LIMITS, deadlineMs: 700 });
    expect(answer).toMatchObject({ ok: false, error: { code: 'stats-timeout' } });
    await waitUntil('the socket to be closed', () => open.size === 0);
  });
});

it('abstract sockets are read by uwsgi, by the names that it gives', async () => {
  const { streams } = await streamsWith(['uwsgi', 'true']);
  expect(await poll(streams, `@${folder}/of-uwsgi`)).toMatchObject({ ok: true });
});

it('without any tool it is said, and not tried with each poll', async () => {
  const { streams, spawned } = await streamsWith([]);
  for (let round = 0; round < 3; round += 1) {
    expect(await poll(streams, join(folder, 'a'))).toMatchObject({ ok: false, error: { code: 'ssh-forward-refused' } });
  }
  expect(spawned()).toBe(1);
});
