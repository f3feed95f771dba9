/**
 * WSGI applications that give way by themselves: `asyncio = N` with coroutines and greenlets, and `async = N` with uWSGI's
 * own calls. What uWSGI 2.0.21 does with the same applications was recorded by hand; where the engine differs a test's
 * name says so.
 */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';
import { TestSocket } from './testing/websocket-client.ts';

/** What both kinds have; `async_sleep` pauses an application under asyncio here, too. */
const WAITS = `
import asyncio
import os
import socket
import time

import greenlet
import uwsgi


def pauses(query):
    began = time.monotonic()
    for piece in query.split(","):
        uwsgi.async_sleep(float(piece))
        yield b"%d " % os.getpid()
    yield b"%.1f" % (time.monotonic() - began)


def descriptors():
    ours, theirs = socket.socketpair()
    uwsgi.wait_fd_read(ours.fileno(), 0.2)
    yield b""
    yield b"none " if uwsgi.ready_fd() == -1 else b"too early "
    theirs.send(b"x")
    yield uwsgi.wait_fd_read(ours.fileno(), 3)
    yield b"read " if uwsgi.ready_fd() == ours.fileno() else b"not read "
    uwsgi.wait_fd_write(ours.fileno())
    uwsgi.suspend()
    yield b"written" if uwsgi.ready_fd() == ours.fileno() else b"not written"


def connects(port):
    descriptor = uwsgi.async_connect("127.0.0.1:" + port)
    yield uwsgi.wait_fd_write(descriptor, 3)
    if not uwsgi.is_connected(descriptor):
        uwsgi.close(descriptor)
        yield b"refused"
        return
    uwsgi.send(descriptor, b"GET /who HTTP/1.0\\r\\n\\r\\n")
    answer = b""
    while not answer.endswith(b"end"):
        yield uwsgi.wait_fd_read(descriptor, 3)
        answer += uwsgi.recv(descriptor, 4096) or b""
    yield answer.split(b"\\r\\n\\r\\n")[1]
    uwsgi.close(descriptor)


def listens():
    uwsgi.websocket_handshake()
    client = uwsgi.connection_fd()
    ours, theirs = socket.socketpair()
    while True:
        uwsgi.wait_fd_read(client, 3)
        uwsgi.wait_fd_read(ours.fileno())
        uwsgi.suspend()
        if uwsgi.ready_fd() == ours.fileno():
            uwsgi.websocket_send(b"heard " + ours.recv(100))
        else:
            theirs.send(uwsgi.websocket_recv_nb())


def waits(path, query):
    if path == "/pauses":
        return pauses(query)
    if path == "/descriptors":
        return descriptors()
    if path == "/listens":
        listens()
    if path == "/connects":
        return connects(query)
    if path == "/suspends":
        uwsgi.set_logvar("who", query)
        uwsgi.async_sleep(float(query))
        uwsgi.suspend()
        return [uwsgi.get_logvar("who") + b" %d" % os.getpid()]
    if path == "/who":
        return [repr(uwsgi.loop).encode() + b" %d " % os.getpid() + b"end"]
    if path == "/lock":
        uwsgi.lock()
        uwsgi.async_sleep(0.05)
        uwsgi.suspend()
        if query != "keep":
            uwsgi.unlock()
        return [b"locked"]
    if path == "/hang":
        me = greenlet.getcurrent()
        me.parent.switch()
    if path == "/loop":
        try:
            asyncio.get_running_loop()
            return [b"in a loop"]
        except RuntimeError:
            return [b"in no loop"]
    return None
`;

const ASYNC_APP = `${WAITS}

def application(environ, start_response):
    start_response("200 OK", [])
    if environ["PATH_INFO"] == "/turns":
        return [repr(uwsgi.suspend()).encode()]
    return waits(environ["PATH_INFO"], environ["QUERY_STRING"])
`;

