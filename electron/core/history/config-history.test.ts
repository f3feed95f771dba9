import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import type { ConfigHistory } from './config-history.ts';
import { prune, VERSIONS_PER_FILE } from './config-history-schema.ts';
import { openConfigHistory } from './open-config-history.ts';

let folder = '';
let troubles: string[] = [];
let broken: string[] = [];
const clock = new ManualClock();
let history: ConfigHistory;

function open(): ConfigHistory {
  return openConfigHistory({
    folder,
    clock,
    onTrouble: (text) => troubles.push(text),
    onBroken: (text) => broken.push(text),
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-config-history-'));
  troubles = [];
  broken = [];
  history = open();
});

afterEach(async () => {
  history.dispose();
  await rm(folder, { recursive: true, force: true });
});

function note(text: string, atMs: number, path = '/srv/a.ini', instanceId = 'shop'): void {
  const before = history.newestText(path);
  const summary = before === null ? null : `${before} to ${text}`;
  history.note({ path, instanceId, atMs, mtimeMs: atMs, text, kind: 'saved', who: 'ann', summary });
}

describe('versions of a configuration file', () => {
  it('are there again after a new start, newest first, each with what it changed', () => {
    note('one', 1);
    note('two', 2);
    history.dispose();
    history = open();
    expect(history.versions('/srv/a.ini')).toMatchObject([
      { atMs: 2, kind: 'saved', who: 'ann', summary: 'one to two', sizeBytes: 3 },
      { atMs: 1, summary: null },
    ]);
    expect(history.versions('/srv/a.ini').map((version) => history.textOf(version))).toEqual(['two', 'one']);
    expect(history.versions('/srv/b.ini')).toEqual([]);
  });

  it('are kept once when nothing changed, and again when a text comes back', () => {
    for (const [i, text] of ['a', 'a', 'b', 'a'].entries()) note(text, i);
    expect(history.versions('/srv/a.ini').map(({ atMs }) => atMs)).toEqual([3, 2, 0]);
  });

  it('say which one was on the disk at a time', () => {
    note('a', 10);
    note('b', 20);
    expect(history.versionAt('/srv/a.ini', 15)?.mtimeMs).toBe(10);
    expect(history.versionAt('/srv/a.ini', 20)?.mtimeMs).toBe(20);
    expect(history.versionAt('/srv/a.ini', 5)).toBeNull();
  });

  it('are bounded for each file: the oldest go', () => {
    for (let i = 0; i < VERSIONS_PER_FILE + 5; i += 1) note(`text ${i}`, i);
    note('other', 0, '/srv/b.ini');
    const versions = history.versions('/srv/a.ini');
    expect(versions).toHaveLength(VERSIONS_PER_FILE);
    expect(versions.at(-1)?.atMs).toBe(5);
    expect(history.versions('/srv/b.ini')).toHaveLength(1);
  });

  it('are bounded in size, but the newest of each file stays', () => {
    for (const [i, text] of ['a', 'b', 'c'].entries()) note(text.repeat(50), i);
    note('d'.repeat(50), 9, '/srv/b.ini');
    const database = new DatabaseSync(join(folder, 'config-history.db'));
    prune(database, 1);
    const { contents } = database.prepare('SELECT count(*) AS contents FROM contents').get() ?? {};
    database.close();
    expect(contents).toBe(2);
    expect(history.versions('/srv/a.ini').map(({ atMs }) => atMs)).toEqual([2]);
    expect(history.versions('/srv/b.ini')).toHaveLength(1);
  });

  it('are for this user only', async () => {
    note('secret', 1);
    for (const name of await readdir(folder))
      expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600]);
  });

  it('go with the instance they came from, and nothing of them is left in the file', async () => {
    note('DB_PASSWORD', 1);
    history.keepDraft('shop', { baseSha256: 'x', text: 'draft' });
    note('other', 1, '/srv/b.ini', 'cart');
    history.forget('shop');
    expect(history.versions('/srv/a.ini')).toEqual([]);
    expect(history.draft('shop')).toBeNull();
    expect(history.versions('/srv/b.ini')).toHaveLength(1);
  });
});

describe('a draft', () => {
  it('survives a new start until it is forgotten', () => {
    history.keepDraft('shop', { baseSha256: 'x', text: 'half a line' });
    history.dispose();
    history = open();
    expect(history.draft('shop')).toEqual({ atMs: clock.now(), baseSha256: 'x', text: 'half a line' });
    history.keepDraft('shop', null);
    expect(history.draft('shop')).toBeNull();
  });

  it('is one of a bounded number', async () => {
    for (let i = 0; i < 60; i += 1) {
      await clock.pass(1);
      history.keepDraft(`shop ${i}`, { baseSha256: 'x', text: 'text' });
    }
    expect(history.draft('shop 0')).toBeNull();
    expect(history.draft('shop 59')).not.toBeNull();
  });
});

describe('the database', () => {
  it.each([
    ['is no database', 'this is no database, whatever its name says'.repeat(100)],
    ['is cut off', 'SQLite format 3\0'],
  ])('that %s is set aside and told, and a new one begun', async (_, content) => {
    note('old', 1);
    history.dispose();
    for (const end of ['-wal', '-shm']) await rm(join(folder, `config-history.db${end}`), { force: true });
    await writeFile(join(folder, 'config-history.db'), content);
    history = open();
    expect(broken).toHaveLength(1);
    expect((await readdir(folder)).some((name) => name.includes('.db.broken-'))).toBe(true);
    note('new', 2);
    expect(history.versions('/srv/a.ini')).toHaveLength(1);
    expect(troubles).toEqual([]);
  });

  it('that can not be opened is told of; versions are kept for the session', () => {
    history.dispose();
    folder = join(folder, 'nowhere');
    history = open();
    note('text', 1);
    expect(history.versions('/srv/a.ini')).toHaveLength(1);
    expect(troubles).toHaveLength(1);
  });

  it('that can not be written any more is told of once', () => {
    const saboteur = new DatabaseSync(join(folder, 'config-history.db'));
    saboteur.exec('DROP TABLE versions');
    saboteur.close();
    note('a', 1);
    note('b', 2);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain('Saving works');
  });
});
