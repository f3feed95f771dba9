/** The number of workers of a real engine: it follows the load, sleeps and wakes, and no request is lost meanwhile. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON_APP } from './testing/apps.ts';
import { type Answer, descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];

async function start(ini: string): Promise<EngineProcess> {
  const engine = await EngineProcess.start({
    ini: `wsgi-file = app.py\nmaster = true\nmaster-fifo = {FOLDER}/app.fifo\n${ini}`,
    files: { 'app.py': PYTHON_APP },
  });
  engines.push(engine);
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

/** Pids of the workers that run, by their numbers. */
async function running(engine: EngineProcess): Promise<number[]> {
  const { workers } = await engine.stats();
  return workers.filter((worker) => worker.accepting === 1).map((worker) => worker.id);
}

async function untilRunning(engine: EngineProcess, count: number): Promise<number[]> {
  return waitFor(`${count} workers`, async () => {
    const wids = await running(engine);
    return wids.length === count ? wids : null;
  });
}

/** Clients that ask again as soon as they are answered, each on a connection of its own. */
class Crowd {
  readonly answers: Answer[] = [];
  readonly errors: unknown[] = [];
  readonly #engine: EngineProcess;
  readonly #clients: { stop: () => void; done: Promise<void> }[] = [];

  constructor(engine: EngineProcess) {
    this.#engine = engine;
  }

  async resize(size: number, path: string): Promise<void> {
    while (this.#clients.length < size) this.#clients.push(this.#client(path));
    const leaving = this.#clients.splice(size);
    for (const client of leaving) client.stop();
    await Promise.all(leaving.map(async (client) => client.done));
  }

  #client(path: string): { stop: () => void; done: Promise<void> } {
    const stopping = new AbortController();
    const ask = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        try {
          this.answers.push(await this.#engine.get(path));
        } catch (error) {
          this.errors.push(error);
        }
      }
    };
    return { stop: () => stopping.abort(), done: ask() };
  }
}

describe('cheaper', () => {
  it('shows workers at rest as uWSGI 2.0.21 does', async () => {
    const engine = await start('processes = 4\ncheaper = 1\n');
    await engine.get('/');
    const { workers } = await engine.stats();
    const recorded = readFileSync(new URL('./goldens/stats/cheaper/stats.raw.json', import.meta.url), 'utf8');
    const real: { workers: unknown[] } = JSON.parse(recorded);
    expect(workers.slice(1)).toEqual(real.workers.slice(1));
    expect(workers[0]).toMatchObject({ id: 1, status: 'idle', accepting: 1, requests: 1 });
  });

  it('brings workers under load, sends them away in the calm, and loses no request', async () => {
    const engine = await start('processes = 3\ncheaper = 1\ncheaper-overload = 1\n');
    const crowd = new Crowd(engine);
    await crowd.resize(4, '/sleep?0.2');
    await untilRunning(engine, 3);
    // A reload begins with the number of the start, and the load brings the others again.
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    await untilRunning(engine, 3);
    await crowd.resize(1, '/sleep?0.2');
    // One that works and one to spare.
    await untilRunning(engine, 2);
    await crowd.resize(0, '');
    const [left] = await untilRunning(engine, 1);
    expect(crowd.errors).toEqual([]);
    expect(crowd.answers.filter((answer) => answer.status !== 200)).toEqual([]);
    const resting = await waitFor('the end of the others', async () => {
      const others = (await engine.stats()).workers.filter((worker) => worker.id !== left);
      return others.every((worker) => worker.pid === 0) ? others : null;
    });
    expect(resting).toMatchObject([
      { status: 'cheap', accepting: 0 },
      { status: 'cheap', accepting: 0 },
    ]);
    expect(resting.every((worker) => worker.id > 0 && worker.requests > 0)).toBe(true);
    expect(engine.count('cheaped.')).toBeGreaterThanOrEqual(2);
    // The zygote and the one that is left.
    await waitFor('the end of the others', () => descendants(engine.pid).filter(isRunning).length <= 2);
  });

  it('starts workers at once when the queue fills, however slow the algorithm', async () => {
    const engine = await start('processes = 3\ncheaper = 1\ncheaper-overload = 99\ncheaper-step = 2\nlisten = 8\n');
    const answers = Array.from({ length: 8 }, async () => engine.get('/sleep?0.2', { fresh: true }));
    await engine.seen('requests wait: 2 more workers start');
    await untilRunning(engine, 3);
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(answers.map(() => 200));
  });

  it('leaves the number to the letters + and - when it is manual', async () => {
    const engine = await start('processes = 3\ncheaper = 1\ncheaper-algo = manual\n');
    engine.write('app.fifo', '++');
    expect(await untilRunning(engine, 3)).toEqual([1, 2, 3]);
    engine.write('app.fifo', '-');
    expect(await untilRunning(engine, 2)).toEqual([2, 3]);
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    expect(await untilRunning(engine, 1)).toEqual([1]);
  });
});