const ASYNCIO_APP = `${WAITS}

loop = asyncio.get_event_loop()


class GreenFuture(asyncio.Future):
    def __init__(self):
        super().__init__()
        self.greenlet = greenlet.getcurrent()
        self.add_done_callback(lambda future: future.greenlet.switch())

    def result(self):
        while not self.done():
            self.greenlet.parent.switch()
        return super().result()


async def two_steps(me, future):
    await asyncio.sleep(0.1)
    future.set_result(b"HELLO")
    me.switch()


async def ask(future):
    await asyncio.sleep(0.05)
    future.set_result(b"%d workers" % len(uwsgi.workers()))


def message_came(me):
    me.has_message = True
    me.switch()


def chat():
    uwsgi.websocket_handshake()
    me = greenlet.getcurrent()
    me.has_message = False
    loop.add_reader(uwsgi.connection_fd(), message_came, me)
    while True:
        me.parent.switch()
        while me.has_message:
            me.has_message = False
            message = uwsgi.websocket_recv_nb()
            while message:
                uwsgi.websocket_send("you said " + message.decode())
                message = uwsgi.websocket_recv_nb()


def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/chat":
        chat()
        return []
    start_response("200 OK", [])
    me = greenlet.getcurrent()
    if path == "/later":
        loop.call_later(0.05, open("later.txt", "w").close)
        return [b"now"]
    if path == "/two":
        future = loop.create_future()
        asyncio.Task(two_steps(me, future))
        me.parent.switch()
        return [future.result()]
    if path == "/suspend":
        future = loop.create_future()
        asyncio.Task(two_steps(me, future))
        uwsgi.suspend()
        return [future.result()]
    if path == "/ask":
        future = GreenFuture()
        asyncio.Task(ask(future))
        return [future.result()]
    if path == "/turns":
        loop.call_soon(me.switch)
        return [repr(uwsgi.suspend()).encode()]
    return waits(path, query)
`;

/** greenlet is there for the system's Python. */
const ENV = { PATH: `/usr/bin:${process.env['PATH'] ?? ''}` };
const BOTH = 'wsgi-file = app.py\nmaster = true\nharakiri = 3\n';
const ASYNC = `${BOTH}async = 60\nugreen = true\n`;
const ASYNCIO = `${BOTH}processes = 2\nasyncio = 60\ngreenlet = true\n`;

const engines = new Map<string, EngineProcess>();
let engine: EngineProcess;

beforeAll(async () => {
  const starts = Object.entries({ async: [ASYNC, ASYNC_APP], asyncio: [ASYNCIO, ASYNCIO_APP] }).map(
    async ([name, [ini = '', app = '']]) =>
      engines.set(name, await EngineProcess.start({ ini, files: { 'app.py': app }, env: ENV })),
  );
  await Promise.allSettled(starts);
  await Promise.all(starts);
});
afterAll(async () => {
  await Promise.all([...engines.values()].map((one) => one.dispose()));
});

