/** Hosts whose user may use SFTP and run no command: files, processes and configuration over it, saved without a shell. */
import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE_TARGET } from '../../../engine/config/diagnostics.ts';
import { makeConfigText, readConfigText, saveConfigText } from '../config/config-files.ts';
import { diagnose } from '../config/diagnose.ts';
import { CoreError } from '../errors.ts';
import { PlainHost } from '../ssh/testing/plain-host.ts';
import { Sshd } from '../ssh/testing/sshd.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { SshMachine } from './ssh-machine.ts';

const OLD = '[uwsgi]\nprocesses = 2\n';
const NEW = '[uwsgi]\nprocesses = 4\n; ä\n';
const LONG = `[uwsgi]\n; ${'x'.repeat(900_000)}\n`;
const isRoot = process.getuid?.() === 0;

let sshd: Sshd;
let host: PlainHost;
let machine: SshMachine;
let folder = '';
let path = '';

beforeAll(async () => {
  sshd = await Sshd.start({ config: ['ForceCommand internal-sftp'] });
});

afterAll(async () => {
  await sshd.dispose();
});

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'reeve-sftp-')));
  path = join(folder, 'uwsgi.ini');
  await writeFile(path, OLD);
  host = new PlainHost(sshd);
  machine = new SshMachine(host);
});

afterEach(async () => {
  await host.dispose();
  await rm(folder, { recursive: true, force: true });
});

function countClosed(): number {
  return sshd.logText.match(/^Close session: /gm)?.length ?? 0;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof CoreError ? `${error.code}: ${error.message}` : String(error)),
  );
}

async function save(text: string, before = OLD, real = path): Promise<string> {
  return machine.saver.replace({ path: real, real, before, after: text }).then(
    (isSaved) => (isSaved ? 'saved' : 'changed'),
    (error: unknown) => String(error),
  );
}

