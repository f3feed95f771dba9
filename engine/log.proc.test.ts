/** Where the log goes: loggers of every kind, rotation, and readers that do not read. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultLogSettings, type LogTarget } from './config/log-settings.ts';
import { openSink } from './log/sinks.ts';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import sys
def application(environ, start_response):
    query = environ["QUERY_STRING"]
    if query.startswith("print="):
        print(query[6:])
    if query.startswith("flood"):
        for i in range(2000):
            print("x" * 100)
        sys.stdout.flush()
    start_response("404 Not Found" if environ["PATH_INFO"] == "/404" else "200 OK", [])
    return [b"ok"]
`;

const cleanup: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).toReversed()) await undo();
});

async function launch(ini: string, ready: (engine: EngineProcess) => string, files = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.launch({ ini, files: { 'app.py': APP, ...files } });
  cleanup.push(async () => engine.dispose());
  await waitFor('the start', () => ready(engine).includes('Reeve is ready'));
  return engine;
}

async function startPython(ini: string): Promise<EngineProcess> {
  return launch(`wsgi-file = app.py\nmaster = true\n${ini}`, (engine) => engine.log + engine.read('server.log'));
}

async function udp(): Promise<{ port: number; received: string[] }> {
  const socket: Socket = createSocket('udp4');
  const received: string[] = [];
  socket.on('message', (message) => received.push(message.toString()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  cleanup.push(() => {
    socket.close();
  });
  return { port: socket.address().port, received };
}

describe('loggers', () => {
  it('take the lines that are theirs: files, routes to a name, UDP, a program', async () => {
    const { port, received } = await udp();
    const engine = await startPython(
      [
        'logger = file:{FOLDER}/server.log',
        'req-logger = file:{FOLDER}/requests.log',
        'req-logger = missing file:{FOLDER}/missing.log',
        `req-logger = late rsyslog:127.0.0.1:${port},app`,
        'req-logger = late pipe:sed -u s/GET/got/ > {FOLDER}/program.log',
        'log-req-route = missing \\(HTTP/1.1 404\\)',
        'log-req-route = late /late',
        'log-req-encoder = json:missing {"line":"${msg}"}',
        'log-req-encoder = nl:missing',
        'log-date = %%Y',
        '',
      ].join('\n'),
    );
    await engine.get('/?print=hello');
    await engine.get('/404?"q"');
    await engine.get('/late');
    const requests = await waitFor('the request', () => engine.read('requests.log') || null);
    expect(requests).toMatch(
      /^\[pid: \d+\|app: 0\|req: 1\/1\] 127\.0\.0\.1 .* GET \/\?print=hello => generated 2 bytes .*\n$/,
    );
    const missing = await waitFor('the 404', () => engine.read('missing.log') || null);
    expect(JSON.parse(missing).line).toContain('GET /404?"q" =>');
    await waitFor('the datagram', () =>
      received.some((text) => /^<29>\w{3} [ \d]\d \S+ app: \[pid.*GET \/late/.test(text)),
    );
    await waitFor('the program', () => engine.read('program.log').includes('got /late'));
    const server = await waitFor('what it printed', () => {
      const text = engine.read('server.log');
      return text.includes('\nhello\n') ? text : null;
    });
    expect(server).toMatch(/^\d{4} - \*\*\* Reeve is ready/m);
    expect(server).not.toContain('GET /');
    // What was written before the configuration was read.
    expect(engine.log).not.toContain('Reeve is ready');
  });

  it('keep a reload from taking a log that can not be opened', async () => {
    const engine = await startPython('');
    engine.writeIni(`wsgi-file = app.py\nmaster = true\nlogger = file:{FOLDER}/nowhere/server.log\n`);
    engine.signal('SIGHUP');
    await engine.seen('nowhere/server.log can not be opened');
    await engine.seen('reload done');
    expect((await engine.get('/')).status).toBe(200);
  });

  it('filter and change what goes to the log itself', async () => {
    const engine = await startPython('log-master = true\nlog-drain = /secret\nlog-encoder = prefix [web1]\n');
    await engine.get('/secret');
    await engine.get('/?print=word');
    await engine.seen('[web1]word');
    await engine.seen('GET /?print=word');
    expect(engine.log).not.toContain('/secret');
    expect(engine.log).toMatch(/^\[web1\]\[pid: \d+\|app: 0\|req: 2\/2\]/m);
  });
});

/** A receiver of unix datagrams, which Node can not be: prints each as a line of JSON. */
const RECEIVER = `
import json, socket, sys
sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sock.bind(sys.argv[1])
print("ready", flush=True)
while True:
    print(json.dumps(sock.recv(65536).decode()), flush=True)
`;

