/**
 * Why the FIFO is not written by a shell: two loops of plain redirects end a real uWSGI, two of Reeve's writers do not.
 * The writers run beside each other on purpose, past the turns that a console takes: as two consoles would.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import { localMachine } from '../machine/local-machine.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { checkFifo } from './control.ts';
import { writeLocalFifo } from './local-fifo.ts';

let bench: CoreBench;
let fifo = '';
let uwsgi: ChildProcess;
const shells: ChildProcess[] = [];

beforeEach(async (context) => {
  context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed');
  bench = await CoreBench.make();
  await bench.write('app.py', APP);
  fifo = join(bench.folder, 'm.fifo');
  const where = ['--socket', join(bench.folder, 's.sock'), '--logto', join(bench.folder, 'uwsgi.log')];
  uwsgi = await bench.startUwsgi([
    '--plugins',
    'python3',
    '--master',
    '--wsgi-file',
    'app.py',
    '--master-fifo',
    fifo,
    ...where,
  ]);
  const pid = uwsgi.pid ?? 0;
  const here = { machine: localMachine, sudo: false };
  await waitUntil('the FIFO', async () => (await checkFifo(here, fifo, pid)).status === 'ready');
});

afterEach(async () => {
  for (const { pid } of shells.splice(0)) {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  }
  await bench?.dispose();
});

describe('the FIFO of a real uWSGI', () => {
  it('is turned into a file by two loops of a plain redirect, and its master ends', async () => {
    // A redirect that found no reader waits for ever, so scripts put a limit on it.
    const loop = 'while :; do timeout 0.2 sh -c \'echo s > "$0"\' "$1"; done';
    for (let i = 0; i < 2; i += 1) {
      shells.push(spawn('sh', ['-c', loop, 'sh', fifo], { stdio: 'ignore', detached: true }));
    }
    await waitUntil('the master to end', () => uwsgi.exitCode !== null || uwsgi.signalCode !== null, 45_000);
    expect((await stat(fifo).catch(() => null))?.isFIFO() ?? false).toBe(false);
  });

  it('takes 5,000 commands of two of our writers at once, and its master lives', async () => {
    const failures: string[] = [];
    const write = async (): Promise<void> => {
      for (let i = 0; i < 2_500; i += 1) {
        await writeLocalFifo(fifo, 's').catch((error: unknown) => {
          failures.push(error instanceof CoreError ? error.code : String(error));
        });
      }
    };
    await Promise.all([write(), write()]);
    expect(uwsgi.exitCode).toBeNull();
    expect(uwsgi.signalCode).toBeNull();
    // What could not be delivered was told as such, never guessed.
    expect(failures.filter((code) => code !== 'fifo-no-reader' && code !== 'fifo-missing')).toEqual([]);
    await waitUntil('the FIFO to be made anew', async () => (await stat(fifo).catch(() => null))?.isFIFO());
    await writeLocalFifo(fifo, 'q');
    await waitUntil('the master to obey', () => uwsgi.exitCode !== null);
  });
});
