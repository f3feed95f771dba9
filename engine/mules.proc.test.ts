/** Mules through their lives: crashes, reloads, overdue tasks, a stop, the death of the master; and what the log and the statistics say of signals. */
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { StatsMule } from './api/stats.ts';
import { BACKGROUND_APP } from './testing/background-app.ts';
import { evaluateOne } from './testing/commons-app.ts';
import { descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];

const HANGS_IN_ONE = `
import time
def hangs(number):
    note("hangs in %d" % os.getpid())
    time.sleep(60)
uwsgi.register_signal(40, "worker", hangs)
`;
/** A function for two mules, which begin to print together. */
const RINGS = {
  'work.py': `
import time, uwsgi
def ring():
    with open('events', 'a') as events:
        events.write('rang %d\\n' % uwsgi.mule_id())
    while open('events').read().count('rang') < 2:
        time.sleep(0.001)
    for _ in range(200):
        print(uwsgi.mule_id(), 'and', 'other', 'words')
    print('all said')
    uwsgi.mule_get_msg()
`,
};
const EXITS = "uwsgi.register_signal(40, 'worker', lambda number: exit(3))";

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function start(
  options: readonly string[],
  more: { files?: Record<string, string>; env?: Record<string, string>; atLoad?: string } = {},
) {
  const engine = await EngineProcess.launch({
    ini: ['module = app', 'master = true', 'disable-logging = true', ...options].join('\n'),
    files: { 'app.py': BACKGROUND_APP, ...more.files },
    env: { ...more.env, AT_LOAD: more.atLoad ?? '' },
  });
  engines.push(engine);
  await engine.seen('Reeve is ready');
  return engine;
}

async function call(engine: EngineProcess, line: string): Promise<string> {
  return evaluateOne(engine.port, line);
}

function eventsOf(engine: EngineProcess): string[] {
  return engine.read('events').split('\n').filter(Boolean);
}

/** Waits until there is a line like this; the line. */
async function noted(engine: EngineProcess, pattern: RegExp, times = 1): Promise<string> {
  return waitFor(String(pattern), () => eventsOf(engine).filter((line) => pattern.test(line))[times - 1]);
}

/** Waits until the mule is as wanted. */
async function muleIs(engine: EngineProcess, id: number, check: (mule: StatsMule) => boolean): Promise<StatsMule> {
  return waitFor(`mule ${id}`, async () => {
    const mule = (await engine.stats()).reeve?.mules?.find((one) => one.id === id);
    return mule !== undefined && check(mule) ? mule : null;
  });
}

async function runningMule(engine: EngineProcess, id: number): Promise<StatsMule> {
  return muleIs(engine, id, ({ pid, status }) => pid > 0 && status === 'idle');
}

