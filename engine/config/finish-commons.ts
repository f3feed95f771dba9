/** Caches that are known only when the whole list is read: the one of `cache`, and what holds for all of them. Pure. */
import { cacheOf, storeOf } from './cache-values.ts';
import type { ConfigError } from './errors.ts';
import type { Draft } from './options/section.ts';
import type { Origin } from './settings.ts';

export function finishCommons(
  { settings, oldCache, queueStore }: Draft,
  originOf: (name: string) => Origin | null,
  errors: ConfigError[],
): void {
  const { commons } = settings;
  const cache = cacheOf(oldCache);
  const origin = originOf('cache') ?? { file: '', line: 0 };
  const refuse = (message: string): void => {
    errors.push({ code: 'bad-value', message, origin, option: 'cache', hint: null });
  };
  if (typeof cache === 'string') refuse(`'cache' ${cache}`);
  else if (cache !== null && commons.caches.some(({ name }) => name === cache.name)) {
    refuse("'cache' makes a cache with the name 'default', which one of 'cache2' has.");
  } else if (cache !== null) commons.caches.unshift(cache);
  if (commons.queue?.slots === 0) commons.queue = null;
  if (commons.queue !== null && queueStore.path !== null) {
    commons.queue.store = storeOf(queueStore.path, queueStore.sync, false);
  }
  if (commons.neverExpire) for (const one of commons.caches) one.noExpire = true;
}
