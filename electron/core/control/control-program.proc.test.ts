/** The fixed programs for other machines, each run here as it would be run there, against the local way. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcess } from '../discover/processes.ts';
import { localMachine } from '../machine/local-machine.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { type Interpreter, PROGRAMS } from './control-program.ts';
import { interpreterOf } from './run-control.ts';

let folder = '';
let path = '';
let child: ChildProcess | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-control-'));
  path = join(folder, "it's a $(fifo)");
});

afterEach(async () => {
  child?.kill('SIGKILL');
  child = null;
  await rm(folder, { recursive: true, force: true });
});

async function ask(interpreter: Interpreter, ...args: string[]): Promise<string> {
  const { argv, text } = PROGRAMS[interpreter];
  const limits = { input: Buffer.from(text), deadlineMs: 15_000, mostBytes: 10_000 };
  const { stdout, stderr } = await localMachine.run([...argv, ...args], limits);
  expect(stderr.toString()).toBe('');
  return stdout.toString().trim();
}

function shaOf(args: readonly string[]): string {
  return createHash('sha256').update(args.join('\0')).digest('hex');
}

describe.each<Interpreter>(['python3', 'perl', 'sh'])('the program for %s', (interpreter) => {
  it('writes into a FIFO that is read, and looks at it', async () => {
    execFileSync('mkfifo', ['-m', '600', path]);
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    expect(await ask(interpreter, 'fifo-check', path, String(process.pid))).toBe(
      `ready\t600 ${process.getuid?.() ?? 0} ${process.pid}`,
    );
    expect(await ask(interpreter, 'fifo-check', path, '999999')).toMatch(/^ready\t600 \d+ 0$/);
    expect(await ask(interpreter, 'fifo-write', path, 'rl')).toBe('ok');
    const { buffer, bytesRead } = await reader.read(Buffer.alloc(10));
    expect(buffer.toString('latin1', 0, bytesRead)).toBe('rl');
    await reader.close();
  });

  it('makes nothing, writes into nothing else and waits for nobody', async () => {
    expect(await ask(interpreter, 'fifo-write', path, 'r')).toBe('errno\tENOENT');
    expect(await ask(interpreter, 'fifo-check', path, '1')).toBe('errno\tENOENT');
    expect(await readdir(folder)).toEqual([]);
    execFileSync('mkfifo', [path]);
    expect(await ask(interpreter, 'fifo-write', path, 'r')).toBe('errno\tENXIO');
    expect(await ask(interpreter, 'fifo-check', path, '1')).toBe('errno\tENXIO');
    const plain = join(folder, 'plain');
    await writeFile(plain, '');
    expect(await ask(interpreter, 'fifo-write', plain, 'r')).toBe('not-fifo');
    expect(await ask(interpreter, 'fifo-check', plain, '1')).toBe('not-fifo');
    expect((await stat(plain)).size).toBe(0);
  });

  it('signals a process only when it is the one that was meant', async () => {
    const started = spawn('sleep', ['600'], { stdio: 'ignore' });
    child = started;
    const pid = started.pid ?? 0;
    await waitUntil('sleep to run', async () => (await readProcess(pid))?.comm === 'sleep');
    const own = (await readProcess(pid))?.args ?? [];
    const parent = (await readProcess(process.pid))?.args ?? [];
    expect(await ask(interpreter, 'signal', String(pid), 'HUP', shaOf(['uwsgi']), '0')).toBe('not-it');
    expect(await ask(interpreter, 'signal', String(pid), 'HUP', shaOf(parent), '1')).toBe('not-it');
    expect(await ask(interpreter, 'signal', String(pid), 'HUP', shaOf(own), String(pid))).toBe('not-it');
    expect(started.signalCode).toBeNull();
    expect(await ask(interpreter, 'signal', String(pid), 'HUP', shaOf(own), '0')).toBe('ok');
    await waitUntil('the signal', () => started.signalCode === 'SIGHUP');
    expect(await ask(interpreter, 'signal', String(pid), 'HUP', shaOf(own), '0')).toMatch(
      /^errno\t(ENOENT|ESRCH)$|^not-it$/,
    );
  });

  it('signals a worker of the master that was meant', async () => {
    const started = spawn('sleep', ['600'], { stdio: 'ignore' });
    child = started;
    const pid = started.pid ?? 0;
    const parent = (await readProcess(process.pid))?.args ?? [];
    expect(await ask(interpreter, 'signal', String(pid), 'HUP', shaOf(parent), String(process.pid))).toBe('ok');
    await waitUntil('the signal', () => started.signalCode === 'SIGHUP');
  });
});

describe('the choice of an interpreter', () => {
  it('takes the best that is there', async () => {
    expect(await interpreterOf(localMachine)).toBe('python3');
  });
});
