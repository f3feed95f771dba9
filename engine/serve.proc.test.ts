/** The engine from the outside: it starts, serves, answers for what goes wrong with a request, and stops. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON_APP, slowToImport } from './testing/apps.ts';
import { descendants, type EngineOptions, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];
const APP = 'wsgi-file = app.py\nmaster = true\n';

async function start(ini = '', options: Partial<EngineOptions> = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.start({ ini: APP + ini, files: { 'app.py': PYTHON_APP }, ...options });
  engines.push(engine);
  return engine;
}

/** Each worker that ends as Python does leaves its pid. */
const LEAVES_A_TRACE = `import atexit
import os

def leave():
    with open("traces.txt", "a") as traces:
        traces.write("%d\\n" % os.getpid())

atexit.register(leave)
${PYTHON_APP}`;

function traces(engine: EngineProcess): string[] {
  return engine.read('traces.txt').trim().split('\n').sort();
}

async function launch(ini: string, options: Partial<EngineOptions> = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.launch({ ini, files: { 'app.py': PYTHON_APP }, ...options });
  engines.push(engine);
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe('the engine', () => {
  it('serves a Python application from workers that were forked after one import', async () => {
    const engine = await start('processes = 3\n');
    expect(await engine.get('/')).toMatchObject({ status: 200, body: expect.stringMatching(/^one [123] \d+$/) });
    expect(engine.read('imports.txt').trim().split('\n')).toHaveLength(1);
    expect((await engine.stats()).workers).toHaveLength(3);
  });

  it('stops cleanly when it is interrupted before it has started', async () => {
    const engine = await launch(`${APP}pidfile = {FOLDER}/app.pid\nvacuum = true\n`);
    await engine.seen('*** Starting Reeve engine');
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(engine.read('app.pid')).toBe('');
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`reeve-engine-${engine.pid}-`))).toEqual([]);
  });

  it.each([
    ['a folder of chdir2', `${APP}chdir2 = /nowhere/at/all\n`, {}, 22, "the folder of 'chdir2' can not be entered"],
    ['the folder for its own files', APP, { TMPDIR: '/nowhere/at/all' }, 1, 'can be made in /nowhere/at/all (ENOENT)'],
  ])('does not start without %s and says so', async (_, ini, env, exitCode, message) => {
    const engine = await launch(ini, { env });
    expect(await engine.exited).toBe(exitCode);
    expect(engine.log).toContain(message);
    expect(engine.log).not.toContain('    at ');
  });

  it('stops when the program that it is tied to by its standard input is gone', async () => {
    // The test gives it none: it has ended from the start.
    const engine = await launch(APP, { env: { REEVE_STOP_WITH_STDIN: '1' } });
    expect(await engine.exited).toBe(0);
    expect(engine.log).toContain('the program that started this engine has ended');
  });

  it('answers 500 when the application raises, with the traceback in the log, and counts it', async () => {
    const engine = await start();
    expect((await engine.get('/raise')).status).toBe(500);
    await engine.seen('RuntimeError: asked for');
    expect(await engine.worker(1)).toMatchObject({ requests: 1, exceptions: 1 });
  });

  it('answers 504 at the harakiri deadline, logs where the worker stood, and replaces it', async () => {
    const engine = await start('harakiri = 1\n');
    const before = await engine.worker(1);
    expect((await engine.get('/sleep?30')).status).toBe(504);
    await engine.seen(`*** HARAKIRI ON WORKER 1 (pid: ${before.pid}, try: 1) ***`);
    await engine.seen('HARAKIRI [core 0] 127.0.0.1 - GET /sleep?30 since ');
    await engine.seen('in application');
    expect((await engine.get('/')).status).toBe(200);
    const after = await engine.worker(1);
    expect(after).toMatchObject({ harakiri_count: 1, respawn_count: 2, delta_requests: 1 });
    expect(after.pid).not.toBe(before.pid);
    expect(engine.read('imports.txt').trim().split('\n')).toHaveLength(1);
  });

  it('lets the other threads of a worker finish when one of them is overdue', async () => {
    const engine = await start('threads = 2\nharakiri = 2\n');
    const stuck = engine.get('/sleep?30', { fresh: true });
    await waitFor('a busy core', async () => (await engine.worker(1)).cores.some((core) => core.in_request === 1));
    // The next one on the other core runs from 0.7 to 2.3 s: when the first is given up, and not too long itself.
    await engine.get('/sleep?0.7', { fresh: true });
    const sibling = engine.get('/sleep?1.6', { fresh: true });
    expect((await stuck).status).toBe(504);
    expect((await sibling).status).toBe(200);
    await engine.seen('was killed by signal');
    expect((await engine.get('/')).status).toBe(200);
  });

  it('answers 502 for the request of a worker that is killed and for no other, and is back without an import', async () => {
    const engine = await start('processes = 2\n', { files: { 'app.py': slowToImport(3) } });
    const victims = [engine.get('/sleep?30', { fresh: true }), engine.get('/sleep?1', { fresh: true })];
    const busy = await waitFor('two busy workers', async () => {
      const { workers } = await engine.stats();
      return workers.every((worker) => worker.status === 'busy') ? workers : null;
    });
    const victim = busy.find((worker) => worker.cores[0]?.vars.includes('QUERY_STRING=30'));
    if (victim === undefined) throw new Error('no worker runs the request');
    process.kill(victim.pid, 'SIGKILL');
    const others = Promise.all(Array.from({ length: 20 }, async () => (await engine.get('/', { fresh: true })).status));
    expect((await victims[0])?.status).toBe(502);
    expect(await others).toEqual(Array.from({ length: 20 }, () => 200));
    const newPid = await waitFor('the new worker', async () => {
      const worker = await engine.worker(victim.id);
      return worker.pid !== victim.pid && worker.accepting === 1 && worker.pid;
    });
    expect(newPid).not.toBe(victim.pid);
    expect(engine.read('imports.txt').trim().split('\n')).toHaveLength(1);
    expect((await victims[1])?.status).toBe(200);
  });

  it('answers 503 with Retry-After when the queue is full', async () => {
    const engine = await start('listen = 2\n');
    const running = engine.get('/sleep?1', { fresh: true });
    await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
    const crowd = await Promise.all(Array.from({ length: 20 }, async () => engine.get('/', { fresh: true })));
    const refused = crowd.filter((answer) => answer.status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect(crowd.every((answer) => answer.status === 503 || answer.status === 200)).toBe(true);
    expect((await running).status).toBe(200);
    expect((await engine.stats()).listen_queue_errors).toBe(refused.length);
  });

  it('gives environment, options, threads and lazy-apps to the application', async () => {
    const engine = await start('processes = 2\nthreads = 2\nlazy-apps = true\nenv = REEVE_TEST=from the file\n');
    expect((await engine.get('/env?REEVE_TEST')).body).toBe('from the file');
    expect(engine.read('imports.txt').trim().split('\n')).toHaveLength(2);
    expect((await engine.worker(2)).cores).toHaveLength(2);
  });

  it('replaces workers that reached max-requests without losing a request', async () => {
    const engine = await start('processes = 2\nmax-requests = 10\nmin-worker-lifetime = 0\n');
    const statuses: number[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 50; i++) statuses.push((await engine.get('/')).status);
    });
    await Promise.all(clients);
    expect(statuses).toEqual(Array.from({ length: 200 }, () => 200));
    await engine.seen('max requests reached', 10);
    const { workers } = await engine.stats();
    expect(workers.reduce((sum, worker) => sum + worker.requests, 0)).toBe(200);
  });

  it('survives two hundred killed workers in a row', async () => {
    const engine = await start('processes = 20\n');
    const killed = new Set<number>();
    while (killed.size < 200) {
      for (const { pid, accepting } of (await engine.stats()).workers) {
        if (accepting === 0 || killed.has(pid)) continue;
        process.kill(pid, 'SIGKILL');
        killed.add(pid);
      }
    }
    await waitFor('workers that live', async () =>
      (await engine.stats()).workers.every(({ accepting, pid }) => accepting === 1 && !killed.has(pid)),
    );
    expect((await engine.get('/')).status).toBe(200);
    expect(engine.read('imports.txt').trim().split('\n')).toHaveLength(1);
  });

  it('goes on when its zygote is killed, and loads a new one', async () => {
    const engine = await start('processes = 2\nauto-procname = true\n');
    const [zygote] = descendants(engine.pid);
    if (zygote === undefined) throw new Error('no zygote');
    process.kill(zygote, 'SIGKILL');
    await engine.seen('the zygote of generation 1 was killed');
    expect((await engine.get('/')).status).toBe(200);
    await engine.seen('ready in', 2);
    const before = await engine.worker(1);
    process.kill(before.pid, 'SIGKILL');
    await waitFor('a new worker 1', async () => {
      const worker = await engine.worker(1);
      return worker.pid !== before.pid && worker.accepting === 1;
    });
  });

  it('prints its statistics and its configuration on SIGUSR1', async () => {
    const engine = await start('processes = 2\n');
    await engine.get('/');
    engine.signal('SIGUSR1');
    await engine.seen('*** end of statistics ***');
    expect(engine.log).toMatch(/worker [12] \(pid: \d+, idle\): 1 requests, 0 exceptions/);
    expect(engine.log).toMatch(/processes = 2 {3}\(.*app\.ini:6\)/);
    expect(engine.log).not.toContain('Debugger');
  });

  it('finds modules, packages and callables as uWSGI does', async () => {
    const module =
      'import sys\ndef factory():\n    return application\ndef application(e, s):\n    s("200 OK", [])\n    return [repr((__name__, sys.path[:3], sys.argv)).encode()]\n';
    const engine = await start('', {
      ini: 'master = true\nmodule = shop:factory()\nchdir = {FOLDER}/..\npythonpath = {FOLDER}/nowhere\npythonpath = {FOLDER}\n',
      files: { 'shop.py': module },
    });
    const { body } = await engine.get('/');
    expect(body).toBe(`('shop', ['${engine.folder}', '${engine.folder}/nowhere', '.'], ['uwsgi'])`);
  });

  it('runs a JavaScript application', async () => {
    const engine = await start('', {
      ini: 'master = true\nprocesses = 2\njs-app = app.mjs\n',
      files: { 'app.mjs': 'export default { fetch: () => new Response("from JavaScript") };\n' },
    });
    expect(await engine.get('/')).toMatchObject({ status: 200, body: 'from JavaScript' });
    expect((await engine.stats()).workers.every((worker) => worker.accepting === 1)).toBe(true);
    engine.write('app.mjs', 'export default { fetch: () => new Response("again") };\n');
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    expect((await engine.get('/')).body).toBe('again');
  });

  it('leaves no process behind when it is killed itself', async () => {
    const engine = await start('processes = 2\n');
    const family = descendants(engine.pid);
    expect(family.length).toBe(3);
    engine.signal('SIGKILL');
    await engine.exited;
    await waitFor('the end of its family', () => family.every((pid) => !isRunning(pid)));
  });
});

