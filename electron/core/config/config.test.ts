import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { localMachine } from '../machine/local-machine.ts';
import { diagnose } from './diagnose.ts';
import { createConfigHost } from './node-config-host.ts';
import { readEffectiveConfig } from './read-effective.ts';

it('a path that can not be looked at is one where nothing is, whatever the reason', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-config-'));
  try {
    await symlink('loop', join(folder, 'loop'));
    const host = createConfigHost({ cwd: folder, env: {}, binaryPath: 'uwsgi', version: '0' });
    for (const path of ['loop', 'x'.repeat(300), 'loop/below', 'a\0b']) {
      expect([host.kindOf(path), host.inode(path), host.realFolder(path)]).toEqual([null, null, null]);
    }
    const text = `[uwsgi]\nhttp-socket = :8080\nif-exists = ${'x'.repeat(300)}\nwsgi-file = loop\nendif =\n`;
    const path = join(folder, 'uwsgi.ini');
    const found = diagnose({ machine: localMachine, path, text, target: { server: 'engine' }, env: {}, version: '0' });
    await expect(found).resolves.toBeInstanceOf(Array);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('reads files and nothing else, never waits for one, and stops where it is too much', async (context) => {
  context.skip(process.platform !== 'linux', 'FIFOs and /proc are those of Linux');
  const folder = await mkdtemp(join(tmpdir(), 'reeve-config-'));
  try {
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    await writeFile(join(folder, 'most'), Buffer.alloc(4 * 1024 * 1024, 'a'));
    await writeFile(join(folder, 'more'), Buffer.alloc(4 * 1024 * 1024 + 1, 'a'));
    const host = createConfigHost({ cwd: folder, env: {}, binaryPath: 'uwsgi', version: '0' });
    const reasonOf = (path: string) => {
      const read = host.readFile(path);
      return read.ok ? read.bytes.length : read.reason;
    };
    expect(['fifo', '/dev/zero', '.', 'gone', 'most', 'more'].map(reasonOf)).toEqual([
      'failed',
      'failed',
      'is a folder',
      'not found',
      4 * 1024 * 1024,
      'too large',
    ]);
    // The system says that it has no length.
    expect(reasonOf('/proc/self/status')).toBeGreaterThan(100);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('what the engine would refuse is an error of its own files; a real uWSGI may know the option', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-config-'));
  try {
    const path = join(folder, 'uwsgi.ini');
    await writeFile(path, '[uwsgi]\nhttp-socket = :8080\nchroot = /srv\n');
    const host = createConfigHost({ cwd: folder, env: {}, binaryPath: 'uwsgi', version: '0' });
    expect(readEffectiveConfig(['--ini', path], host).errors).toEqual([]);
    expect(readEffectiveConfig(['--ini', path], host, 'engine').errors).toEqual([
      expect.stringContaining("uwsgi.ini:3: The engine does not support the option 'chroot'"),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('the application is the last one named of those that stand in the stats', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-config-'));
  try {
    const host = createConfigHost({ cwd: folder, env: {}, binaryPath: 'uwsgi', version: '0' });
    const applicationOf = (...argv: string[]) => readEffectiveConfig(argv, host).application;
    expect(applicationOf('--wsgi-file', 'app.py')).toBe('wsgi-file = app.py');
    expect(applicationOf('--wsgi', 'shop', '--module', 'other')).toBe('module = other');
    expect(applicationOf('--php-docroot', '/srv', '--static-map', '/s=/srv')).toBeNull();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('advice goes by what the server of the file runs under, and by nothing where its machine is not known', async () => {
  const text = '[uwsgi]\nsocket = /run/shop.sock\nmaster = true\nmodule = shop\n';
  const codes = async (machine: { supervisor: 'systemd' | null } | null): Promise<string[]> => {
    const env = { NOTIFY_SOCKET: '/run/systemd/notify' };
    const start = { cwd: '/srv', binaryPath: 'uwsgi', machine };
    const target = { server: 'uwsgi', version: null, options: null } as const;
    const path = '/srv/shop.ini';
    const found = await diagnose({ machine: localMachine, path, text, target, env, version: '2.0.21', start });
    return found.map(({ code }) => code);
  };
  expect(await codes({ supervisor: 'systemd' })).toContain('no-die-on-term');
  const here = createConfigHost({ cwd: '/', env: {}, binaryPath: 'uwsgi', version: '0' }).facts?.supervisor;
  expect((await codes({ supervisor: null })).includes('no-die-on-term')).toBe(here === 'container');
  expect(await codes(null)).not.toContain('no-die-on-term');
});