describe.for([
  ['async', 'None', 'in no loop', 1],
  ['asyncio', "b'asyncio'", 'in a loop', 2],
] as const)('%s', ([name, loop, where, processes]) => {
  beforeAll(() => {
    const own = engines.get(name);
    if (own !== undefined) engine = own;
  });

  it('runs many requests beside each other in one worker, each with its own variables of the log', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => `0.${index + 110}`);
    const answers = await Promise.all(texts.map((text) => engine.get(`/suspends?${text}`, { fresh: true })));
    expect(answers.map(({ body }) => body.split(' ')[0])).toEqual(texts);
    expect(new Set(answers.map(({ body }) => body.split(' ')[1])).size).toBeLessThanOrEqual(processes);
    const pieces = await Promise.all(
      Array.from({ length: 10 }, () => engine.get('/pauses?0.1,0,0.2', { fresh: true })),
    );
    for (const { body } of pieces) expect(Number(body.split(' ')[3])).toBeGreaterThanOrEqual(0.3);
  });

  it('says what it is, and hides its loop from applications that know nothing of it', async () => {
    expect((await engine.get('/who')).body).toContain(`${loop} `);
    expect((await engine.get('/loop')).body).toBe(where);
  });

  it('waits for descriptors until they are ready, or for so long', async () => {
    expect((await engine.get('/descriptors')).body).toBe('none read written');
  });

  it('waits for a server, which is itself', async () => {
    expect((await engine.get(`/connects?${engine.port}`)).body).toMatch(/^(None|b'asyncio') \d+ end$/);
    expect((await engine.get('/connects?1')).body).toBe('refused');
  });

  it('waits for a lock without holding up the others, and has none after its end', async () => {
    const texts = ['keep', '', 'keep', ''];
    const answers = await Promise.all(texts.map((text) => engine.get(`/lock?${text}`, { fresh: true })));
    expect(answers.map(({ body }) => body)).toEqual(texts.map(() => 'locked'));
  });

  it('waits for a websocket and for something else at a time', async () => {
    await talks('/listens', 'heard');
  });

  it('takes turns without waiting for anything', async () => {
    expect((await engine.get('/turns')).body).toBe('True');
  });

  if (processes === 2) {
    it('runs the examples of uWSGI in every worker, with the loop that was there when the application was loaded', async () => {
      expect((await engine.get('/later')).body).toBe('now');
      await waitFor('what comes later', () => existsSync(engine.path('later.txt')));
      expect(await bodies('/two')).toEqual(['200 HELLO']);
      expect(await bodies('/suspend')).toEqual(['200 HELLO']);
    });

    it('answers a coroutine that asks the master', async () => {
      expect(await bodies('/ask')).toEqual(['200 2 workers']);
    });

    it('serves websockets that a callback of the loop wakes, one after the other', async () => {
      await talks('/chat', 'you said');
      await talks('/chat', 'you said');
    });

    it('ends one request that takes too long, with its stack in the log, and no other', async () => {
      const before = await pids();
      const late = engine.get('/hang', { fresh: true });
      const other = engine.get('/suspends?0.4', { fresh: true });
      expect((await other).body).toMatch(/^0\.4 /);
      expect((await late).status).toBe(504);
      await engine.seen('HarakiriExpired');
      expect(engine.log).toContain('me.parent.switch()');
      await waitFor('idle workers', async () =>
        (await engine.stats()).workers.every(({ status }) => status === 'idle'),
      );
      expect(await pids()).toEqual(before);
    });

    it('reloads without losing a request', async () => {
      const before = await pids();
      const long = engine.get('/suspends?0.8', { fresh: true });
      await waitFor('the request to run', async () =>
        (await engine.stats()).workers.some(({ status }) => status === 'busy'),
      );
      engine.signal('SIGHUP');
      expect((await long).body).toMatch(/^0\.8 /);
      await waitFor('new workers', async () => (await pids()).every((pid) => pid > 0 && !before.includes(pid)));
      expect(await bodies('/two')).toEqual(['200 HELLO']);
    });
  }
});

const pids = async (): Promise<number[]> => (await engine.stats()).workers.map(({ pid }) => pid);

/** Each answer of a dozen requests at a time, once. */
async function bodies(path: string): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: 12 }, () => engine.get(path, { fresh: true })));
  return [...new Set(answers.map(({ status, body }) => `${status} ${body}`))];
}

/** Ten websockets at a time, each of which is answered what it has said. */
async function talks(path: string, answer: string): Promise<void> {
  const address = `ws://127.0.0.1:${engine.port}${path}`;
  const sockets = await Promise.all(Array.from({ length: 10 }, () => TestSocket.open(address)));
  const said = await Promise.all(sockets.map((socket, index) => socket.ask(String(index))));
  expect(said).toEqual(sockets.map((_, index) => `${answer} ${index}`));
  await Promise.all(sockets.map((socket) => socket.close()));
}
