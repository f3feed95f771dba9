import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildState } from './build-state.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reeve-build-'));
  mkdirSync(join(root, 'out'));
  mkdirSync(join(root, 'pages', 'deep'), { recursive: true });
  write('pages/deep/page.tsx', 100);
  write('lock.json', 100);
  write('out/index.html', 200);
  touchFolders(100);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, seconds: number): void {
  writeFileSync(join(root, path), '');
  utimesSync(join(root, path), seconds, seconds);
}

function touchFolders(seconds: number): void {
  for (const path of ['pages/deep', 'pages']) utimesSync(join(root, path), seconds, seconds);
}

const state = async () => buildState(root, 'out/index.html', ['pages', 'lock.json', 'not-there']);

describe('buildState', () => {
  it('is fresh while nothing is newer than what was built', async () => {
    expect(await state()).toBe('fresh');
  });

  it('is missing before the first build', async () => {
    rmSync(join(root, 'out/index.html'));
    expect(await state()).toBe('missing');
  });

  it('is stale when a file deep in a source folder is newer', async () => {
    write('pages/deep/page.tsx', 300);
    expect(await state()).toBe('stale');
  });

  it('is stale when a single source file is newer', async () => {
    write('lock.json', 300);
    expect(await state()).toBe('stale');
  });

  it('is stale when a file was removed', async () => {
    utimesSync(join(root, 'pages/deep'), 300, 300);
    expect(await state()).toBe('stale');
  });

  it('does not build again for a test', async () => {
    write('pages/deep/page.test.tsx', 300);
    touchFolders(100);
    expect(await state()).toBe('fresh');
  });
});
