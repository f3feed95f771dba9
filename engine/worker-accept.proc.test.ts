/** Workers that accept the connections of front servers themselves (`worker-accept`), alone and behind nginx. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';
import { type FrontServer, startNginx, whyMissing } from './testing/front-servers.ts';
import { whyNoOtherUser } from './testing/other-user.ts';

const GOLDENS = fileURLToPath(new URL('goldens/environ/', import.meta.url));
const APP = `
import hashlib, os, subprocess, threading, time

four = threading.Barrier(4, timeout=20)

def application(environ, start_response):
    path = environ.get('PATH_INFO', '').rpartition('/')[2]
    if path == 'raise':
        raise ValueError('as asked')
    if path == 'sleep':
        time.sleep(float(environ['QUERY_STRING']))
    if path == 'together':
        four.wait()
    if path == 'die':
        os._exit(3)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    if path == 'post':
        body = environ['wsgi.input'].read()
        return [('%d %s' % (len(body), hashlib.sha1(body).hexdigest())).encode()]
    if path == 'big':
        return (b'x' * 65536 for _ in range(160))
    if path == 'child':
        files = subprocess.run('for fd in /proc/self/fd/*; do readlink $fd; done', shell=True, close_fds=False, stdout=-1)
        return [files.stdout]
    if path == 'pid':
        return [str(os.getpid()).encode()]
    seen = sorted((key, value) for key, value in environ.items() if type(value) is str)
    return [repr(seen).encode(), b' ', environ['wsgi.input'].read()]
`;
const INI = 'wsgi-file = {FOLDER}/app.py\nmaster = true\nsocket-timeout = 2\n';
const LISTENER = 'socket = 127.0.0.1:{HTTP}';
const DIRECT = 'worker-accept = true\n';

const running: EngineProcess[] = [];

async function start(ini: string, starter: string[] = []): Promise<EngineProcess> {
  const files = { 'app.py': APP };
  const engine = await EngineProcess.start({ listener: LISTENER, ini: `${INI}${ini}`, files, starter });
  running.push(engine);
  return engine;
}

afterAll(async () => {
  await Promise.all(running.map((engine) => engine.dispose()));
});

/** A uwsgi request with these variables. */
function message(vars: Record<string, string>): Buffer {
  const block = Buffer.concat(Object.entries(vars).flatMap(([key, value]) => [sized(key), sized(value)]));
  const head = Buffer.from([0, block.length & 0xff, block.length >> 8, 0]);
  return Buffer.concat([head, block]);
}

function sized(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length & 0xff, text.length >> 8]), Buffer.from(text, 'latin1')]);
}

const get = (path: string, query = ''): Buffer =>
  message({
    REQUEST_METHOD: 'GET',
    REQUEST_URI: path,
    PATH_INFO: path,
    QUERY_STRING: query,
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '192.0.2.7',
  });

/** Sends bytes on a connection of their own; everything that comes until its end. */
async function exchange(engine: EngineProcess, bytes: Buffer, ends = false): Promise<string> {
  const socket = open(engine);
  socket.write(bytes);
  if (ends) socket.end();
  return received(socket);
}

function open(engine: EngineProcess): Socket {
  return connect({ host: '127.0.0.1', port: engine.port, allowHalfOpen: true });
}

async function received(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => resolve(text));
    socket.on('end', () => {
      socket.end();
      resolve(text);
    });
  });
}

