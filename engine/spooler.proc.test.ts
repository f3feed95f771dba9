/**
 * Spoolers at work: several processes, failures and back-off, death in the middle, reload and stop, limits, files that are
 * no tasks. What files look like is in spooler-goldens.proc.test.ts, a folder shared with uWSGI in
 * spooler-shared.proc.test.ts.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StatsSpool, StatsSpooler } from './api/stats.ts';
import { EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';
import { whyNoOtherUser } from './testing/other-user.ts';
import { parseRuns, type Run, SPOOL_APP } from './testing/spool-apps.ts';

/** Puts a task in; gives the file's name. */
async function put(engine: EngineProcess, vars: Record<string, string>): Promise<string> {
  const { body } = await engine.get(`/?${new URLSearchParams(vars).toString()}`);
  const answer: { returned?: string; error?: string } = JSON.parse(body);
  if (answer.returned === undefined) throw new Error(answer.error);
  return answer.returned.slice(answer.returned.lastIndexOf('/') + 1);
}

function runsOf(engine: EngineProcess, name: string): Run[] {
  return parseRuns(engine.read('ran.jsonl')).filter(({ env }) => env['spooler_task_name'] === name);
}

async function ran(engine: EngineProcess, name: string, times = 1): Promise<Run[]> {
  return waitFor(`${times} runs of ${name}\n${engine.log}`, () => {
    const runs = runsOf(engine, name);
    return runs.length >= times ? runs : null;
  });
}

function tasksIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('uwsgi_spoolfile_on_')) : [];
}

async function gone(engine: EngineProcess, name: string, folder = 'q'): Promise<void> {
  await waitFor(`${name} to be deleted\n${engine.log}`, () => !existsSync(engine.path(join(folder, name))));
}

async function spoolers(engine: EngineProcess): Promise<StatsSpooler[]> {
  return (await engine.stats()).spoolers ?? [];
}

async function spool(engine: EngineProcess, check: (spool: StatsSpool) => boolean): Promise<StatsSpool> {
  return waitFor('the statistics of the folder', async () => {
    const found = (await engine.stats()).reeve?.spools?.[0];
    return found !== undefined && check(found) ? found : null;
  });
}

