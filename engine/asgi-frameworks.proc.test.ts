/**
 * Starlette and Django as ASGI applications: beside uvicorn with the same application, and under load while workers die
 * and the server reloads, to a broken version as well.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';

/** The frameworks are there for the system's Python. */
const ENV = { PATH: `/usr/bin:${process.env['PATH'] ?? ''}` };
const IMPORTS = 'starlette, uvicorn, uvloop, django';
const MISSING =
  spawnSync('python3', ['-c', `import ${IMPORTS}`], { env: ENV }).status === 0
    ? null
    : `not all of ${IMPORTS} are installed`;

const APP = `
import asyncio
import os
import time

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.routing import Route

VERSION = "one"


async def show(request):
    body = await request.body()
    return JSONResponse(
        {
            "path": request.url.path,
            "raw": request.scope["raw_path"].decode(),
            "query": sorted(request.query_params.multi_items()),
            "method": request.method,
            "body": body.decode("latin-1"),
            "cookies": request.cookies,
            "agent": request.headers.getlist("x-agent"),
            "http": request.scope["http_version"],
            "root": request.scope["root_path"],
        },
        headers={"x-answer": "ünï"},
    )


async def cookies(request):
    answer = PlainTextResponse("grüße", status_code=201)
    answer.set_cookie("a", "1", httponly=True)
    answer.set_cookie("b", "2", max_age=5)
    return answer


async def stream(request):
    async def parts():
        for number in range(5):
            yield "part %d " % number
            await asyncio.sleep(0)

    return StreamingResponse(parts(), media_type="text/plain")


def blocking(request):
    time.sleep(0.2)
    return PlainTextResponse("from a thread")


async def slow(request):
    await asyncio.sleep(float(request.query_params["s"]))
    return PlainTextResponse("%s %d" % (VERSION, os.getpid()))


async def away(request):
    return RedirectResponse("/show?moved=1")


async def failing(request):
    raise LookupError("asked for")


async def later(request):
    return PlainTextResponse("now", background=BackgroundTask(lambda: print("done later", flush=True)))


async def empty(request):
    return PlainTextResponse("", status_code=204)


names = {"show": show, "cookies": cookies, "stream": stream, "blocking": blocking, "slow": slow, "away": away}
names.update(failing=failing, later=later, empty=empty)
routes = [Route("/%s" % name, call, methods=["GET", "POST"]) for name, call in names.items()]
application = Starlette(routes=[*routes, Route("/show/{rest:path}", show, methods=["GET", "POST"])])
`;

const DJANGO = `
import asyncio

from django.conf import settings

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="k", DEBUG=False)
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path


async def hello(request):
    await asyncio.sleep(0.01)
    return HttpResponse("async %s" % request.GET["q"])


def sync(request):
    return HttpResponse("sync %s %s" % (request.method, request.body.decode()))


urlpatterns = [path("hello", hello), path("sync", sync)]
application = get_asgi_application()
`;

const INI = 'asgi = app.py\nmaster = true\nprocesses = 2\nmin-worker-lifetime = 0\n';