describe('the same bytes', () => {
  const engines: EngineProcess[] = [];
  const cases = readdirSync(GOLDENS).filter((name) => /(?:^|--)uwsgi/.test(name));

  beforeAll(async () => {
    engines.push(await start(`${DIRECT}limit-post = 100000\n`), await start('limit-post = 100000\n'));
  });

  test('get the answer that the gateway gives, with the same environ', async () => {
    expect(cases.length).toBeGreaterThan(30);
    const [direct, gateway] = engines;
    if (direct === undefined || gateway === undefined) throw new Error('no engines');
    await Promise.all(
      cases.map(async (name) => {
        const bytes = readFileSync(join(GOLDENS, name, 'request.bin'));
        const ends = name.endsWith('-close');
        const [ours, theirs] = await Promise.all([exchange(direct, bytes, ends), exchange(gateway, bytes, ends)]);
        expect(ours, name).toBe(theirs);
      }),
    );
  });

  test.for([
    ['a body over limit-post', message({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '100001' })],
    ['a long length that is no number', message({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: `${'9'.repeat(5000)}x` })],
    ['a length that is no number', message({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '1e3' })],
    ['an exception', get('/raise')],
    ['a forwarded scheme', message({ PATH_INFO: '/', HTTPS: 'on', HTTP_X_FORWARDED_PROTO: 'http' })],
    ['commands', message({ PATH_INFO: '/', UWSGI_SCRIPT: 'evil', UWSGI_APPID: 'x', HTTP_PROXY: 'x' })],
  ] as const)('%s', async ([, bytes]) => {
    const [direct, gateway] = engines;
    if (direct === undefined || gateway === undefined) throw new Error('no engines');
    const ours = await exchange(direct, bytes);
    expect(ours).not.toBe('');
    expect(ours).toBe(await exchange(gateway, bytes));
  });

  test('the request log has the same lines', async () => {
    const lines = await Promise.all(
      engines.map(async (engine) => {
        await exchange(engine, get('/logged'));
        await engine.seen('GET /logged');
        await exchange(engine, get('/last/raise'));
        await engine.seen('GET /last/raise');
        const own = engine.log.split('\n').filter((line) => /^\[pid.*GET \/(?:logged|last)/.test(line));
        return own.slice(-2).map((line) => line.replace(/pid: \d+|req: [\d/]+|\[\w{3} [^\]]*\]|in \d+ msecs/g, '_'));
      }),
    );
    expect(lines[0]).toEqual(lines[1]);
  });
});

describe('one worker', () => {
  let engine: EngineProcess;
  beforeAll(async () => {
    engine = await start(`${DIRECT}harakiri = 2\n`);
  });

  test('slow requests and slow readers do not hold it', async () => {
    const whole = get('/env');
    const slow = open(engine);
    slow.write(whole.subarray(0, 3));
    const reader = open(engine);
    reader.pause();
    reader.write(get('/big'));
    const upload = open(engine);
    upload.write(message({ REQUEST_METHOD: 'POST', PATH_INFO: '/post', CONTENT_LENGTH: '3000000' }));
    expect(await exchange(engine, get('/env'))).toContain('200 OK');
    slow.write(whole.subarray(3));
    expect(await received(slow)).toContain('REQUEST_METHOD');
    const body = randomBytes(3_000_000);
    upload.write(body);
    expect(await received(upload)).toContain(`3000000 ${createHash('sha1').update(body).digest('hex')}`);
    reader.resume();
    expect((await received(reader)).length).toBeGreaterThan(160 * 65536);
  });

  test('a request that comes in many small pieces does not hold it', async () => {
    const trickle = open(engine).setNoDelay();
    let left = 4000;
    trickle.write(message({ REQUEST_METHOD: 'POST', PATH_INFO: '/post', CONTENT_LENGTH: String(left) }));
    const timer = setInterval(() => {
      if (left > 0) trickle.write('x');
      left--;
    }, 2);
    expect(await exchange(engine, get('/env'))).toContain('200 OK');
    const leftThen = left;
    clearInterval(timer);
    trickle.write('x'.repeat(Math.max(0, left)));
    expect(leftThen).toBeGreaterThan(0);
    expect(await received(trickle)).toContain('4000 ');
  });

  test('programs that the application starts do not have its sockets', async () => {
    const answer = await exchange(engine, get('/child'));
    expect(answer).toContain('/dev/null');
    expect(answer).not.toContain('socket:');
  });

  test('statistics tell of the request that runs; harakiri answers 504 and the next worker serves', async () => {
    const before = (await engine.worker(1)).pid;
    const asked = exchange(engine, get('/sleep', '30'));
    const busy = await waitFor('a busy worker', async () => {
      const worker = await engine.worker(1);
      return worker.status === 'busy' ? worker : null;
    });
    expect(busy.cores[0]?.in_request).toBe(1);
    expect(busy.cores[0]?.vars).toContain('REQUEST_URI=/sleep');
    expect(await asked).toContain('HTTP/1.1 504 Gateway Timeout');
    await engine.seen('GET /sleep => generated');
    await waitFor('another process', async () => (await engine.worker(1)).pid !== before);
    expect(await exchange(engine, get('/env'))).toContain('200 OK');
    expect((await engine.worker(1)).harakiri_count).toBe(1);
  });

  test('a worker that dies costs its request; what waits is served by the next', async () => {
    const lost = exchange(engine, get('/die'));
    const waits = exchange(engine, get('/env'));
    expect(await lost).toBe('');
    expect(await waits).toContain('200 OK');
  });

  test('a paused engine takes connections when it goes on', async () => {
    engine.signal('SIGTSTP');
    await engine.seen('*** paused');
    const waits = exchange(engine, get('/env'));
    const isEarly = await Promise.race([waits.then(() => true), engine.stats().then(() => false)]);
    expect(isEarly).toBe(false);
    engine.signal('SIGTSTP');
    expect(await waits).toContain('200 OK');
  });
});

