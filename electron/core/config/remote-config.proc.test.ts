/** Configuration files of a host behind a real sshd: read, checked by what is there, saved over what was read. */
import { chmod, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE_TARGET } from '../../../engine/config/diagnostics.ts';
import { LARGEST_CONFIG } from '../../contract/model.ts';
import { CoreError } from '../errors.ts';
import { SshMachine } from '../machine/ssh-machine.ts';
import { PlainHost } from '../ssh/testing/plain-host.ts';
import { Sshd } from '../ssh/testing/sshd.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { makeConfigText, readConfigText, saveConfigText } from './config-files.ts';
import { placeOf } from './config-versions.ts';
import { diagnose } from './diagnose.ts';

const OLD = '[uwsgi]\nprocesses = 2\n';
const NEW = '[uwsgi]\nprocesses = 4\n; ä\n';

let sshd: Sshd;
let host: PlainHost;
let machine: SshMachine;
let folder = '';
let path = '';

beforeAll(async () => {
  sshd = await Sshd.start();
});

afterAll(async () => {
  await sshd.dispose();
});

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'reeve-remote-config-')));
  path = join(folder, 'uwsgi.ini');
  await writeFile(path, OLD);
  host = new PlainHost(sshd);
  machine = new SshMachine(host);
});

afterEach(async () => {
  await host.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function errorOf(promise: Promise<unknown>): Promise<CoreError> {
  const error: unknown = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof CoreError) return error;
  throw new Error('it did not fail with a CoreError', { cause: error });
}

/** Saves a long text, breaks something at that moment; gives what the save told, when it has. */
async function saveAndBreak(next: string, isTime: () => Promise<boolean>, breakIt: () => void): Promise<void> {
  const { version } = await readConfigText(machine, path);
  let told = '';
  const outcome = saveConfigText(machine, path, next, version)
    .then(({ status }) => status)
    .catch((error: unknown) => (error instanceof CoreError ? error.code : String(error)))
    .then((word) => (told = word));
  await waitUntil('the time to break it', async () => told !== '' || isTime());
  breakIt();
  expect(await outcome).toMatch(/^(saved|config-save-cut|config-unwritable|ssh-.*)$/);
  const now = await readFile(path, 'utf8');
  expect(told === 'saved' ? [next] : [OLD, next]).toContain(now);
}

describe('a file of a host', () => {
  it('is read with its version and who may write it, and its problems are told in the words of those here', async () => {
    await chmod(path, 0o640);
    const file = await readConfigText(machine, path);
    expect(file).toMatchObject({ path, text: OLD, writable: true, access: { mode: 0o640 } });
    expect(Math.abs(file.version.mtimeMs - (await stat(path)).mtimeMs)).toBeLessThan(1_000);
    expect((await errorOf(readConfigText(machine, join(folder, 'none.ini')))).code).toBe('config-gone');
    expect((await errorOf(readConfigText(machine, folder))).code).toBe('config-unreadable');
    await writeFile(path, Buffer.alloc(LARGEST_CONFIG + 1, 'x'));
    expect((await errorOf(readConfigText(machine, path))).code).toBe('config-too-large');
    await writeFile(path, 'a\0b');
    expect((await errorOf(readConfigText(machine, path))).code).toBe('config-not-text');
    await writeFile(path, Buffer.from([0x61, 0x0a, 0xe4]));
    expect((await errorOf(readConfigText(machine, path))).message).toContain('line 2');
  });

  it('is saved through links over the version that was read, and never over another one', async () => {
    await symlink('uwsgi.ini', join(folder, 'link.ini'));
    const link = join(folder, 'link.ini');
    const { version } = await readConfigText(machine, link);
    expect(await saveConfigText(machine, link, NEW, version)).toMatchObject({ status: 'saved', file: { text: NEW } });
    expect(await readFile(path, 'utf8')).toBe(NEW);
    expect((await readdir(folder)).sort()).toEqual(['link.ini', 'uwsgi.ini']);
    // The answer of a save that was carried out may be lost with the link: the next one finds it done.
    expect(await saveConfigText(machine, link, NEW, version)).toMatchObject({ status: 'saved' });
    await writeFile(path, 'other');
    expect(await saveConfigText(machine, link, NEW, version)).toMatchObject({
      status: 'conflict',
      disk: { text: 'other' },
    });
    await rm(path);
    expect(await saveConfigText(machine, path, NEW, version)).toEqual({ status: 'gone' });
    expect(await makeConfigText(machine, path, NEW, null)).toMatchObject({ status: 'saved' });
    expect(await readFile(path, 'utf8')).toBe(NEW);
  });

  it('has a place in the history of its own, whatever is of the same name here', async () => {
    expect(await placeOf(machine, path)).toBe(`ssh://${sshd.destination}${path}`);
  });

  it('is checked by what is on the host, and after that at once', async () => {
    const far = new PlainHost(sshd, 250);
    const farMachine = new SshMachine(far);
    try {
      await writeFile(join(folder, 'common.ini'), '[uwsgi]\nharakiri = 30\n');
      const text = '[uwsgi]\nhttp-socket = :8080\ninclude = common.ini\ninclude = gone.ini\n';
      const options = { machine: farMachine, path, target: ENGINE_TARGET, env: {}, version: '0' };
      const found = await diagnose({ ...options, text });
      expect(found.map(({ message }) => message).join('\n')).toContain('gone.ini');
      expect(found.map(({ message }) => message).join('\n')).not.toContain('common.ini');
      const begun = performance.now();
      for (let i = 0; i < 20; i += 1) await diagnose({ ...options, text: `${text}; ${i}\n` });
      // Each of them would take 500 ms and more, if it asked the host.
      expect(performance.now() - begun).toBeLessThan(5000);
    } finally {
      await far.dispose();
    }
  });

  it('gives names and numbers of the host', async () => {
    const options = { cwd: folder, env: {}, binaryPath: '/usr/bin/uwsgi', version: '2.0' };
    expect(await machine.withConfigHost(options, (there) => there.hostname)).toBe(hostname());
  });
});

describe('a link that is lost', () => {
  it('before a save leaves the file as it is, and says why', async () => {
    const { version } = await readConfigText(machine, path);
    await sshd.kill();
    const error = await errorOf(saveConfigText(machine, path, NEW, version));
    expect(error.code).toMatch(/^ssh-/);
    expect(await readFile(path, 'utf8')).toBe(OLD);
    await sshd.restart();
    expect(await saveConfigText(machine, path, NEW, version)).toMatchObject({ status: 'saved' });
  });

  const moments: [string, () => Promise<boolean>][] = [
    ['as it begins', async () => true],
    ['when its files are there', async () => (await readdir(folder)).length > 1],
    ['when its text is there', async () => (await readdir(folder)).some((name) => name.endsWith('.tmp'))],
  ];

  it.each(moments)(
    'in the middle of a save, %s, leaves one of both texts whole and nothing beside it',
    async (_, isTime) => {
      const next = `[uwsgi]\n; ${'x'.repeat(900_000)}\n`;
      const { version } = await readConfigText(machine, path);
      await saveAndBreak(next, isTime, () => host.cut());
      await waitUntil('what runs there to end', async () => (await readdir(folder)).length === 1);
      // Whatever it was, saving again finishes it.
      expect(await saveConfigText(machine, path, next, version)).toMatchObject({ status: 'saved' });
      expect(await readFile(path, 'utf8')).toBe(next);
    },
  );

  it.each(moments)(
    'with all that runs there, %s, leaves one of both texts whole; the next save tidies up',
    async (_, isTime) => {
      const next = `[uwsgi]\n; ${'x'.repeat(900_000)}\n`;
      await saveAndBreak(next, isTime, () => sshd.endSessions());
      // What was killed last may have made a file in that moment.
      await waitUntil('what is left to be taken away', async () => {
        const left = (await readdir(folder)).filter((name) => name !== 'uwsgi.ini');
        for (const name of left) await utimes(join(folder, name), 1, 1).catch(() => {});
        const { version } = await readConfigText(machine, path);
        expect(await saveConfigText(machine, path, NEW, version)).toMatchObject({ status: 'saved' });
        return (await readdir(folder)).length === 1;
      });
      expect(await readFile(path, 'utf8')).toBe(NEW);
    },
  );
});