describe('a Starlette application', () => {
  if (MISSING !== null) {
    test('is tried', ({ skip }) => skip(MISSING));
    return;
  }
  let engine: EngineProcess;
  let peer: { child: ChildProcess; port: number };

  beforeAll(async () => {
    engine = await EngineProcess.start({ ini: INI, files: { 'app.py': APP }, env: ENV });
    const port = await freePort();
    const args = ['-m', 'uvicorn', '--port', String(port), '--log-level', 'warning', 'app:application'];
    peer = {
      port,
      child: spawn('python3', args, { cwd: engine.folder, env: { ...process.env, ...ENV }, stdio: 'ignore' }),
    };
    await waitFor('uvicorn', async () => (await ask(port, 'GET', '/show').catch(() => null))?.status === 200);
  });
  afterAll(async () => {
    peer.child.kill('SIGKILL');
    await once(peer.child, 'exit');
    await engine.dispose();
  });

  it.for([
    ['GET', '/show?b=2&a=%C3%A4&a=1'],
    ['GET', '/show/a%20b/%E2%82%AC/c'],
    ['POST', '/show', 'some text'],
    ['GET', '/cookies'],
    ['GET', '/stream'],
    ['GET', '/blocking'],
    ['GET', '/away'],
    ['GET', '/nowhere'],
    ['GET', '/failing'],
    ['GET', '/later'],
    ['GET', '/empty'],
    ['HEAD', '/show'],
  ] as const)('%s %s is answered as by uvicorn', async ([method, path, body]) => {
    const [own, other] = await Promise.all([ask(engine.port, method, path, body), ask(peer.port, method, path, body)]);
    // Its own error's text is uvicorn's business; both say 500.
    expect(own).toEqual(other);
  });

  it('loses nothing under load: a reload, and a reload to a version that can not be loaded', async () => {
    const over = new AbortController();
    const statuses = new Map<number, number>();
    const load = Array.from({ length: 8 }, async () => {
      while (!over.signal.aborted) {
        const { status } = await engine.get('/slow?s=0.01', { fresh: true });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const { pid } = await engine.worker(1);
    engine.signal('SIGHUP');
    await waitFor('the new workers', async () => (await engine.worker(1)).pid !== pid);
    engine.write('app.py', APP.replace('VERSION = "one"', 'VERSION = missing'));
    engine.signal('SIGHUP');
    await engine.seen("NameError: name 'missing' is not defined");
    expect((await engine.get('/slow?s=0', { fresh: true })).body).toMatch(/^one /);
    over.abort();
    await Promise.all(load);
    expect([...statuses.keys()]).toEqual([200]);
  });

  it('is back at once when a worker is killed', async () => {
    const { pid } = await engine.worker(1);
    process.kill(pid, 'SIGKILL');
    await waitFor('another worker', async () => {
      const next = await engine.worker(1);
      return next.pid !== pid && next.accepting === 1;
    });
    expect((await engine.get('/slow?s=0', { fresh: true })).status).toBe(200);
  });
});

test('a Django application answers from its coroutines and from its threads', async ({ skip }) => {
  skip(MISSING !== null, MISSING ?? '');
  const engine = await EngineProcess.start({ ini: INI, files: { 'app.py': DJANGO }, env: ENV });
  try {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => engine.get(`/hello?q=${index}`, { fresh: true })),
    );
    expect(answers.map(({ body }) => body)).toEqual(answers.map((_, index) => `async ${index}`));
    expect(await ask(engine.port, 'GET', '/sync', 'x')).toMatchObject({ status: 200, body: 'sync GET x' });
    expect((await engine.get('/gone')).status).toBe(404);
  } finally {
    await engine.dispose();
  }
});

test('loop = uvloop has the application run in uvloop', async ({ skip }) => {
  skip(MISSING !== null, MISSING ?? '');
  const app = APP.replace('"%s %d" % (VERSION, os.getpid())', 'type(asyncio.get_running_loop()).__module__');
  const engine = await EngineProcess.start({ ini: `${INI}loop = uvloop\n`, files: { 'app.py': app }, env: ENV });
  try {
    expect((await engine.get('/slow?s=0')).body).toBe('uvloop');
    expect((await engine.get('/show')).status).toBe(200);
  } finally {
    await engine.dispose();
  }
});

interface Seen {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** What a client sees, without what belongs to the connection. */
async function ask(port: number, method: string, path: string, body?: string): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: 'example.org',
      Cookie: 'one=1; two=2',
      'X-Agent': 'tést',
      ...(body && { 'Content-Length': body.length }),
    };
    const outgoing = request({ host: '127.0.0.1', port, path, method, agent: false, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('latin1');
      incoming.on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () => {
        const {
          date: _date,
          server: _server,
          connection: _connection,
          'keep-alive': _keep,
          ...seen
        } = incoming.headers;
        resolve({ status: incoming.statusCode ?? 0, headers: seen, body: text });
      });
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