describe('unix datagrams', () => {
  it('reach syslog, the journal and sockets, also when the receiver comes late', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-log-'));
    cleanup.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'socket');
    const place = {
      env: process.env,
      cwd: folder,
      shell: '/bin/sh',
      resourcesFolder: fileURLToPath(new URL('../resources', import.meta.url)),
      sockets: { syslog: path, journal: path },
      trouble: () => undefined,
    };
    const targets: LogTarget[] = [
      { type: 'syslog', ident: 'app', facility: 22 },
      { type: 'systemd', ident: 'app' },
      { type: 'socket', address: { type: 'unix', path }, prefix: 'pre ' },
    ];
    const sinks = targets.map((target) =>
      openSink({ name: null, target, text: target.type, origin: { file: '', line: 0 } }, defaultLogSettings(), place),
    );
    cleanup.push(() => {
      for (const sink of sinks) sink.dispose();
    });
    for (const sink of sinks) sink.write('nobody is there yet\n');
    const receiver: ChildProcess = spawn('python3', ['-c', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    cleanup.push(async () => {
      receiver.kill('SIGKILL');
      await once(receiver, 'close');
    });
    let output = '';
    receiver.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await waitFor('the receiver', () => output.includes('ready'));
    const messages = await waitFor('all three', () => {
      for (const sink of sinks) sink.write('a line\n');
      const lines = output.split('\n').slice(1, -1);
      const found = lines.map((line): string => JSON.parse(line));
      const wanted = [/^<182>\w{3} [ \d]\d \d\d:\d\d:\d\d app: a line$/, /^MESSAGE=a line\n/, /^pre a line\n$/];
      return wanted.every((pattern) => found.some((one) => pattern.test(one))) ? found : null;
    });
    expect(messages).toContain('MESSAGE=a line\nPRIORITY=6\nSYSLOG_IDENTIFIER=app\n');
  });
});

describe('the log file', () => {
  it('is renamed when it is too large, and everybody goes on in the new one', async () => {
    const engine = await startPython(
      'logto = {FOLDER}/server.log\nlog-maxsize = 20000\nlog-backupname = {FOLDER}/old.log\n',
    );
    await engine.get('/?flood');
    await waitFor('the rotation', () => existsSync(engine.path('old.log')));
    expect(engine.read('old.log')).toMatch(/^logsize: \d+, triggering rotation to /m);
    await waitFor('the new file', async () => {
      await engine.get('/?print=after');
      const text = engine.read('server.log');
      return text.includes('after\n') && text.includes('GET /?print=after');
    });
    expect(statSync(engine.path('server.log')).mode & 0o777).toBe(0o640);
  });

  it('is rotated by the FIFO, its backup named by the time, and opened anew after it was moved', async () => {
    const engine = await startPython('logto = {FOLDER}/server.log\nlogfile-chmod = 600\nmaster-fifo = {FOLDER}/fifo\n');
    writeFileSync(engine.path('fifo'), 'L');
    const backup = await waitFor('the backup', () =>
      readdirSync(engine.folder).find((name) => /^server\.log\.\d{10}$/.test(name)),
    );
    expect(engine.read(backup)).toContain('Reeve is ready');
    await waitFor('the new file', () => engine.read('server.log').includes('rotated'));
    expect(statSync(engine.path('server.log')).mode & 0o777).toBe(0o600);
    execFileSync('mv', [engine.path('server.log'), engine.path('moved.log')]);
    writeFileSync(engine.path('fifo'), 'l');
    await waitFor('the file again', () => engine.read('server.log').includes('reopened'));
    await waitFor('the lines of all', async () => {
      await engine.get('/?print=again');
      return engine.read('server.log').includes('again\n') && engine.read('server.log').includes('GET /?print=again');
    });
  });

  it('is opened anew for a JavaScript application too', async () => {
    const app = 'export default (req, res) => { console.log(`saw ${req.url}`); res.end("ok"); };';
    const ini = 'js-app = app.mjs\nmaster = true\nlogto = {FOLDER}/server.log\nmaster-fifo = {FOLDER}/fifo\n';
    const engine = await launch(ini, (one) => one.read('server.log'), { 'app.mjs': app });
    execFileSync('mv', [engine.path('server.log'), engine.path('moved.log')]);
    writeFileSync(engine.path('fifo'), 'l');
    await waitFor('the file again', () => engine.read('server.log').includes('reopened'));
    await engine.get('/one');
    await waitFor('its line', () => engine.read('server.log').includes('saw /one\n'));
    expect(engine.read('moved.log')).not.toContain('saw /one');
  });

  it('is another one after a reload that says so, for what workers print as well', async () => {
    const engine = await startPython('');
    for (const [logging, file] of [
      ['logto = {FOLDER}/second.log', 'second.log'],
      ['logger = file:{FOLDER}/third.log', 'third.log'],
    ] as const) {
      engine.writeIni(`wsgi-file = app.py\nmaster = true\n${logging}\n`);
      engine.signal('SIGHUP');
      await waitFor('the lines of all', async () => {
        await engine.get('/?print=here');
        const text = engine.read(file);
        return text.includes('reload done') && text.includes('here\n') && text.includes('GET /?print=here');
      });
    }
  });

  it('may be a full disk', async ({ skip }) => {
    skip(!existsSync('/dev/full'), 'this system has no /dev/full');
    const engine = await EngineProcess.launch({
      ini: 'wsgi-file = app.py\nmaster = true\nlogto = /dev/full\n',
      files: { 'app.py': APP },
    });
    cleanup.push(async () => engine.dispose());
    await waitFor('an answer', async () =>
      engine.get('/').then(
        (answer) => answer.status === 200,
        () => false,
      ),
    );
    expect((await engine.get('/')).status).toBe(200);
  });
});

describe('a reader of the log that does not read', () => {
  it('holds up neither the server nor an application that prints', async () => {
    const engine = await startPython('processes = 1\n');
    engine.child.stderr?.pause();
    engine.child.stdout?.pause();
    for (let i = 0; i < 20; i++) expect((await engine.get('/?flood')).status).toBe(200);
    expect((await engine.stats()).workers[0]?.requests).toBe(20);
    engine.child.stderr?.resume();
    engine.child.stdout?.resume();
    await engine.seen('lines of the log were dropped');
  });
});
