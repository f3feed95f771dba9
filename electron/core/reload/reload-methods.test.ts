import { describe, expect, it } from 'vitest';
import { createConfigHost } from '../config/node-config-host.ts';
import { readEffectiveConfig } from '../config/read-effective.ts';
import { CoreError } from '../errors.ts';
import { type Findings, listMethods } from './reload-methods.ts';

function config(...lines: string[]) {
  const path = '/srv/shop/uwsgi.ini';
  const override = { path, text: `[uwsgi]\n${lines.join('\n')}\n` };
  return readEffectiveConfig(
    ['--ini', path],
    createConfigHost({ cwd: '/srv/shop', env: {}, binaryPath: 'uwsgi', version: '2', override }),
  );
}

function methods(more: Partial<Findings>) {
  const findings: Findings = {
    config: config('master-fifo = /run/shop.fifo'),
    masterPid: 100,
    fifo: {
      path: '/run/shop.fifo',
      check: { status: 'ready', mode: 'prw-------', uid: 33, readBy: 100 },
      owner: 'www-data',
    },
    touch: {},
    signalTrouble: null,
    isReeveEngine: false,
    workers: 4,
    systemd: null,
    vassal: null,
    configChanged: false,
    machineName: null,
    sudo: false,
    ...more,
  };
  return Object.fromEntries(listMethods(findings).map((method) => [method.id, method]));
}

describe('the ways to reload', () => {
  it('show exactly what would be done', () => {
    const { 'fifo-graceful': full, signal } = methods({});
    expect(full).toMatchObject({
      enabled: true,
      whyNot: null,
      action: ['open /run/shop.fifo', '  write-only, non-blocking, never create', 'write "r", close'],
    });
    expect(signal?.action).toEqual(['check that process 100 is the master', 'send it SIGHUP']);
  });

  it('that are not configured say which option is missing', () => {
    const found = methods({ config: config(), fifo: null });
    expect(found['fifo-graceful']?.whyNot).toBe("The configuration has no 'master-fifo'.");
    expect(found['touch']?.whyNot).toBe("The configuration has no 'touch-reload'.");
    expect(found['signal']?.enabled).toBe(true);
  });

  it('through a FIFO that nobody reads are refused with the reason', () => {
    const error = new CoreError('fifo-no-reader', { path: '/run/shop.fifo' });
    const found = methods({ fifo: { path: '/run/shop.fifo', check: { status: 'unusable', error }, owner: null } });
    expect(found['fifo-chain']?.whyNot).toBe('No master is reading /run/shop.fifo. Nothing was written.');
  });

  it('never send a uWSGI into a new start with a configuration that it can not read', () => {
    const broken = config('ini = /srv/shop/none.ini', 'master-fifo = /run/shop.fifo');
    expect(broken.errors).toHaveLength(1);
    const found = methods({ config: broken });
    expect(found['fifo-graceful']?.whyNot).toContain('would not come back');
    expect(found['signal']?.enabled).toBe(false);
    expect(found['fifo-workers']?.enabled).toBe(true);
    expect(methods({ config: broken, isReeveEngine: true })['fifo-graceful']?.enabled).toBe(true);
  });

  it('need two workers for a chain', () => {
    expect(methods({ workers: 1 })['fifo-chain']?.whyNot).toContain('only one worker');
  });
});

describe('what a configuration says about watching and reloading', () => {
  it('is read from all its spellings', () => {
    const found = config(
      'stats-server = 127.0.0.1:9191',
      'stats-http = true',
      'master-fifo = run/a.fifo',
      'master-fifo = /run/b.fifo',
      'harakiri = 30',
      'workers = 8',
      'touch-reload = %p',
      'http = 0.0.0.0:8080',
      'worker-reload-mercy = 5',
      'lazy-apps',
      'listen = 64',
    );
    expect(found).toMatchObject({
      statsAddress: 'http://127.0.0.1:9191',
      masterFifos: ['/srv/shop/run/a.fifo', '/run/b.fifo'],
      harakiriMs: 30_000,
      processes: 8,
      touchReload: ['/srv/shop/uwsgi.ini'],
      url: 'http://127.0.0.1:8080',
      mercyMs: 5_000,
      lazyApps: true,
      listen: 64,
      errors: [],
    });
  });

  it('has uWSGI’s own defaults where it says nothing', () => {
    expect(config()).toMatchObject({
      statsAddress: null,
      harakiriMs: null,
      mercyMs: 60_000,
      listen: 100,
      processes: 1,
      url: null,
    });
  });

  it('takes relative sockets from the folder it changes to', () => {
    expect(config('chdir = /srv/other', 'stats = s.sock')).toMatchObject({ statsAddress: '/srv/other/s.sock' });
  });
});
