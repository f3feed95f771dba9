/** `add-cache-item`, `load-file-in-cache` and `load-file-in-cache-gzip`: puts items into caches that have just been made. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { CacheItemSetting } from '../config/commons-settings.ts';
import type { Cache } from './cache.ts';

/** `find` gives the cache of a name, or null when it is not one to fill. Returns what could not be done. */
export function fillCaches(items: readonly CacheItemSetting[], find: (name: string) => Cache | null): string[] {
  const problems: string[] = [];
  for (const { cache: name, key, source } of items) {
    const cache = find(name);
    if (cache === null) continue;
    const value = source.type === 'text' ? Buffer.from(source.text) : readItem(source.path, source.gzip);
    const where = `cache "${cache.setting.name}"`;
    if (typeof value === 'string') problems.push(`'${key}' is not in ${where}: ${value}`);
    else if (!cache.set(keyOf(key), value, 0, 'update')) {
      problems.push(
        `'${key}' has no room in ${where} (${value.length} bytes, an item has at most ${cache.setting.maxItemBytes})`,
      );
    }
  }
  return problems;
}

function keyOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function readItem(path: string, gzip: boolean): Buffer | string {
  try {
    const bytes = readFileSync(path);
    return gzip ? gzipSync(bytes) : bytes;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
