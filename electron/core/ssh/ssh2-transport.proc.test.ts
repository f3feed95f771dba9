import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AnyAuthMethod } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../node-ports.ts';
import type { SshTransport } from './ssh-transport.ts';
import type { HopLogin, ResolvedHop } from './ssh-trust.ts';
import { connectSsh2, StageDeadline } from './ssh2-connect.ts';
import { Sshd } from './testing/sshd.ts';

const open: SshTransport[] = [];

async function connect(sshd: Sshd, change: Partial<ResolvedHop> = {}): Promise<SshTransport> {
  const privateKey = await readFile(sshd.keyPath);
  let methods: AnyAuthMethod[] = [{ type: 'publickey', username: sshd.user, key: privateKey }];
  const login: HopLogin = {
    hostKeyTypes: async () => null,
    verifyHostKey: async (key) => sshd.hostKey.endsWith(key.toString('base64')),
    nextMethod: async () => {
      const [first] = methods;
      methods = methods.slice(1);
      return first ?? false;
    },
    failure: null,
    text: null,
  };
  const hop: ResolvedHop = {
    name: 'web1',
    user: sshd.user,
    hostName: '127.0.0.1',
    port: sshd.port,
    proxyCommand: null,
    algorithms: {},
    connectTimeoutMs: null,
    keepAliveMs: null,
    identity: '',
    ...change,
  };
  const deadline = new StageDeadline(systemClock);
  const { signal } = new AbortController();
  const transport = await connectSsh2({ hop, via: null, clock: systemClock, signal, login, deadline });
  open.push(transport);
  return transport;
}

describe('a connection by ssh2', () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await Sshd.start({ config: ['MaxSessions 2'] });
  });

  afterEach(() => {
    for (const transport of open.splice(0)) transport.close();
  });

  afterAll(async () => {
    await sshd?.dispose();
  });

  test('runs ten commands at once on a server that allows two sessions', async () => {
    const transport = await connect(sshd);
    const results = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const command = await transport.exec(`cat; echo ${i} >&2; exit ${i}`);
        command.stdin.end(`input ${i}`);
        const [stdout, stderr, { code }] = await Promise.all([
          text(command.stdout),
          text(command.stderr),
          command.ended,
        ]);
        return [stdout, stderr.trim(), code];
      }),
    );
    expect(results).toEqual(Array.from({ length: 10 }, (_, i) => [`input ${i}`, String(i), i]));
  });

  test('gives a place back when a command is killed or its session of files is ended', async () => {
    const transport = await connect(sshd);
    for (let i = 0; i < 4; i += 1) {
      const command = await transport.exec('cat');
      const sftp = await transport.sftp();
      expect(sftp).not.toBeNull();
      command.kill();
      sftp?.end();
      expect((await command.ended).code).toBeNull();
    }
  });

  test('tells a port that nobody listens on as the system does, and a unix socket that is not there', async () => {
    const transport = await connect(sshd);
    const { signal } = new AbortController();
    await expect(transport.openStream({ type: 'tcp', host: '127.0.0.1', port: 1 }, signal)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await expect(transport.openStream({ type: 'unix', path: '/nowhere' }, signal)).rejects.toMatchObject({
      code: 'ssh-forward-refused',
    });
    await expect(transport.openStream({ type: 'unix', path: '\0name' }, signal)).rejects.toMatchObject({
      code: 'ssh-forward-refused',
    });
  });

  test('that is killed says so once, ends its commands, and refuses what comes after', async () => {
    const transport = await connect(sshd);
    const reasons: (Error | null)[] = [];
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    transport.onClosed = (reason) => {
      reasons.push(reason);
      resolve();
    };
    const command = await transport.exec('cat');
    sshd.endSessions();
    await closed;
    expect((await command.ended).code).toBeNull();
    expect(reasons).toMatchObject([{ code: 'ssh-lost' }]);
    await expect(transport.exec('true')).rejects.toMatchObject({ code: 'ssh-lost' });
  });
});

describe('a server that is none', () => {
  let server: Server | null = null;
  const sockets = new Set<Socket>();

  const listen = async (answer: (socket: Socket) => void): Promise<number> => {
    const made = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {
        // The client broke it off.
      });
      answer(socket);
    });
    server = made;
    const { promise, resolve } = Promise.withResolvers<void>();
    made.listen(0, '127.0.0.1', resolve);
    await promise;
    const address = made.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server?.close();
  });

  test('takes the connection and says nothing: told at the deadline', async () => {
    const port = await listen(() => {});
    await expect(tryIt(port, 200)).rejects.toMatchObject({ code: 'ssh-quiet' });
  });

  test('speaks HTTP, resets at once, or breaks off in the handshake: each is told', async () => {
    const http = await listen((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(tryIt(http)).rejects.toMatchObject({ code: 'ssh-not-ssh' });
    const reset = await listen((socket) => socket.resetAndDestroy());
    await expect(tryIt(reset)).rejects.toMatchObject({ code: 'ssh-closed-early' });
    const early = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await expect(tryIt(early)).rejects.toMatchObject({ code: 'ssh-closed-early' });
    const full = await listen((socket) => socket.end('Exceeded MaxStartups\r\n'));
    await expect(tryIt(full)).rejects.toMatchObject({ code: 'ssh-closed-early' });
  });

  test('sends rubbish for a handshake: an error of the catalogue, and nothing else breaks', async () => {
    const port = await listen((socket) => socket.write(`SSH-2.0-x\r\n${'\u0001rubbish'.repeat(100)}`));
    await expect(tryIt(port)).rejects.toMatchObject({ name: 'CoreError' });
  });
});

/** Tries to connect; no stage may take longer than that. */
async function tryIt(port: number, stageLimitMs = 20_000): Promise<unknown> {
  const login: HopLogin = {
    hostKeyTypes: async () => null,
    verifyHostKey: async () => false,
    nextMethod: async () => false,
    failure: null,
    text: null,
  };
  const hop = { name: 'web1', user: 'u', hostName: '127.0.0.1', port, proxyCommand: null };
  return connectSsh2({
    hop: { ...hop, algorithms: {}, connectTimeoutMs: null, keepAliveMs: null, identity: '' },
    via: null,
    clock: { ...systemClock, setTimer: (callback, ms) => systemClock.setTimer(callback, Math.min(ms, stageLimitMs)) },
    signal: new AbortController().signal,
    login,
    deadline: new StageDeadline({
      ...systemClock,
      setTimer: (callback, ms) => systemClock.setTimer(callback, Math.min(ms, stageLimitMs)),
    }),
  });
}
