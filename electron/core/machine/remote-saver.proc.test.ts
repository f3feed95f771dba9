/** The scripts that write files of a host behind SSH, run here: what they keep, what they refuse, what they leave. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localMachine } from './local-machine.ts';
import { LookSession } from './look-session.ts';
import type { Machine } from './machine.ts';
import { createRemoteSaver, temporaryFor } from './remote-saver.ts';
import { REPLACE_SCRIPT } from './save-scripts.ts';

const OLD = '[uwsgi]\nprocesses = 2\n';
const NEW = "[uwsgi]\nprocesses = 4\n; it's $(not) a `command`, nor \\0101 %d\n";
const isRoot = process.getuid?.() === 0;

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-remote-save-'));
  path = join(folder, 'uwsgi.ini');
  await writeFile(path, OLD);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** `before` is the shell's work in the same process tree, such as becoming another user. */
function saverThrough(...before: string[]): ReturnType<typeof createRemoteSaver> {
  const run: Machine['run'] = async (argv, options) => {
    const [program = 'sh', ...args] = [...before, ...argv];
    return localMachine.run([program, ...args], options);
  };
  const [first, ...rest] = [...before, '/bin/sh', '-c'];
  const look = new LookSession({ name: 'web1', exec: async (text) => localMachine.spawn([first, ...rest, text]) });
  return createRemoteSaver({ name: 'web1', run }, look, () => {});
}

const saver = saverThrough();
const asNobody = saverThrough('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--');

async function replace(through = saver, after = NEW, before = OLD, real = path): Promise<boolean | string> {
  return through.replace({ path: real, real, before, after }).catch((error: unknown) => String(error));
}

async function expectOnly(text: string): Promise<void> {
  expect(await readFile(path, 'utf8')).toBe(text);
  expect(await readdir(folder)).toEqual(['uwsgi.ini']);
}