describe('a mule', () => {
  it('that dies is there again, and takes the messages that waited; the one it had is lost', async () => {
    const engine = await start(['mules = 1']);
    const before = await runningMule(engine, 1);
    await call(engine, "uwsgi.mule_msg(b'die'), uwsgi.mule_msg(b'one'), uwsgi.mule_msg(b'two', 1)");
    await noted(engine, /^message one mule1$/);
    await noted(engine, /^message two mule1$/);
    const after = await runningMule(engine, 1);
    expect(after.pid).not.toBe(before.pid);
    expect(after.respawn_count).toBe(2);
    expect(engine.log).toContain(`OOOPS mule 1 (pid: ${before.pid}) crippled...trying respawn...`);
    expect(engine.log).toContain(`spawned uWSGI mule 1 (pid: ${after.pid})`);
  });

  it('with a script runs it, without the application with lazy-apps', async () => {
    const script =
      "import uwsgi\nopen('events', 'a').write('script %s %d\\n' % (__name__, uwsgi.mule_id()))\nuwsgi.mule_get_msg()\n";
    for (const options of [[], ['lazy-apps = true']]) {
      const engine = await start(['mule = script.py', ...options], { files: { 'script.py': script } });
      expect(await noted(engine, /^script/)).toBe('script __main__ 1');
    }
  });

  it('with a function runs it, called or only named', async () => {
    const engine = await start(['pythonpath = .', 'mule = work:ring()', 'mule = work:ring'], { files: RINGS });
    await noted(engine, /^rang 1$/);
    await noted(engine, /^rang 2$/);
  });

  it('prints whole lines, with PYTHONUNBUFFERED as well', async () => {
    const options = ['pythonpath = .', 'mule = work:ring', 'mule = work:ring'];
    const engine = await start(options, { files: RINGS, env: { PYTHONUNBUFFERED: '1' } });
    await waitFor('the lines of both', () => (engine.log.match(/all said/g)?.length ?? 0) >= 2);
    const said = engine.log.split('\n').filter((line) => /said|words/.test(line));
    expect(said.filter((line) => !/^(\d and other words|all said)$/.test(line))).toEqual([]);
    expect(said).toHaveLength(402);
  });

  it('whose script never looks for messages ends at once when it is to end', async () => {
    const script = "import time\nopen('events', 'a').write('up\\n')\nwhile True: time.sleep(100)\n";
    const engine = await start(['mule = script.py'], { files: { 'script.py': script } });
    await noted(engine, /^up$/);
    const pid = descendants(engine.pid).filter(isRunning);
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(engine.log).not.toContain('NO MERCY');
    expect(pid.some(isRunning)).toBe(false);
  });

  it('finishes its message at a reload while the new one works beside it', async () => {
    const engine = await start(['mules = 1']);
    await runningMule(engine, 1);
    await call(engine, "uwsgi.mule_msg(b'stay')");
    const old = Number((await noted(engine, /^stays/)).split(' ').at(-1));
    expect((await muleIs(engine, 1, ({ status }) => status === 'busy')).pid).toBe(old);
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    const next = await muleIs(engine, 1, ({ pid, status }) => pid !== old && status === 'idle');
    expect(isRunning(old)).toBe(true);
    await call(engine, "uwsgi.mule_msg(b'next')");
    await noted(engine, /^message next mule1$/);
    writeFileSync(engine.path('go'), '');
    await noted(engine, /^message stay mule1$/);
    await waitFor('the end of the old one', () => !isRunning(old));
    expect(isRunning(next.pid)).toBe(true);
    expect(engine.log).not.toContain('crippled');
  });

  it('that does not end within mule-reload-mercy is killed', async () => {
    const engine = await start(['mules = 1', 'mule-reload-mercy = 1']);
    await call(engine, "uwsgi.mule_msg(b'stay')");
    const old = Number((await noted(engine, /^stays/)).split(' ').at(-1));
    engine.signal('SIGHUP');
    await engine.seen('NO MERCY');
    await waitFor('its end', () => !isRunning(old));
  });

  it('whose message takes longer than mule-harakiri is killed, and there again', async () => {
    const engine = await start(['mules = 1', 'mule-harakiri = 1']);
    await call(engine, "uwsgi.mule_msg(b'stay')");
    const old = Number((await noted(engine, /^stays/)).split(' ').at(-1));
    await engine.seen(`*** HARAKIRI ON MULE 1 (pid: ${old}) ***`);
    await muleIs(engine, 1, ({ pid, status }) => pid !== old && status === 'idle');
    await call(engine, "uwsgi.mule_msg(b'on')");
    await noted(engine, /^message on mule1$/);
  });

  it('is replaced when the file of touch-mules-reload is touched', async () => {
    const engine = await start(['mules = 1', 'touch-mules-reload = {FOLDER}/touch']);
    const { pid } = await runningMule(engine, 1);
    engine.write('touch', '');
    await muleIs(engine, 1, (mule) => mule.pid > 0 && mule.pid !== pid);
    expect(engine.log).not.toContain('crippled');
  });

  it('ends with a killed master', async () => {
    const engine = await start(['mules = 2']);
    await runningMule(engine, 2);
    const family = descendants(engine.pid);
    engine.signal('SIGKILL');
    await engine.exited;
    await waitFor('the end of all', () => family.every((pid) => !isRunning(pid)));
  });

  it('has room for so many messages as mule-msg-size says', async () => {
    const engine = await start(['mules = 1', 'mule-msg-size = 4096']);
    await runningMule(engine, 1);
    await call(engine, "uwsgi.mule_msg(b'stay', 1)");
    await noted(engine, /^stays/);
    expect(await call(engine, "[uwsgi.mule_msg(b'x' * 1500, 1) for _ in range(4)]")).toBe('[True, True, False, False]');
    expect((await muleIs(engine, 1, ({ queue }) => queue === 2)).farms).toBe('');
    writeFileSync(engine.path('go'), '');
    await noted(engine, /^message x+ mule1$/, 2);
  });

  it('that a farm names and that is not there stops the start', async () => {
    const engine = await EngineProcess.launch({
      ini: 'module = app\nmaster = true\nmules = 1\nfarm = f:1,2',
      files: { 'app.py': BACKGROUND_APP },
    });
    engines.push(engine);
    expect(await engine.exited).toBe(78);
    expect(engine.log).toContain("The farm 'f' names mule 2");
  });
});

