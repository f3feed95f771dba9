import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import { aDocument, aStatsWorker } from '../testing/stats-fixture.ts';
import { LOCAL_LIMITS, pollStats, type StatsLimits } from './stats-client.ts';
import { machineOf, parseStatsTarget } from './target.ts';

let folder = '';
let servers: Server[] = [];
const sockets = new Set<Socket>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-stats-'));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.map(async (server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
  await rm(folder, { recursive: true, force: true });
});

/** Serves each connection with `talk`; gives the address. */
async function serve(talk: (socket: Socket) => void, where: string | number = 0): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    talk(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (typeof where === 'string') server.listen(where, resolve);
    else server.listen(where, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null
    ? `127.0.0.1:${address.port}`
    : String(where).replace('\0', '@');
}

async function ask(address: string, limits: Partial<StatsLimits> = {}) {
  return pollStats(parseStatsTarget(address, '/home/ada'), { ...LOCAL_LIMITS, ...limits });
}

async function failureOf(address: string, limits: Partial<StatsLimits> = {}) {
  const poll = await ask(address, limits);
  if (poll.ok) throw new Error('it was taken for a stats document');
  expect(poll.error.message).toContain(address);
  expect(poll.error.hint.length).toBeGreaterThan(10);
  return poll.error.code;
}

const json = JSON.stringify(aDocument());

function servePlain(socket: Socket): void {
  socket.end(json);
}

function serveHttp(socket: Socket): void {
  socket.once('data', () => socket.end(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${json}`));
}

function serveWebPage(socket: Socket): void {
  socket.once('data', () => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope'));
}

function serveWithoutEnd(socket: Socket): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const pump = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.write('{"version":"2.0.21","pid":1,');
  socket.on('drain', pump);
  pump();
}

describe('a stats address', () => {
  it('is read over TCP, a unix socket, an abstract socket and HTTP', async () => {
    const addresses = [
      await serve(servePlain),
      await serve(servePlain, join(folder, 's.sock')),
      `http://${await serve(serveHttp)}`,
    ];
    if (process.platform === 'linux') addresses.push(await serve(servePlain, `\0reeve-test-${process.pid}`));
    for (const address of addresses) {
      const poll = await ask(address);
      expect(poll, address).toMatchObject({ ok: true, document: { pid: 100 } });
      expect(poll.bytes).toBeGreaterThanOrEqual(json.length);
    }
  });

  it('is read when it arrives byte by byte and with invalid UTF-8', async () => {
    const bytes = Buffer.from(json.replace('/srv/shop', '/srv/\u0001'), 'latin1').map((byte) =>
      byte === 1 ? 0xff : byte,
    );
    const address = await serve((socket) => {
      for (const byte of bytes) socket.write(Buffer.from([byte]));
      socket.end();
    });
    expect(await ask(address)).toMatchObject({ ok: true, document: { cwd: '/srv/\ufffd' } });
  });

  it('with counters that have wrapped around is read, and they count as nothing', async () => {
    const odd = { rss: -1, tx: 2 ** 64, running_time: 1.5, pid: Number.MAX_SAFE_INTEGER };
    const document = aDocument({ listen_queue: -3, workers: [aStatsWorker(odd)] });
    const poll = await ask(await serve((socket) => socket.end(JSON.stringify(document))));
    expect(poll).toMatchObject({
      ok: true,
      document: { listen_queue: 0, workers: [{ rss: 0, tx: 0, running_time: 1 }] },
    });
  });

  it('with stats-http is recognised although it waits for a request first', async () => {
    const address = await serve((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.0 200 OK\r\n\r\n${json}`));
    });
    expect(await ask(address, { askHttpAfterMs: 50 })).toMatchObject({ ok: true, http: true });
  });
});

it('an emperor is a server without workers, with its vassals beside it', async () => {
  const address = await serve((socket) =>
    socket.end('{"version":"2.0.21","pid":1,"cwd":"/v","vassals":[{"id":"a.ini"}]}'),
  );
  expect(await ask(address)).toMatchObject({
    ok: true,
    document: { pid: 1, cwd: '/v', workers: [] },
    emperor: { vassals: [{ id: 'a.ini' }] },
  });
});

describe('an address that gives no stats', () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ['an SSH server, which never closes', (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'stats-ssh-server'],
    ['a mail server', (socket) => socket.write('220 mail.example ESMTP\r\n'), 'stats-not-json'],
    ['nothing at all', (socket) => socket.end(), 'stats-empty'],
    ['other JSON', (socket) => socket.end('{"status":"ok"}'), 'stats-not-uwsgi'],
    ['half a document', (socket) => socket.end(json.slice(0, json.length / 2)), 'stats-truncated'],
    ['silence', () => {}, 'stats-timeout'],
    ['random bytes', (socket) => socket.end(Buffer.from([0, 255, 254, 1, 2, 3])), 'stats-not-json'],
    ['a broken connection', (socket) => socket.resetAndDestroy(), 'stats-reset'],
  ])('because it gives %s is told apart', async (_name, talk, code) => {
    expect(await failureOf(await serve(talk), { deadlineMs: 300 })).toBe(code);
  });

  it('because it is a web server is told apart, also when it waits for a request', async () => {
    expect(await failureOf(`http://${await serve(serveWebPage)}`)).toBe('stats-http-server');
    expect(await failureOf(await serve(serveWebPage), { askHttpAfterMs: 50 })).toBe('stats-http-server');
  });

  it('because nobody listens is told apart', async () => {
    const address = await serve(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await failureOf(address)).toBe('stats-refused');
    expect(await failureOf(join(folder, 'none.sock'))).toBe('stats-no-socket');
    await writeFile(join(folder, 'plain'), '');
    expect(await failureOf(join(folder, 'plain'))).toBe('stats-refused');
    expect(await failureOf('no-such-host.invalid:1717', { deadlineMs: 5000 })).toMatch(
      /stats-host-unknown|stats-timeout/,
    );
  });

  it('and sends garbage without end is left at the first bytes', async () => {
    let sent = 0;
    const address = await serve((socket) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pump = (): void => {
        while (!socket.destroyed && sent < 50 * 1024 * 1024 && socket.write(chunk)) sent += chunk.length;
      };
      socket.on('drain', pump);
      pump();
    });
    expect(await failureOf(address)).toBe('stats-not-json');
    expect(sent).toBeLessThan(50 * 1024 * 1024);
  });

  it('and sends a document without end is left at the limit or the deadline', async () => {
    expect(await failureOf(await serve(serveWithoutEnd), { maxBytes: 1024 * 1024, deadlineMs: 5000 })).toBe(
      'stats-too-large',
    );
    const slow = await serve((socket) => socket.write('{"version":"2.0.21",'));
    expect(await failureOf(slow, { deadlineMs: 200 })).toBe('stats-slow');
  });

  it('costs no more than its deadline', async () => {
    const started = performance.now();
    await failureOf(await serve(() => {}), { deadlineMs: 250 });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('a stats address as it is written', () => {
  it.each([
    ['127.0.0.1:1717', '127.0.0.1:1717'],
    [' :1717 ', ':1717'],
    ['tcp://127.0.0.1:1717', '127.0.0.1:1717'],
    ['[::1]:1717', '[::1]:1717'],
    ['unix:/run/a.sock', '/run/a.sock'],
    ['~/a.sock', '/home/ada/a.sock'],
    ['@shop', '@shop'],
    ['http://127.0.0.1:1717/', 'http://127.0.0.1:1717'],
    ['HTTP://LOCALHOST:1717/x?y', 'http://localhost:1717/x?y'],
  ])('%s is kept as %s', (written, kept) => {
    expect(parseStatsTarget(written, '/home/ada').text).toBe(kept);
  });

  it.each([
    ['ssh://web1/run/app.stats', 'ssh://web1/run/app.stats', 'web1', { type: 'unix', path: '/run/app.stats' }],
    ['ssh://web1/127.0.0.1:1717', 'ssh://web1/127.0.0.1:1717', 'web1', { type: 'tcp', host: '127.0.0.1', port: 1717 }],
    ['SSH://ada@web1:2222/@app', 'ssh://ada@web1:2222/@app', 'ada@web1:2222', { type: 'unix', path: '\0app' }],
    [
      'ssh://[2001:db8::1]:22/http://localhost:1717/x',
      'ssh://[2001:db8::1]:22/http://localhost:1717/x',
      '[2001:db8::1]:22',
      { type: 'tcp', host: 'localhost', port: 1717 },
    ],
    ['ssh://web1/:1717', 'ssh://web1/:1717', 'web1', { type: 'tcp', host: '127.0.0.1', port: 1717 }],
  ])('%s is one of another machine', (written, text, machine, connect) => {
    const target = parseStatsTarget(written, '/home/ada');
    expect(target).toMatchObject({ text, machine, connect });
    expect(parseStatsTarget(target.text, '')).toEqual(target);
    expect(machineOf(target.text)).toBe(machine);
  });

  it.each(['ssh://', 'ssh:///run/a', 'ssh://web1', 'ssh://web1/', 'ssh://-oProxyCommand=x/run/a', 'ssh://a b/run/x'])(
    '%s is none of another machine',
    (written) => {
      expect(() => parseStatsTarget(written, '')).toThrow(CoreError);
    },
  );

  it.each([
    '',
    '1717',
    'relative.sock',
    'https://x',
    'http://',
    'host:99999',
    '127.0.0.1:0',
    '-e:80',
    'a,b:80',
    'a!!EXEC:80',
  ])('%s is refused', (written) => {
    expect(() => parseStatsTarget(written, '/home/ada')).toThrow(/is not a stats address/);
  });

  it.each([
    ['127.0.0.1', 'the port is missing, as in 127.0.0.1:1717.'],
    ['localhost', 'the port is missing, as in localhost:1717.'],
    ['tcp://10.0.0.7', 'the port is missing, as in 10.0.0.7:1717.'],
    ['ftp://x', 'ftp:// is not understood, only http://, tcp://, unix:// and ssh:// are.'],
    ['app.stats', 'it has no port, and the path of a socket must begin with a slash.'],
  ])('%s is refused with the reason', (written, reason) => {
    expect(() => parseStatsTarget(written, '/home/ada')).toThrow(reason);
  });
});