describe('a save there', () => {
  it('puts the new text in its place, byte by byte, with the mode, owner and attributes of the old one', async () => {
    await chmod(path, 0o640);
    if (isRoot) await chown(path, 65534, 65534);
    const before = await stat(path);
    expect(await replace()).toBe(true);
    await expectOnly(NEW);
    const after = await stat(path);
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    expect(after.ino).not.toBe(before.ino);
  });

  it.each([
    ['an empty text', ''],
    ['a text without an end of line', 'x'],
    ['a long text', `; ${'ä'.repeat(200_000)}\n`],
  ])('takes %s', async (_, text) => {
    expect(await replace(saver, text)).toBe(true);
    await expectOnly(text);
    expect(await replace(saver, OLD, text)).toBe(true);
    await expectOnly(OLD);
  });

  it('writes nothing over what another program wrote, and nothing through a link that leads elsewhere now', async () => {
    await writeFile(path, 'other');
    expect(await replace()).toBe(false);
    await expectOnly('other');
    await writeFile(path, OLD);
    const other = await mkdtemp(join(tmpdir(), 'reeve-remote-save-'));
    await writeFile(join(other, 'uwsgi.ini'), OLD);
    await symlink(join(other, 'uwsgi.ini'), join(other, 'link'));
    const change = { path: join(other, 'link'), real: path, before: OLD, after: NEW };
    expect(await saver.replace(change)).toBe(false);
    await expectOnly(OLD);
    await rm(other, { recursive: true });
  });

  it('writes a file with several names where it stands: all of them show the new text', async () => {
    await link(path, join(folder, 'name2'));
    const { ino } = await stat(path);
    expect(await replace()).toBe(true);
    expect([(await stat(path)).ino, await readFile(join(folder, 'name2'), 'utf8')]).toEqual([ino, NEW]);
    expect(await replace(saver, 'short', NEW)).toBe(true);
    expect(await readFile(join(folder, 'name2'), 'utf8')).toBe('short');
    expect(await readdir(folder)).toEqual(['name2', 'uwsgi.ini']);
  });

  it('tidies up although nobody hears its answer', async () => {
    const args = [path, path, temporaryFor(path), String(OLD.length), String(NEW.length)];
    const script = spawn('/bin/sh', ['-c', REPLACE_SCRIPT, 'sh', ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
    script.stdout.destroy();
    await once(script.stdout, 'close');
    script.stdin.end(OLD + NEW);
    await once(script, 'exit');
    await expectOnly(NEW);
  });

  it('takes away what a save that was killed left, once that is old, and nothing else', async () => {
    const left = ['.uwsgi.ini.0123456789ab.tmp', '.uwsgi.ini.0123456789ab.tmp.in'];
    const kept = ['.uwsgi.ini.ffffffffffff.tmp', '.uwsgi.ini.backup.tmp', '.other.ini.0123456789ab.tmp'];
    for (const name of [...left, ...kept]) await writeFile(join(folder, name), '');
    for (const name of left) await utimes(join(folder, name), 1, 1);
    await utimes(join(folder, '.other.ini.0123456789ab.tmp'), 1, 1);
    expect(await replace()).toBe(true);
    expect((await readdir(folder)).sort()).toEqual([...kept, 'uwsgi.ini'].sort());
  });

  it('leaves the owner of a file that belongs to somebody else, and says what it may not do', async ({ skip }) => {
    skip(!isRoot, 'this process can not become another user');
    await chmod(path, 0o666);
    await chmod(folder, 0o777);
    expect(await asNobody.isWritable(path)).toBe(true);
    const { uid, ino } = await stat(path);
    expect(await replace(asNobody)).toBe(true);
    await expectOnly(NEW);
    expect([(await stat(path)).uid, (await stat(path)).ino]).toEqual([uid, ino]);
    await chmod(path, 0o644);
    expect(await asNobody.isWritable(path)).toBe(false);
    expect(await replace(asNobody, OLD, NEW)).toBe('Error: permission denied');
    await chmod(path, 0o666);
    await chmod(folder, 0o755);
    expect(await asNobody.isWritable(path)).toBe(false);
    expect(await replace(asNobody, OLD, NEW)).toBe('Error: permission denied');
    await expectOnly(NEW);
  });

  it('of a text for which the disk has no room leaves the old one and nothing else', async ({ skip }) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    let mounted = true;
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      mounted = false;
    }
    skip(!mounted, 'this process may not mount anything');
    try {
      const file = join(disk, 'uwsgi.ini');
      await writeFile(file, OLD);
      const large = 'x'.repeat(100_000);
      expect(await replace(saver, large, OLD, file)).toBe('Error: the disk is full');
      await link(file, join(disk, 'name2'));
      expect(await replace(saver, large, OLD, file)).toBe('Error: the disk is full');
      expect(await readFile(file, 'utf8')).toBe(OLD);
      expect(await readdir(disk)).toEqual(['name2', 'uwsgi.ini']);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      expect(await saver.isWritable(file)).toBe(false);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('a file that is made anew there', () => {
  it('is for whom the old one was', async () => {
    await rm(path);
    const access = { mode: 0o640, uid: isRoot ? 65534 : (process.getuid?.() ?? 0), gid: process.getgid?.() ?? 0 };
    expect(await saver.create(path, NEW, access)).toBe(true);
    await expectOnly(NEW);
    const { mode, uid } = await stat(path);
    expect([mode & 0o7777, uid]).toEqual([0o640, access.uid]);
  });

  it('is not made over anything, be it a link that leads nowhere', async () => {
    expect(await saver.create(path, NEW, null)).toBe(false);
    await expectOnly(OLD);
    await rm(path);
    await symlink('nowhere', path);
    expect(await saver.create(path, NEW, null)).toBe(false);
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
  });

  it('needs its folder', async () => {
    const failure = saver.create(join(folder, 'gone', 'uwsgi.ini'), NEW, null);
    await expect(failure).rejects.toThrow('its folder does not exist');
  });
});
