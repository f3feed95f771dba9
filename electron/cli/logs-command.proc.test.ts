import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sshd, writeSshHome } from '../core/ssh/testing/sshd.ts';
import { APP, CoreBench } from '../core/testing/core-bench.ts';
import { waitUntil } from '../core/testing/wait-until.ts';
import { type Running, run, signalGroup } from './testing/running.ts';

const launcher = join(import.meta.dirname, '../../resources/bin/reeve');
const SECRET = 'basket-Lw5512';

describe('reeve logs', () => {
  let web: Sshd;
  let bench: CoreBench;
  let target = '';
  let log = '';
  let temporary = '';

  beforeAll(async () => {
    web = await Sshd.start();
    bench = await CoreBench.make();
    await writeSshHome(bench.folder, [{ alias: 'web1', sshd: web }]);
    temporary = join(bench.folder, 'tmp');
    await mkdir(temporary);
    const port = await bench.freePort();
    const stats = join(bench.folder, 'app.stats');
    log = join(bench.folder, 'app.log');
    const app = await bench.write('app.py', APP);
    const served = ['--plugin', 'python3', '--wsgi-file', app, '--master', '--http-socket', `127.0.0.1:${port}`];
    await bench.startUwsgi([...served, '--stats', stats, '--logto', log]);
    await waitUntil('the server', async () =>
      fetch(`http://127.0.0.1:${port}/cart?basket=${SECRET}`)
        .then((answer) => answer.ok)
        .catch(() => false),
    );
    target = `ssh://web1${stats}`;
  });

  afterAll(async () => {
    await bench?.dispose();
    await web?.dispose();
  });

  function reeve(...args: string[]): Running {
    const env = {
      HOME: bench.folder,
      TMPDIR: temporary,
      XDG_DATA_HOME: join(bench.folder, 'data'),
      XDG_CONFIG_HOME: bench.folder,
    };
    return run(launcher, ['logs', target, ...args], { cwd: bench.folder, env });
  }

  async function untilNothingIsLeft(): Promise<void> {
    await waitUntil('every look there to end', () => !readdirSync('/proc').some((pid) => isLookAt(pid, log)));
    expect(await readdir(temporary)).toEqual([]);
  }

  it('prints the newest lines of a server behind SSH without secrets, and with them only on asking, on record', async () => {
    const plain = reeve('-n', '5', '--json');
    expect(await plain.ended).toBe(0);
    const requests = plain
      .output()
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(requests).toContainEqual(
      expect.objectContaining({
        level: 'request',
        hasSecrets: true,
        request: expect.objectContaining({ uri: '/cart?basket=••••••' }),
      }),
    );
    expect(plain.output()).not.toContain(SECRET);
    const raw = reeve('-n', '5', '--raw');
    expect(await raw.ended).toBe(0);
    expect(raw.output()).toContain(SECRET);
    const files = await readdir(bench.folder, { recursive: true });
    const audit = files.find((name) => name.endsWith('audit.log')) ?? '';
    expect(JSON.parse(await readFile(join(bench.folder, audit), 'utf8'))).toMatchObject({
      action: 'log.show',
      machine: 'web1',
    });
    await untilNothingIsLeft();
  });

  it('follows until Ctrl-C and leaves nothing there', async () => {
    const following = reeve('-f', '-n', '1');
    await following.says(/\n/);
    await appendFile(log, 'a line that comes\n');
    await following.says(/a line that comes/);
    signalGroup(following, 'SIGINT');
    expect(await following.ended).toBe(0);
    await untilNothingIsLeft();
  });

  it('ends by Ctrl-C also while its terminal takes nothing', async () => {
    const slow = reeve('-f', '-n', '1');
    await slow.says(/\n/);
    slow.process.stdout?.pause();
    await appendFile(log, `${'x'.repeat(199)}\n`.repeat(35_000));
    await waitUntil('the file to have been read', () => bytesRead(slow.process.pid ?? 0) > 7_000_000);
    const exited = once(slow.process, 'exit');
    signalGroup(slow, 'SIGINT');
    expect(await exited).toEqual([0, null]);
    slow.process.stdout?.resume();
    await slow.ended;
    await untilNothingIsLeft();
  });
});

/** The shell of a look into the log, as it stands in its arguments. */
function isLookAt(pid: string, path: string): boolean {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    return args.includes('reeve-log') && args.includes(path);
  } catch {
    // It ended meanwhile, or is no process.
    return false;
  }
}

/** By read(2), since its start. */
function bytesRead(pid: number): number {
  return Number(/^rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0);
}