describe('two processes of a folder', () => {
  let engine: EngineProcess;

  beforeAll(async () => {
    const ini = `wsgi-file = app.py
spooler = {FOLDER}/q
spooler-processes = 2
spooler-max-attempts = 2
spooler-retry-delay = 1
`;
    // uWSGI's way of `uwsgi.spool` on a full disk is tried with a limit on the size of files.
    const app = SPOOL_APP.replace(
      'def put(environ):',
      `def put(environ):
    if environ["PATH_INFO"] == "/full":
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        try:
            return uwsgi.spool({b"task": b"large", b"body": b"x" * 100000})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))`,
    );
    engine = await EngineProcess.start({ ini, files: { 'app.py': app } });
  });

  afterAll(() => engine.dispose());

  test('run every task once, beside each other', async () => {
    const names: string[] = [];
    for (let number = 0; number < 40; number++) {
      names.push(await put(engine, { n: String(number), do: 'sleep', for: '0.01' }));
    }
    for (const name of names) await ran(engine, name);
    for (const name of names) await gone(engine, name);
    expect(names.map((name) => runsOf(engine, name).length)).toEqual(names.map(() => 1));
    expect(new Set(names.flatMap((name) => runsOf(engine, name).map(({ pid }) => pid))).size).toBe(2);
    const found = await spoolers(engine);
    expect(found.map(({ tasks }) => tasks).reduce((sum, tasks) => sum + tasks)).toBe(40);
    expect(found.map(({ dir, respawns }) => ({ dir, respawns }))).toEqual([
      { dir: engine.path('q'), respawns: 0 },
      { dir: engine.path('q'), respawns: 0 },
    ]);
  });

  test('a task whose time is yet to come runs then, long before the next look', async () => {
    const at = Math.ceil(Date.now() / 1000) + 1;
    const name = await put(engine, { at: String(at) });
    expect(statSync(engine.path(join('q', name))).mtimeMs).toBe(at * 1000);
    await ran(engine, name);
    expect(Date.now()).toBeGreaterThanOrEqual(at * 1000);
  });

  test('a task that fails is put off, does not hold up others, and is given up in the end', async () => {
    const poisoned = await put(engine, { do: 'raise' });
    await engine.seen(
      `task ${poisoned} failed, attempt 1 of 2; it is tried again in 1 seconds: RuntimeError: task failed`,
    );
    expect((await spool(engine, ({ later }) => later === 1)).failed).toBe(0);
    await gone(engine, await put(engine, {}));
    await engine.seen(`task ${poisoned} failed 2 times and is moved to ${engine.path('q/failed')}`);
    expect(tasksIn(engine.path('q/failed'))).toEqual([poisoned]);
    const found = await spool(engine, ({ failed }) => failed === 1);
    expect(found).toMatchObject({ dir: engine.path('q'), waiting: 0, later: 0, running: 0, failures: 2 });
    const record: unknown = JSON.parse(engine.read(`q/.attempts/${poisoned}`));
    expect(record).toMatchObject({ attempts: 0, reason: 'RuntimeError: task failed' });
  });

  test('a process that is killed from outside in the middle of a task leaves the task for the next one', async () => {
    const name = await put(engine, { do: 'sleep', for: '30', times: '1' });
    const [first] = await ran(engine, name);
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await ran(engine, name, 2);
    await gone(engine, name);
  });

  test('a task that kills every process that runs it is given up in the end', async () => {
    const name = await put(engine, { do: 'die' });
    const path = engine.path(join('q/failed', name));
    await waitFor(`${name} to be given up\n${engine.log}`, () => existsSync(path));
    await gone(engine, await put(engine, {}));
  });

  test('a file that is no task is given up at once; one that has only begun stays', async () => {
    const broken = 'uwsgi_spoolfile_on_test_1_1_1_1_1';
    const short = 'uwsgi_spoolfile_on_test_1_2_1_1_1';
    writeFileSync(engine.path(join('q', broken)), Buffer.from([17, 200, 0, 0, 1, 0]));
    writeFileSync(engine.path(join('q', short)), Buffer.from([17, 0, 0]));
    await gone(engine, await put(engine, {}));
    await gone(engine, broken);
    expect(tasksIn(engine.path('q/failed'))).toContain(broken);
    expect(existsSync(engine.path(join('q', short)))).toBe(true);
    expect(runsOf(engine, broken)).toEqual([]);
  });

  test('a task that can not be written is an error for the caller, and leaves nothing', async () => {
    const before = tasksIn(engine.path('q')).length;
    const { body } = await engine.get('/full');
    expect(body).toMatch(/ValueError: unable to spool job: File too large/);
    const drafts = readdirSync(engine.path('q')).filter((name) => name.startsWith('.uwsgi_spoolfile'));
    expect([tasksIn(engine.path('q')).length, drafts]).toEqual([before, []]);
  });

  test('what uWSGI would write and never run is refused', async () => {
    await expect(put(engine, { priority: '../../x' })).rejects.toThrow(/the priority is a number/);
    await expect(put(engine, { at: 'tomorrow' })).rejects.toThrow(/'at' is a time in seconds/);
    await expect(put(engine, { spooler: '/nowhere' })).rejects.toThrow(/\/nowhere is none of the folders/);
    const call = {
      style: 'dict',
      vars: [
        ['a', 'x'.repeat(40_000)],
        ['b', 'x'.repeat(30_000)],
      ],
    };
    const address = `http://127.0.0.1:${engine.port}/`;
    const answer = await (await fetch(address, { method: 'POST', body: JSON.stringify(call) })).text();
    expect(answer).toMatch(/at most 65535 bytes and these are 70\d+: put what is large into body/);
    await put(engine, { priority: '7' });
    await engine.seen("tasks with a priority are never run without 'spooler-ordered'");
  });
});

describe('a task that is given up', () => {
  let engine: EngineProcess;
  /** On another file system than the test's folders, where the machine has one. */
  const elsewhere = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/reeve-failed-') : null;

  beforeAll(async () => {
    const ini = `wsgi-file = app.py
spooler = {FOLDER}/linked
spooler = {FOLDER}/blocked
spooler-max-attempts = 1
`;
    engine = await EngineProcess.start({ ini, files: { 'app.py': SPOOL_APP } });
  });

  afterAll(async () => {
    await engine.dispose();
    if (elsewhere !== null) rmSync(elsewhere, { recursive: true });
  });

  test('goes to a folder `failed` on another file system, too', async ({ skip }) => {
    if (elsewhere === null) return skip('there is no /dev/shm');
    symlinkSync(elsewhere, engine.path('linked/failed'));
    const name = await put(engine, { do: 'raise', spooler: engine.path('linked'), body: 'kept' });
    await gone(engine, name, 'linked');
    expect(readdirSync(elsewhere)).toEqual([name]);
    expect(readFileSync(join(elsewhere, name), 'latin1')).toMatch(/kept$/);
  });

  test('waits for an hour where it can not be moved, and does not run all the time', async () => {
    writeFileSync(engine.path('blocked/failed'), '');
    const name = await put(engine, { do: 'raise', spooler: engine.path('blocked') });
    await engine.seen(`task ${name} can not be moved`);
    const waitsMs = (): number => statSync(engine.path(join('blocked', name))).mtimeMs - Date.now();
    await waitFor('the time of the task', () => waitsMs() > 3_000_000);
    expect(runsOf(engine, name)).toHaveLength(1);
    expect(JSON.parse(engine.read(`blocked/.attempts/${name}`))).toMatchObject({ attempts: 1 });
  });
});

