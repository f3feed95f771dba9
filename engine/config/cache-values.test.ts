import { expect, test } from 'vitest';
import { cacheOf, defaultOldCache, parseCache, parseCacheFile, parseCacheItem } from './cache-values.ts';

test('a cache has the defaults of uWSGI, and what its keys say', () => {
  expect(parseCache('name=a,items=10', '/srv')).toMatchObject({
    name: 'a',
    maxItems: 10,
    blockBytes: 65_536,
    blocks: 10,
    maxItemBytes: 65_536,
    keyBytes: 2048,
    hash: 'djb33x',
    hashSize: 65_536,
    store: null,
    mathInitial: 0,
    bitmap: false,
    purgeLru: false,
  });
  expect(
    parseCache('name=a,maxitems=3,bitmap=1,blocks=8,blocksize=10,store=c.store,store_sync=5,lru=1', '/srv'),
  ).toMatchObject({
    maxItems: 3,
    bitmap: true,
    maxItemBytes: 80,
    purgeLru: true,
    store: { path: '/srv/c.store', syncSeconds: 5, replaces: false },
  });
});

test.each([
  ['items=5', "needs a 'name'."],
  ['name=a', "needs 'items'"],
  ['name=a,items=0', "needs 'items'"],
  ['name=a,items=many', "has 'items=many', which is no number."],
  ['name=a,items=10,blocks=5', 'has 5 blocks for 10 items; each needs one.'],
  ['name=a,items=10,hash=md5', "has 'hash=md5'"],
  ['name=a,items=10,colour=red', "has the key 'colour', which is unknown."],
  ['name=a,items=10,nodes=10.0.0.1:3031', "has the key 'nodes' (other instances), which the engine does not support."],
  ['name=a,items=10,keysize=70000', "has a 'keysize' that is not from 1 to 65535."],
  ['name=a,items=10,blocksize=0', "has 'blocksize=0'"],
])('%s is refused', (value, message) => {
  expect(parseCache(value, '/srv')).toContain(message);
});

test('the old form makes a cache with the name default, or none', () => {
  expect(cacheOf(defaultOldCache())).toBeNull();
  expect(cacheOf({ items: 7, blockBytes: 100, storePath: '/s', storeSync: 0, lastModified: true })).toMatchObject({
    name: 'default',
    maxItems: 7,
    blockBytes: 100,
    lastModified: true,
    store: { path: '/s', syncSeconds: 10, replaces: false },
  });
});

test('items and files name their cache with a blank, or leave it to the first one', () => {
  expect(parseCacheItem('web key=a=b')).toEqual({ cache: 'web', key: 'key', source: { type: 'text', text: 'a=b' } });
  expect(parseCacheItem('key=')).toMatchObject({ cache: '', key: 'key' });
  expect(parseCacheItem('key')).toBeNull();
  expect(parseCacheFile('web a.txt', '/srv', true)).toEqual({
    cache: 'web',
    key: 'a.txt',
    source: { type: 'file', path: '/srv/a.txt', gzip: true },
  });
});