describe('cheap and idle', () => {
  it('start no worker until a request comes, stop them when none has come for a while, and bring them back', async () => {
    const engine = await start('processes = 2\ncheap = true\nidle = 1\n');
    expect(engine.log).toContain('Reeve is ready: 0 workers');
    expect((await engine.stats()).workers.map((worker) => worker.status)).toEqual(['cheap', 'cheap']);
    for (let round = 1; round <= 2; round++) {
      const answers = Array.from({ length: 6 }, async () => engine.get('/', { fresh: true }));
      expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(answers.map(() => 200));
      await engine.seen('workers have been inactive for more than 1 seconds', round);
      await waitFor('the end of all workers', () => descendants(engine.pid).filter(isRunning).length <= 1);
    }
    expect(engine.count('spawned worker')).toBe(4);
  });

  it('lets a reload in its sleep load the new code, which the next request runs', async () => {
    const engine = await start('cheap = true\n');
    engine.write('app.py', PYTHON_APP.replace('"one"', '"two"'));
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    expect(engine.count('spawned worker')).toBe(0);
    expect((await engine.get('/')).body).toMatch(/^two 1 /);
  });

  it('go to sleep at the letter C when what runs is answered', async () => {
    const engine = await start('processes = 2\n');
    const slow = engine.get('/sleep?0.5', { fresh: true });
    await waitFor('a busy worker', async () =>
      (await engine.stats()).workers.some((worker) => worker.status === 'busy'),
    );
    engine.write('app.fifo', 'C');
    await engine.seen('going cheap...');
    expect((await slow).status).toBe(200);
    await waitFor('both at rest', async () =>
      (await engine.stats()).workers.every((worker) => worker.pid === 0 && worker.status === 'cheap'),
    );
    expect((await engine.get('/', { fresh: true })).status).toBe(200);
  });

  it('end the engine with die-on-idle', async () => {
    const engine = await start('idle = 1\ndie-on-idle = true\n');
    expect(await engine.exited).toBe(0);
    expect(engine.log).toContain('workers have been inactive for more than 1 seconds');
  });
});

describe('an application that kills its workers as they start', () => {
  it('is tried again no more often than forkbomb-delay allows', async () => {
    const app = `import os\nimport uwsgi\n\nif uwsgi.worker_id() == 1:\n    os.kill(os.getpid(), 9)\n`;
    const engine = await EngineProcess.launch({
      ini: 'wsgi-file = app.py\nmaster = true\nlazy-apps = true\nforkbomb-delay = 1\n',
      files: { 'app.py': app },
    });
    engines.push(engine);
    const beganMs = Date.now();
    await engine.seen('starting another one', 6);
    // 0, 100, 200, 400, 800 and 1000 milliseconds before the next ones.
    expect(Date.now() - beganMs).toBeGreaterThan(1400);
  });
});