describe('stopping', () => {
  it('ends with 0 on SIGINT, cuts what runs, and vacuums', async () => {
    const engine = await start('pidfile = {FOLDER}/app.pid\nmaster-fifo = {FOLDER}/app.fifo\nvacuum = true\n');
    expect(engine.read('app.pid').trim()).toBe(String(engine.pid));
    expect(statSync(engine.path('app.fifo')).mode & 0o777).toBe(0o600);
    const cut = engine.get('/sleep?30').catch(() => 'cut');
    await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(await cut).not.toMatchObject({ status: 200 });
    for (const name of ['app.pid', 'app.fifo', 'stats.sock']) expect(existsSync(engine.path(name)), name).toBe(false);
  });

  it('answers what runs before it ends on the FIFO letter q', async () => {
    const engine = await start('master-fifo = {FOLDER}/app.fifo\n');
    const running = engine.get('/sleep?1');
    await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
    engine.write('app.fifo', 'q');
    expect((await running).status).toBe(200);
    expect(await engine.exited).toBe(0);
  });

  it('reloads on SIGTERM, stops on it with die-on-term or without master', async () => {
    const [plain, dying, single] = await Promise.all([
      start(),
      start('die-on-term = true\n'),
      start('', { files: { 'app.py': PYTHON_APP }, ini: 'wsgi-file = app.py\n' }),
    ]);
    for (const engine of [plain, dying, single]) engine.signal('SIGTERM');
    expect(await dying.exited).toBe(0);
    expect(await single.exited).toBe(0);
    await plain.seen('reload done');
    plain.signal('SIGQUIT');
    expect(await plain.exited).toBe(0);
  });

  it.each([
    ['SIGINT', ''],
    ['SIGTERM', 'die-on-term = true\n'],
    ['SIGQUIT', ''],
  ] as const)('on %s lets idle workers run their exit handlers, once', async (signal, ini) => {
    const files = { 'app.py': LEAVES_A_TRACE };
    const engine = await start(`processes = 2\nthreads = 2\n${ini}`, { files });
    const pids = (await engine.stats()).workers.map((worker) => worker.pid);
    engine.signal(signal);
    expect(await engine.exited).toBe(0);
    expect(traces(engine)).toEqual(pids.map(String).sort());
    for (const pid of pids) expect(engine.log).toContain(`(pid: ${pid}) ended`);
    expect(engine.log).not.toContain('signal 15');
  });

  it.each(['SIGHUP', 'R', 'W'])('%s lets the workers it replaces run their exit handlers, once', async (how) => {
    const engine = await start('processes = 2\nmaster-fifo = {FOLDER}/app.fifo\n', {
      files: { 'app.py': LEAVES_A_TRACE },
    });
    const pids = (await engine.stats()).workers.map((worker) => worker.pid);
    if (how === 'SIGHUP') engine.signal('SIGHUP');
    else engine.write('app.fifo', how);
    for (const pid of pids) await engine.seen(`(pid: ${pid}) ended`);
    expect(traces(engine)).toEqual(pids.map(String).sort());
  });

  it('does not wait long for an exit handler that hangs', async () => {
    const hangs = `import atexit, time\natexit.register(time.sleep, 30)\n${PYTHON_APP}`;
    const engine = await start('', { files: { 'app.py': hangs } });
    const sinceMs = Date.now();
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(Date.now() - sinceMs).toBeLessThan(10_000);
    expect(engine.log).toContain('did not end by itself; ending it by SIGTERM');
  });

  it('is forced by a second SIGINT', async () => {
    const engine = await start('', {
      files: { 'app.py': `import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n${PYTHON_APP}` },
    });
    void engine.get('/sleep?30').catch(() => null);
    await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
    engine.signal('SIGINT');
    await engine.seen('SIGINT received');
    const sinceMs = Date.now();
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    // SIGTERM after a second and SIGKILL two seconds later, if there were no second signal.
    expect(Date.now() - sinceMs).toBeLessThan(2500);
  });
});

