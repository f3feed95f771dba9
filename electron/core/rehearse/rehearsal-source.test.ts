import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../engine/config/resolve.ts';
import { memoryHost } from '../../../engine/config/test-host.ts';
import { applicationLines, environmentOf, lineWords, sourceOfFile } from './rehearsal-source.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-source-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('what is rehearsed', () => {
  it('is the edited text in the place of its file, whatever the format', async () => {
    const path = join(folder, 'shop.yaml');
    await writeFile(path, 'uwsgi:\n  listen: 1\n');
    const { argv, host } = sourceOfFile(path, 'uwsgi:\n  listen: 2\n', { env: {}, version: '0' });
    const resolved = resolveConfig(argv, host);
    expect(resolved.ok ? resolved.applied.map(({ key, value }) => `${key} ${value}`) : resolved.errors).toContain(
      'listen 2',
    );
  });

  it('gets the environment without what speaks for the real server', () => {
    const env = {
      PATH: '/bin',
      DJANGO_SETTINGS_MODULE: 'shop.settings',
      UWSGI_HTTP_SOCKET: ':80',
      NOTIFY_SOCKET: '/run/systemd/notify',
      LISTEN_FDS: '1',
      LISTEN_PID: '7',
      WATCHDOG_USEC: '1',
      GONE: undefined,
    };
    expect(environmentOf({ env })).toEqual({
      PATH: '/bin',
      DJANGO_SETTINGS_MODULE: 'shop.settings',
      PYTHONDONTWRITEBYTECODE: '1',
    });
  });

  it('shows the lines that load code before the first time, without the values of variables', () => {
    const text =
      '[uwsgi]\nmodule = shop.wsgi\nhome = /srv/venv\nenv = SECRET=1\nenvdir = /srv/env\nexec-asap = rm x\nlisten = 5\nenv = LD_PRELOAD=/x.so\n';
    const resolved = resolveConfig(['--ini', '/srv/app/a.ini'], memoryHost({ '/srv/app/a.ini': text }));
    expect(resolved.ok ? applicationLines(resolved.applied).map(lineWords) : []).toEqual([
      'module = shop.wsgi',
      'home = /srv/venv',
      'env = SECRET=…',
      'envdir = /srv/env',
      'env = LD_PRELOAD=…',
    ]);
  });
});
