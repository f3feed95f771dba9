import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import { localMachine } from '../machine/local-machine.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { checkFifo as checkOn, writeFifo as writeOn } from './control.ts';

const here = { machine: localMachine, sudo: false };
const writeFifo = async (path: string, letters: string): Promise<void> => writeOn(here, path, letters);
const checkFifo = async (path: string, masterPid: number | null) => checkOn(here, path, masterPid ?? 0);

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-fifo-'));
  path = join(folder, 'master.fifo');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof CoreError) return error.code;
  throw new Error('it did not fail with a CoreError');
}

describe('the writer of master FIFOs', () => {
  it('writes all letters in one go to a FIFO that is read', async () => {
    execFileSync('mkfifo', [path]);
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await writeFifo(path, 'rl');
    const { buffer, bytesRead } = await reader.read(Buffer.alloc(10));
    expect(buffer.toString('latin1', 0, bytesRead)).toBe('rl');
    await reader.close();
  });

  it('never makes a file where the FIFO is missing', async () => {
    expect(await codeOf(writeFifo(path, 'r'))).toBe('fifo-missing');
    expect(await readdir(folder)).toEqual([]);
  });

  it('never writes into a plain file, nor into a folder', async () => {
    await writeFile(path, '');
    expect(await codeOf(writeFifo(path, 'r'))).toBe('fifo-not-fifo');
    expect((await stat(path)).size).toBe(0);
    expect(await codeOf(writeFifo(folder, 'r'))).toBe('fifo-not-fifo');
  });

  it('does not wait for a reader that is not there', async () => {
    execFileSync('mkfifo', [path]);
    const started = performance.now();
    expect(await codeOf(writeFifo(path, 'r'))).toBe('fifo-no-reader');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('outlasts the moment in which a master makes its FIFO anew', async () => {
    const written = writeFifo(path, 'r');
    execFileSync('mkfifo', [path]);
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await written;
    const { bytesRead } = await reader.read(Buffer.alloc(10));
    expect(bytesRead).toBe(1);
    await reader.close();
  });

  it('refuses what is no command', async () => {
    await expect(writeFifo(path, 'rm -rf')).rejects.toThrow(RangeError);
  });

  it('says before anything is written whether the FIFO can be used', async () => {
    expect(await checkFifo(path, null)).toMatchObject({ status: 'unusable', error: { code: 'fifo-missing' } });
    execFileSync('mkfifo', ['-m', '600', path]);
    expect(await checkFifo(path, null)).toMatchObject({ status: 'unusable', error: { code: 'fifo-no-reader' } });
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    expect(await checkFifo(path, process.pid)).toMatchObject({ status: 'ready', mode: 'prw-------' });
    await reader.close();
  });
});

describe('a check of a FIFO', () => {
  it('that comes while the master makes it anew looks once more, and tells no bare error of the system', async () => {
    const checked = checkFifo(path, process.pid);
    execFileSync('mkfifo', [path]);
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    expect(await checked).toMatchObject({ status: 'ready', readBy: process.pid });
    const stop = new AbortController();
    const churn = (async () => {
      while (!stop.signal.aborted) {
        await rm(path, { force: true });
        execFileSync('mkfifo', [path]);
      }
    })();
    const found = await Promise.all(Array.from({ length: 40 }, async () => checkFifo(path, process.pid)));
    stop.abort();
    await churn;
    await reader.close();
    const codes = found.map((check) => (check.status === 'ready' ? 'ready' : check.error.code));
    expect(codes.filter((code) => !['ready', 'fifo-missing', 'fifo-no-reader'].includes(code))).toEqual([]);
  });
});

describe('the FIFO of a real uWSGI', () => {
  beforeEach((context) => context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed'));

  it('survives 400 commands of four writers at once, and so does its master', async ({ skip }) => {
    skip(!hasUwsgi(), 'uWSGI is not installed');
    const bench = await CoreBench.make();
    try {
      await bench.write('app.py', APP);
      const fifo = join(bench.folder, 'm.fifo');
      const log = join(bench.folder, 'uwsgi.log');
      const args = [
        '--plugins',
        'python3',
        '--master',
        '--socket',
        join(bench.folder, 's.sock'),
        '--wsgi-file',
        'app.py',
      ];
      const uwsgi = await bench.startUwsgi([...args, '--master-fifo', fifo, '--logto', log]);
      await waitUntil('the FIFO', async () => (await checkFifo(fifo, uwsgi.pid ?? null)).status === 'ready');
      const failures: string[] = [];
      const write = async (): Promise<void> => {
        for (let i = 0; i < 100; i += 1) {
          await writeFifo(fifo, 's').catch((error: unknown) => failures.push(String(error)));
        }
      };
      await Promise.all([write(), write(), write(), write()]);
      expect(failures).toEqual([]);
      expect(uwsgi.exitCode).toBeNull();
      await waitUntil('the FIFO to be made anew', async () => (await stat(fifo).catch(() => null))?.isFIFO());
      expect((await checkFifo(fifo, uwsgi.pid ?? null)).status).toBe('ready');
    } finally {
      await bench.dispose();
    }
  });
});
