/** Every way to tell a running engine what to do: signals, FIFO letters, touched files. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON_APP, SECOND_APP, slowToImport } from './testing/apps.ts';
import { descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];
const APP = 'wsgi-file = app.py\nmaster = true\nprocesses = 2\n';
const FIFO = 'master-fifo = {FOLDER}/app.fifo\n';

async function start(ini = ''): Promise<EngineProcess> {
  const engine = await EngineProcess.start({ ini: APP + ini, files: { 'app.py': PYTHON_APP } });
  engines.push(engine);
  return engine;
}

async function pidsOf(engine: EngineProcess): Promise<number[]> {
  return (await engine.stats()).workers.map((worker) => worker.pid);
}

/** All workers are other ones than `before`, and serve. */
async function renewed(engine: EngineProcess, before: readonly number[]): Promise<void> {
  await waitFor('new workers', async () =>
    (await engine.stats()).workers.every(({ pid, accepting }) => accepting === 1 && !before.includes(pid)),
  );
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe('touched files', () => {
  it('each have their action, and count when they are made', async () => {
    const ini =
      'lazy-apps = true\nlogto = {FOLDER}/app.log\n' +
      'touch-reload = {FOLDER}/reload\ntouch-workers-reload = {FOLDER}/workers\ntouch-chain-reload = {FOLDER}/chain\n' +
      'touch-logreopen = {FOLDER}/reopen\ntouch-logrotate = {FOLDER}/rotate\ntouch-exec = {FOLDER}/exec echo ran >> {FOLDER}/ran.txt\n' +
      'fs-reload = {FOLDER}/changed\nfs-brutal-reload = {FOLDER}/brutal\n';
    const engine = await EngineProcess.launch({ ini: APP + ini, files: { 'app.py': PYTHON_APP } });
    engines.push(engine);
    const logged = async (text: string, times = 1): Promise<void> => {
      await waitFor(`"${text}" in the file`, () => engine.read('app.log').split(text).length > times);
    };
    await logged('Reeve is ready');
    for (const [name, announced, done] of [
      ['workers', 'workers has been touched... workers reload !!! ***', 'reload of the workers done'],
      ['chain', 'chain has been touched... chain reload !!! ***', 'chain reload done'],
      ['reload', 'reload has been touched... grace them all !!! ***', 'reload done after'],
    ] as const) {
      const before = await pidsOf(engine);
      engine.write(name, '');
      await logged(announced);
      await logged(done);
      await renewed(engine, before);
    }
    engine.write('exec', '');
    await waitFor('the command', () => engine.read('ran.txt') === 'ran\n');
    engine.write('reopen', '');
    await logged('reopened');
    engine.write('changed', '');
    await logged('reload done after', 2);
    engine.write('brutal', '');
    await logged('brutal reload: reading the configuration again');
    await logged('reload done after', 3);
    engine.write('rotate', '');
    await waitFor('the old log beside the new one', () =>
      readdirSync(engine.folder).some((name) => /^app\.log\.\d+$/.test(name)),
    );
    expect((await engine.get('/')).status).toBe(200);
  });
});

describe('signals', () => {
  it('SIGUSR2 does nothing to the master, SIGWINCH and SIGURG neither', async () => {
    const engine = await start();
    const before = await pidsOf(engine);
    for (const signal of ['SIGWINCH', 'SIGURG', 'SIGUSR2'] as const) engine.signal(signal);
    await engine.seen('SIGUSR2 is for workers');
    expect((await engine.get('/')).status).toBe(200);
    expect(await pidsOf(engine)).toEqual(before);
  });

  it('SIGUSR2 to a worker writes where it stands', async () => {
    const engine = await start();
    const slow = engine.get('/sleep?3', { fresh: true });
    const busy = await waitFor('a busy worker', async () =>
      (await engine.stats()).workers.find((worker) => worker.status === 'busy'),
    );
    // The request is at the worker, which may not have begun it yet: it is asked again when it has answered.
    let asked = 0;
    await waitFor('the stack of the application', () => {
      if (engine.count('Current thread') >= asked) {
        process.kill(busy.pid, 'SIGUSR2');
        asked += 1;
      }
      return engine.log.includes('in application');
    });
    expect((await slow).status).toBe(200);
  });

  it('SIGTSTP pauses, and again resumes', async () => {
    const engine = await start();
    engine.signal('SIGTSTP');
    await engine.seen('*** paused');
    const held = engine.get('/', { fresh: true });
    await waitFor('a waiting request', async () => (await engine.stats()).listen_queue === 1);
    engine.signal('SIGTSTP');
    expect((await held).status).toBe(200);
  });

  it('SIGHUP with lazy replaces the workers only, with new code', async () => {
    const engine = await start('lazy = true\n');
    const before = await pidsOf(engine);
    engine.write('app.py', SECOND_APP);
    engine.signal('SIGHUP');
    await engine.seen('reload of the workers done');
    await renewed(engine, before);
    expect((await engine.get('/', { fresh: true })).body).toMatch(/^two /);
    expect(engine.log).not.toContain('reading the configuration again');
  });

  it('SIGHUP with exit-on-reload stops when all requests are answered', async () => {
    const engine = await start('exit-on-reload = true\n');
    const running = engine.get('/sleep?1');
    await waitFor('a busy worker', async () =>
      (await engine.stats()).workers.some((worker) => worker.status === 'busy'),
    );
    engine.signal('SIGHUP');
    expect((await running).status).toBe(200);
    expect(await engine.exited).toBe(0);
  });
});

describe('signals to a worker', () => {
  const APPS: [string, string, Record<string, string>][] = [
    ['Python', APP, { 'app.py': PYTHON_APP }],
    [
      'JavaScript',
      'js-app = app.mjs\nmaster = true\nprocesses = 2\n',
      { 'app.mjs': 'export default { fetch: () => new Response(String(process.pid)) };\n' },
    ],
  ];
  it.each(APPS)('SIGHUP replaces it without a failed request, others leave it alone (%s)', async (_, ini, files) => {
    const engine = await EngineProcess.start({ ini, files });
    engines.push(engine);
    const [first = 0, second = 0] = await pidsOf(engine);
    for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGTSTP', 'SIGWINCH'] as const) process.kill(second, signal);
    process.kill(first, 'SIGHUP');
    const statuses = new Set<number>();
    await waitFor('its replacement', async () => {
      statuses.add((await engine.get('/')).status);
      return engine.log.includes(`(pid: ${first}) ended`);
    });
    expect([...statuses]).toEqual([200]);
    expect(await pidsOf(engine)).toContain(second);
    expect(engine.log).not.toContain(`(pid: ${second}) was`);
  });
});

describe('the FIFO', () => {
  it('outlives writers that come and go, stay, and write megabytes', async () => {
    const engine = await start(FIFO);
    const before = await pidsOf(engine);
    const staying = openSync(engine.path('app.fifo'), 'w');
    for (let i = 0; i < 50; i++) closeSync(openSync(engine.path('app.fifo'), 'w'));
    const flood = spawn('sh', ['-c', 'head -c 3000000 /dev/urandom | tr -d "qQrRwWcCpLl0-9" > app.fifo'], {
      cwd: engine.folder,
      stdio: 'ignore',
    });
    await once(flood, 'exit');
    await engine.seen('bytes at once; ');
    expect(engine.log.length).toBeLessThan(200_000);
    await waitFor('a command that is obeyed again', () => {
      writeSync(staying, 's');
      return engine.log.includes('*** end of statistics ***');
    });
    closeSync(staying);
    expect((await engine.get('/')).status).toBe(200);
    for (const pid of before) expect(engine.log).not.toContain(`(pid: ${pid}) was killed`);
  });

  it('is made again when it is removed, and when a file took its place and is gone', async () => {
    const engine = await start(FIFO);
    const path = engine.path('app.fifo');
    unlinkSync(path);
    await engine.seen('is gone; making it again');
    await waitFor('the FIFO', () => existsSync(path) && lstatSync(path).isFIFO());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    engine.write('app.fifo', 's');
    await engine.seen('*** end of statistics ***');
    engine.write('plain', 'q');
    renameSync(engine.path('plain'), path);
    await engine.seen('app.fifo is not a FIFO');
    expect(engine.read('app.fifo')).toBe('q');
    rmSync(path);
    await waitFor('the FIFO', () => existsSync(path) && lstatSync(path).isFIFO());
    engine.write('app.fifo', 's');
    await engine.seen('*** end of statistics ***', 2);
  });

  it('listens to the next one after its number, and only to that', async () => {
    const engine = await start(`${FIFO}master-fifo = {FOLDER}/second.fifo\n`);
    engine.write('app.fifo', '7');
    await engine.seen("'7': there is no such master-fifo (0 to 1)");
    engine.write('app.fifo', '1');
    await engine.seen('second.fifo now');
    engine.write('second.fifo', 's');
    await engine.seen('*** end of statistics ***');
    // Nobody reads the first one now: a writer that does not wait is told so.
    expect(() => execFileSync('sh', ['-c', 'timeout 1 sh -c "printf s > app.fifo"'], { cwd: engine.folder })).toThrow();
    engine.write('second.fifo', '0');
    await engine.seen('app.fifo now');
    engine.write('app.fifo', 's');
    await engine.seen('*** end of statistics ***', 2);
  });

  it('goes over to others at a reload', async () => {
    const engine = await start(`${FIFO}vacuum = true\n`);
    engine.writeIni(`${APP}vacuum = true\nmaster-fifo = {FOLDER}/new.fifo\n${FIFO}`);
    engine.write('app.fifo', 'r');
    await waitFor('the new FIFO', () => existsSync(engine.path('new.fifo')));
    engine.write('app.fifo', '0');
    await engine.seen('new.fifo now');
    engine.writeIni(`${APP}vacuum = true\nmaster-fifo = {FOLDER}/new.fifo\n`);
    engine.write('new.fifo', 'r');
    await waitFor('the old one removed', () => !existsSync(engine.path('app.fifo')));
    engine.write('new.fifo', 'q');
    expect(await engine.exited).toBe(0);
    expect(existsSync(engine.path('new.fifo'))).toBe(false);
  });
});

describe('stopping while a reload runs', () => {
  const WAYS: [string, string, (engine: EngineProcess) => void][] = [
    ['SIGINT', '', (engine) => engine.signal('SIGINT')],
    ['SIGINT twice', '', (engine) => [engine.signal('SIGINT'), engine.signal('SIGINT')]],
    ['SIGQUIT', '', (engine) => engine.signal('SIGQUIT')],
    ['SIGTERM with die-on-term', 'die-on-term = true\n', (engine) => engine.signal('SIGTERM')],
    ['the FIFO letter q', '', (engine) => engine.write('app.fifo', 'q')],
    ['the FIFO letters qQ', '', (engine) => engine.write('app.fifo', 'qQ')],
  ];
  it.each(WAYS)('by %s leaves nothing behind', async (_, ini, stop) => {
    const engine = await start(`${FIFO}${ini}vacuum = true\npidfile = {FOLDER}/app.pid\nsocket = {FOLDER}/app.sock\n`);
    const family = descendants(engine.pid);
    engine.write('app.py', slowToImport(30));
    engine.signal('SIGHUP');
    await engine.seen('is loading beside');
    const all = [...family, ...descendants(engine.pid)];
    stop(engine);
    expect(await engine.exited).toBe(0);
    await waitFor('the end of its family', () => all.every((pid) => !isRunning(pid)));
    const left = ['app.fifo', 'app.pid', 'app.sock', 'stats.sock'].filter((name) => existsSync(engine.path(name)));
    expect(left).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`reeve-engine-${engine.pid}-`))).toEqual([]);
  });
});
