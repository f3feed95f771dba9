/** `--signal ADDRESS,SIGNAL` on the command line reaches a real uWSGI and the engine. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { BACKGROUND_APP } from './testing/background-app.ts';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const disposals: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

async function run(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [MAIN, ...args], (_error, stdout, stderr) => {
      done({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

describe('the option signal', () => {
  it('is handled by the engine when it allows that, and refused when it does not', async () => {
    for (const allowed of [true, false]) {
      const engine = await EngineProcess.launch({
        ini: `module = app\nmaster = true\n${allowed ? 'uwsgi-modifiers = signal' : ''}`,
        listener: 'socket = 127.0.0.1:{HTTP}',
        files: { 'app.py': BACKGROUND_APP },
      });
      disposals.push(async () => engine.dispose());
      await engine.seen('Reeve is ready');
      const { code, output } = await run('--signal', `127.0.0.1:${engine.port},2`);
      expect(code).toBe(allowed ? 0 : 1);
      expect(output).toContain(allowed ? 'signal 2 delivered to node' : 'unable to deliver signal 2 to node');
      if (allowed) await waitFor('its handler', () => engine.read('events').includes('signal 2 worker1'));
    }
  });

  it('is handled by uWSGI', async ({ skip }) => {
    const reason = whyNoUwsgi();
    skip(reason !== null, reason ?? '');
    const port = await freePort();
    const args = ['--plugin', 'python3,signal', '--socket', `127.0.0.1:${port}`, '--module', 'app'];
    const uwsgi = await UwsgiProcess.start(args, { 'app.py': BACKGROUND_APP });
    disposals.push(async () => uwsgi.dispose());
    expect(await run('--signal', `127.0.0.1:${port},2`)).toEqual({
      code: 0,
      output: `signal 2 delivered to node 127.0.0.1:${port}\n`,
    });
  });

  it('says what is wrong with its value, or that nobody answers', async () => {
    expect((await run('--signal', 'nothing')).output).toContain('Write ADDRESS,SIGNAL');
    expect((await run('--signal', '127.0.0.1:1,256')).code).toBe(1);
    expect((await run('--signal', '127.0.0.1:1,5')).output).toContain('(ECONNREFUSED)');
  });
});
