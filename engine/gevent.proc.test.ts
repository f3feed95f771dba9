/** WSGI applications in greenlets of gevent: many requests in one thread, beside the real uWSGI where that is there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Answer, EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import os
import time

import gevent
import uwsgi


def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/socket":
        uwsgi.websocket_handshake()
        while True:
            uwsgi.websocket_send("you said " + uwsgi.websocket_recv().decode())
    if path == "/sleep":
        uwsgi.set_logvar("who", query)
        time.sleep(float(query))
        query = uwsgi.get_logvar("who").decode()
    elif path == "/raise":
        raise LookupError("asked for")
    elif path == "/environ":
        query = " ".join("%s=%r" % (key, environ[key]) for key in ("uwsgi.core", "wsgi.multithread", "wsgi.multiprocess"))
    elif path == "/large":
        start_response("200 OK", [])
        return (b"x" * 1000000 for _ in range(int(query)))
    elif path == "/flood":
        start_response("200 OK", [])
        return flood()
    elif path == "/lock":
        uwsgi.lock()
        if query == "twice":
            uwsgi.lock()
        time.sleep(0.05)
        if query != "keep":
            uwsgi.unlock()
    elif path == "/body":
        query = str(len(environ["wsgi.input"].read()))
    elif path == "/workers":
        query = "%d %r" % (len(uwsgi.workers()), uwsgi.loop)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("%s %d" % (query, os.getpid())).encode()]


def flood():
    turns = 0

    def count():
        nonlocal turns
        while True:
            turns += 1
            gevent.sleep(0)

    counting = gevent.spawn(count)
    for _ in range(48):
        yield b"x" * 65536
    counting.kill()
    yield b" %d" % turns
`;

const INI = `
wsgi-file = app.py
master = true
processes = 1
gevent = 200
gevent-monkey-patch = true
harakiri = 4
`;
/** gevent is there for the system's Python. */
const ENV = { PATH: `/usr/bin:${process.env['PATH'] ?? ''}` };

let engine: EngineProcess;

describe('gevent', () => {
  beforeAll(async () => {
    engine = await EngineProcess.start({ ini: INI, files: { 'app.py': APP }, env: ENV });
  });
  afterAll(() => engine.dispose());

  it('runs so many requests at a time in one worker, each with its own variables of the log', async () => {
    const began = performance.now();
    const texts = Array.from({ length: 100 }, (_, index) => `1.${index}`);
    const answers = await Promise.all(texts.map((text) => engine.get(`/sleep?${text}`, { fresh: true })));
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(answers.map(({ body }) => body.split(' ')[0])).toEqual(texts);
    expect(new Set(answers.map(({ body }) => body.split(' ')[1])).size).toBe(1);
  });

  it('gives what uWSGI gives', async () => {
    expect((await engine.get('/environ')).body).toMatch(
      /^uwsgi\.core=\d+ wsgi\.multithread=False wsgi\.multiprocess=False /,
    );
    expect((await engine.get('/workers')).body).toMatch(/^1 b'gevent' /);
  });

  it('sends large answers whole beside each other', async () => {
    const sizes = await Promise.all(
      [3, 5, 7].map(async (count) => (await engine.get(`/large?${count}`, { fresh: true })).body.length),
    );
    expect(sizes).toEqual([3_000_000, 5_000_000, 7_000_000]);
  });

  it('lets the others go on while one sends without ever waiting', async () => {
    const [, turns] = (await engine.get('/flood')).body.split(' ');
    expect(Number(turns)).toBeGreaterThan(5);
  });

  it('waits for a lock without holding up the others, and has none after its end', async () => {
    const texts = ['keep', 'keep', '', 'twice', ''];
    const answers = await Promise.all(texts.map((text) => engine.get(`/lock?${text}`, { fresh: true })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 500, 200]);
    expect(engine.count('RuntimeError: uwsgi.lock(0): this greenlet holds the lock already')).toBe(1);
  });

  it('has errors answered with 500 and logged', async () => {
    expect((await engine.get('/raise')).status).toBe(500);
    await engine.seen('LookupError: asked for');
  });

  it('gives up the one request that takes too long, with its stack in the log', async () => {
    const { pid } = await engine.worker(1);
    const late = engine.get('/sleep?30', { fresh: true });
    const other = engine.get('/sleep?0.3', { fresh: true });
    expect((await other).status).toBe(200);
    expect((await late).status).toBe(504);
    await engine.seen('HarakiriExpired');
    expect(engine.log).toContain('time.sleep(float(query))');
    await waitFor('an idle worker', async () => (await engine.worker(1)).status === 'idle');
    expect((await engine.worker(1)).pid).toBe(pid);
  });

  it('serves websockets beside requests', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = new WebSocket(`ws://127.0.0.1:${engine.port}/socket`);
        await new Promise((resolve, reject) => {
          socket.once('open', resolve);
          socket.once('error', reject);
        });
        return socket;
      }),
    );
    const answers = await Promise.all(
      sockets.map(async (socket, index) => {
        const answer = new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())));
        socket.send(String(index));
        return answer;
      }),
    );
    expect(answers).toEqual(sockets.map((_, index) => `you said ${index}`));
    expect((await engine.get('/')).status).toBe(200);
    for (const socket of sockets) socket.close();
    await waitFor('an idle worker', async () => (await engine.worker(1)).status === 'idle');
  });

  it('reloads without losing a request', async () => {
    const { pid } = await engine.worker(1);
    const long = engine.get('/sleep?1.2', { fresh: true });
    await waitFor('the request to run', async () => (await engine.worker(1)).status === 'busy');
    engine.signal('SIGHUP');
    expect((await long).body).toBe(`1.2 ${pid}`);
    await waitFor('the new worker', async () => !(await engine.get('/', { fresh: true })).body.endsWith(` ${pid}`));
  });
});

