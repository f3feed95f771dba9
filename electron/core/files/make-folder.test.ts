import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

describe('makeFolder', () => {
  let base = '';
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'reeve-make-folder-'));
  });
  afterEach(async () => rm(base, { recursive: true, force: true }));

  it('makes the folder and those above it, for this user only', async () => {
    const path = join(base, 'a', 'b', 'c');
    await makeFolder(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect((await stat(join(base, 'a'))).mode & 0o777).toBe(0o700);
  });

  it('leaves a folder that is there as it is', async () => {
    await chmod(base, 0o750);
    await makeFolder(base);
    expect((await stat(base)).mode & 0o777).toBe(0o750);
  });

  it('fails where a file is in the way', async () => {
    const path = join(base, 'file');
    await writeFile(path, '');
    await expect(makeFolder(path)).rejects.toThrow(/EEXIST/);
    await expect(makeFolder(join(path, 'below'))).rejects.toThrow(/ENOTDIR/);
  });

  it('fails below a folder that never takes one', async ({ skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc here');
    await expect(makeFolder('/proc/nope/data')).rejects.toThrow(/ENOENT/);
  });
});
