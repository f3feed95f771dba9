/** Listening sockets of every kind, as clients and the system see them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';

const APP = `
import os
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    inherited = sorted(name for name in os.environ if name.startswith("LISTEN_"))
    return [("%s %s %s" % (environ["PATH_INFO"], environ.get("SERVER_PORT"), inherited)).encode()]
`;

/** Opens listening sockets on the ports of its first word, as descriptors from 3 on, and hands them over as systemd does. */
const SOCKET_ACTIVATION = `
import os, socket, sys
ports = sys.argv[1].split(",")
sockets = []
for port in ports:
    sock = socket.socket()
    sock.bind(("127.0.0.1", int(port)))
    sock.listen(64)
    sockets.append(os.dup2(sock.fileno(), 50 + len(sockets)))
for index, fd in enumerate(sockets):
    os.dup2(fd, 3 + index, inheritable=True)
os.environ.update(LISTEN_FDS=str(len(ports)), LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="web")
os.execv(sys.argv[2], sys.argv[2:])
`;

const engines: EngineProcess[] = [];

async function start(ini: string, more: { starter?: string[] } = {}): Promise<EngineProcess> {
  const files = { 'app.py': APP };
  const options = { ini: `wsgi-file = app.py\n${ini}`, files, ...(more.starter ? { starter: more.starter } : {}) };
  const engine = await EngineProcess.start(options);
  engines.push(engine);
  return engine;
}

/** The exit code and the log of an engine that does not start. */
async function failedStart(ini: string, starter?: string[]): Promise<{ code: number | string; log: string }> {
  const options = { ini: `wsgi-file = app.py\n${ini}`, files: { 'app.py': APP }, ...(starter ? { starter } : {}) };
  const engine = await EngineProcess.launch(options);
  try {
    return { code: await engine.exited, log: engine.log };
  } finally {
    await engine.dispose();
  }
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function get(place: { port: number; host?: string } | { socketPath: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', ...place, path: '/x', agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      answer.on('end', () => resolve(`${answer.statusCode} ${body}`));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** A uwsgi request for `/x`, and everything that comes back. */
async function uwsgi(place: NetConnectOpts): Promise<string> {
  const words = ['REQUEST_METHOD', 'GET', 'PATH_INFO', '/x', 'SERVER_PORT', '7'];
  const block = words.map((text) => `${String.fromCharCode(text.length, 0)}${text}`).join('');
  const socket: Socket = connect(place);
  socket.write(Buffer.from(`\0${String.fromCharCode(block.length, 0)}\0${block}`, 'latin1'));
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

describe('unix sockets', () => {
  test('get the mode and the owner that the configuration gives them, and may be abstract', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give a socket away');
    const engine = await start(
      'socket = {FOLDER}/a.sock\nchmod-socket = 640\nchown-socket = nobody:nogroup\nsocket = @reeve-test-{HTTP}',
    );
    const { mode, uid, gid } = statSync(engine.path('a.sock'));
    const [nobody, nogroup] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' })),
    );
    expect([mode & 0o777, uid, gid]).toEqual([0o640, nobody, nogroup]);
    expect(await uwsgi({ path: engine.path('a.sock') })).toContain('200 OK');
    expect(await uwsgi({ path: `\0reeve-test-${engine.port}` })).toContain('/x 7 []');
    const { sockets } = await engine.stats();
    expect(sockets.map(({ name, proto }) => `${proto} ${name}`).slice(1)).toEqual([
      `uwsgi ${engine.path('a.sock')}`,
      `uwsgi @reeve-test-${engine.port}`,
    ]);
  });

  test('are all abstract with abstract-socket', async () => {
    const engine = await start('abstract-socket = true\nsocket = {FOLDER}/a.sock');
    expect(existsSync(engine.path('a.sock'))).toBe(false);
    expect(await uwsgi({ path: `\0${engine.path('a.sock')}` })).toContain('200 OK');
  });

  test.for([
    ['of an unknown user', 'chown-socket = no-such-user-here', "There is no user 'no-such-user-here'."],
    ['of an unknown group', 'chown-socket = root:no-such-group-here', "There is no group 'no-such-group-here'."],
  ] as const)('%s end the start with the line', async ([, line, message]) => {
    const { code, log } = await failedStart(`socket = a.sock\n${line}`);
    expect(code).toBe(1);
    expect(log).toContain(message);
    expect(log).toMatch(/app\.ini:6/);
  });
});

describe('TCP sockets', () => {
  test('of IPv6, and those of all addresses', async () => {
    const [six, all] = [await freePort(), await freePort()];
    const engine = await start(`http-socket = [::1]:${six}\nhttp-socket = :${all}`);
    expect(await get({ host: '::1', port: six })).toBe(`200 /x ${six} []`);
    expect(await get({ port: all })).toBe(`200 /x ${all} []`);
    expect(engine.log).toContain(`http-socket socket bound to [::1]:${six}`);
  });

  test('are kept alive by the system when so-keepalive says so', async () => {
    const engine = await start('so-keepalive = true');
    const client = connect(engine.port, '127.0.0.1');
    await waitFor('the timer', () => {
      const rows = execFileSync('ss', ['-tno', 'sport', '=', `:${engine.port}`], { encoding: 'utf8' });
      return rows.includes('timer:(keepalive');
    });
    client.destroy();
  });

  test('may be shared with other servers with reuse-port only', async () => {
    const engine = await start('reuse-port = true');
    const line = `http-socket = 127.0.0.1:${engine.port}`;
    expect((await failedStart(line)).log).toContain('is in use');
    const second = await start(`${line}\nreuse-port = true`);
    expect(second.log).toContain(`bound to 127.0.0.1:${engine.port}`);
  });
});

describe('shared sockets', () => {
  test('are named by their number', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const engine = await start(
      `shared-socket = 127.0.0.1:${first}\nshared-socket = 127.0.0.1:${second}\nsocket = =0\nhttp = =1`,
    );
    expect(await uwsgi({ port: first, host: '127.0.0.1' })).toContain('200 OK');
    expect(await get({ port: second })).toBe(`200 /x ${second} []`);
    expect(engine.log).toContain(`uwsgi socket bound to 127.0.0.1:${first}`);
  });
});

describe('inherited sockets', () => {
  test('of the service manager speak the uwsgi protocol, unless an option names them; children do not hear of them', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const starter = ['python3', '-c', SOCKET_ACTIVATION, `${first},${second}`];
    const engine = await start('http-socket = fd://4', { starter });
    expect(await uwsgi({ port: first, host: '127.0.0.1' })).toContain('/x 7 []');
    expect(await get({ port: second })).toBe(`200 /x ${second} []`);
    const { sockets } = await engine.stats();
    expect(sockets.map(({ name, proto }) => `${proto} ${name}`).slice(1)).toEqual(['http fd://4', 'uwsgi fd://3']);
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    expect(await uwsgi({ port: first, host: '127.0.0.1' })).toContain('200 OK');
  });

  test('that are none end the start', async () => {
    const { code, log } = await failedStart('socket = fd://77');
    expect(code).toBe(1);
    expect(log).toMatch(/app\.ini:5: The address fd:\/\/77 can not be used/);
  });
});

