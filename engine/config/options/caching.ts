/**
 * What processes share: caches, the queue, memory and locks; see engine/commons/.
 */
import { parseCache, parseCacheFile, parseCacheItem } from '../cache-values.ts';
import { defaultQueue } from '../commons-settings.ts';
import { resolvePath } from '../host.ts';
import { isFlagWord, isOn, wholeNumber } from '../values.ts';
import { FLAG_EXPECTED, type OptionSection, type Reader, readFlag, readNumber, take } from './section.ts';

/** As on uWSGI. */
const PAGE_BYTES = 4096;

export const cachingOptions: OptionSection = {
  data: `
cache2 | list | works | | Shared cache with its options: name=,items= and if wanted blocksize=, store=, purge_lru= and more.
cache | int | works | | Shared cache named 'default' with this many items; 'cache2' can do more. | unit=items
cache-blocksize | bytes | works | 65536 | Largest item of the cache of 'cache'.
cache-store | path | works | | File that keeps the cache of 'cache' over a restart.
cache-store-sync | int | works | | Cycles of the master between two writes of 'cache-store'. | unit=cycles
cache-no-expire | flag | works | | Never removes items whose time is over by itself.
cache-expire-freq | seconds | works | 3 | Time between two searches for items whose time is over.
cache-report-freed-items | flag | works | | Logs each item removed because its time was over; for development.
cache-udp-server | list | no: caches belong to one instance | | UDP address that takes changes of the cache from other instances.
cache-udp-node | list | no: caches belong to one instance | | UDP address of another instance that gets each change of the cache.
cache-sync | string | no: caches belong to one instance | | Copies the whole cache of another instance at the start, from this address.
cache-use-last-modified | flag | works | | Keeps the time of the latest change of the cache.
add-cache-item | list | works | | Puts an item into a cache at the start: KEY=VALUE, or CACHE KEY=VALUE.
load-file-in-cache | list | works | | Puts a file into a cache at the start, under its name: FILE, or CACHE FILE.
load-file-in-cache-gzip | list | works | | As 'load-file-in-cache', compressed.
check-cache | string | no: the application answers each request; ask uwsgi.cache_get there, or let the server in front cache | | Answers from this cache when it has an item for the requested URI; without a name, from the default one.
queue | int | works | | Shared queue with this many places. | unit=slots
queue-blocksize | bytes | works | 8192 | Largest item of the queue.
queue-store | path | works | | File that keeps the queue over a restart.
queue-store-sync | int | works | | Cycles of the master between two writes of 'queue-store'. | unit=cycles
sharedarea | list | no: the engine has no memory that processes share; a cache, or a file with mmap, does the same | | Memory that all processes share, in pages, or with options: pages=, file=, size= and more.
py-sharedarea | bytes | no: the engine has no memory that processes share; a cache, or a file with mmap, does the same | | Shared memory of this size that Python sees as a bytearray.
locks | int | works | | Locks for the application beside the one it always has. | unit=locks
lock-engine | string | none: locks are held by the engine itself, which frees them when a process dies | | How locks are made: 'ipcsem' for System V semaphores in place of the platform's own. | choices=ipcsem
ftok | path | none: the engine has no semaphores | | File that names the semaphores of 'ipcsem', so that instances do not share them.
persistent-ipcsem | flag | none: the engine has no semaphores | | Leaves the semaphores of 'ipcsem' in the system at the end.
flock | list | no: start it with the command flock of util-linux, which does the same | | Locks this file at the start and ends when another process has it.
flock-wait | list | no: start it with the command flock of util-linux, which does the same | | Locks this file at the start and waits while another process has it.
flock2 | list | no: start it with the command flock of util-linux, which does the same | | As 'flock', after the log was opened and the server went into the background.
flock-wait2 | list | no: start it with the command flock of util-linux, which does the same | | As 'flock-wait', after the log was opened and the server went into the background.
`,
  readers: {
    cache2: ({ settings, folder }, value) => {
      const cache = parseCache(value, folder);
      if (typeof cache === 'string') return cache;
      if (settings.commons.caches.some(({ name }) => name === cache.name)) return 'has the name of another cache.';
      settings.commons.caches.push(cache);
      return null;
    },
    cache: ({ oldCache }, value) => {
      const items = wholeNumber(value);
      if (items === null || items < 1) return 'needs the number of items.';
      oldCache.items = items;
      return null;
    },
    'cache-blocksize': ({ oldCache }, value) => {
      const bytes = wholeNumber(value);
      if (bytes === null || bytes < 1) return 'needs the number of bytes.';
      oldCache.blockBytes = bytes;
      return null;
    },
    'cache-store': ({ oldCache, folder }, value) =>
      take(value, (path) => {
        oldCache.storePath = resolvePath(folder, path);
      }),
    'cache-store-sync': ({ oldCache }, value) => {
      const cycles = wholeNumber(value);
      if (cycles === null) return 'needs the number of cycles.';
      oldCache.storeSync = cycles;
      return null;
    },
    'add-cache-item': ({ settings }, value) => {
      const item = parseCacheItem(value);
      if (item === null) return 'needs KEY=VALUE, or CACHE KEY=VALUE.';
      settings.commons.cacheItems.push(item);
      return null;
    },
    'load-file-in-cache': loadFile(false),
    'load-file-in-cache-gzip': loadFile(true),
    'cache-use-last-modified': ({ oldCache }, value) => {
      if (!isFlagWord(value)) return FLAG_EXPECTED;
      oldCache.lastModified = isOn(value);
      return null;
    },
    'cache-no-expire': readFlag((settings, value) => {
      settings.commons.neverExpire = value;
    }),
    'cache-expire-freq': readNumber((settings, value) => {
      settings.commons.sweepSeconds = value;
    }, 1),
    'cache-report-freed-items': readFlag((settings, value) => {
      settings.commons.reportsFreed = value;
    }),
    queue: readNumber((settings, slots) => {
      settings.commons.queue = { ...(settings.commons.queue ?? defaultQueue()), slots };
    }, 1),
    'queue-store': ({ queueStore, folder }, value) =>
      take(value, (path) => {
        queueStore.path = resolvePath(folder, path);
      }),
    'queue-store-sync': ({ queueStore }, value) => {
      const cycles = wholeNumber(value);
      if (cycles === null) return 'needs the number of cycles.';
      queueStore.sync = cycles;
      return null;
    },
    'queue-blocksize': (draft, value) => {
      const bytes = wholeNumber(value);
      if (bytes === null || bytes === 0 || bytes % PAGE_BYTES !== 0) return `needs a multiple of ${PAGE_BYTES}.`;
      draft.settings.commons.queue = { ...(draft.settings.commons.queue ?? defaultQueue()), blockBytes: bytes };
      return null;
    },
    locks: readNumber((settings, value) => {
      settings.commons.locks = value;
    }),
  },
};

function loadFile(gzip: boolean): Reader {
  return ({ settings, folder }, value) =>
    take(value, () => settings.commons.cacheItems.push(parseCacheFile(value, folder, gzip)));
}
