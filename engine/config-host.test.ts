import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { createConfigHost } from './config-host.ts';

it('a backslash in the name of a folder is a letter', ({ skip }) => {
  skip(process.platform === 'win32', 'no name of Windows has a backslash');
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'reeve-back\\slash-'));
  try {
    writeFileSync(join(folder, 'app.ini'), '[uwsgi]');
    const host = createConfigHost({ cwd: folder });
    expect([host.cwd, host.kindOf('app.ini'), host.realFolder('.')]).toEqual([folder, 'file', folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
