/** Cron: commands of the configuration at the engine, through a reload, a stop and the death of the master. */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CronSetting } from './config/cron-settings.ts';
import { CronProcesses } from './master/cron-processes.ts';
import { EngineLog } from './master/engine-log.ts';
import { PYTHON_APP } from './testing/apps.ts';
import { EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];
const folders: string[] = [];
const loose: number[] = [];

async function start(ini: string, app = PYTHON_APP): Promise<EngineProcess> {
  const engine = await EngineProcess.start({
    ini: `wsgi-file = app.py\nmaster = true\n${ini}`,
    files: { 'app.py': app },
  });
  engines.push(engine);
  return engine;
}

const ANY = { minute: -1, hour: -1, day: -1, month: -1, week: -1 };

function cron(kind: CronSetting['kind'], command: string): CronSetting {
  return { time: ANY, kind, command, isUnique: false, harakiriSeconds: null };
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
  for (const pid of loose.splice(0)) if (isRunning(pid)) process.kill(-pid, 'SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** -1 in all fields: it runs in the minute of the start, as on uWSGI. */
const ALWAYS = '-1 -1 -1 -1 -1';

describe('cron', () => {
  it('runs commands in the shell, their output in the log, and shows them in the statistics', async () => {
    const engine = await start(`
env = STAGE=live
cron = ${ALWAYS} echo "one $STAGE $PWD"; exit 3
cron = 59 -12 30 2 -1 /bin/true nightly
unique-cron = -59 -1 30 2 -1 /bin/true`);
    await engine.seen('[uwsgi-cron] command "/bin/true nightly" registered as cron task');
    await engine.seen(`one live ${engine.folder}\n`);
    await engine.seen('exited after 0 second(s), exit code 3');
    const { crons, reeve } = await engine.stats();
    expect(crons?.slice(1)).toEqual([
      {
        minute: 59,
        hour: -12,
        day: 30,
        month: 2,
        week: -1,
        command: '/bin/true nightly',
        unique: 0,
        legion: '',
        pid: -1,
        started_at: 0,
      },
      {
        minute: -59,
        hour: -1,
        day: 30,
        month: 2,
        week: -1,
        command: '/bin/true',
        unique: 1,
        legion: '',
        pid: -1,
        started_at: 0,
      },
    ]);
    const [run, never] = reeve?.cron_runs ?? [];
    expect(run).toMatchObject({ last_code: 3 });
    expect(run?.runs).toBeGreaterThan(0);
    expect(run?.next).toBeGreaterThan(Date.now() / 1000 - 1);
    expect(never).toEqual({ last_started: 0, last_ended: 0, last_code: 0, next: 0, runs: 0 });
    expect(engine.log).toContain("'cron = 59 -12 30 2 -1 /bin/true nightly' never comes: there is no such time.");
  });

  it('kills a command that takes longer than it may, with all that it has started', async () => {
    const engine = await start(`
cron-harakiri = 1
cron2 = minute=-1,unique=1 sleep 300 & echo child $! ; wait`);
    await engine.seen('child ');
    const child = Number(/child (\d+)/.exec(engine.log)?.[1]);
    expect(isRunning(child)).toBe(true);
    await engine.seen('*** HARAKIRI ON CRON "sleep 300 & echo child $! ; wait"');
    await engine.seen('signal 9');
    await waitFor('the end of the child', () => !isRunning(child));
  });

  it('lets a command go on through a reload and when the server ends, and keeps its run', async () => {
    const engine = await start(`unique-cron = ${ALWAYS} echo $$ > pid; sleep 60`);
    const pid = await waitFor('the command', () => Number(engine.read('pid')));
    const group = (await engine.stats()).crons?.[0]?.pid ?? 0;
    loose.push(group);
    engine.signal('SIGHUP');
    await waitFor('the reload', async () => (await engine.stats()).reeve?.last_reload?.status === 'done');
    expect((await engine.stats()).crons?.[0]?.pid).toBe(group);
    engine.signal('SIGINT');
    await engine.seen('is left to end by itself');
    expect(await engine.exited).toBe(0);
    expect(isRunning(pid)).toBe(true);
  });

  it('raises signals that the application asks for, in the minute of the start but not again at a reload', async () => {
    const app = `import uwsgi
uwsgi.register_signal(7, "worker", lambda number: print("handled", number, flush=True))
assert uwsgi.add_cron(7, -1, -1, -1, -1, -1)
uwsgi.add_cron(8, 0, 0, 30, 2, -1)
`;
    const engine = await start('', app + PYTHON_APP);
    await engine.seen('handled 7');
    const timersOf = async () => (await engine.stats()).reeve?.timers ?? [];
    const [first, never] = await timersOf();
    expect(first).toMatchObject({ kind: 'cron', signal: 7, path: '-1 -1 -1 -1 -1', seconds: 0, iterations: 0 });
    expect(first?.next).toBeGreaterThanOrEqual(Math.floor(Date.now() / 60_000) * 60);
    expect(never).toMatchObject({ signal: 8, last: 0, next: 0, raised: 0 });
    const minute = Math.floor(Date.now() / 60_000);
    engine.signal('SIGHUP');
    await waitFor('the reload', async () => (await engine.stats()).reeve?.last_reload?.status === 'done');
    const [again] = await timersOf();
    if (Math.floor(Date.now() / 60_000) === minute) expect(again?.raised).toBe(0);
  });

  it('ends with a master that is killed', async () => {
    const engine = await start(`cron = ${ALWAYS} echo $$ > pid; sleep 60`);
    const pid = await waitFor('the command', () => Number(engine.read('pid')));
    engine.signal('SIGKILL');
    await engine.exited;
    await waitFor('the end of the command', () => !isRunning(pid));
  });
});

describe('cron beside a clock', () => {
  it('runs each minute, and asks for URLs', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(request.url === '/broken' ? 500 : 200).end('x');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const folder = mkdtempSync(join(tmpdir(), 'reeve-cron-'));
    folders.push(folder);
    const logFd = openSync(join(folder, 'log'), 'a');
    let nowMs = Date.UTC(2026, 10, 23, 4, 10);
    const crons = new CronProcesses({
      log: new EngineLog(logFd, logFd),
      place: () => ({ shell: '/bin/sh', env: process.env, cwd: folder }),
      nowMs: () => nowMs,
    });
    try {
      const url = `http://127.0.0.1:${address.port}`;
      const known = [cron('url', `${url}/sound`), cron('url', `${url}/broken`), cron('command', 'exit 4')];
      crons.configure({ crons: known, harakiriSeconds: 0 });
      crons.start();
      await waitFor('their ends', () => crons.stats.runs.every((run) => run.last_ended > 0));
      expect(crons.stats.runs.map(({ last_code: code }) => code)).toEqual([0, 500, 4]);
      nowMs += 60_000;
      crons.tick();
      await waitFor('the second runs', () => crons.stats.runs.every((run) => run.last_ended === nowMs / 1000));
      expect(crons.stats.runs.map(({ runs }) => runs)).toEqual([2, 2, 2]);
      expect(asked.filter((path) => path === '/sound')).toHaveLength(2);
    } finally {
      crons.dispose();
      closeSync(logFd);
      await new Promise((done) => server.close(done));
    }
  });
});