describe('a spooler without the application', () => {
  let engine: EngineProcess;

  beforeAll(async () => {
    const ini = `wsgi-file = app.py
lazy-apps = true
spooler = q
spooler-import = tasks.py
spooler-ordered = true
spooler-frequency = 1
spooler-max-attempts = 0
spooler-max-tasks = 2
spooler-quiet = true
spooler-chdir = {FOLDER}/work
`;
    engine = await EngineProcess.launch({ ini, files: { 'app.py': SPOOL_APP, 'tasks.py': SPOOL_APP } });
    mkdirSync(engine.path('work'));
    await engine.seen('Reeve is ready');
  });

  afterAll(() => engine.dispose());

  test('takes its functions from spooler-import, runs in spooler-chdir and makes its folder', async () => {
    const [run] = await ran(engine, await put(engine, { task: 'x' }));
    expect(run?.cwd).toBe(engine.path('work'));
    expect(statSync(engine.path('q')).isDirectory()).toBe(true);
  });

  test('is replaced after spooler-max-tasks, loses nothing and is quiet', async () => {
    const names: string[] = [];
    for (let number = 0; number < 6; number++) names.push(await put(engine, { n: String(number) }));
    for (const name of names) await ran(engine, name);
    for (const name of names) await gone(engine, name);
    const pids = names.flatMap((name) => runsOf(engine, name).map(({ pid }) => pid));
    expect(pids).toHaveLength(6);
    expect(new Set(pids).size).toBeGreaterThanOrEqual(3);
    expect(engine.log).toMatch(/\[spooler .*\/q pid: \d+\] maximum number of tasks reached \(2\) recycling \.\.\./);
    expect(engine.log).not.toMatch(/managing request|done with task|\[spooler\] written/);
    expect((await spoolers(engine))[0]?.respawns).toBeGreaterThanOrEqual(2);
  });

  test('runs lower numbers of priority first, those without one last, each in the order of names', async () => {
    const blocker = await put(engine, { priority: '1', do: 'sleep', for: '0.5' });
    await ran(engine, blocker);
    const last = await put(engine, { n: 'last' });
    const ten = [await put(engine, { priority: '10' }), await put(engine, { priority: '10' })];
    const nine = await put(engine, { priority: '9' });
    for (const name of [last, ...ten, nine]) await ran(engine, name);
    const order = parseRuns(engine.read('ran.jsonl')).map(({ env }) => env['spooler_task_name']);
    expect(order.slice(-4)).toEqual([nine, ...ten, last]);
  });

  test('tries failures again at each look and leaves their files alone, as uWSGI does', async () => {
    const name = await put(engine, { do: 'raise', times: '2' });
    const path = engine.path(join('q', name));
    const before = statSync(path).mtimeMs;
    await ran(engine, name, 2);
    expect(existsSync(path) ? statSync(path).mtimeMs : before).toBe(before);
    await gone(engine, name);
    expect(existsSync(engine.path('q/failed'))).toBe(false);
  });
});

