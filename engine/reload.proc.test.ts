/** Reloads from the outside: by every way, under load, with new code and new configuration, and when they fail. */
import { renameSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON_APP, SECOND_APP, slowToImport } from './testing/apps.ts';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { startTraffic } from './testing/traffic.ts';

const engines: EngineProcess[] = [];
const INI =
  'wsgi-file = app.py\nmaster = true\nprocesses = 2\nmaster-fifo = {FOLDER}/app.fifo\ntouch-reload = {FOLDER}/touch.me\n';

async function start(ini = INI, app = PYTHON_APP): Promise<EngineProcess> {
  const engine = await EngineProcess.start({ ini, files: { 'app.py': app, 'touch.me': '' } });
  engines.push(engine);
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe('a graceful reload', () => {
  const WAYS: [string, (engine: EngineProcess) => void][] = [
    ['SIGHUP', (engine) => engine.signal('SIGHUP')],
    ['the FIFO letter r', (engine) => engine.write('app.fifo', 'r')],
    // Not by writing: what empties a file first has touched it twice when the look comes in between.
    ['a touched file', (engine) => utimesSync(engine.path('touch.me'), new Date(), new Date())],
    ['uwsgi.reload()', (engine) => void engine.get('/reload', { fresh: true })],
  ];
  it.each(WAYS)('by %s brings new code and new workers without a failed request', async (_, reload) => {
    const engine = await start();
    const before = (await engine.stats()).workers.map((worker) => worker.pid);
    const traffic = startTraffic(engine, { kept: 2, fresh: 2 });
    await waitFor('some answers', () => traffic.answers.length > 50);
    engine.write('app.py', SECOND_APP);
    reload(engine);
    await engine.seen('reload done');
    expect((await engine.get('/')).body).toMatch(/^two /);
    const answered = traffic.answers.length;
    await waitFor('answers of the new code', () => traffic.answers.length > answered + 50);
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
    expect(traffic.answers.filter((answer) => answer.status !== 200)).toEqual([]);
    expect(traffic.answers[0]?.body).toMatch(/^one /);
    await engine.seen(') ended', 2);
    const { workers } = await engine.stats();
    expect(workers.map((worker) => worker.respawn_count)).toEqual([1, 1]);
    for (const worker of workers) expect(before).not.toContain(worker.pid);
  });

  it('serves on while the new code is imported, and shows the old worker until its request is answered', async () => {
    const engine = await start();
    const running = engine.get('/sleep?3', { fresh: true });
    const busy = await waitFor('a busy worker', async () =>
      (await engine.stats()).workers.find((worker) => worker.status === 'busy'),
    );
    engine.write('app.py', slowToImport(1, SECOND_APP));
    engine.signal('SIGHUP');
    await engine.seen('is loading beside');
    expect((await engine.get('/')).body).toMatch(/^one /);
    await engine.seen('reload done');
    expect(await engine.worker(busy.id)).toMatchObject({ pid: busy.pid, status: 'busy', accepting: 0 });
    expect((await engine.get('/')).body).toMatch(/^two /);
    expect((await running).body).toMatch(/^one /);
    await waitFor('the new worker in its place', async () => (await engine.worker(busy.id)).pid !== busy.pid);
  });

  it('cuts what an old worker still does when mercy ends', async () => {
    const engine = await start(`${INI}worker-reload-mercy = 1\n`);
    const running = engine.get('/sleep?30', { fresh: true });
    await waitFor('a busy worker', async () =>
      (await engine.stats()).workers.some((worker) => worker.status === 'busy'),
    );
    engine.signal('SIGHUP');
    expect((await running).status).toBe(502);
    await engine.seen('did not finish in time (worker-reload-mercy)');
  });

  it('takes processes, threads, listeners and stats from the new file and closes what it no longer names', async () => {
    const engine = await start();
    const [oldPort, newPort] = [engine.port, await freePort()];
    engine.write(
      'app.ini',
      `[uwsgi]\nmaster = true\nwsgi-file = app.py\nprocesses = 4\nthreads = 2\nlisten = 7\n` +
        `http-socket = 127.0.0.1:${newPort}\nstats = ${engine.path('stats.sock')}\n`,
    );
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    await engine.seen(`http-socket socket 127.0.0.1:${oldPort} closed`);
    const document = await engine.stats();
    expect(document.workers).toHaveLength(4);
    expect(document.workers[3]?.cores).toHaveLength(2);
    expect(document.sockets).toMatchObject([{ name: `127.0.0.1:${newPort}`, max_queue: 7 }]);
    await expect(engine.get('/', { fresh: true })).rejects.toThrow('ECONNREFUSED');
    expect((await fetch(`http://127.0.0.1:${newPort}/`)).status).toBe(200);
  });
});

/** What the stats document says of the engine itself. */
async function reported(engine: EngineProcess): Promise<unknown> {
  const document: { reeve?: unknown } = JSON.parse(await engine.statsText());
  return document.reeve;
}

describe('a reload that fails', () => {
  it.each([
    [
      'code that can not be imported',
      (engine: EngineProcess) => engine.write('app.py', 'import nothing_like_it\n'),
      "No module named 'nothing_like_it'",
    ],
    [
      'a broken configuration',
      (engine: EngineProcess) => engine.writeIni(`${INI}processes = lots\n`),
      'processes = lots',
    ],
    ['a configuration that is gone', (engine: EngineProcess) => engine.write('app.ini', '\u0000\u0001'), 'app.ini'],
  ])('because of %s leaves everything as it was', async (_, spoil, reason) => {
    const engine = await start();
    const before = await engine.stats();
    const traffic = startTraffic(engine, { kept: 2, fresh: 2 });
    await waitFor('some answers', () => traffic.answers.length > 20);
    spoil(engine);
    engine.signal('SIGHUP');
    await engine.seen('reload failed');
    await traffic.stop();
    expect(engine.log).toContain(reason);
    expect(engine.log).toContain('generation 1 serves on unchanged');
    expect(traffic.errors).toEqual([]);
    expect(traffic.answers.every((answer) => answer.status === 200)).toBe(true);
    const after = await engine.stats();
    expect(after.workers.map((worker) => worker.pid)).toEqual(before.workers.map((worker) => worker.pid));
    expect(await reported(engine)).toMatchObject({
      generation: 1,
      last_reload: { kind: 'graceful', status: 'failed', reason: expect.stringContaining(reason) },
    });
    // And the next one, with everything in order again, works.
    engine.write('app.py', SECOND_APP);
    engine.writeIni(INI);
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    expect((await engine.get('/')).body).toMatch(/^two /);
    expect(await reported(engine)).toMatchObject({ last_reload: { status: 'done', reason: '' } });
  });

  it('because a new address is in use leaves everything as it was', async () => {
    const engine = await start();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const address = squatter.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    engine.writeIni(`${INI}http-socket = 127.0.0.1:${port}\n`);
    engine.signal('SIGHUP');
    await engine.seen('reload failed');
    await new Promise((resolve) => squatter.close(resolve));
    expect(engine.log).toContain(`The address 127.0.0.1:${port} is in use.`);
    expect((await engine.stats()).sockets).toHaveLength(1);
    expect((await engine.get('/')).status).toBe(200);
  });
});

describe('other reloads', () => {
  it('R switches at once and cuts what old workers do', async () => {
    const engine = await start();
    const running = engine.get('/sleep?30', { fresh: true });
    await waitFor('a busy worker', async () =>
      (await engine.stats()).workers.some((worker) => worker.status === 'busy'),
    );
    engine.write('app.fifo', 'R');
    expect((await running).status).toBe(502);
    await engine.seen('reload done');
    expect((await engine.get('/')).status).toBe(200);
  });

  it.each([
    ['w', 'the workers'],
    ['W', 'the workers, brutally'],
  ])('%s replaces %s without a new import', async (letter) => {
    const engine = await start();
    const before = new Set((await engine.stats()).workers.map((worker) => worker.pid));
    engine.write('app.fifo', letter);
    await waitFor('new workers', async () => {
      const { workers } = await engine.stats();
      return workers.every((worker) => worker.accepting === 1 && !before.has(worker.pid));
    });
    expect((await engine.stats()).workers.map((worker) => worker.respawn_count)).toEqual([2, 2]);
    expect(engine.read('imports.txt').trim().split('\n')).toHaveLength(1);
  });

  it('c replaces one worker after the other, with new code under lazy-apps and without a failed request', async () => {
    const engine = await start(`${INI}lazy-apps = true\n`);
    const traffic = startTraffic(engine, { kept: 2, fresh: 2 });
    await waitFor('some answers', () => traffic.answers.length > 20);
    engine.write('app.py', SECOND_APP);
    engine.write('app.fifo', 'c');
    await engine.seen('chain reload done');
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
    expect(traffic.answers.every((answer) => answer.status === 200)).toBe(true);
    expect((await engine.get('/', { fresh: true })).body).toMatch(/^two /);
    expect(engine.read('imports.txt').trim().split('\n')).toHaveLength(4);
  });

  it('c gives up when the new code can not be imported', async () => {
    const engine = await start(`${INI}lazy-apps = true\n`);
    engine.write('app.py', 'raise RuntimeError("broken")\n');
    engine.write('app.fifo', 'c');
    await engine.seen('chain reload given up');
    expect((await engine.get('/', { fresh: true })).body).toMatch(/^one /);
    expect((await engine.stats()).workers.every((worker) => worker.accepting === 1)).toBe(true);
  });

  it('letters resize, pause and report; unknown ones are named', async () => {
    const engine = await start(`${INI}pidfile = {FOLDER}/app.pid\n`);
    engine.write('app.fifo', '++-sP?f');
    await engine.seen('3 workers are wanted now');
    await engine.seen('*** end of statistics ***');
    await engine.seen('"?" is not a command');
    await engine.seen("'f' does nothing: it forks the master");
    await waitFor('three workers', async () => (await engine.stats()).workers.length === 3);
    engine.write('app.fifo', 'p');
    await waitFor('the pause', async () => (await engine.worker(1)).status === 'pause');
    const held = engine.get('/', { fresh: true });
    await waitFor('a waiting request', async () => (await engine.stats()).listen_queue === 1);
    engine.write('app.fifo', 'p');
    expect((await held).status).toBe(200);
  });

  it('l reopens the log for the master, the workers and the requests', async () => {
    const engine = await EngineProcess.launch({
      ini: `${INI}logto = {FOLDER}/app.log\n`,
      files: { 'app.py': PYTHON_APP },
    });
    engines.push(engine);
    await waitFor('the start in the file', () => engine.read('app.log').includes('Reeve is ready'));
    renameSync(engine.path('app.log'), engine.path('app.log.1'));
    engine.write('app.fifo', 'l');
    await waitFor('the new file', () => engine.read('app.log').includes('reopened'));
    await engine.get('/raise');
    await waitFor('the traceback and the request', () => {
      const text = engine.read('app.log');
      return text.includes('RuntimeError: asked for') && text.includes('GET /raise =>');
    });
    expect(engine.read('app.log.1')).not.toContain('/raise');
    expect(engine.log).not.toContain('Reeve is ready');
  });
});