describe('gevent at the begin and the end of a worker', () => {
  const EARLY = 'import gevent.monkey\nopen("early.txt", "w").write(str(gevent.monkey.is_module_patched("socket")))\n';
  const STARTER = `
import os

import gevent
import gevent.monkey

open("late.txt", "w").write(str(gevent.monkey.is_module_patched("socket")))


def work():
    while not os.path.exists("go.txt"):
        gevent.sleep(0.02)
    open("worked.txt", "w").write("to its end")


def application(environ, start_response):
    gevent.spawn(work)
    start_response("200 OK", [])
    return [b"started"]
`;

  it.for([
    ['gevent = 5\n', 'False', 'False', ''],
    ['gevent = 5\ngevent-monkey-patch = true\n', 'False', 'True', ''],
    ['gevent = 5\ngevent-early-monkey-patch = true\ngevent-wait-for-hub = true\n', 'True', 'True', 'to its end'],
  ])('%s patches when it says, and waits if it says', async ([lines, early, late, worked]) => {
    const own = await EngineProcess.start({
      ini: `wsgi-file = app.py\nimport = early.py\nmaster = true\n${lines}`,
      files: { 'app.py': STARTER, 'early.py': EARLY },
      env: ENV,
    });
    try {
      expect((await own.get('/')).body).toBe('started');
      own.signal('SIGHUP');
      await own.seen('*** reload done');
      if (worked === '') await own.seen(') ended');
      own.write('go.txt', '');
      await own.seen(') ended');
      expect([own.read('early.txt'), own.read('late.txt'), own.read('worked.txt')]).toEqual([early, late, worked]);
    } finally {
      await own.dispose();
    }
  });
});

describe('gevent when things go wrong', () => {
  let own: EngineProcess;
  beforeAll(async () => {
    own = await EngineProcess.start({
      ini: 'wsgi-file = app.py\nmaster = true\nprocesses = 2\ngevent = 20\ngevent-monkey-patch = true\nmax-requests = 150\nmin-worker-lifetime = 0\n',
      files: { 'app.py': APP },
      env: ENV,
    });
  });
  afterAll(() => own.dispose());

  const pids = async () => (await own.stats()).workers.map(({ pid }) => pid);

  it('replaces a worker that was killed; others are served on', async () => {
    const [first = 0, second = 0] = await pids();
    const running = Array.from({ length: 10 }, () => own.get('/sleep?1', { fresh: true }));
    await waitFor('requests in both', async () => (await own.stats()).workers.every(({ status }) => status === 'busy'));
    process.kill(first, 'SIGKILL');
    const answers = await Promise.all(running);
    for (const { status, body } of answers) if (status !== 502) expect(body).not.toContain(` ${first}`);
    expect(answers.filter(({ body }) => body.endsWith(` ${second}`)).length).toBeGreaterThan(0);
    await waitFor(
      'a new worker',
      async () => !(await pids()).includes(first) && (await pids()).every((pid) => pid > 0),
    );
    expect(await statuses(Array.from({ length: 20 }, () => own.get('/', { fresh: true })))).toEqual([200]);
  });

  it('serves on with the old application when the new one is broken', async () => {
    const before = await pids();
    own.write('app.py', 'raise RuntimeError("not finished")\n');
    own.signal('SIGHUP');
    await own.seen('RuntimeError: not finished');
    expect(await statuses(Array.from({ length: 20 }, () => own.get('/', { fresh: true })))).toEqual([200]);
    expect(await pids()).toEqual(before);
    own.write('app.py', APP);
    own.signal('SIGHUP');
    await waitFor('new workers', async () => (await pids()).every((pid) => pid > 0 && !before.includes(pid)));
  });

  it('replaces workers after max-requests without losing a request', async () => {
    const before = await pids();
    const stop = Date.now() + 15_000;
    let replaced = false;
    while (!replaced && Date.now() < stop) {
      expect(await statuses(Array.from({ length: 40 }, () => own.get('/', { fresh: true })))).toEqual([200]);
      replaced = (await pids()).some((pid) => !before.includes(pid));
    }
    expect(replaced).toBe(true);
  });
});

/** Each status once. */
async function statuses(asked: Promise<Answer>[]): Promise<number[]> {
  return [...new Set((await Promise.all(asked)).map(({ status }) => status))];
}
