/**
 * What a Python application sees of a request and of the server: wsgi.input, streams and their ends, exceptions at every
 * stage, and the module `uwsgi`.
 */
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import os
import sys
import threading
import time

import uwsgi


def note(text):
    print("NOTE", text, flush=True)


class Stream:
    def __init__(self, parts, at_close=None):
        self.parts = parts
        self.at_close = at_close

    def __iter__(self):
        return iter(self.parts)

    def close(self):
        note("closed")
        if self.at_close:
            raise self.at_close


def endless():
    try:
        while True:
            yield b"tick\\n"
            time.sleep(0.01)
    finally:
        note("stream ended")


def broken(start_response, late):
    if not late:
        raise ValueError("before the head")
    start_response("200 OK", [])
    yield b"first"
    raise ValueError("after the head")


def late_head(start_response):
    start_response("202 Accepted", [("X-Late", "yes")])
    yield b"late"


def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    stdin = environ["wsgi.input"]
    if path == "/input":
        start_response("200 OK", [])
        seen = [stdin.read(3), stdin.readline(), stdin.readline(2), next(stdin), stdin.readlines(1), stdin.read(), stdin.read(5)]
        return [repr(seen).encode()]
    if path == "/endless":
        start_response("200 OK", [])
        return endless()
    if path == "/write-endless":
        write = start_response("200 OK", [])
        try:
            while True:
                write(b"tick\\n")
                time.sleep(0.01)
        except OSError as error:
            note("write failed: %s" % error)
        return []
    if path == "/closed":
        start_response("200 OK", [])
        return Stream([b"a", bytearray(b"b"), memoryview(b"c")], RuntimeError("at close") if query else None)
    if path == "/broken":
        return broken(start_response, query)
    if path == "/late-head":
        return late_head(start_response)
    if path == "/no-head":
        return Stream([b"data"])
    if path == "/nothing":
        return None
    if path == "/exit":
        sys.exit(3)
    if path == "/logvar":
        uwsgi.set_logvar("who", query)
        uwsgi.add_var("EXTRA", "added")
        note("%r %r" % (uwsgi.get_logvar("who"), uwsgi.get_logvar(b"nobody")))
    elif path == "/harakiri":
        uwsgi.set_user_harakiri(int(query))
        if query == "1":
            time.sleep(30)
        uwsgi.set_user_harakiri(0)
    elif path == "/disconnect":
        def body():
            yield b"all you get"
            uwsgi.disconnect()
            uwsgi.disconnect()
            yield b"never seen"
            while not os.path.exists("go-on"):
                time.sleep(0.01)
            note("still here")
        start_response("200 OK", [])
        return body()
    elif path == "/chunked":
        start_response("200 OK", [])
        return [b"|".join(iter(uwsgi.chunked_read, b"")), uwsgi.chunked_read_nb()]
    elif path == "/info":
        errors = []
        for function in (uwsgi.connection_fd, lambda: uwsgi.websocket_recv()):
            try:
                function()
            except (OSError, AttributeError) as error:
                errors.append("%s: %s" % (type(error).__name__, error))
        def elsewhere():
            for function in (uwsgi.request_id, lambda: uwsgi.env):
                try:
                    function()
                except (RuntimeError, AttributeError) as error:
                    errors.append(type(error).__name__)
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        workers = uwsgi.workers()
        start_response("200 OK", [])
        facts = {
            "numproc": uwsgi.numproc,
            "masterpid": uwsgi.masterpid() == os.getppid() or uwsgi.masterpid() > 1,
            "wid": uwsgi.worker_id(),
            "workers": [(w["id"], w["status"], w["apps"][0]["mountpoint"]) for w in workers],
            "pid": workers[uwsgi.worker_id() - 1]["pid"] == os.getpid(),
            "total": uwsgi.total_requests() > 0,
            "queue": uwsgi.listen_queue(),
            "mem": uwsgi.mem()[0] > 1000000 and uwsgi.mem()[1] > uwsgi.mem()[0],
            "started": abs(time.time() - uwsgi.started_on) < 600,
            "opt": uwsgi.opt["master"],
            "env": uwsgi.env is environ,
            "micros": abs(uwsgi.micros() / 1e6 - time.time()) < 5,
            "cl": uwsgi.cl(),
            "reload": uwsgi.is_a_reload,
            "version": type(uwsgi.version).__name__,
            "thread": threading.current_thread().name,
            "errors": errors,
        }
        return ["\\n".join("%s %r" % fact for fact in facts.items()).encode()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def hook():
    note("forked %d %s" % (uwsgi.worker_id(), uwsgi.post_fork_hook is hook and uwsgi.workers() == ()))


uwsgi.post_fork_hook = hook
uwsgi.atexit = lambda: note("left %d of %d" % (uwsgi.worker_id(), len(uwsgi.workers())))
`;

let engine: EngineProcess;

beforeAll(async () => {
  engine = await EngineProcess.start({
    ini: 'master = true\nmodule = app\nprocesses = 2\nthreads = 2\nsocket = {FOLDER}/uwsgi.sock\nlog-format = LOG %(uri) %(status) who=%(who) extra=%(var.EXTRA)\n',
    files: { 'app.py': APP },
  });
});

afterAll(async () => {
  await engine.dispose();
});

interface Received {
  status: number;
  body: string;
  headers: IncomingMessage['headers'];
  isWhole: boolean;
}

async function send(path: string, body: string | Buffer = '', headers: Record<string, string> = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const method = body.length > 0 ? 'POST' : 'GET';
    const outgoing = request({ host: '127.0.0.1', port: engine.port, path, method, headers, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      const done = (): void =>
        resolve({
          status: incoming.statusCode ?? 0,
          body: text,
          headers: incoming.headers,
          isWhole: incoming.complete,
        });
      incoming.on('end', done);
      incoming.on('error', done);
    });
    outgoing.end(body);
  });
}

describe('wsgi.input', () => {
  it('reads by bytes, lines and iteration, and is empty at its end', async () => {
    const { body } = await send('/input', 'abcdef\nghij\nkl\nmn\no');
    expect(body).toBe("[b'abc', b'def\\n', b'gh', b'ij\\n', [b'kl\\n'], b'mn\\no', b'']");
  });

  it('is the same when the body was too large for memory', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'x');
    const { body } = await send('/chunked', large);
    expect(body.replaceAll('|', '')).toBe(large.toString());
  });

  it('gives a chunked body by uwsgi.chunked_read', async () => {
    const { body } = await send('/chunked', 'some text', { 'Transfer-Encoding': 'chunked' });
    expect(body).toBe('some text');
  });
});

describe('an answer', () => {
  it('may be made of other bytes-like objects, and its close() is always called', async () => {
    const before = engine.count('NOTE closed');
    expect(await send('/closed')).toMatchObject({ status: 200, body: 'abc', isWhole: true });
    await engine.seen('NOTE closed', before + 1);
    expect(await send('/no-head')).toMatchObject({ status: 500 });
    await engine.seen('NOTE closed', before + 2);
    await engine.seen('the application sent data before it called start_response');
  });

  it('is whole when only its close() raises', async () => {
    expect(await send('/closed?raise')).toMatchObject({ status: 200, body: 'abc', isWhole: true });
    await engine.seen('RuntimeError: at close');
  });

  it('begins when a generator first gets to start_response', async () => {
    expect(await send('/late-head')).toMatchObject({ status: 202, body: 'late', headers: { 'x-late': 'yes' } });
  });

  it('is a 500 when the application raised before, and is cut when it raised later', async () => {
    expect((await send('/broken')).status).toBe(500);
    expect(await send('/broken?late')).toMatchObject({ status: 200, body: 'first', isWhole: false });
    await engine.seen('ValueError: after the head');
  });

  it('of an application that returns nothing or exits is a 500, and the worker lives', async () => {
    const pids = (await engine.stats()).workers.map(({ pid }) => pid);
    expect((await send('/nothing')).status).toBe(500);
    expect((await send('/exit')).status).toBe(500);
    await engine.seen('SystemExit: 3');
    expect((await engine.stats()).workers.map(({ pid }) => pid)).toEqual(pids);
  });

  it.for([
    ['/endless', 'NOTE stream ended'],
    ['/write-endless', 'NOTE write failed: write error: the client has gone'],
  ] as const)('that streams (%s) ends when its client has gone', async ([path, sign]) => {
    const socket = connect(engine.port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await engine.seen(sign);
    await waitFor('an idle worker', async () =>
      (await engine.stats()).workers.every((worker) => worker.cores.every((core) => core.in_request === 0)),
    );
  });
});

describe('the module uwsgi', () => {
  it('tells about the server and the request, and says clearly what it does not have', async () => {
    const facts = new Map((await send('/info')).body.split('\n').map((line) => [line.split(' ')[0], line]));
    expect([...facts.values()].filter((fact) => !/^(wid|workers|errors|thread) /.test(fact))).toEqual([
      'numproc 2',
      'masterpid True',
      'pid True',
      'total True',
      'queue 0',
      'mem True',
      'started True',
      "opt b'true'",
      'env True',
      'micros True',
      'cl 0',
      'reload False',
      "version 'bytes'",
    ]);
    expect(facts.get('workers')).toMatch(/^workers \[\(1, b'(idle|busy)', b''\), \(2, b'(idle|busy)', b''\)\]$/);
    expect(facts.get('thread')).toMatch(/^thread 'uWSGIWorker[12]Core[01]'$/);
    expect(facts.get('errors')).toContain(
      "OSError: uwsgi.connection_fd() is not possible here: the client's connection",
    );
    expect(facts.get('errors')).toContain('OSError: unable to receive websocket message');
    expect(facts.get('errors')).toContain("'RuntimeError', 'AttributeError'");
  });

  it('sets variables of the log line, for the one request', async () => {
    expect((await send('/logvar?me')).status).toBe(200);
    await engine.seen('LOG /logvar?me 200 who=me extra=added');
    await engine.seen("NOTE b'me' None");
    expect((await send('/plain')).status).toBe(200);
    await engine.seen('LOG /plain 200 who=- extra=-');
  });

  it('sets a deadline for the one request, and takes it back', async () => {
    expect(await send('/harakiri?60')).toMatchObject({ status: 200, body: 'ok' });
    expect((await send('/harakiri?1')).status).toBe(504);
    await engine.seen('HARAKIRI ON WORKER');
    expect((await send('/plain')).status).toBe(200);
  });

  it('ends an answer whose request runs on', async () => {
    expect(await send('/disconnect')).toMatchObject({ status: 200, body: 'all you get', isWhole: true });
    await waitFor('a busy worker', async () => (await engine.stats()).workers.some(({ status }) => status === 'busy'));
    engine.write('go-on', '');
    await engine.seen('NOTE still here');
    await engine.seen('LOG /disconnect 200');
  });

  it('runs what was assigned to post_fork_hook and atexit', async () => {
    await engine.seen('NOTE forked 1 True');
    await engine.seen('NOTE forked 2 True');
    const own = await EngineProcess.start({ ini: 'master = true\nmodule = app\n', files: { 'app.py': APP } });
    own.signal('SIGINT');
    await own.exited;
    expect(own.log).toContain('NOTE left 1 of 0');
    await own.dispose();
  });
});

describe('uwsgi.log_this_request() and uwsgi.stop()', () => {
  it('log a request although logging is off, and end the engine', async () => {
    const own = await EngineProcess.start({
      ini: 'master = true\nmodule = app\ndisable-logging = true\n',
      files: {
        'app.py':
          'import uwsgi\n\ndef application(environ, start_response):\n    {"/loud": uwsgi.log_this_request, "/stop": uwsgi.stop}.get(environ["PATH_INFO"], int)()\n    start_response("200 OK", [])\n    return [b"bye"]\n',
      },
    });
    for (const path of ['/quiet', '/loud']) expect((await own.get(path)).status).toBe(200);
    await own.seen('GET /loud => generated 3 bytes');
    expect(own.log).not.toContain('GET /quiet');
    await own.get('/stop', { fresh: true }).catch(() => undefined);
    expect(await own.exited).toBe(0);
    await own.dispose();
  });
});
