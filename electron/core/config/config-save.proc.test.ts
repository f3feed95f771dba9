/** Saving a configuration file where things go wrong: nothing of the old text is ever lost, nothing is half written. */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import { localMachine } from '../machine/local-machine.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { makeConfigText, readConfigText, saveConfigText } from './config-files.ts';

const isRoot = process.getuid?.() === 0;
const OLD = '[uwsgi]\nprocesses = 2\n';
const NEW = '[uwsgi]\nprocesses = 4\n';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-save-'));
  path = join(folder, 'uwsgi.ini');
  await writeFile(path, OLD);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function save(text = NEW, file = path) {
  const { version } = await readConfigText(localMachine, file);
  return saveConfigText(localMachine, file, text, version);
}

async function refusal(promise: Promise<unknown>): Promise<CoreError> {
  const error: unknown = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof CoreError) return error;
  throw new Error('it did not fail with a CoreError');
}

/** The text of the file, and that nothing else is in its folder. */
async function expectOnly(text: string, file = path): Promise<void> {
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(await readdir(join(file, '..'))).toEqual(['uwsgi.ini']);
}

function python(code: string): string {
  return execFileSync('python3', ['-c', `import os\n${code}`], { encoding: 'utf8' }).trim();
}

/** The sources may lie where only this user may read them. */
function canBeNobody(): boolean {
  if (!isRoot) return false;
  try {
    return asNobody("console.log('here')") === 'here';
  } catch {
    return false;
  }
}

