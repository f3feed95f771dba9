import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sshd, writeSshHome } from './sshd.ts';

const run = promisify(execFile);

describe('the bench of SSH servers', () => {
  let home = '';
  let bastion: Sshd;
  let web: Sshd;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'reeve-home-'));
    const standIns = join(home, 'bin');
    await mkdir(standIns);
    await writeFile(join(standIns, 'systemctl'), '#!/bin/sh\necho stand-in "$@"\n', { mode: 0o755 });
    bastion = await Sshd.start();
    web = await Sshd.start({ path: standIns });
    await writeSshHome(home, [
      { alias: 'bastion', sshd: bastion },
      { alias: 'web1', sshd: web, via: 'bastion' },
    ]);
  });

  afterAll(async () => {
    await bastion?.dispose();
    await web?.dispose();
    await rm(home, { recursive: true, force: true });
  });

  const ask = async (): Promise<string> => {
    const file = join(home, '.ssh/config');
    const { stdout } = await run('ssh', ['-F', file, '-o', 'BatchMode=yes', 'web1', 'systemctl', 'status']);
    return stdout;
  };

  test('the system’s ssh gets through a jump chain and finds the stand-ins first', async () => {
    expect(await ask()).toBe('stand-in status\n');
    expect(bastion.connectionCount).toBe(1);
    expect(web.logText).toContain('Accepted publickey for');
  });

  test('a killed server refuses, and is the same one after a restart', async () => {
    await web.kill();
    await expect(ask()).rejects.toThrow();
    await web.restart();
    expect(await ask()).toBe('stand-in status\n');
  });
});
