/**
 * Perl processes over time: workers that are killed, stuck or worn, new code, broken code, and requests that wait behind
 * slow ones.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';
import { PERL_APP, PERL_HELPER } from './testing/perl-apps.ts';

const engines: EngineProcess[] = [];

async function start(ini: string, files: Record<string, string> = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.start({
    ini: `master = true\npsgi = app.psgi\nperl-local-lib = .\n${ini}`,
    files: { 'app.psgi': `use lib '.';\n${PERL_APP}`, 'Helper.pm': PERL_HELPER, ...files },
  });
  engines.push(engine);
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function word(engine: EngineProcess): Promise<string> {
  return (await engine.get('/')).body.split(' ')[0] ?? '';
}

async function pidOf(engine: EngineProcess): Promise<number> {
  return Number((await engine.get('/')).body.split(' ')[2]);
}

/** Requests without a pause on some connections, until `stop`. */
function load(engine: EngineProcess, clients: number): { answers: Answer[]; stop: () => Promise<void> } {
  const answers: Answer[] = [];
  const stopping = new AbortController();
  const client = async (): Promise<void> => {
    while (!stopping.signal.aborted) answers.push(await engine.get('/'));
  };
  const running = Array.from({ length: clients }, client);
  // A test that fails ends the engine under them; what they say then is for `stop` alone.
  for (const one of running) one.catch(() => stopping.abort());
  return {
    answers,
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

describe('Perl workers', () => {
  it('are forked from one that has loaded the application, and are back when they were killed', async () => {
    const engine = await start('processes = 2\n');
    expect(engine.log).toContain('on interpreter Perl 5.');
    expect(engine.read('loads').trim().split('\n')).toHaveLength(1);
    const before = (await engine.stats()).workers.map(({ pid }) => pid);
    const traffic = load(engine, 4);
    await waitFor('some answers', () => traffic.answers.length > 50);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await engine.seen('starting another one', 2);
    const answered = traffic.answers.length;
    await waitFor('more answers', () => traffic.answers.length > answered + 50);
    await traffic.stop();
    // Those that ran when they were killed, and no other.
    const failed = traffic.answers.filter(({ status }) => status !== 200);
    expect(failed.length).toBeLessThanOrEqual(2);
    expect(failed.every(({ status }) => status === 502)).toBe(true);
    expect(engine.read('loads').trim().split('\n')).toHaveLength(1);
    // Neither workers nor what stands beside them is left of the old ones.
    await waitFor('four processes beside the zygote', () => perlProcesses(engine).length === 5);
  });

  it('load the new code in a reload without losing a request; broken code changes nothing', async () => {
    const engine = await start('processes = 2\n');
    const traffic = load(engine, 4);
    await waitFor('some answers', () => traffic.answers.length > 50);
    engine.write('Helper.pm', PERL_HELPER.replace('one', 'two'));
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    const answered = traffic.answers.length;
    await waitFor('answers of the new code', () => traffic.answers.length > answered + 50);
    engine.write('Helper.pm', 'package Helper;\nour $VERSION = ;\n1;\n');
    engine.signal('SIGHUP');
    await engine.seen('syntax error at');
    await engine.seen('*** reload failed: ');
    await traffic.stop();
    expect(traffic.answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(traffic.answers[0]?.body).toMatch(/^one /);
    expect(await word(engine)).toBe('two');
  });

  it('are replaced after max-requests, when memory or a watched exception says so, and when the application asks', async () => {
    const engine = await start(
      'max-requests = 20\nmin-worker-lifetime = 0\nreload-on-rss = 150\nreload-on-exception-type = My::Error\n',
    );
    const first = await pidOf(engine);
    const traffic = load(engine, 3);
    await engine.seen(`The work of process ${first} is done (max requests reached (20 >= 20)). Seeya!`);
    await waitFor('answers of another worker', () => traffic.answers.length > 100);
    await traffic.stop();
    expect(traffic.answers.filter(({ status }) => status !== 200)).toEqual([]);
    for (const [path, reason] of [
      ['/grow?200', 'memory limit reached (rss '],
      ['/die-object', 'exception My::Error'],
      ['/commit', 'psgix.harakiri.commit'],
    ]) {
      const pid = await pidOf(engine);
      expect((await engine.get('/die?harmless')).status).toBe(500);
      await engine.get(path ?? '');
      await engine.seen(`The work of process ${pid} is done (${reason}`);
    }
  });

  it('that are given up show where they stand, and the client gets 504', async () => {
    const engine = await start('harakiri = 1\nprocesses = 2\n');
    const [sleeping, spinning] = await Promise.all([engine.get('/sleep?60'), engine.get('/spin')]);
    expect([sleeping.status, spinning.status]).toEqual([504, 504]);
    await engine.seen('*** Perl stack of worker ', 2);
    expect(engine.log).toMatch(
      /\*\*\* Perl stack of worker \d \(pid: \d+\) \*\*\*\n {4}\S+app\.psgi line \d+ in \S+__ANON__/,
    );
    await engine.seen('was killed by signal', 2);
    expect((await engine.get('/')).status).toBe(200);
  });

  it('load the application each for themselves with lazy-apps, and replace each other then, too', async () => {
    const engine = await start('processes = 2\nlazy-apps = true\nmax-requests = 10\nmin-worker-lifetime = 0\n');
    expect(engine.read('loads').trim().split('\n')).toHaveLength(2);
    const traffic = load(engine, 3);
    await engine.seen('is done (max requests reached', 3);
    await traffic.stop();
    expect(traffic.answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('end with their master, whatever they do, and so does what stands beside them', async () => {
    const engine = await start('processes = 2\n');
    const lost = engine.get('/spin').catch(() => null);
    await waitFor('a worker in a loop', () => engine.read('stuck') !== '');
    const family = descendants(engine.pid);
    engine.signal('SIGKILL');
    await engine.exited;
    await lost;
    await waitFor('the end of all processes', () => family.every((pid) => !isRunning(pid)));
    for (const name of readdirSync(tmpdir())) {
      if (name.startsWith(`reeve-engine-${engine.pid}-`)) rmSync(join(tmpdir(), name), { recursive: true });
    }
  });
});

describe('a request behind a slow one in a Perl worker', () => {
  it('runs elsewhere, once; the slow one sleeps undisturbed', async () => {
    const engine = await start('processes = 2\n');
    // Fast answers: so the workers hold several requests each.
    const traffic = load(engine, 8);
    await waitFor('some answers', () => traffic.answers.length > 200);
    const begunMs = performance.now();
    const slow = engine.get('/sleep?1').then(({ status }) => [status, performance.now() - begunMs >= 1000]);
    const held = engine.get('/nap?held');
    await waitFor('it to run', () => engine.read('held') !== '');
    const quick = await Promise.all(Array.from({ length: 100 }, (_, number) => engine.get(`/ran?${number}`)));
    engine.write('held.go', '');
    expect((await held).status).toBe(200);
    expect(await slow).toEqual([200, true]);
    await traffic.stop();
    expect(quick.map(({ status }) => status)).toEqual(quick.map(() => 200));
    const ran = engine
      .read('ran')
      .trim()
      .split('\n')
      .map(Number)
      .toSorted((a, b) => a - b);
    expect(ran).toEqual(Array.from({ length: 100 }, (_, number) => number));
  });

  it('is cancelled with its client: a writer hears of it', async () => {
    const engine = await start('processes = 1\n');
    const stopping = new AbortController();
    const aborted = fetch(`http://127.0.0.1:${engine.port}/forever`, { signal: stopping.signal });
    const response = await aborted;
    await waitFor('the stream', () => engine.read('forever').includes('began'));
    stopping.abort();
    await response.text().catch(() => '');
    await waitFor('the end of the stream', () => engine.read('forever').includes('Reeve::ClientGone'));
    expect(await word(engine)).toBe('one');
  });
});

describe('what a Perl application leaves behind', () => {
  it('works on after the answer of its request: the client has it, the worker is busy', async () => {
    const engine = await start('processes = 1\n');
    expect((await engine.get('/cleanup?clean')).status).toBe(200);
    await waitFor('the handler', () => engine.read('clean') !== '');
    expect((await engine.worker(1)).status).toBe('busy');
    writeFileSync(engine.path('clean.go'), '');
    expect((await engine.get('/')).status).toBe(200);
    expect(engine.read('cleaned')).toBe('HASH\n');
  });

  it('lives on when its worker is replaced, and keeps nothing of it', async () => {
    const engine = await start('processes = 1\n');
    const pid = await pidOf(engine);
    await engine.get('/fork');
    await waitFor('the child', () => engine.read('child') !== '');
    process.kill(pid, 'SIGKILL');
    await engine.seen('starting another one');
    await waitFor('another worker', async () => (await pidOf(engine)) !== pid);
    await waitFor('two processes beside the zygote, and the child', () => perlProcesses(engine).length === 3);
    writeFileSync(engine.path('child.go'), '');
  });
});

/** The zygote, its workers and what stands beside them. */
function perlProcesses(engine: EngineProcess): number[] {
  return descendants(engine.pid).filter(isRunning);
}
