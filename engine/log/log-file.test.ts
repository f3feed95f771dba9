import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { LogFile } from './log-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-log-file-'));
const path = join(folder, 'a.log');
const plain = { path, maxSizeBytes: 10, backupName: null, mode: null, truncate: false };
const said: string[] = [];
let file: LogFile | null = null;

afterEach(() => {
  file?.dispose();
  file = null;
  said.length = 0;
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

it('is renamed when it is larger than it may be', () => {
  file = new LogFile({ ...plain, mode: 0o600 }, (text) => said.push(text));
  file.write('short\n');
  expect(file.tick()).toBe(false);
  file.write('longer than ten bytes\n');
  expect(file.tick()).toBe(true);
  file.write('new\n');
  const backup = readdirSync(folder).find((name) => name !== 'a.log') ?? '';
  expect(backup).toMatch(/^a\.log\.\d{10}$/);
  expect(readFileSync(join(folder, backup), 'utf8')).toBe(
    `short\nlonger than ten bytes\nlogsize: 28, triggering rotation to ${path}...\n`,
  );
  expect(readFileSync(path, 'utf8')).toBe('new\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(said).toEqual([]);
});

it('goes on as it is when it can not be renamed, and does not try each second', () => {
  file = new LogFile({ ...plain, backupName: join(folder, 'nowhere', 'b') }, (text) => said.push(text));
  file.write('longer than ten bytes\n');
  file.tick();
  expect(file.tick()).toBe(false);
  file.write('still here\n');
  expect(readFileSync(path, 'utf8')).toContain('still here\n');
  expect(said).toEqual([expect.stringContaining('goes on as it is')]);
});

it('is emptied at the start only when that is asked for', () => {
  const first = new LogFile(plain, () => undefined);
  first.write('one\n');
  first.dispose();
  file = new LogFile(plain, () => undefined);
  expect(readFileSync(path, 'utf8')).toBe('one\n');
  file.dispose();
  file = new LogFile({ ...plain, truncate: true }, () => undefined);
  expect(readFileSync(path, 'utf8')).toBe('');
});