describe('a signal', () => {
  it('whose handler fails is told in the log, and the worker lives', async () => {
    const engine = await start(['processes = 1']);
    const { pid } = await engine.worker(1);
    await call(engine, 'uwsgi.signal(30), uwsgi.signal(2)');
    await noted(engine, /^signal 2 worker1$/);
    await engine.seen('RuntimeError: handler fails');
    await engine.seen('error managing signal 30 on worker 1');
    expect((await engine.worker(1)).pid).toBe(pid);
    await waitFor('the counts', async () => (await engine.worker(1)).signals === 2);
    const signals = (await engine.stats()).reeve?.signals ?? [];
    expect(signals.find(({ number }) => number === 2)).toMatchObject({ target: 'worker1', raised: 1 });
  });

  it('is lost with the worker that ends in its handler; what came after it is not', async () => {
    const engine = await start(['processes = 1']);
    await call(engine, 'uwsgi.signal(31), uwsgi.signal(2)');
    await noted(engine, /^signal 2 worker1$/);
    await engine.seen('*** signal 31 is lost: worker 1 has ended in its handler ***');
    expect(engine.count('signal 31 is lost')).toBe(1);
  });

  it('whose handler takes longer than harakiri ends its worker; requests go to another one meanwhile', async () => {
    const engine = await start(['processes = 2', 'harakiri = 2'], { atLoad: HANGS_IN_ONE });
    await call(engine, 'uwsgi.signal(40)');
    const hung = Number((await noted(engine, /^hangs/)).split(' ').at(-1));
    const served = [];
    for (let count = 0; count < 5; count++) served.push(Number(await call(engine, 'os.getpid()')));
    expect(served).not.toContain(hung);
    await engine.seen(`HANDLING SIGNAL 40 (pid: ${hung}, try: 1) ***`);
    await waitFor('its successor', async () => {
      const { workers } = await engine.stats();
      return workers.every(({ pid, status }) => pid !== hung && pid > 0 && status === 'idle');
    });
    const { workers } = await engine.stats();
    expect(workers.map(({ harakiri_count }) => harakiri_count).toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it('whose handler calls sys.exit has its worker replaced, with threads as well', async () => {
    for (const threads of [1, 2]) {
      const engine = await start(['processes = 1', `threads = ${threads}`], { atLoad: EXITS });
      const { pid } = await engine.worker(1);
      await call(engine, 'uwsgi.signal(40)');
      await waitFor('another worker', async () => ![0, pid].includes((await engine.worker(1)).pid));
      await call(engine, 'uwsgi.signal(2)');
      await noted(engine, /^signal 2 worker1$/);
      expect(engine.log).not.toContain('Traceback');
    }
  });

  it('that nobody has registered is told of, and one for nobody too', async () => {
    const engine = await start(['processes = 1']);
    await call(engine, 'uwsgi.signal(99), uwsgi.signal(5), uwsgi.signal(7)');
    await engine.seen('error managing signal 99 on worker 1');
    await engine.seen('*** signal 5 has nowhere to go: there is no mule 1 ***');
    await engine.seen('*** signal 7 has nowhere to go: there is no spooler ***');
  });

  it('can be waited for in a request, and comes from a file of fs-signal', async () => {
    const engine = await start(['processes = 1', 'fs-signal = {FOLDER}/touch 20']);
    const waited = call(engine, "note('waits'), uwsgi.signal_wait(20), uwsgi.signal_received()");
    await noted(engine, /^waits$/);
    engine.write('touch', '');
    expect(await waited).toBe("(None, b'', 20)");
    await noted(engine, /^signal 20 worker1$/);
  });

  it('is dropped when more wait for a process than signal-bufsize says', async () => {
    const engine = await start(['processes = 1', 'signal-bufsize = 3']);
    const raise = "[uwsgi.signal(2) for _ in range(8)], [0 for _ in iter(lambda: os.path.exists('go'), True)]";
    const waited = call(engine, raise);
    await engine.seen('*** signal 2 is dropped', 2);
    engine.write('go', '');
    await waited;
    await noted(engine, /^signal 2 worker1$/, 6);
    expect((await engine.stats()).signal_queue).toBe(0);
  });

  it('comes from signal-timer and signal-rbtimer', async () => {
    const engine = await start(['processes = 1', 'signal-timer = 20 1', 'signal-rbtimer = 21 1']);
    await noted(engine, /^signal 20 worker1$/, 2);
    await noted(engine, /^signal 21 worker1$/, 2);
    expect((await engine.stats()).reeve?.timers?.map(({ kind, signal }) => [kind, signal])).toEqual([
      ['timer', 20],
      ['rbtimer', 21],
    ]);
  });

  it('comes from the timers of the new application after a reload, and no longer from the old one', async () => {
    const engine = await start(['processes = 1'], {
      atLoad: "exec(open('timers').read())",
      files: { timers: 'uwsgi.add_timer(20, 1)' },
    });
    await noted(engine, /^signal 20 worker1$/);
    engine.write('timers', 'uwsgi.add_timer(21, 1)');
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    const before = eventsOf(engine).length;
    await noted(engine, /^signal 21 worker1$/, 2);
    expect(
      eventsOf(engine)
        .slice(before)
        .filter((line) => line.startsWith('signal 20')),
    ).toEqual([]);
  });
});