describe('a host whose user may only use SFTP', () => {
  it('tells of its files, folders, links and facts', async () => {
    await symlink('uwsgi.ini', join(folder, 'link.ini'));
    await writeFile(join(folder, 'large'), Buffer.alloc(200_000, 'ab'));
    const { files } = machine;
    expect(await files.stat(path)).toMatchObject({ kind: 'file', sizeBytes: OLD.length });
    expect(await files.stat(join(folder, 'none'))).toBeNull();
    expect((await files.list(folder)).sort()).toEqual(['large', 'link.ini', 'uwsgi.ini']);
    expect(await files.realPath(join(folder, 'link.ini'))).toBe(path);
    expect((await files.readFile(join(folder, 'large'), 200_000)).equals(Buffer.alloc(200_000, 'ab'))).toBe(true);
    expect(await codeOf(files.readFile(join(folder, 'large'), 199_999))).toMatch(/^file-too-large/);
    expect(await codeOf(files.readFile(folder, 10))).toMatch(/^files-unreadable: .*it is a folder/);
    expect((await files.readFile('/proc/self/status', 100_000)).toString()).toMatch(/^Name:/);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await codeOf(files.readFile(join(folder, 'pipe'), 10))).toMatch(/^files-unreadable: .*no plain file/);
    const options = { cwd: folder, env: {}, binaryPath: 'uwsgi', version: '2.0' };
    const facts = await machine.withConfigHost(options, (there) => [there.hostname, there.uid, there.user, there.cpus]);
    expect(facts.slice(0, 3)).toEqual([hostname(), process.getuid?.(), userInfo().username]);
    expect(Number(facts[3])).toBeGreaterThan(0);
  });

  it('tells of a process, and says that it runs no commands', async () => {
    expect(await machine.readProcess(process.pid)).toMatchObject({ pid: process.pid, cwd: process.cwd() });
    expect(await machine.readProcess(4_000_000)).toBeNull();
    await machine.listServers();
    expect(await codeOf(machine.run(['true'], { deadlineMs: 5_000, mostBytes: 100 }))).toMatch(/^ssh-no-shell/);
    expect(await codeOf(machine.spawn(['tail', '-f', path]))).toMatch(/^ssh-no-shell/);
  });

  it('has its configuration read with what it includes, checked, and saved over what was read only', async () => {
    await writeFile(join(folder, 'common.ini'), '[uwsgi]\nharakiri = 30\n');
    const text = '[uwsgi]\nhttp-socket = :8080\ninclude = common.ini\ninclude = gone.ini\n';
    const found = await diagnose({ machine, path, text, target: ENGINE_TARGET, env: {}, version: '0' });
    const words = found.map(({ message }) => message).join('\n');
    expect(words).toContain('gone.ini');
    expect(words).not.toContain('common.ini');
    await chmod(path, 0o640);
    const { version, writable } = await readConfigText(machine, path);
    expect(writable).toBe(true);
    expect(await saveConfigText(machine, path, NEW, version)).toMatchObject({ status: 'saved', file: { text: NEW } });
    expect((await stat(path)).mode & 0o7777).toBe(0o640);
    await writeFile(path, 'other');
    expect(await saveConfigText(machine, path, OLD, version)).toMatchObject({ status: 'conflict' });
    await rm(path);
    expect(await saveConfigText(machine, path, NEW, version)).toEqual({ status: 'gone' });
    expect(await makeConfigText(machine, path, NEW, null)).toMatchObject({ status: 'saved' });
    expect((await readdir(folder)).sort()).toEqual(['common.ini', 'uwsgi.ini']);
  });

  it('keeps mode and owner, follows links, and takes away what an old save left', async () => {
    if (isRoot) await chown(path, 65534, 65534);
    const { uid, gid } = await stat(path);
    await symlink('uwsgi.ini', join(folder, 'link.ini'));
    const [left, fresh] = [join(folder, '.uwsgi.ini.0123456789ab.tmp'), join(folder, '.uwsgi.ini.ffffffffffff.tmp')];
    for (const each of [left, fresh]) await writeFile(each, '');
    await utimes(left, 1, 1);
    expect(await machine.saver.replace({ path: join(folder, 'link.ini'), real: path, before: OLD, after: LONG })).toBe(
      true,
    );
    expect(await readFile(path, 'utf8')).toBe(LONG);
    expect(await stat(path)).toMatchObject({ uid, gid });
    expect((await readdir(folder)).sort()).toEqual(['.uwsgi.ini.ffffffffffff.tmp', 'link.ini', 'uwsgi.ini']);
    expect(await save('', LONG)).toBe('saved');
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('refuses what could only be written where it stands, and leaves nothing', async () => {
    await link(path, join(folder, 'name2'));
    expect(await save(NEW)).toContain('several names');
    expect(await readFile(path, 'utf8')).toBe(OLD);
    expect((await readdir(folder)).sort()).toEqual(['name2', 'uwsgi.ini']);
    await rm(join(folder, 'name2'));
    expect(await machine.saver.create(path, NEW, null)).toBe(false);
    expect(await save(NEW, 'other')).toBe('changed');
    const elsewhere = { path: '/etc/hostname', real: path, before: OLD, after: NEW };
    expect(await machine.saver.replace(elsewhere)).toBe(false);
    expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual([OLD, ['uwsgi.ini']]);
  });

  it('of a full disk says so and leaves the old text', async ({ skip }) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      skip('this process may not mount anything');
    }
    try {
      const file = join(disk, 'uwsgi.ini');
      await writeFile(file, OLD);
      expect(await save(LONG, OLD, file)).toContain('a full disk');
      expect([await readFile(file, 'utf8'), await readdir(disk)]).toEqual([OLD, ['uwsgi.ini']]);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      expect(await machine.saver.isWritable(file)).toBe(false);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it.each([
    ['as it begins', async () => true],
    ['when its file is there', async () => (await readdir(folder)).length > 1],
  ])('keeps one of both texts whole when the link is lost in a save, %s', async (_, isTime: () => Promise<boolean>) => {
    const { version } = await readConfigText(machine, path);
    let told = '';
    const outcome = codeOf(saveConfigText(machine, path, LONG, version)).then((word) => (told = word));
    await waitUntil('the time to break it', async () => told !== '' || isTime());
    host.cut();
    expect(await outcome).toMatch(/^(done|config-save-cut|ssh-look)/);
    expect([OLD, LONG]).toContain(await readFile(path, 'utf8'));
    expect(await saveConfigText(machine, path, LONG, version)).toMatchObject({ status: 'saved' });
    expect(await readFile(path, 'utf8')).toBe(LONG);
  });

  it('ends its session when nobody asks', async () => {
    await machine.files.stat(path);
    const before = countClosed();
    await waitUntil('the session to end', () => countClosed() > before);
    expect((await machine.files.stat(path))?.kind).toBe('file');
  });
});

describe('a host whose user has no shell', () => {
  it('tells beforehand what that user may not write, and never writes it', async ({ skip }) => {
    skip(!isRoot, 'only root can sign in as another user');
    const other = await Sshd.start({ user: 'nobody' });
    const otherHost = new PlainHost(other);
    const theirs = new SshMachine(otherHost);
    const replace = async () =>
      theirs.saver.replace({ path, real: path, before: OLD, after: NEW }).catch((error: unknown) => String(error));
    try {
      await chmod(folder, 0o755);
      expect(await theirs.saver.isWritable(path)).toBe(false);
      expect(await replace()).toContain('permission denied');
      await chmod(path, 0o666);
      expect(await theirs.saver.isWritable(path)).toBe(false);
      await chmod(folder, 0o777);
      expect(await theirs.saver.isWritable(path)).toBe(true);
      expect(await replace()).toContain('owner');
      expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual([OLD, ['uwsgi.ini']]);
      expect(await codeOf(theirs.files.readFile('/etc/shadow', 100_000))).toMatch(/^files-unreadable: .*permission/);
    } finally {
      await otherHost.dispose();
      await other.dispose();
    }
  });
});
