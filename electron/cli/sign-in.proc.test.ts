import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../core/testing/wait-until.ts';

const main = join(import.meta.dirname, 'main.ts');

describe('a command that waits for a host', () => {
  let home = '';
  let child: ChildProcess | null = null;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'reeve-sign-in-'));
    await mkdir(join(home, '.ssh'));
    await mkdir(join(home, 'tmp'));
    await writeFile(join(home, 'proxy.sh'), `echo $$ >${home}/pid\nexec sleep 300\n`);
    await writeFile(join(home, '.ssh/config'), `Host web1\n  ProxyCommand sh ${home}/proxy.sh\n`);
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });

  it.each(['stats', 'logs', 'reload', 'discover'])('ends at Ctrl-C and leaves nothing behind: %s', async (command) => {
    const target = command === 'discover' ? 'ssh://web1' : 'ssh://web1/run/app.stats';
    const env = { PATH: process.env.PATH, HOME: home, TMPDIR: join(home, 'tmp') };
    const run = spawn(process.execPath, [main, command, target], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child = run;
    const exited = new Promise((resolve) => run.once('exit', resolve));
    const said = text(run.stderr);
    const pid = await waitUntil('the ProxyCommand', () => {
      const path = join(home, 'pid');
      return existsSync(path) ? Number(readFileSync(path, 'utf8')) || null : null;
    });
    run.kill('SIGINT');
    expect(await exited).toBe(1);
    expect(await said).toContain('reeve: Stopped before it began');
    await waitUntil('the end of the ProxyCommand', () => !isRunning(pid));
    expect(await readdir(join(home, 'tmp'))).toEqual([]);
  });
});

function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}
