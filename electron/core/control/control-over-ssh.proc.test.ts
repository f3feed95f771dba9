/** What is done to servers, done over a real sshd: the same answers and errors as on this machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import { SshMachine } from '../machine/ssh-machine.ts';
import { PlainHost } from '../ssh/testing/plain-host.ts';
import { Sshd } from '../ssh/testing/sshd.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { type Control, checkFifo, findSignalDenial, isWritable, sendSignal, touchFile, writeFifo } from './control.ts';

let sshd: Sshd;
let host: PlainHost;
let control: Control;
let folder = '';
let child: ChildProcess | null = null;
const folders: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reeve it's "));
  const standIns = await mkdtemp(join(tmpdir(), 'reeve-bin-'));
  // Takes `-n -- COMMAND`; refuses as sudo does until its file is there.
  const sudo = `#!/bin/sh\nif [ -e "${folder}/allowed" ]; then shift 2; exec "$@"; fi\necho 'sudo: a password is required' >&2\nexit 1\n`;
  await writeFile(join(standIns, 'sudo'), sudo, { mode: 0o755 });
  folders.push(folder, standIns);
  sshd = await Sshd.start({ path: standIns });
  host = new PlainHost(sshd);
  control = { machine: new SshMachine(host), sudo: false };
});

afterAll(async () => {
  child?.kill('SIGKILL');
  await host?.dispose();
  await sshd?.dispose();
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  return error instanceof CoreError ? error.code : String(error);
}

describe('over SSH', () => {
  it('a FIFO is looked at and written to, and nothing is ever made in its place', async () => {
    const path = join(folder, 'm $(x).fifo');
    expect(await codeOf(writeFifo(control, path, 'r'))).toBe('fifo-missing');
    expect(await readdir(folder)).toEqual([]);
    execFileSync('mkfifo', ['-m', '600', path]);
    expect(await codeOf(writeFifo(control, path, 'r'))).toBe('fifo-no-reader');
    expect(await checkFifo(control, path, 1)).toMatchObject({ error: { code: 'fifo-no-reader' } });
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    expect(await checkFifo(control, path, process.pid)).toMatchObject({ mode: 'prw-------', readBy: process.pid });
    await Promise.all([writeFifo(control, path, 'r'), writeFifo(control, path, 'L')]);
    const { buffer, bytesRead } = await reader.read(Buffer.alloc(10));
    expect(buffer.toString('latin1', 0, bytesRead)).toBe('rL');
    await reader.close();
    const plain = join(folder, 'plain');
    await writeFile(plain, '');
    expect(await codeOf(writeFifo(control, plain, 'r'))).toBe('fifo-not-fifo');
    expect((await stat(plain)).size).toBe(0);
  });

  it('a file is touched, and made only where that was shown', async () => {
    const path = join(folder, "touch 'me'");
    await touchFile(control, path, true);
    expect(await stat(path).catch(() => null)).toBeNull();
    await touchFile(control, path, false);
    await utimes(path, 1, 1);
    await touchFile(control, path, true);
    expect((await stat(path)).mtimeMs).toBeGreaterThan(1_000_000);
    expect(await isWritable(control, path)).toBe(true);
    expect(await isWritable(control, join(folder, 'none'))).toBe(false);
    expect(await codeOf(touchFile(control, join(folder, 'none/none'), false))).toBe('touch-failed');
  });

  it('a process is signalled only when it is the one that was seen', async () => {
    const started = spawn('sleep', ['600'], { stdio: 'ignore' });
    child = started;
    const pid = started.pid ?? 0;
    const other = { pid, masterArgs: ['uwsgi', '--ini', 'a.ini'], masterPid: null };
    expect(await codeOf(sendSignal(control, other, 'HUP'))).toBe('signal-not-master');
    expect(started.signalCode).toBeNull();
    expect(await findSignalDenial(control, pid)).toBeNull();
    expect(await findSignalDenial({ ...control, sudo: true }, pid)).toBe('sudo: a password is required');
    expect(await findSignalDenial(control, 2 ** 30)).toBe('permission denied');
    await sendSignal(control, { pid, masterArgs: ['sleep', '600'], masterPid: null }, 'HUP');
    await waitUntil('the signal', () => started.signalCode === 'SIGHUP');
  });

  it('sudo runs it without asking for a password, or what it refused is told', async () => {
    const path = join(folder, 'sudo.fifo');
    execFileSync('mkfifo', [path]);
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const through = { ...control, sudo: true };
    expect(await codeOf(writeFifo(through, path, 'r'))).toBe('sudo-refused');
    expect(await codeOf(touchFile(through, path, true))).toBe('sudo-refused');
    await writeFile(join(folder, 'allowed'), '');
    await writeFifo(through, path, 'c');
    const { buffer, bytesRead } = await reader.read(Buffer.alloc(10));
    expect(buffer.toString('latin1', 0, bytesRead)).toBe('c');
    await reader.close();
  });
});
