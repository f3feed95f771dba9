/** Hooks: each at its moment, in uWSGI's order; what a failing one ends; signals bound to other meanings. */
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON_APP } from './testing/apps.ts';
import { EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];
const HOOK_PHASES = [
  'asap',
  'pre-jail',
  'in-jail',
  'as-root',
  'as-user',
  'pre-app',
  'post-app',
  'master-start',
  'post-fork',
  'accepting',
  'accepting-once',
  'accepting1',
  'accepting1-once',
  'as-user-atexit',
];
const EXEC_PHASES = ['asap', 'pre-jail', 'in-jail', 'as-root', 'as-user', 'pre-app', 'post-app', 'as-user-atexit'];
const APP = `${PYTHON_APP}\nwith open("order", "a") as order:\n    order.write("app\\n")\n`;

async function launch(ini: string): Promise<EngineProcess> {
  const lines = `wsgi-file = app.py\nmaster = true\n${ini}`;
  const engine = await EngineProcess.launch({ ini: lines, files: { 'app.py': APP } });
  engines.push(engine);
  return engine;
}

async function start(ini: string): Promise<EngineProcess> {
  const engine = await launch(ini);
  await engine.seen('Reeve is ready');
  return engine;
}

function orderOf(engine: EngineProcess): string[] {
  return engine.read('order').split('\n').filter(Boolean);
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

/** Recorded from uWSGI 2.0.21 with one worker; there the moments of the master and of its worker overlap. */
const RECORDED_START = [
  'hook asap',
  'exec asap',
  'hook pre-jail',
  'exec pre-jail',
  'hook in-jail',
  'exec in-jail',
  'hook as-root',
  'exec as-root',
  'hook as-user',
  'exec as-user',
  'hook pre-app',
  'exec pre-app',
  'app',
  'hook post-app',
  'exec post-app',
];
const RECORDED_WORKER = ['post-fork', 'accepting', 'accepting-once', 'accepting1', 'accepting1-once'];

describe('hooks', () => {
  it('run in the order of uWSGI, through a respawn and a stop', async () => {
    const lines = HOOK_PHASES.map((phase) => `hook-${phase} = exec:echo hook ${phase} >> {FOLDER}/order`);
    const older = EXEC_PHASES.map((phase) => `exec-${phase} = echo exec ${phase} >> {FOLDER}/order`);
    const engine = await start([...older, ...lines].join('\n'));
    await waitFor('the hook of the master', () => orderOf(engine).includes('hook master-start'));
    const order = orderOf(engine);
    expect(order.slice(0, RECORDED_START.length)).toEqual(RECORDED_START);
    const rest = order.slice(RECORDED_START.length).filter((line) => line !== 'hook master-start');
    expect(rest).toEqual(RECORDED_WORKER.map((phase) => `hook ${phase}`));

    process.kill((await engine.worker(1)).pid, 'SIGKILL');
    await engine.seen('spawned worker 1', 2);
    const respawned = orderOf(engine).slice(order.length);
    expect(respawned).toEqual(['hook post-fork', 'hook accepting', 'hook accepting1']);

    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(orderOf(engine).slice(-2)).toEqual(['hook as-user-atexit', 'exec as-user-atexit']);
  });

  it('of the application run in its own process: their folder and variables are its own', async () => {
    const engine = await start(
      'env = FROM=file\nhook-asap = putenv:MASTER=yes\nhook-pre-app = putenv:FROM=hook\nhook-post-app = exec:echo "$FROM" > seen\n',
    );
    expect((await engine.get('/env?FROM')).body).toBe('hook');
    expect((await engine.get('/env?MASTER')).body).toBe('yes');
    expect(engine.read('seen')).toBe('hook\n');
  });

  it('of a JavaScript application run in its process, too', async () => {
    const phases = ['pre-app', 'post-app', 'post-fork', 'accepting', 'accepting-once', 'accepting1', 'accepting1-once'];
    const hooks = phases.map((phase) => `hook-${phase} = exec:echo ${phase} >> {FOLDER}/order`);
    const app = 'export default { fetch: () => new Response(process.env.FROM + process.cwd()) };';
    const engine = await EngineProcess.launch({
      ini: `js-app = app.mjs\n${hooks.join('\n')}\nhook-pre-app = putenv:FROM=hook\nchdir2 = /usr\n`,
      files: { 'app.mjs': app },
    });
    engines.push(engine);
    await engine.seen('Reeve is ready');
    expect((await engine.get('/')).body).toBe('hook/usr');
    expect(orderOf(engine)).toEqual(phases);
    process.kill((await engine.worker(1)).pid, 'SIGKILL');
    await engine.seen('spawned worker 1', 2);
    expect(orderOf(engine).slice(phases.length)).toEqual(phases.filter((phase) => !phase.includes('once')));
  });

  it('write, append, make and remove files', async () => {
    const engine = await start(
      [
        'write:{FOLDER}/a one two',
        'append:{FOLDER}/a !',
        'writen:{FOLDER}/b x',
        'mkdir:{FOLDER}/c',
        'chdir:{FOLDER}/c',
        'creat:d',
        'unlink:d',
        'create:e',
        'chmod:e 600',
        'print:said by a hook',
      ]
        .map((action) => `hook-asap = ${action}`)
        .join('\n'),
    );
    expect([engine.read('a'), engine.read('b'), engine.read('c/e')]).toEqual(['one two!', 'x\n', '']);
    expect(engine.log).toContain('said by a hook\n');
  });

  it.each([
    ['hook-asap = exec:exit 3', "The hook-asap 'exec:exit 3' has failed (exited with code 3)."],
    ['exec-as-user = false', "The exec-as-user 'false' has failed (exited with code 1)."],
    ['hook-as-root = unlink:/no/such/file', 'has failed (ENOENT).'],
    ['hook-pre-app = exec:false', 'FATAL hook failed: "exec:false" (pre-app) exited with code 1'],
    ['hook-master-start = exec:false', "The hook-master-start 'exec:false' has failed"],
  ])('that fail end the start: %s', async (line, message) => {
    const engine = await launch(line);
    expect(await engine.exited).toBe(1);
    expect(engine.log).toContain(message);
  });

  it('that may fail do not, and exit ends the start without an error', async () => {
    const engine = await launch('hook-asap = safeexec:exit 3\nhook-as-user = exit:');
    expect(await engine.exited).toBe(0);
    expect(engine.log).toContain('command "exit 3" exited with code 3');
    expect(orderOf(engine)).toEqual([]);
  });

  it('of a reload can refuse it: the old generation serves on', async () => {
    const engine = await start('hook-asap = exec:test ! -e {FOLDER}/broken');
    const { pid } = await engine.worker(1);
    engine.write('broken', '');
    engine.signal('SIGHUP');
    await engine.seen('reload failed');
    expect((await engine.worker(1)).pid).toBe(pid);
    expect((await engine.get('/')).status).toBe(200);
  });

  it('run when a file is touched', async () => {
    const engine = await start(
      'hook-touch = {FOLDER}/touch.me exec:echo touched > {FOLDER}/seen\nhook-touch = {FOLDER}/end.me exit:',
    );
    engine.write('touch.me', 'now');
    await waitFor('the hook', () => engine.read('seen') === 'touched\n');
    engine.write('end.me', '');
    expect(await engine.exited).toBe(0);
  });

  it('bind a signal to another meaning', async () => {
    const engine = await start('hook-master-start = unix_signal:15 gracefully_kill_them_all');
    const slow = engine.get('/sleep?0.5', { fresh: true });
    await waitFor('a busy worker', async () => (await engine.worker(1)).status === 'busy');
    engine.signal('SIGTERM');
    expect((await slow).status).toBe(200);
    expect(await engine.exited).toBe(0);
  });

  it('that hang are ended by a stop', async () => {
    const engine = await launch('hook-asap = exec:sleep 60');
    await engine.seen('running "exec:sleep 60"');
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(1);
  });

  it.each([
    ['asap', 'SIGKILL'],
    ['pre-app', 'SIGINT'],
    ['post-fork', 'SIGINT'],
    ['accepting', 'SIGKILL'],
  ] as const)('that hang (%s) leave nothing behind when the engine gets %s', async (phase, signal) => {
    const engine = await launch(`hook-${phase} = exec:echo $$ > hook.pid; sleep 60`);
    const pid = await waitFor('the command', () => Number(engine.read('hook.pid')));
    engine.signal(signal);
    await engine.exited;
    await waitFor('the end of the command', () => !isRunning(pid));
  });
});