describe('open files', () => {
  const few = ['sh', '-c', 'ulimit -n 300; exec "$@"', 'sh'];

  test('limit the connections; those beyond are refused and the log says so', async () => {
    const engine = await start('processes = 1', { starter: few });
    const limit = Number(/so at most (\d+) connections at a time/.exec(engine.log)?.[1]);
    expect(limit).toBeGreaterThan(100);
    expect(limit).toBeLessThan(300);
    const clients: Socket[] = [];
    let closed = 0;
    for (let i = 0; i < limit + 20; i++) {
      const client = connect(engine.port, '127.0.0.1');
      client.on('error', () => undefined);
      client.on('close', () => closed++);
      clients.push(client);
    }
    await waitFor('twenty to be refused', () => closed >= 20);
    // How many until then: the others are told later.
    await engine.seen(` connections were refused: ${limit} are open`);
    for (const client of clients) client.destroy();
    await waitFor('room', async () => (await get({ port: engine.port }).catch(() => '')) !== '');
  });

  test('are as many as max-fd says', async () => {
    const engine = await start('max-fd = 777');
    expect(readFileSync(`/proc/${engine.pid}/limits`, 'latin1')).toMatch(/Max open files\s+777\s+777/);
    const { workers } = await engine.stats();
    expect(readFileSync(`/proc/${workers[0]?.pid}/limits`, 'latin1')).toMatch(/Max open files\s+777/);
  });
});
