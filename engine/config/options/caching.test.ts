/** Options about what processes share: what they come to whatever their order, and what is refused with its reason. */
import { expect, test } from 'vitest';
import { buildSettings } from '../build-settings.ts';
import { formatConfigError } from '../errors.ts';
import { resolveConfig } from '../resolve.ts';
import type { EngineSettings } from '../settings.ts';
import { memoryHost } from '../test-host.ts';

function build(lines: string): ReturnType<typeof buildSettings> {
  const resolved = resolveConfig(['--ini', 'u.ini'], memoryHost({ 'u.ini': `[uwsgi]\nhttp-socket = :8080\n${lines}` }));
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  return buildSettings(resolved);
}

function commonsOf(lines: string): EngineSettings['commons'] {
  const built = build(lines);
  if (!built.ok) throw new Error(built.errors.map(formatConfigError).join('\n'));
  return built.settings.commons;
}

function refusal(lines: string): string {
  const built = build(lines);
  return built.ok ? '' : built.errors.map(({ message }) => message).join('\n');
}

test('without them there are lock 0 and nothing else', () => {
  expect(commonsOf('')).toMatchObject({ locks: 0, caches: [], queue: null, cacheItems: [], sweepSeconds: 3 });
});

test('the old form of the cache stands first, whatever the order of its lines', () => {
  const { caches } = commonsOf(
    'cache-store-sync = 4\ncache-blocksize = 100\ncache2 = name=b,items=2\ncache-store = c.store\ncache = 7\ncache-use-last-modified = 1',
  );
  expect(caches.map(({ name }) => name)).toEqual(['default', 'b']);
  expect(caches[0]).toMatchObject({
    maxItems: 7,
    blockBytes: 100,
    lastModified: true,
    store: { path: '/srv/app/c.store', syncSeconds: 4, replaces: false },
  });
});

test('numbers and switches for all caches', () => {
  const commons = commonsOf('cache2 = name=a,items=2\ncache-no-expire = 1\ncache-expire-freq = 9\nlocks = 3');
  expect(commons).toMatchObject({ sweepSeconds: 9, locks: 3, caches: [{ noExpire: true }] });
  expect(commonsOf('cache-report-freed-items = true').reportsFreed).toBe(true);
});

test('the queue has its size, its blocks and its store, whatever their order', () => {
  expect(commonsOf('queue-store-sync = 2\nqueue-store = /q\nqueue-blocksize = 4096\nqueue = 9').queue).toEqual({
    slots: 9,
    blockBytes: 4096,
    store: { path: '/q', syncSeconds: 2, replaces: false },
  });
  expect(commonsOf('queue = 9').queue).toEqual({ slots: 9, blockBytes: 8192, store: null });
  expect(commonsOf('queue-blocksize = 4096').queue).toBeNull();
});

test.each([
  ['cache2 = name=a,items=2\ncache2 = name=a,items=3', 'has the name of another cache.'],
  ['cache2 = name=default,items=2\ncache = 5', "makes a cache with the name 'default'"],
  ['cache = 0', 'needs the number of items.'],
  ['queue = 5\nqueue-blocksize = 100', 'needs a multiple of 4096.'],
  ['add-cache-item = nothing', 'needs KEY=VALUE'],
  ['sharedarea = 2', 'no memory that processes share'],
  ['cache-sync = 10.0.0.1:3031', 'caches belong to one instance'],
  ['cache-udp-node = 10.0.0.1:3031', 'caches belong to one instance'],
  ['flock = /run/lock', 'start it with the command flock'],
])('%s is refused', (lines, message) => {
  expect(refusal(lines)).toContain(message);
});

test('how locks are made has no effect, which is said with the reason', () => {
  const built = build('lock-engine = ipcsem\nftok = /srv\npersistent-ipcsem = 1');
  expect(built.warnings.map(({ code }) => code)).toEqual(['no-effect', 'no-effect', 'no-effect']);
});
