import { fstatSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileStore, type FoundFile, isSettled } from './file-store.ts';

let folder: string;
let store: FileStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-store-'));
  store = new FileStore([], () => undefined);
});

afterEach(() => rmSync(folder, { recursive: true }));

function found(path: string): FoundFile {
  const file = store.find(path, folder);
  if (file === null || typeof file !== 'object') throw new Error(`${path} is ${file}`);
  return file;
}

test('a file that another one of the same size and time has replaced is opened anew', () => {
  const path = join(folder, 'large');
  writeFileSync(path, Buffer.alloc(100_000, 'a'));
  utimesSync(path, 1_000_000_000, 1_000_000_000);
  const first = found(path);
  const fd = store.open(first);
  expect(store.open(first)).toBe(fd);
  writeFileSync(`${path}.new`, Buffer.alloc(100_000, 'b'));
  utimesSync(`${path}.new`, 1_000_000_000, 1_000_000_000);
  renameSync(`${path}.new`, path);
  const second = found(path);
  const opened = store.open(second);
  expect(second.etag).toBe(first.etag);
  expect(fstatSync(opened ?? -1).ino).toBe(statSync(path).ino);
  for (const file of [first, first, second]) store.close(file);
  for (const closed of [fd, opened]) expect(() => fstatSync(closed ?? -1)).toThrow('EBADF');
});

test('what was read right after a change is read again, since a later change may have the same time', () => {
  const ctimeMs = 1_700_000_000_000;
  expect(isSettled({ ctimeMs }, ctimeMs + 3)).toBe(false);
  expect(isSettled({ ctimeMs }, ctimeMs - 5000)).toBe(false);
  expect(isSettled({ ctimeMs }, ctimeMs + 5000)).toBe(true);
  const path = join(folder, 'small');
  writeFileSync(path, 'one');
  expect(found(path)).not.toBe(found(path));
});