/** Runs code as a user without rights, in a process of its own; prints what it gets. */
function asNobody(code: string): string {
  const module = JSON.stringify(join(import.meta.dirname, 'config-files.ts'));
  const local = JSON.stringify(join(import.meta.dirname, '../machine/local-machine.ts'));
  const script = `process.setgid(65534); process.setuid(65534);
    const { readConfigText, saveConfigText } = await import(${module});
    const { localMachine } = await import(${local});
    const path = ${JSON.stringify(path)};
    const text = ${JSON.stringify(NEW)};
    ${code}`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

const SAVE = `const read = await readConfigText(localMachine, path);
  const outcome = await saveConfigText(localMachine, path, text, read.version).then((saved) => saved.status, (error) => error.code + ' ' + error.message);
  console.log(outcome);`;

describe('a save', () => {
  it('keeps mode, owner, symbolic links on the way, and extended attributes', async ({ skip }) => {
    await mkdir(join(folder, 'real'));
    await rename(path, join(folder, 'real/uwsgi.ini'));
    path = join(folder, 'real/uwsgi.ini');
    await symlink('real', join(folder, 'folder-link'));
    await symlink('folder-link/uwsgi.ini', join(folder, 'file-link'));
    await chmod(path, 0o640);
    if (isRoot) await chown(path, 65534, 65534);
    let hasAttributes = true;
    try {
      python(`os.setxattr(${JSON.stringify(path)}, 'user.origin', b'kept')`);
    } catch {
      hasAttributes = false;
    }
    expect(await save(NEW, join(folder, 'file-link'))).toMatchObject({ status: 'saved' });
    await expectOnly(NEW);
    const { mode, uid } = await stat(path);
    expect([mode & 0o7777, uid]).toEqual([0o640, isRoot ? 65534 : process.getuid?.()]);
    skip(!hasAttributes, 'this file system keeps no extended attributes, or there is no python3');
    expect(python(`print(os.getxattr(${JSON.stringify(path)}, 'user.origin').decode())`)).toBe('kept');
  });

  it('is refused for a file that may not be written, though its folder may', async ({ skip }) => {
    skip(!canBeNobody(), 'this process can not become another user');
    await chmod(folder, 0o777);
    await chmod(path, 0o444);
    expect(asNobody(SAVE)).toMatch(/^config-unwritable .*permission denied/);
    await expectOnly(OLD);
  });

  it('is refused in a folder that may not be written, and says so', async ({ skip }) => {
    skip(!canBeNobody(), 'this process can not become another user');
    await chmod(folder, 0o755);
    await chmod(path, 0o666);
    expect(asNobody(SAVE)).toMatch(/^config-unwritable .*permission denied/);
    await expectOnly(OLD);
  });

  it('writes nothing when the file is gone, and refuses when its folder is', async () => {
    const { version } = await readConfigText(localMachine, path);
    await rm(path);
    expect(await saveConfigText(localMachine, path, NEW, version)).toEqual({ status: 'gone' });
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
    expect((await refusal(saveConfigText(localMachine, path, NEW, version))).code).toBe('config-gone');
    expect((await refusal(makeConfigText(localMachine, path, NEW, null))).code).toBe('config-unwritable');
  });

  it('makes a file anew when it is asked to, for whom the old one was', async () => {
    await chmod(path, 0o640);
    if (isRoot) await chown(path, 65534, 65534);
    const { access } = await readConfigText(localMachine, path);
    await rm(path);
    expect(await makeConfigText(localMachine, path, NEW, access)).toMatchObject({ status: 'saved', file: { access } });
    await expectOnly(NEW);
    expect(access).toMatchObject({ mode: 0o640, uid: isRoot ? 65534 : process.getuid?.() });
    await rm(path);
    expect(await makeConfigText(localMachine, path, NEW, null)).toMatchObject({ status: 'saved' });
    expect((await stat(path)).mode & 0o777).toBe(0o644 & ~process.umask());
  });

  it('never makes a file anew over one that is there again, or over a link', async () => {
    expect(await makeConfigText(localMachine, path, NEW, null)).toMatchObject({
      status: 'conflict',
      disk: { text: OLD },
    });
    await rm(path);
    await symlink('nowhere.ini', path);
    expect((await refusal(makeConfigText(localMachine, path, NEW, null))).message).toContain(
      'something else is in its place',
    );
    expect(await readdir(folder)).toEqual(['uwsgi.ini']);
  });

  it('is a conflict when another file or a link to one took its place', async () => {
    const { version } = await readConfigText(localMachine, path);
    const other = join(folder, 'other.ini');
    await writeFile(other, 'other');
    await rm(path);
    await symlink('other.ini', path);
    expect(await saveConfigText(localMachine, path, NEW, version)).toMatchObject({
      status: 'conflict',
      disk: { text: 'other' },
    });
    expect(await readFile(other, 'utf8')).toBe('other');
  });

  it('removes what a save that was killed left there, once it is old enough to be no other save', async () => {
    const [old, fresh] = ['.uwsgi.ini.0123456789ab.tmp', '.uwsgi.ini.ba9876543210.tmp'];
    for (const name of [old, fresh]) await writeFile(join(folder, name), 'half');
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, old), longAgo, longAgo);
    await save();
    expect((await readdir(folder)).toSorted()).toEqual([fresh, 'uwsgi.ini']);
  });

  it('goes to all names of a file', async () => {
    await link(path, join(folder, 'second.ini'));
    await save();
    expect(await readFile(path, 'utf8')).toBe(NEW);
    expect(await readFile(join(folder, 'second.ini'), 'utf8')).toBe(NEW);
    await save('short');
    expect(await readFile(path, 'utf8')).toBe('short');
    expect((await readdir(folder)).toSorted()).toEqual(['second.ini', 'uwsgi.ini']);
  });

  it('leaves a file that belongs to somebody else with its owner', async ({ skip }) => {
    skip(!canBeNobody(), 'this process can not become another user');
    await chmod(folder, 0o777);
    await chmod(path, 0o666);
    expect(asNobody(SAVE)).toBe('saved');
    await expectOnly(NEW);
    expect((await stat(path)).uid).toBe(0);
  });

  it('on a full disk leaves the old text, and works when there is room again', async ({ skip }) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    let isMounted = false;
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
      isMounted = true;
    } catch {
      skip(true, 'no file system can be mounted here');
    }
    try {
      const file = join(disk, 'uwsgi.ini');
      await writeFile(file, OLD);
      const large = `${OLD}${'; filler\n'.repeat(20_000)}`;
      expect((await refusal(save(large, file))).message).toContain('the disk is full');
      await expectOnly(OLD, file);
      const [second, filler] = [join(disk, 'second.ini'), join(disk, 'filler')];
      await link(file, second);
      expect((await refusal(save(large, file))).message).toContain('the disk is full');
      // There is room for the text once, not twice.
      await writeFile(filler, Buffer.alloc(28 * 1024));
      expect((await refusal(save('x'.repeat(20 * 1024), file))).message).toContain('the disk is full');
      await Promise.all([rm(second), rm(filler)]);
      await expectOnly(OLD, file);
      expect(await save(NEW, file)).toMatchObject({ status: 'saved' });
      await expectOnly(NEW, file);
    } finally {
      if (isMounted) execFileSync('umount', [disk]);
    }
  });

  it('on a file system that is read-only is refused with that reason', async ({ skip }) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      skip(true, 'no file system can be mounted here');
    }
    try {
      const file = join(disk, 'uwsgi.ini');
      await writeFile(file, OLD);
      execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'ignore' });
      expect((await readConfigText(localMachine, file)).writable).toBe(false);
      expect((await refusal(save(NEW, file))).code).toBe('config-unwritable');
      await expectOnly(OLD, file);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('that is killed in the middle leaves the old text or the new one, never half of one', async () => {
    const texts = ['a', 'b'].map((letter) => `[uwsgi]\n; ${letter.repeat(200_000)}\n`);
    const whole = new Set([OLD, ...texts]);
    const module = JSON.stringify(join(import.meta.dirname, 'config-files.ts'));
    const local = JSON.stringify(join(import.meta.dirname, '../machine/local-machine.ts'));
    const script = `const { readConfigText, saveConfigText } = await import(${module});
    const { localMachine } = await import(${local});
      const texts = ['a', 'b'].map((letter) => '[uwsgi]\\n; ' + letter.repeat(200000) + '\\n');
      for (let i = 0; ; i += 1) {
        const { version } = await readConfigText(localMachine, ${JSON.stringify(path)});
        await saveConfigText(localMachine, ${JSON.stringify(path)}, texts[i % 2], version);
        process.stdout.write('.');
      }`;
    for (let round = 0; round < 6; round += 1) {
      const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let saves = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        saves += chunk.length;
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // At another place within a save each time.
      await waitUntil('some saves', () => saves > round);
      child.kill('SIGKILL');
      await ended;
      expect(whole.has(await readFile(path, 'utf8'))).toBe(true);
    }
  });

  it('of two programs at once never mixes their texts', async () => {
    const { version } = await readConfigText(localMachine, path);
    const texts = Array.from({ length: 8 }, (_, i) => `[uwsgi]\n; ${String(i).repeat(10_000)}\n`);
    const outcomes = await Promise.all(texts.map(async (text) => saveConfigText(localMachine, path, text, version)));
    expect(outcomes.filter(({ status }) => status === 'saved')).toHaveLength(1);
    await expectOnly(texts[outcomes.findIndex(({ status }) => status === 'saved')] ?? '');
  });
});
