/** Daemons beside the server: their lives through respawns, reloads, a stop and the death of the master. */
import { chmodSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON_APP } from './testing/apps.ts';
import { descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];
const loose: number[] = [];
/** Notes its pid and each signal it gets, and ends at TERM and USR1. */
const DAEMON = `#!/bin/sh
note() { echo "$1 $$" >> "$(dirname "$0")/notes"; }
trap 'note TERM; exit 0' TERM
trap 'note USR1; exit 0' USR1
trap 'note HUP; exit 0' HUP
note up
while :; do sleep 0.1; done
`;
/** Goes into the background by itself and writes its pidfile. */
const BACKGROUND = `#!/bin/sh
folder="$(dirname "$0")"
echo "start" >> "$folder/starts"
setsid sh -c 'echo $$ > '"$folder"'/smart.pid; exec sleep 300' > /dev/null 2>&1 < /dev/null &
`;

async function start(ini: string): Promise<EngineProcess> {
  const engine = await EngineProcess.launch({
    ini: `wsgi-file = app.py\nmaster = true\n${ini}`,
    files: { 'app.py': PYTHON_APP, 'd.sh': DAEMON, 'b.sh': BACKGROUND, 'touch.me': '' },
  });
  engines.push(engine);
  for (const name of ['d.sh', 'b.sh']) chmodSync(engine.path(name), 0o755);
  await engine.seen('Reeve is ready');
  return engine;
}

function notesOf(engine: EngineProcess): string[] {
  return engine.read('notes').split('\n').filter(Boolean);
}

async function pidOf(engine: EngineProcess, ups: number): Promise<number> {
  const seen = await waitFor(`start ${ups}`, () => notesOf(engine).filter((note) => note.startsWith('up '))[ups - 1]);
  return Number(seen.slice(3));
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
  for (const pid of loose.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
});

describe('an attached daemon', () => {
  it('runs beside the server, comes back when it dies, and ends with the server', async () => {
    const engine = await start('attach-daemon = {FOLDER}/d.sh');
    const first = await pidOf(engine, 1);
    expect(descendants(engine.pid)).toContain(first);
    expect(await engine.statsText()).toContain(
      `\t"daemons":[\n\t\t{\n\t\t\t"cmd":"${engine.path('d.sh')}",\n\t\t\t"pid":${first}`,
    );
    process.kill(first, 'SIGKILL');
    const second = await pidOf(engine, 2);
    await engine.seen(`[uwsgi-daemons] throttling "${engine.path('d.sh')}" for 1 seconds`);
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(notesOf(engine).at(-1)).toBe(`TERM ${second}`);
    expect(isRunning(second)).toBe(false);
  });

  it('starts anew at a reload and when its file is touched, each by its own signal', async () => {
    const engine = await start(
      'attach-daemon2 = cmd={FOLDER}/d.sh,stop_signal=10,reload_signal=1,touch={FOLDER}/touch.me,max_throttle=1',
    );
    const first = await pidOf(engine, 1);
    engine.signal('SIGHUP');
    const second = await pidOf(engine, 2);
    engine.write('touch.me', 'now');
    const third = await pidOf(engine, 3);
    expect(notesOf(engine)).toEqual([`up ${first}`, `HUP ${first}`, `up ${second}`, `USR1 ${second}`, `up ${third}`]);
  });

  it('of a configuration that a reload has changed ends before those of the new one start', async () => {
    const engine = await start('attach-daemon = {FOLDER}/d.sh');
    const first = await pidOf(engine, 1);
    engine.writeIni(
      'wsgi-file = app.py\nmaster = true\nattach-daemon = {FOLDER}/d.sh again\nattach-daemon = exec sleep 302',
    );
    engine.signal('SIGHUP');
    const second = await pidOf(engine, 2);
    expect(notesOf(engine)).toEqual([`up ${first}`, `TERM ${first}`, `up ${second}`]);
    await engine.seen('spawning "exec sleep 302"');
  });

  it('is there until the last request is answered at a graceful stop', async () => {
    const engine = await start(
      'attach-daemon = {FOLDER}/d.sh\nhook-master-start = unix_signal:15 gracefully_kill_them_all',
    );
    await pidOf(engine, 1);
    const slow = engine.get('/sleep?0.5', { fresh: true });
    await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
    engine.signal('SIGTERM');
    expect((await slow).status).toBe(200);
    expect(await engine.exited).toBe(0);
    expect(engine.log.indexOf('ended\n')).toBeLessThan(engine.log.indexOf('[uwsgi-daemons] stopping daemon'));
  });

  it("gets the server's standard input where it is to have it", async () => {
    const engine = await EngineProcess.start({
      ini: `wsgi-file = app.py\nmaster = true\ndaemons-honour-stdin = true\nattach-daemon = cat > heard; sleep 60`,
      files: { 'app.py': PYTHON_APP, words: 'from the terminal\n' },
      starter: ['/bin/sh', '-c', 'exec "$0" "$@" < words'],
    });
    engines.push(engine);
    await waitFor('the words', () => engine.read('heard') === 'from the terminal\n');
  });

  it('that does not end is killed, and one whose end ends the server does so', async () => {
    const engine = await start(
      'worker-reload-mercy = 1\nattach-daemon = trap "" TERM; while :; do sleep 0.1; done\n' +
        'attach-control-daemon = while [ ! -e {FOLDER}/now ]; do sleep 0.05; done',
    );
    await engine.seen('[uwsgi-daemons] spawning', 2);
    engine.write('now', '');
    expect(await engine.exited).toBe(0);
    expect(engine.log).toContain('has ended: stopping the server');
    expect(engine.log).toContain('[uwsgi-daemons] killing daemon');
  });

  it('ends with a master that is killed, with all that it has started', async () => {
    const engine = await start(
      'attach-daemon = {FOLDER}/d.sh\nattach-daemon = sleep 301; true\nsocket = {FOLDER}/u.sock\nmaster-fifo = {FOLDER}/fifo',
    );
    const daemon = await pidOf(engine, 1);
    const family = descendants(engine.pid);
    expect(family).toContain(daemon);
    expect(family.length).toBeGreaterThan(5);
    engine.signal('SIGKILL');
    await waitFor('the end of them all', () => family.every((pid) => !isRunning(pid)));

    // What it has left behind keeps nobody from starting, and is removed.
    const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`reeve-engine-${engine.pid}-`));
    expect(left()).toHaveLength(1);
    const next = await start(`socket = ${engine.path('u.sock')}\nmaster-fifo = ${engine.path('fifo')}`);
    expect(left()).toEqual([]);
    expect((await next.get('/')).status).toBe(200);
  });
});

describe('a daemon with a pidfile', () => {
  it('outlives the server and is taken over by the next one', async () => {
    const ini = 'smart-attach-daemon = {FOLDER}/smart.pid {FOLDER}/b.sh';
    const engine = await start(ini);
    const pid = await waitFor('the pidfile', () => Number(engine.read('smart.pid')) || null);
    loose.push(pid);
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(isRunning(pid)).toBe(true);

    const next = await start(ini.replaceAll('{FOLDER}', engine.folder));
    await next.seen(`[uwsgi-daemons] found pid ${pid}`);
    expect(engine.read('starts')).toBe('start\n');
  });
});