test('a request that was answered before its deadline is not taken for overdue', async () => {
  // Without cycles nothing has the master look at the workers between the answer and the deadline.
  const engine = await start(`${DIRECT}harakiri = 2\ncheck-interval = 60\n`);
  const first = exchange(engine, get('/sleep', '1.1'));
  await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
  engine.signal('SIGTSTP');
  await engine.seen('*** paused');
  engine.signal('SIGTSTP');
  await engine.seen('*** resumed');
  expect(await first).toContain('200 OK');
  expect(await exchange(engine, get('/sleep', '1.1'))).toContain('200 OK');
  expect(engine.log).not.toContain('HARAKIRI');
});

test('an engine that root has not started has its sockets too', async ({ skip }) => {
  const reason = process.getuid?.() === 0 ? whyNoOtherUser() : 'all tests show it';
  skip(reason !== null, reason ?? '');
  const user = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const starter = ['sh', '-c', `chown 65534:65534 . && exec setpriv ${user.join(' ')} "$0" "$@"`];
  const engine = await start(DIRECT, starter);
  expect(await exchange(engine, get('/env'))).toContain('200 OK');
});

test('a request that runs is answered at a graceful stop, and so is what waits', async () => {
  const engine = await start(`${DIRECT}master-fifo = {FOLDER}/fifo\n`);
  const first = exchange(engine, get('/sleep', '0.5'));
  await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
  const second = exchange(engine, get('/env'));
  engine.signal('SIGHUP');
  await engine.seen('*** reload done');
  const third = exchange(engine, get('/sleep', '0.3'));
  await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
  const last = exchange(engine, get('/env'));
  engine.write('fifo', 'q');
  expect(await Promise.all([first, second, third, last])).toEqual([
    expect.stringContaining('200 OK'),
    expect.stringContaining('200 OK'),
    expect.stringContaining('200 OK'),
    expect.stringContaining('200 OK'),
  ]);
  expect(await engine.exited).toBe(0);
});