describe('a start that can not be', () => {
  it('names file, line and option of what is wrong with the configuration and ends with 78', async () => {
    const engine = await launch('wsgi-file = app.py\nprocesses = many\nprocesess = 2\nchroot = {FOLDER}\n');
    expect(await engine.exited).toBe(78);
    expect(engine.log).toMatch(/app\.ini:5: .*processes = many/);
    expect(engine.log).toMatch(/app\.ini:6: .*'procesess'.*'processes'/);
    expect(engine.log).toMatch(/app\.ini:7: .*'chroot'/);
    expect(engine.log).not.toMatch(/^\s+at /m);
  });

  it('says which address is in use, where it was written, and ends with 1', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const address = squatter.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const engine = await launch(`${APP}http-socket = 127.0.0.1:${port}\n`);
    const code = await engine.exited;
    await new Promise((resolve) => squatter.close(resolve));
    expect(code).toBe(1);
    expect(engine.log).toContain(`app.ini:6: The address 127.0.0.1:${port} is in use.`);
    expect(engine.log).not.toMatch(/^\s+at /m);
  });

  it('shows the traceback of an application that can not be imported and serves 500 as uWSGI does', async () => {
    const engine = await start('', { files: { 'app.py': 'import no_such_module\n' } });
    expect(engine.log).toContain("ModuleNotFoundError: No module named 'no_such_module'");
    expect(await engine.get('/')).toMatchObject({ status: 500, body: 'Internal Server Error' });
    expect((await engine.worker(1)).apps).toEqual([]);
  });

  it.each([
    ['forked', ''],
    ['lazy', 'lazy-apps = true\n'],
  ])('ends with 22 when the app is needed and can not be imported (%s)', async (_, ini) => {
    const engine = await launch(`${APP}need-app = true\n${ini}`, { files: { 'app.py': 'raise RuntimeError("no")\n' } });
    expect(await engine.exited).toBe(22);
    expect(engine.log).toContain('the application could not be loaded: RuntimeError: no');
  });

  it('says what is missing when the callable, the file or the virtual environment is not there', async () => {
    const [callable, file, venv] = await Promise.all([
      launch(`${APP}need-app = true\ncallable = nope\n`),
      launch('wsgi-file = nofile.py\nneed-app = true\n'),
      launch(`${APP}virtualenv = {FOLDER}/novenv\n`),
    ]);
    expect(await callable.exited).toBe(22);
    expect(callable.log).toContain("'nope' is not defined in app.py");
    expect(await file.exited).toBe(22);
    expect(file.log).toContain('nofile.py');
    expect(file.log, 'frames of the engine itself explain nothing').not.toContain('reeve_runtime.py');
    expect(await venv.exited).toBe(1);
    expect(venv.log).toContain('There is no virtual environment at');
  });

  it('does not take a plain file for a FIFO', async () => {
    const engine = await launch(`${APP}master-fifo = {FOLDER}/app.py\n`);
    expect(await engine.exited).toBe(1);
    expect(engine.log).toContain('app.py is not a FIFO');
    expect(engine.read('app.py')).toBe(PYTHON_APP);
  });
});
