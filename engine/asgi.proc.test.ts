/**
 * ASGI applications: what they are told of a request and how their answers go out, lifespan, many requests at a time in
 * one worker, and a request that is given up without its neighbours.
 */
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import asyncio
import contextvars
import os
import sys
import time

import uwsgi

marker = contextvars.ContextVar("marker")
state = {"open": 0}
gate = asyncio.Event()


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                scope["state"]["greeting"] = "hello"
                await send({"type": "lifespan.startup.complete"})
            else:
                print("lifespan ends", flush=True)
                await send({"type": "lifespan.shutdown.complete"})
                return
    path, query = scope["path"], scope["query_string"].decode()
    if path == "/scope":
        shown = {key: value for key, value in scope.items() if key not in ("state", "asgi", "client", "server")}
        shown["headers"] = [pair for pair in scope["headers"] if pair[0] in (b"x-one", b"content-length")]
        await answer(send, repr(sorted(shown.items())))
    elif path == "/state":
        await answer(send, scope["state"].get("greeting", "-"))
    elif path == "/echo":
        size, parts, more = 0, 0, True
        while more:
            message = await receive()
            size, parts, more = size + len(message["body"]), parts + 1, message["more_body"]
        await answer(send, "%d bytes in %d parts" % (size, parts))
    elif path == "/sleep":
        marker.set(query)
        await asyncio.sleep(float(query))
        await answer(send, "%s %d" % (marker.get(), os.getpid()))
    elif path == "/block":
        time.sleep(float(query))
        await answer(send, "blocked")
    elif path == "/stubborn":
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await asyncio.sleep(30)
    elif path == "/wait":
        state["open"] += 1
        await gate.wait()
        await answer(send, "through")
    elif path == "/open":
        await answer(send, str(state["open"]))
    elif path == "/gate":
        gate.set()
        await answer(send, "open")
    elif path == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            for number in range(int(query)):
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
                await asyncio.sleep(0)
        except OSError as error:
            print("stream ends after %d: %s" % (number, error), flush=True)
            raise
        await send({"type": "http.response.body"})
    elif path == "/flood":
        turns = 0

        async def count():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.ensure_future(count())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(48):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        counting.cancel()
        await send({"type": "http.response.body", "body": b" %d" % turns})
    elif path == "/watch":
        await receive()
        message = await receive()
        print("watched:", message["type"], flush=True)
    elif path == "/after":
        await answer(send, "sent")
        while not os.path.exists(query):
            await asyncio.sleep(0.01)
        print("after the answer", flush=True)
    elif path == "/raise":
        raise LookupError("asked for")
    elif path == "/cut":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise LookupError("in the middle")
    elif path == "/nothing":
        return
    elif path == "/inject":
        await answer(send, "", [(b"x-bad", b"a\\r\\nset-cookie: b")])
    elif path == "/logvar":
        await asyncio.sleep(0.01)
        uwsgi.set_logvar("who", query)
        await asyncio.get_running_loop().run_in_executor(None, contextvars.copy_context().run, uwsgi.set_logvar, "two", "2")
        await answer(send, uwsgi.get_logvar("who").decode())
    elif path == "/exit":
        os._exit(3)
    else:
        await answer(send, "%d %d" % (uwsgi.worker_id(), os.getpid()), [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")])


async def answer(send, text, headers=()):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain"), *headers]})
    await send({"type": "http.response.body", "body": text.encode("utf-8", "surrogateescape")})
`;

const INI = `
asgi = app.py
master = true
processes = 1
async = 1100
buffer-size = 32768
`;

let engine: EngineProcess;

describe('an ASGI application', () => {
  beforeAll(async () => {
    engine = await EngineProcess.start({
      ini: `${INI}logformat = %(method) %(uri) who=%(who) two=%(two) %(status)\n`,
      files: { 'app.py': APP },
    });
  });
  afterAll(() => engine.dispose());

  it('is told of the request as the specification says', async () => {
    const { body } = await ask('/scope?a=%20b&c', { headers: { 'X-One': 'é' } });
    expect(body).toBe(
      "[('headers', [(b'x-one', b'\\xe9')]), ('http_version', '1.1'), ('method', 'GET'), ('path', '/scope'), " +
        "('query_string', b'a=%20b&c'), ('raw_path', b'/scope'), ('root_path', ''), ('scheme', 'http'), ('type', 'http')]",
    );
  });

  it('answers with repeated headers, and to HEAD without a body', async () => {
    expect((await engine.get('/')).headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it('has what its lifespan has put into the state', async () => {
    expect((await engine.get('/state')).body).toBe('hello');
  });

  it('gets a small body at once and a large one in parts', async () => {
    expect((await ask('/echo', { method: 'POST' }, Buffer.alloc(1000))).body).toBe('1000 bytes in 1 parts');
    const large = await ask('/echo', { method: 'POST' }, Buffer.alloc(3_000_000));
    expect(large.body).toMatch(/^3000000 bytes in \d\d+ parts$/);
  });

  it('has its errors answered with 500, in the log with the traceback, and an answer that was begun is cut', async () => {
    expect((await engine.get('/raise')).status).toBe(500);
    await engine.seen('LookupError: asked for');
    expect((await engine.get('/nothing')).status).toBe(500);
    await engine.seen('the ASGI application ended without an answer: GET /nothing');
    expect((await engine.get('/inject')).status).toBe(500);
    await expect(engine.get('/cut')).rejects.toThrow();
    expect((await engine.worker(1)).exceptions).toBe(4);
  });

  it('runs on after its answer, which the client has at once', async () => {
    expect((await engine.get('/after?goes-on')).body).toBe('sent');
    expect(engine.count('after the answer')).toBe(0);
    engine.write('goes-on', '');
    await engine.seen('after the answer');
  });

  it('hears that a client has gone, in receive and in send', async () => {
    await leave('/watch');
    await engine.seen('watched: http.disconnect');
    await leave('/stream?100000');
    await engine.seen('the client has gone');
    await waitFor('an idle worker', async () => (await engine.worker(1)).status === 'idle');
    // Who ends because of that has done what it should.
    expect(engine.log).not.toContain('GET /watch ***');
  });

  it('streams to a slow client without holding up the others, and to its end', async () => {
    const slow = connect(engine.port, '127.0.0.1');
    slow.write('GET /stream?400 HTTP/1.1\r\nHost: a\r\n\r\n');
    let end = '';
    await new Promise((resolve) => slow.once('data', resolve));
    slow.pause();
    for (let count = 0; count < 20; count++) expect((await engine.get('/')).status).toBe(200);
    slow.on('data', (chunk: Buffer) => {
      end = `${end}${chunk.toString('latin1')}`.slice(-5);
    });
    slow.resume();
    await waitFor('the whole stream', () => end === '0\r\n\r\n');
    slow.destroy();
  });

  it('lets its neighbours go on while it sends without ever waiting', async () => {
    const [, turns] = (await engine.get('/flood')).body.split(' ');
    expect(Number(turns)).toBeGreaterThan(5);
  });

  it('sets variables of the log for its own request, from its threads as well', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => engine.get(`/logvar?${name}`)));
    expect(answers.map(({ body }) => body)).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'b', 'c']) await engine.seen(`GET /logvar?${name} who=${name} two=2 200`);
  });

  it('serves a thousand requests at once on one worker, and shows them', async () => {
    const waiting = Array.from({ length: 1000 }, () => engine.get('/wait', { fresh: true }));
    await waitFor(
      'a thousand requests that run',
      async () => (await engine.get('/open', { fresh: true })).body === '1000',
    );
    const began = performance.now();
    const { cores, status } = await engine.worker(1);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(cores).toHaveLength(1100);
    expect(cores.filter((core) => core.in_request === 1).length).toBeGreaterThanOrEqual(1000);
    expect(status).toBe('busy');
    await engine.get('/gate', { fresh: true });
    expect((await Promise.all(waiting)).every(({ body }) => body === 'through')).toBe(true);
  });
});

describe('a worker with an event loop', () => {
  afterEach(() => engine.dispose());

  it('cancels a request that takes too long: 504, its stack in the log, and the others go on', async () => {
    engine = await EngineProcess.start({ ini: `${INI}harakiri = 1\n`, files: { 'app.py': APP } });
    const [late, open] = [engine.get('/sleep?30', { fresh: true }), engine.get('/sleep?0.5', { fresh: true })];
    expect((await open).status).toBe(200);
    expect((await late).status).toBe(504);
    await engine.seen('the request that is given up stands here:');
    await engine.seen('await asyncio.sleep(float(query))');
    const { pid, harakiri_count: harakiris, respawn_count: spawns } = await engine.worker(1);
    expect([harakiris, spawns]).toEqual([1, 1]);
    expect((await engine.get('/')).body).toBe(`1 ${pid}`);
  });

  it('is replaced when a request can not be cancelled, or its loop does not turn, of which the log tells', async () => {
    engine = await EngineProcess.start({ ini: `${INI}harakiri = 1\n`, files: { 'app.py': APP } });
    const stubborn = await Promise.all(Array.from({ length: 3 }, () => engine.get('/stubborn', { fresh: true })));
    expect(stubborn.map(({ status }) => status)).toEqual([504, 504, 504]);
    await engine.seen('spawned worker 1', 2);
    // Once for the worker, whatever it was doing.
    expect(engine.count('could not be cancelled; ending the worker')).toBe(1);
    expect((await engine.get('/block?30', { fresh: true })).status).toBe(504);
    await engine.seen('in application', 2);
    await engine.seen('spawned worker 1', 3);
    expect((await engine.get('/', { fresh: true })).status).toBe(200);
  });

  it('that dies costs the requests it has their answer, and no other', async () => {
    engine = await EngineProcess.start({ ini: `${INI}processes = 2\n`, files: { 'app.py': APP } });
    const all = Promise.all(Array.from({ length: 10 }, () => engine.get('/wait', { fresh: true })));
    await waitFor('ten requests that run', async () => {
      const { workers } = await engine.stats();
      return workers.flatMap(({ cores }) => cores).filter((core) => core.in_request === 1).length >= 10;
    });
    process.kill((await engine.worker(1)).pid, 'SIGKILL');
    let statuses: number[] = [];
    const answered = all.then((answers) => (statuses = answers.map(({ status }) => status)));
    await waitFor('the gate to be opened for those that are left', async () => {
      await engine.get('/gate', { fresh: true });
      return statuses.length === 10;
    });
    await answered;
    expect(statuses.filter((status) => status === 502)).toHaveLength(5);
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect((await engine.get('/')).status).toBe(200);
  });

  it('reloads without losing a request, tells its application of the end, and ends after max-requests', async () => {
    engine = await EngineProcess.start({
      ini: `${INI}max-requests = 20\nmin-worker-lifetime = 0\n`,
      files: { 'app.py': APP },
    });
    const long = engine.get('/sleep?1.5', { fresh: true });
    await waitFor('the request to run', async () => (await engine.worker(1)).status === 'busy');
    const { pid } = await engine.worker(1);
    engine.signal('SIGHUP');
    const others = Array.from({ length: 10 }, () => engine.get('/', { fresh: true }));
    expect((await Promise.all(others)).every(({ status }) => status === 200)).toBe(true);
    expect((await long).body).toBe(`1.5 ${pid}`);
    await engine.seen('lifespan ends');
    for (let count = 0; count < 60; count++) expect((await engine.get('/', { fresh: true })).status).toBe(200);
    await engine.seen('max requests reached', 2);
  });

  it('that fails in its lifespan stops a start, and a reload to it changes nothing', async () => {
    const broken = APP.replace('scope["state"]["greeting"] = "hello"', 'raise LookupError("no database")');
    const launched = await EngineProcess.launch({ ini: `${INI}asgi-lifespan = on\n`, files: { 'app.py': broken } });
    engine = launched;
    expect(await engine.exited).toBe(22);
    expect(engine.log).toContain('LookupError: no database');
    await engine.dispose();
    engine = await EngineProcess.start({ ini: `${INI}asgi-lifespan = on\n`, files: { 'app.py': APP } });
    engine.write('app.py', broken);
    engine.signal('SIGHUP');
    await engine.seen('LookupError: no database');
    await engine.seen('reload', 2);
    expect((await engine.get('/state')).body).toBe('hello');
  });
});

async function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string> },
  body: Buffer | null = null,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: engine.port, path, agent: false, ...options }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: text }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body ?? undefined);
  });
}

/** Asks, and goes away: after the first byte of the answer, or a moment after the request began. */
async function leave(path: string): Promise<void> {
  const before = (await engine.stats()).workers[0]?.cores.filter((core) => core.in_request === 1).length ?? 0;
  const socket = connect(engine.port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await waitFor('the request to run', async () => {
    const { cores } = await engine.worker(1);
    return cores.filter((core) => core.in_request === 1).length > before;
  });
  socket.destroy();
}