test('threads serve side by side, and max-requests replaces the worker without a failure', async () => {
  const engine = await start(`${DIRECT}threads = 4\nmax-requests = 20\nmin-worker-lifetime = 0\n`);
  // Each of them waits for the others.
  const together = await Promise.all(Array.from({ length: 4 }, async () => exchange(engine, get('/together'))));
  for (const answer of together) expect(answer).toContain('200 OK');
  const pids = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(Array.from({ length: 4 }, async () => exchange(engine, get('/pid'))));
    for (const answer of answers) {
      expect(answer).toContain('200 OK');
      pids.add(answer.split('\r\n\r\n')[1] ?? '');
    }
  }
  expect(pids.size).toBeGreaterThan(2);
  const runFolder = readdirSync(tmpdir()).find((name) => name.startsWith(`reeve-engine-${engine.pid}-`)) ?? '';
  const boards = (): string[] => readdirSync(join(tmpdir(), runFolder)).filter((name) => name.startsWith('board-'));
  await waitFor('no file of a worker', () => boards().length === 0);
  // One that comes slowly stays with the worker that has accepted it.
  const upload = open(engine);
  upload.write(message({ REQUEST_METHOD: 'POST', PATH_INFO: '/post', CONTENT_LENGTH: '2000000' }));
  for (let round = 0; round < 40; round++) await exchange(engine, get('/pid'));
  upload.write(Buffer.alloc(2_000_000));
  expect(await received(upload)).toContain('2000000 ');
});

test('what the workers can not do alone is refused by name', async () => {
  const files = { 'app.py': APP };
  const ini = `${INI}${DIRECT}http-socket = 127.0.0.1:0\n`;
  const engine = await EngineProcess.launch({ listener: LISTENER, ini, files });
  running.push(engine);
  expect(await engine.exited).toBe(78);
  expect(engine.log).toContain("'worker-accept' needs all addresses to be 'socket' or 'uwsgi-socket'");
});

test('an address in use is said as ever', async () => {
  const engine = await start(DIRECT);
  const ini = `${INI}${DIRECT}`;
  const listener = `socket = 127.0.0.1:${engine.port}`;
  const second = await EngineProcess.launch({ listener, ini, files: { 'app.py': APP } });
  running.push(second);
  expect(await second.exited).toBe(1);
  expect(second.log).toContain('ss -ltnp');
});

describe('behind nginx', () => {
  const missing = whyMissing('nginx');
  if (missing !== null) {
    test('is tried', ({ skip }) => skip(missing));
    return;
  }
  let engine: EngineProcess;
  let front: FrontServer;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    engine = await start(`${DIRECT}processes = 2\nmaster-fifo = {FOLDER}/fifo\n`);
    front = await startNginx(engine.folder, { http: 1, uwsgi: engine.port, fastcgi: 1, scgi: 1 });
  });
  afterAll(async () => {
    agent.destroy();
    await front.dispose();
  });

  const ask = async (path: string, body = Buffer.alloc(0)): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const method = body.length > 0 ? 'POST' : 'GET';
      const headers = body.length > 0 ? { 'content-length': body.length } : {};
      const prefix = front.prefixes.find((one) => one.includes('uwsgi')) ?? '';
      const options = { host: '127.0.0.1', port: front.port, path: `${prefix}${path}`, agent, method, headers };
      const outgoing = request(options, (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => {
          text += chunk.toString('latin1');
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: text }));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  test.for([100, 1_000_000, 20_000_000])('a body of %d bytes arrives', async (size) => {
    const body = randomBytes(size);
    const sum = createHash('sha1').update(body).digest('hex');
    expect(await ask('/post', body)).toEqual({ status: 200, body: `${size} ${sum}` });
  });

  test('reloads of all kinds under load cost no request', async () => {
    const load = { isOver: false };
    const statuses = new Map<number, number>();
    const clients = Array.from({ length: 8 }, async () => {
      while (!load.isOver) {
        const { status } = await ask('/env');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    engine.signal('SIGHUP');
    await engine.seen('*** reload done');
    for (const [letter, text] of [
      ['c', '*** chain reload done'],
      ['w', '*** reload of the workers done'],
    ] as const) {
      engine.write('fifo', letter);
      await engine.seen(text);
    }
    engine.signal('SIGHUP');
    await engine.seen('*** reload done', 2);
    load.isOver = true;
    await Promise.all(clients);
    expect([...statuses.keys()]).toEqual([200]);
    expect(statuses.get(200)).toBeGreaterThan(20);
  });
});
