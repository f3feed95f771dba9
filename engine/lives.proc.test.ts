/** How workers' lives end from the outside: recycling for every reason, and every way of harakiri. */
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON_APP } from './testing/apps.ts';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];
const APP = 'wsgi-file = app.py\nmaster = true\nmin-worker-lifetime = 0\n';

/** `/grow?N` keeps N megabytes, `/raise?TEXT` raises, SIGTERM leaves a trace. */
const GREEDY_APP = `
import os
import signal
import time

import uwsgi

kept = []
imported = time.time()


def leave(*_):
    with open("left.txt", "a") as left:
        left.write("%d\\n" % os.getpid())
    os._exit(0)


class Special(Exception):
    pass


def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/grow":
        kept.append(bytearray(int(query) * 1024 * 1024))
    elif path == "/raise":
        raise Special(query)
    elif path == "/sleep":
        signal.signal(signal.SIGTERM, leave)
        time.sleep(float(query))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d" % os.getpid()]
`;

async function start(ini: string, app = GREEDY_APP): Promise<EngineProcess> {
  const engine = await EngineProcess.start({ ini: APP + ini, files: { 'app.py': app } });
  engines.push(engine);
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

/** Some clients ask without a pause until `isOver`; gives the statuses. */
async function underLoad(
  engine: EngineProcess,
  isOver: () => boolean,
  clients = 4,
): Promise<{ statuses: Set<number> }> {
  const statuses = new Set<number>();
  const client = async (): Promise<void> => {
    while (!isOver()) statuses.add((await engine.get('/')).status);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { statuses };
}

describe('recycling', () => {
  it('comes after max-requests plus the delta of the worker, and says so', async () => {
    const engine = await start('processes = 2\nmax-requests = 5\nmax-requests-delta = 7\n');
    const reached = (least: number): boolean => engine.log.includes(`max requests reached (${least} >= ${least})`);
    const { statuses } = await underLoad(engine, () => reached(5) && reached(12));
    expect([...statuses]).toEqual([200]);
    expect(engine.log).toMatch(/\.\.\.The work of process \d+ is done \(max requests reached \(5 >= 5\)\)\. Seeya!/);
    await engine.seen(') is recycled', 2);
  });

  it('loses no request of the threads beside the one that has counted to the end', async () => {
    const engine = await start('processes = 2\nthreads = 3\nmax-requests = 3\n');
    const { statuses } = await underLoad(engine, () => engine.count(') is recycled') >= 60, 8);
    expect([...statuses]).toEqual([200]);
  });

  it('does not come before min-worker-lifetime', async () => {
    const engine = await start('max-requests = 2\nmin-worker-lifetime = 3600\n');
    const pids = new Set<string>();
    for (let i = 0; i < 6; i++) pids.add((await engine.get('/')).body);
    expect(pids.size).toBe(1);
  });

  it('comes after max-worker-lifetime, one worker after the other, without a failed request', async () => {
    const engine = await start('processes = 2\nmax-worker-lifetime = 1\n');
    const before = (await engine.stats()).workers.map((worker) => worker.pid);
    const { statuses } = await underLoad(engine, () => engine.count(') ended') >= 2);
    expect([...statuses]).toEqual([200]);
    expect(engine.log).toMatch(/worker 1 lifetime reached, it was running for 1 second\(s\)/);
    for (const pid of before) expect(engine.log).toContain(`(pid: ${pid}) ended`);
  });

  it.each(['reload-on-rss', 'reload-on-as'])('comes when %s is reached, at the end of the request', async (option) => {
    const limit = option === 'reload-on-rss' ? 120 : 1500;
    const engine = await start(`${option} = ${limit}\n`);
    const first = await engine.get('/');
    expect((await engine.get('/')).body).toBe(first.body);
    const grown = await engine.get(`/grow?${limit}`);
    expect(grown).toMatchObject({ status: 200, body: first.body });
    expect((await engine.get('/')).body).not.toBe(first.body);
    expect(engine.log).toMatch(
      new RegExp(`is done \\(memory limit reached \\([a-z ]+ \\d+ >= ${limit * 1024 * 1024}\\)\\)`),
    );
  });

  it.each([
    ['reload-on-exception = true', '/raise?any'],
    ['reload-on-exception-type = Special', '/raise?any'],
    ['reload-on-exception-value = that-one', '/raise?that-one'],
  ])('comes after the exception of %s', async (option, path) => {
    const engine = await start(`${option}\n`);
    const first = await engine.get('/');
    expect((await engine.get(path)).status).toBe(500);
    expect((await engine.get('/')).body).not.toBe(first.body);
  });

  it('is brought by evil-reload-on-rss even while a request runs', async () => {
    const engine = await start('evil-reload-on-rss = 150\n');
    const first = await engine.worker(1);
    expect((await engine.get('/grow?150')).status).toBe(200);
    await engine.seen('*** EVIL RELOAD ON WORKER 1 RSS: ');
    await waitFor('the next worker', async () => {
      const { pid, accepting } = await engine.worker(1);
      return pid !== first.pid && accepting === 1;
    });
    expect((await engine.get('/')).status).toBe(200);
  });

  it('with lazy-apps leaves the worn workers serving until their replacements have imported', async () => {
    const slow = `import time\ntime.sleep(1)\n${GREEDY_APP}`;
    const engine = await start('processes = 2\nlazy-apps = true\nmax-requests = 20\n', slow);
    const before = (await engine.stats()).workers.map((worker) => worker.pid);
    const hasEnded = (pid: number): boolean => engine.log.includes(`(pid: ${pid}) ended`);
    const { statuses } = await underLoad(engine, () => before.every(hasEnded));
    expect([...statuses]).toEqual([200]);
    for (const [at, pid] of before.entries()) {
      const [untilItsEnd = ''] = engine.log.split(`(pid: ${pid}) ended`);
      expect(untilItsEnd.split(`spawned worker ${at + 1} (`).length).toBeGreaterThan(2);
    }
  });

  it('works for JavaScript applications', async () => {
    const engine = await EngineProcess.start({
      ini: 'js-app = app.mjs\nmaster = true\nmin-worker-lifetime = 0\nmax-requests = 10\nreload-on-exception = true\n',
      files: {
        'app.mjs':
          'export default { fetch: (r) => { if (r.url.endsWith("raise")) throw new Error("no"); return new Response(String(process.pid)); } };\n',
      },
    });
    engines.push(engine);
    const { statuses } = await underLoad(engine, () => engine.count(') ended') >= 1);
    expect([...statuses]).toEqual([200]);
    expect(engine.log).toContain('max requests reached (10 >= 10)');
    const { body } = await engine.get('/');
    expect((await engine.get('/raise')).status).toBe(500);
    expect((await engine.get('/')).body).not.toBe(body);
  });
});

describe('harakiri', () => {
  it('with harakiri-graceful-timeout lets the worker end by itself', async () => {
    const engine = await start('harakiri = 1\nharakiri-graceful-timeout = 5\n');
    const { pid } = await engine.worker(1);
    expect((await engine.get('/sleep?30')).status).toBe(504);
    await engine.seen(`*** HARAKIRI ON WORKER 1 (pid: ${pid}, try: 1, graceful: yes) ***`);
    await waitFor('the trace', () => engine.read('left.txt') === `${pid}\n`);
    expect((await engine.get('/')).status).toBe(200);
  });

  it('kills a worker that does not end in that time', async () => {
    const engine = await start('harakiri = 1\nharakiri-graceful-timeout = 1\nharakiri-graceful-signal = 28\n');
    const { pid } = await engine.worker(1);
    expect((await engine.get('/sleep?30')).status).toBe(504);
    await engine.seen(`*** HARAKIRI ON WORKER 1 (pid: ${pid}, try: 2, graceful: no) ***`);
    await engine.seen(`(pid: ${pid}) was killed by signal 9`);
    expect(engine.read('left.txt')).toBe('');
  });

  it('spares a slow request while fewer others wait than harakiri-queue-threshold', async () => {
    const engine = await start('harakiri = 1\nharakiri-queue-threshold = 2\n');
    expect((await engine.get('/sleep?2.5')).status).toBe(200);
    const slow = engine.get('/sleep?30', { fresh: true });
    await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
    const waiting = [1, 2, 3].map(async () => engine.get('/', { fresh: true }));
    expect((await slow).status).toBe(504);
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
  });

  it('names what ran, with harakiri-verbose where the kernel has it, and where the code stood', async () => {
    const engine = await start('harakiri = 1\nharakiri-verbose = true\n', PYTHON_APP);
    const { pid } = await engine.worker(1);
    expect((await engine.get('/sleep?30')).status).toBe(504);
    await engine.seen(`*** HARAKIRI ON WORKER 1 (pid: ${pid}, try: 1) ***`);
    await engine.seen('HARAKIRI: -- syscall> ');
    await engine.seen('HARAKIRI: -- wchan> ');
    await engine.seen('HARAKIRI !!! worker 1 status !!!');
    await engine.seen('HARAKIRI [core 0] 127.0.0.1 - GET /sleep?30 since ');
    await engine.seen('HARAKIRI !!! end of worker 1 status !!!');
    await engine.seen('in application');
  });
});
