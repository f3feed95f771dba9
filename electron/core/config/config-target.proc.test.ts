/** What is asked of the programs of real servers, and of which it is not. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcess } from '../discover/processes.ts';
import { localMachine } from '../machine/local-machine.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { TargetBinaries } from './target-binary.ts';

let bench: CoreBench;

beforeEach(async (context) => {
  context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed');
  bench = await CoreBench.make();
});

afterEach(async () => {
  await bench.dispose();
});

describe('the options of a server that is attached', () => {
  it('are those of its own program and its plugins, and its file is checked by them', async () => {
    const stats = join(bench.folder, 'shop.stats');
    await bench.write('app.py', APP);
    const config = await bench.write(
      'shop.ini',
      `[uwsgi]\nplugins = python3\nsocket = s.sock\nwsgi-file = app.py\nmaster = true\nstats = ${stats}\n`,
    );
    await bench.startCore();
    await bench.startUwsgi(['--ini', config]);
    const { id: instanceId } = await waitUntil('the server to answer', async () =>
      bench.client.call('instances.attach', { statsAddress: stats }).catch(() => null),
    );
    const target = await waitUntil('its program to be asked', async () => {
      const found = await bench.client.call('config.target', { instanceId });
      return found.version === null ? null : found;
    });
    expect(target).toMatchObject({ server: 'uwsgi', binary: 'known' });
    expect(target.version).toMatch(/^2\.0\.\d+$/);
    expect(target.missing).toContain('reload-timeout');
    // Its plugin was loaded for the question, and one that it does not load is no reason to complain.
    for (const name of ['socket', 'wsgi-file', 'http-to']) expect(target.missing).not.toContain(name);
    const isOld = target.version !== null && Number(target.version.split('.')[2]) < 29;
    expect(target.missing.includes('max-requests-delta')).toBe(isOld);
  });
});

/** Runs a program and asks it. */
async function ask(program: string, args: string[]): Promise<ReadonlyMap<string, string> | null> {
  const child = await bench.startUwsgi(args, bench.folder, program);
  const found = await waitUntil('the program to run', async () => {
    const process = await readProcess(child.pid ?? 0);
    return process?.args[0] === program ? process : null;
  });
  return new TargetBinaries().optionsOf(localMachine, found, null);
}

describe('a program', () => {
  it('that anybody may write is not run', async () => {
    const program = join(bench.folder, 'uwsgi');
    const args = ['--socket', 's.sock'];
    await copyFile(installedUwsgi(), program);
    await chmod(program, 0o755);
    expect((await ask(program, args))?.has('harakiri')).toBe(true);
    await chmod(program, 0o757);
    expect(await ask(program, args)).toBeNull();
  });

  it('that only has the name is no uWSGI', async () => {
    const program = join(bench.folder, 'uwsgi-sleep');
    await copyFile('/bin/sleep', program);
    await chmod(program, 0o755);
    expect(await ask(program, ['60'])).toBeNull();
  });
});

function installedUwsgi(): string {
  return realpathSync(execFileSync('sh', ['-c', 'command -v uwsgi'], { encoding: 'utf8' }).trim());
}