describe('a task that runs', () => {
  let engine: EngineProcess;

  beforeAll(async () => {
    const ini = `wsgi-file = app.py
spooler = {FOLDER}/q
spooler-harakiri = 2
spooler-retry-delay = 1
touch-spoolers-reload = {FOLDER}/touched
master-fifo = {FOLDER}/fifo
`;
    engine = await EngineProcess.start({ ini, files: { 'app.py': SPOOL_APP } });
  });

  afterAll(() => engine.dispose());

  test('is shown as running, with a lock named after the folder', async () => {
    const name = await put(engine, { do: 'sleep', for: '0.5' });
    const [run] = await ran(engine, name);
    const { spoolers: shown, locks } = await engine.stats();
    expect(shown).toEqual([{ dir: engine.path('q'), pid: run?.pid, tasks: 0, respawns: 0, running: 1 }]);
    expect(locks).toContainEqual({ [`spooler on ${engine.path('q')}`]: 0 });
    await gone(engine, name);
  });

  test('ends in the middle of a reload, and its process with it', async () => {
    const name = await put(engine, { do: 'sleep', for: '1.5' });
    const [run] = await ran(engine, name);
    engine.signal('SIGHUP');
    await engine.seen('spawned the uWSGI spooler', 2);
    expect(existsSync(engine.path(join('q', name)))).toBe(true);
    await gone(engine, name);
    await waitFor('the old process to end', () => !isRunning(run?.pid ?? 0));
    expect(runsOf(engine, name)).toHaveLength(1);
    expect(engine.log).not.toContain('NO MERCY');
    // The new one works.
    await gone(engine, await put(engine, {}));
  });

  test('is killed when it takes longer than spooler-harakiri, and tried again', async () => {
    const name = await put(engine, { do: 'sleep', for: '60', times: '1' });
    const [run] = await ran(engine, name);
    await engine.seen(`*** HARAKIRI ON THE SPOOLER (pid: ${run?.pid}) ***`);
    await ran(engine, name, 2);
    await gone(engine, name);
  });

  test('that kills its process counts as failed and runs again, in another process', async () => {
    const name = await put(engine, { do: 'die', times: '1' });
    const [first, second] = await ran(engine, name, 2);
    await gone(engine, name);
    expect(second?.pid).not.toBe(first?.pid);
    expect(engine.log).toContain(
      `task ${name} failed, attempt 1 of 20; it is tried again in 1 seconds: the process that ran it died`,
    );
    expect(engine.log).toContain('OOOPS the spooler is no more...trying respawn...');
    // It is done: nothing is remembered.
    await waitFor('its record to be removed', () => !existsSync(engine.path(`q/.attempts/${name}`)));
  });

  test('may set its own limit, or none', async () => {
    const name = await put(engine, { do: 'unlimited', for: '3.5' });
    const [run] = await ran(engine, name);
    await gone(engine, name);
    expect(runsOf(engine, name)).toHaveLength(1);
    expect(engine.log).not.toContain(`HARAKIRI ON THE SPOOLER (pid: ${run?.pid})`);
  });

  test('ends when the file of touch-spoolers-reload is touched; another process goes on', async () => {
    const before = (await spoolers(engine))[0]?.pid ?? 0;
    engine.write('touched', '');
    await waitFor('the old process to end', () => !isRunning(before));
    await gone(engine, await put(engine, {}));
  });

  test('is done before a graceful stop ends the server', async () => {
    const name = await put(engine, { do: 'sleep', for: '1' });
    await ran(engine, name);
    writeFileSync(engine.path('fifo'), 'q');
    expect(await engine.exited).toBe(0);
    expect(existsSync(engine.path(join('q', name)))).toBe(false);
    expect(runsOf(engine, name)).toHaveLength(1);
  });
});

test('a task that is done and can be neither removed nor emptied does not run again', async () => {
  const readOnly = `
def refuse(*_):
    raise OSError(30, "Read-only file system")


def run_once(env):
    outcome = run(env)
    os.unlink = os.truncate = refuse
    return outcome


uwsgi.spooler = run_once
`;
  const ini = 'wsgi-file = app.py\nspooler = {FOLDER}/q\nspooler-frequency = 1\n';
  const engine = await EngineProcess.start({ ini, files: { 'app.py': SPOOL_APP + readOnly } });
  try {
    const first = await put(engine, {});
    await engine.seen(`${first} is done and can not be removed (Read-only file system)`);
    const second = await put(engine, { at: String(Math.ceil(Date.now() / 1000) + 2) });
    await ran(engine, second);
    expect(runsOf(engine, first)).toHaveLength(1);
  } finally {
    await engine.dispose();
  }
});

test('the folder that is made belongs to the user of uid; a task that it may not open stays, and is told of once', async ({
  skip,
}) => {
  const reason = whyNoOtherUser();
  skip(reason !== null, reason ?? '');
  const ini = 'wsgi-file = app.py\nuid = 65534\ngid = 65534\nspooler = {FOLDER}/home/q\nspooler-frequency = 1\n';
  const engine = await EngineProcess.launch({ ini, files: { 'app.py': SPOOL_APP } });
  try {
    chmodSync(engine.folder, 0o777);
    // Its parent is root's alone to write in, as /var/spool is.
    mkdirSync(engine.path('home'), { mode: 0o755 });
    await engine.seen('Reeve is ready');
    expect(statSync(engine.path('home/q')).uid).toBe(65_534);
    const foreign = 'uwsgi_spoolfile_on_test_1_1_1_1_1';
    writeFileSync(engine.path(`home/q/${foreign}`), Buffer.from([17, 0, 0, 0]), { mode: 0o600 });
    for (const times of [1, 2]) await gone(engine, await put(engine, { n: String(times) }), 'home/q');
    await engine.seen(`${foreign} can not be opened and locked (Permission denied): is it this user's?`);
    await gone(engine, await put(engine, {}), 'home/q');
    expect(existsSync(engine.path(`home/q/${foreign}`))).toBe(true);
    expect(engine.count('can not be opened and locked')).toBe(1);
  } finally {
    await engine.dispose();
  }
});
