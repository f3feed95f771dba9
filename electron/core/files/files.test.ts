import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { readConfigText, saveConfigText } from '../config/config-files.ts';
import { CoreError } from '../errors.ts';
import { localMachine } from '../machine/local-machine.ts';
import { isPortFree } from '../sample/free-port.ts';
import { moveToFreePorts, parseListenerLine } from '../sample/sample-project.ts';
import { freePort } from '../testing/free-port.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { DocumentStore } from './document-store.ts';
import { listFolder } from './list-folder.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-files-'));
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

describe('a document of the data folder', () => {
  const schema = z.object({ n: z.number() });
  const open = async (onBroken = vi.fn()) =>
    DocumentStore.open({ folder, name: 'doc.json', schema, initial: { n: 0 }, clock: new ManualClock(), onBroken });

  it('is there again after a new start', async () => {
    const store = await open();
    expect(store.isNew).toBe(true);
    await Promise.all([store.set({ n: 1 }), store.set({ n: 2 })]);
    const again = await open();
    expect(again.value).toEqual({ n: 2 });
    expect(again.isNew).toBe(false);
    expect((await stat(join(folder, 'doc.json'))).mode & 0o777).toBe(0o600);
  });

  it.each(['{ not json', '{"n":"x"}', ''])('that is broken (%s) is kept aside and reported', async (text) => {
    await writeFile(join(folder, 'doc.json'), text);
    const onBroken = vi.fn();
    const store = await open(onBroken);
    expect(store.value).toEqual({ n: 0 });
    expect(onBroken).toHaveBeenCalledOnce();
    const [aside = ''] = await readdir(folder);
    expect(aside).toMatch(/^doc\.json\.broken-/);
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text);
  });

  it('leaves no temporary file, not even one of a writer that was killed', async () => {
    await writeFile(join(folder, '.doc.json.0123456789ab.tmp'), 'half');
    const store = await open();
    await store.set({ n: 3 });
    expect(await readdir(folder)).toEqual(['doc.json']);
  });
});

describe('a configuration file', () => {
  it('is saved over the version it was read in, with its mode kept, through a symbolic link', async () => {
    const real = join(folder, 'real.ini');
    const link = join(folder, 'link.ini');
    await writeFile(real, '[uwsgi]\n');
    await chmod(real, 0o640);
    await symlink(real, link);
    const read = await readConfigText(localMachine, link);
    expect(await saveConfigText(localMachine, link, '[uwsgi]\nprocesses = 4\n', read.version)).toMatchObject({
      status: 'saved',
    });
    expect(await readFile(real, 'utf8')).toBe('[uwsgi]\nprocesses = 4\n');
    expect((await stat(real)).mode & 0o777).toBe(0o640);
    expect((await readdir(folder)).toSorted()).toEqual(['link.ini', 'real.ini']);
  });

  it('that two save at once over one version is saved once: the other one is a conflict', async () => {
    const path = join(folder, 'a.ini');
    await writeFile(path, 'base');
    const { version } = await readConfigText(localMachine, path);
    const texts = ['one', 'two'];
    const outcomes = await Promise.all(texts.map(async (text) => saveConfigText(localMachine, path, text, version)));
    const winner = outcomes.findIndex(({ status }) => status === 'saved');
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['conflict', 'saved']);
    expect(await readFile(path, 'utf8')).toBe(texts[winner]);
  });

  it('that somebody else changed is not overwritten: both versions are there', async () => {
    const path = join(folder, 'a.ini');
    await writeFile(path, 'mine');
    const { version } = await readConfigText(localMachine, path);
    await writeFile(path, 'theirs');
    const outcome = await saveConfigText(localMachine, path, 'new', version);
    expect(outcome).toMatchObject({ status: 'conflict', disk: { text: 'theirs' } });
    expect(await readFile(path, 'utf8')).toBe('theirs');
  });

  it('that was only touched is the same version', async () => {
    const path = join(folder, 'a.ini');
    await writeFile(path, 'same');
    const { version } = await readConfigText(localMachine, path);
    await writeFile(path, 'same');
    expect((await saveConfigText(localMachine, path, 'new', version)).status).toBe('saved');
  });

  it('that is none is refused with the reason', async () => {
    await writeFile(join(folder, 'binary.ini'), Buffer.from([0, 1, 2]));
    await writeFile(join(folder, 'latin1.ini'), Buffer.from('[uwsgi]\n; caf\xe9\n', 'latin1'));
    await writeFile(join(folder, 'large.ini'), Buffer.alloc(3 * 1024 * 1024, 'x'));
    expect(await codeOf(readConfigText(localMachine, join(folder, 'binary.ini')))).toBe('config-not-text');
    expect(await codeOf(readConfigText(localMachine, join(folder, 'latin1.ini')))).toBe('config-encoding');
    await expect(readConfigText(localMachine, join(folder, 'latin1.ini'))).rejects.toThrow(
      'line 2 has characters of another',
    );
    expect(await codeOf(readConfigText(localMachine, join(folder, 'large.ini')))).toBe('config-too-large');
    expect(await codeOf(readConfigText(localMachine, join(folder, 'none.ini')))).toBe('config-gone');
    expect(await codeOf(readConfigText(localMachine, folder))).toBe('config-unreadable');
  });
});

describe('a folder', () => {
  it('is listed with its configuration files first and its folders after them', async () => {
    for (const name of ['b.ini', 'a.INI', 'notes.txt', '.hidden.ini']) await writeFile(join(folder, name), '');
    await symlink(tmpdir(), join(folder, 'linked'));
    const { entries, path } = await listFolder(folder, '/home/ann');
    expect(path).toBe(folder);
    expect(entries.map((entry) => `${entry.kind} ${entry.name}`)).toEqual([
      'config a.INI',
      'config b.ini',
      'folder linked',
    ]);
  });

  it('that does not exist is an error with a next step', async () => {
    expect(await codeOf(listFolder(join(folder, 'none'), '/home/ann'))).toBe('files-unreadable');
  });
});

describe('the sample', () => {
  it('moves to free ports where its own are taken, and says so', async () => {
    const { createServer } = await import('node:net');
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
    const path = join(folder, 'uwsgi.ini');
    await writeFile(path, `[uwsgi]\n; a comment\nhttp-socket = 127.0.0.1:${port}\nprocesses = 4\n`);
    const notes = await moveToFreePorts(path);
    const moved = /http-socket = 127\.0\.0\.1:(\d+)/.exec(await readFile(path, 'utf8'))?.[1];
    expect(notes).toEqual([`Port ${port} is in use: http-socket is 127.0.0.1:${moved} now.`]);
    expect(await isPortFree('127.0.0.1', Number(moved))).toBe(true);
    expect(await moveToFreePorts(path)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is moved only where a line is a plain listener', () => {
    expect(parseListenerLine('  stats = 127.0.0.1:9191 ')).toMatchObject({ option: 'stats', port: 9191 });
    for (const line of ['; stats = 127.0.0.1:9191', 'stats = /run/x', 'processes = 4', 'http = :8080']) {
      expect(parseListenerLine(line)).toBeNull();
    }
  });
});
