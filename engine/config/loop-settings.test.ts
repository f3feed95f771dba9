import { describe, expect, it, test } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { resolveConfig } from './resolve.ts';
import type { EngineSettings } from './settings.ts';
import { memoryHost } from './test-host.ts';

function build(ini: string): ReturnType<typeof buildSettings> {
  const resolved = resolveConfig(
    ['/srv/app.ini'],
    memoryHost({ '/srv/app.ini': `[uwsgi]\nhttp-socket = :8080\n${ini}\n` }),
  );
  if (!resolved.ok) throw new Error(JSON.stringify(resolved));
  return buildSettings(resolved);
}

function settings(ini: string): EngineSettings {
  const built = build(ini);
  if (!built.ok) throw new Error(built.errors.map(({ message, hint }) => `${message} ${hint}`).join('\n'));
  return built.settings;
}

describe('an ASGI application', () => {
  it('runs a hundred requests at a time in each worker, or as many as async says', () => {
    expect(settings('asgi = shop.asgi')).toMatchObject({
      threads: 100,
      loop: { type: 'asyncio', isUvloop: false, lifespan: 'auto' },
      app: { interface: 'asgi', main: { type: 'module', name: 'shop.asgi' } },
    });
    expect(settings('asgi = main:app\nasync = 7')).toMatchObject({ threads: 7 });
    expect(settings('asgi = main:app\nasyncio = 8\nloop = uvloop\nasgi-lifespan = off')).toMatchObject({
      threads: 8,
      loop: { isUvloop: true, lifespan: 'off' },
    });
  });

  it('comes from a module or a file', () => {
    expect(settings('chdir = /srv\nasgi = main.py').app).toMatchObject({
      main: { type: 'file', path: '/srv/main.py' },
    });
  });
});

describe('gevent', () => {
  it('runs as many requests as it says, and patches when it is told to', () => {
    expect(settings('wsgi-file = a.py\ngevent = 50')).toMatchObject({
      threads: 50,
      loop: { type: 'gevent', patch: 'none', waitsForHub: false },
    });
    const early =
      'wsgi-file = a.py\nasync = 9\nloop = gevent\ngevent-early-monkey-patch = true\ngevent-wait-for-hub = true';
    expect(settings(`${early}\ngevent-monkey-patch = true`)).toMatchObject({
      threads: 9,
      loop: { patch: 'early', waitsForHub: true },
    });
  });
});

describe('a WSGI application that gives way by itself', () => {
  it('runs as many requests as async or asyncio says, with whatever is to switch between them', () => {
    const plain = { threads: 9, loop: { type: 'greenlet', isAsyncio: false } };
    for (const more of ['', 'greenlet = true', 'ugreen = true\nugreen-stacksize = 128']) {
      expect(settings(`wsgi-file = a.py\nasync = 9\n${more}`)).toMatchObject(plain);
    }
    const asyncio = { threads: 8, loop: { type: 'greenlet', isAsyncio: true } };
    expect(settings('wsgi-file = a.py\nasyncio = 8\ngreenlet = true')).toMatchObject(asyncio);
    expect(settings('wsgi-file = a.py\nasync = 8\nloop = asyncio')).toMatchObject(asyncio);
  });
});

test('without any of them a worker has threads', () => {
  expect(settings('wsgi-file = a.py\nthreads = 4\nasync = 1')).toMatchObject({ threads: 4, loop: { type: 'threads' } });
  expect(settings('js-app = a.mjs\nharakiri = 9')).toMatchObject({
    threads: 100,
    loop: { type: 'node', harakiriSeconds: 9 },
  });
  expect(settings('js-app = a.mjs\nthreads = 1')).toMatchObject({ threads: 1 });
  expect(settings('js-app = a.mjs\nthreads = 1\nasync = 20')).toMatchObject({ threads: 20 });
});

test.for([
  ['wsgi-file = a.py\ngevent = 50\nthreads = 4', /'threads' does not go with 'gevent'/],
  ['asgi = a:b\nthreads = 4', /'threads' does not go with 'asgi'.* 'async = N' says/],
  ['asgi = a:b\ngevent = 4', /'gevent' is for WSGI applications/],
  ['wsgi-file = a.py\nloop = uvloop\nasync = 4', /'loop = uvloop' runs ASGI applications only/],
  ['wsgi-file = a.py\nasync = 4\nthreads = 4', /'threads' does not go with 'async'.* 'async = N' says/],
  ['wsgi-file = a.py\nasync = 4\ngevent-monkey-patch = true', /'gevent-monkey-patch' does nothing without 'gevent'/],
  ['wsgi-file = a.py\ngevent-monkey-patch = true', /'gevent-monkey-patch' does nothing without 'gevent'/],
  ['rack = config.ru\ngevent = 4', /'gevent' is for Python applications/],
  ['asgi = a:b\nasync = 0', /needs a whole number from 1 up/],
  ['asgi = a:b\nasgi-lifespan = maybe', /is none of auto, on, off/],
  ['asgi = a:b\nloop = tornado', /is none of asyncio, uvloop, gevent/],
  ['wsgi-file = a.py\ngreenlet = true', /'greenlet' does nothing without 'async'/],
  ['rack = config.ru\nasync = 4\nugreen = true', /'async' is for Python applications/],
] as const)('%s is refused with the reason', ([ini, reason]) => {
  const built = build(ini);
  expect(built.ok ? '' : built.errors.map(({ message, hint }) => `${message} ${hint}`).join('\n')).toMatch(reason);
});
