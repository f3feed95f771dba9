/**
 * The values of `cache2` (`key=value` pairs with commas between) and of the options that put items into caches. Pure.
 * Defaults are uWSGI's. It passes over keys that it does not know; here they are an error.
 */
import type { CacheItemSetting, CacheSetting, StoreSetting } from './commons-settings.ts';
import { resolvePath } from './host.ts';
import { isOn, wholeNumber } from './values.ts';

const HASHES = ['djb33x', 'murmur2', 'rand', 'rr'];
const MAX_KEY_BYTES = 65_535;

/** Keys about other instances. */
const REMOTE_KEYS = new Set(['node', 'nodes', 'udp', 'udp_server', 'udp_servers', 'sync']);

type Numbers = Record<
  'items' | 'blockBytes' | 'blocks' | 'keyBytes' | 'hashSize' | 'storeSync' | 'mathInitial',
  number
>;
type Flags = Record<'bitmap' | 'lastModified' | 'ignoreFull' | 'purgeLru' | 'sweepOnFull' | 'clearOnFull', boolean>;

const NUMBER_KEYS: Readonly<Record<string, keyof Numbers>> = {
  items: 'items',
  max_items: 'items',
  maxitems: 'items',
  blocksize: 'blockBytes',
  blocks: 'blocks',
  keysize: 'keyBytes',
  hashsize: 'hashSize',
  store_sync: 'storeSync',
  storesync: 'storeSync',
  math_initial: 'mathInitial',
};

const FLAG_KEYS: Readonly<Record<string, keyof Flags | 'noExpire' | 'storeDelete' | 'lazy'>> = {
  bitmap: 'bitmap',
  lastmod: 'lastModified',
  last_modified: 'lastModified',
  ignore_full: 'ignoreFull',
  purge_lru: 'purgeLru',
  lru: 'purgeLru',
  sweep_on_full: 'sweepOnFull',
  clear_on_full: 'clearOnFull',
  no_expire: 'noExpire',
  store_delete: 'storeDelete',
  lazy: 'lazy',
  lazy_expire: 'lazy',
};

/** `cache2 = name=NAME,items=N,key=value...`; a text says what is wrong, as the end of a sentence. */
export function parseCache(value: string, folder: string): CacheSetting | string {
  let name = '';
  let hash = 'djb33x';
  let storePath: string | null = null;
  const numbers: Numbers = {
    items: 0,
    blockBytes: 65_536,
    blocks: 0,
    keyBytes: 2048,
    hashSize: 65_536,
    storeSync: 0,
    mathInitial: 0,
  };
  const flags = new Set<string>();
  for (const pair of value.split(',').filter((one) => one.trim() !== '')) {
    const equals = pair.indexOf('=');
    const key = (equals === -1 ? pair : pair.slice(0, equals)).trim();
    const text = equals === -1 ? '1' : pair.slice(equals + 1).trim();
    const numberKey = NUMBER_KEYS[key];
    const flagKey = FLAG_KEYS[key];
    if (key === 'name') name = text;
    else if (key === 'store') storePath = resolvePath(folder, text);
    else if (key === 'hash') hash = text === 'random' ? 'rand' : text;
    else if (numberKey !== undefined) {
      const number = wholeNumber(text);
      if (number === null) return `has '${key}=${text}', which is no number.`;
      numbers[numberKey] = number;
    } else if (flagKey !== undefined) {
      if (isOn(text)) flags.add(flagKey);
    } else if (REMOTE_KEYS.has(key))
      return `has the key '${key}' (other instances), which the engine does not support.`;
    else return `has the key '${key}', which is unknown.`;
  }
  if (!HASHES.includes(hash)) return `has 'hash=${hash}'; it is one of ${HASHES.join(', ')}.`;
  const store = storePath === null ? null : storeOf(storePath, numbers.storeSync, flags.has('storeDelete'));
  const cache = { name, hash, store, noExpire: flags.has('noExpire') };
  const has = (flag: keyof Flags): boolean => flags.has(flag);
  const { items, blockBytes, blocks, keyBytes, hashSize, mathInitial } = numbers;
  return complete({
    ...cache,
    maxItems: items,
    blockBytes,
    blocks: blocks === 0 ? items : blocks,
    bitmap: has('bitmap'),
    maxItemBytes: blockBytes,
    keyBytes,
    hashSize,
    mathInitial,
    lastModified: has('lastModified'),
    ignoreFull: has('ignoreFull'),
    purgeLru: has('purgeLru'),
    sweepOnFull: has('sweepOnFull'),
    clearOnFull: has('clearOnFull'),
  });
}

/** The cache of `cache = ITEMS` and the other options of that form. */
export interface OldCache {
  items: number | null;
  blockBytes: number;
  storePath: string | null;
  storeSync: number;
  lastModified: boolean;
}

export function defaultOldCache(): OldCache {
  return { items: null, blockBytes: 65_536, storePath: null, storeSync: 0, lastModified: false };
}

/** Null: there is none. A text says what is wrong. */
export function cacheOf({
  items,
  blockBytes,
  storePath,
  storeSync,
  lastModified,
}: OldCache): CacheSetting | string | null {
  if (items === null) return null;
  const cache = parseCache(`name=default,items=${items},blocksize=${blockBytes},lastmod=${lastModified ? 1 : 0}`, '');
  if (typeof cache === 'string' || storePath === null) return cache;
  return { ...cache, store: storeOf(storePath, storeSync, false) };
}

/** `KEY=VALUE` or `CACHE KEY=VALUE`; null: there is no `=`. */
export function parseCacheItem(value: string): CacheItemSetting | null {
  const { cache = '', key, text } = /^(?:(?<cache>\S+) )?(?<key>[^=]+)=(?<text>.*)$/s.exec(value)?.groups ?? {};
  return key === undefined || text === undefined ? null : { cache, key, source: { type: 'text', text } };
}

/** `FILE` or `CACHE FILE`: its key is the name as it is written. */
export function parseCacheFile(value: string, folder: string, gzip: boolean): CacheItemSetting {
  const { cache = '', key = value } = /^(?<cache>\S+) (?<key>.+)$/.exec(value)?.groups ?? {};
  return { cache, key, source: { type: 'file', path: resolvePath(folder, key), gzip } };
}

/** uWSGI's cycle of the master is a second; without a number it is ten of them. */
export function storeOf(path: string, cycles: number, replaces: boolean): StoreSetting {
  return { path, syncSeconds: cycles === 0 ? 10 : cycles, replaces };
}

function complete(cache: CacheSetting): CacheSetting | string {
  if (cache.name === '') return "needs a 'name'.";
  if (cache.maxItems < 1) return "needs 'items': how many there may be, one of which is never used.";
  if (cache.blockBytes < 1) return "has 'blocksize=0', which has no room for anything.";
  if (cache.blocks < cache.maxItems) return `has ${cache.blocks} blocks for ${cache.maxItems} items; each needs one.`;
  if (cache.keyBytes < 1 || cache.keyBytes > MAX_KEY_BYTES)
    return `has a 'keysize' that is not from 1 to ${MAX_KEY_BYTES}.`;
  return { ...cache, maxItemBytes: cache.bitmap ? cache.blocks * cache.blockBytes : cache.blockBytes };
}
