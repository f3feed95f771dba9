/** The locks that an instance has, in the order of uWSGI's statistics. Pure. */
import type { CommonsSettings } from '../config/commons-settings.ts';

/** Locks that the application has no part in; the engine needs none of them, uWSGI's document shows them. */
const SYSTEM_LOCKS = ['signal', 'filemon', 'timer', 'rbtimer', 'cron', 'rpc', 'snmp'];

export function lockNames({ locks, queue, caches }: CommonsSettings): string[] {
  return [
    ...Array.from({ length: locks + 1 }, (_, number) => `user ${number}`),
    ...SYSTEM_LOCKS,
    ...(queue === null ? [] : ['queue']),
    ...caches.map(({ name }) => `cache_${name}`),
  ];
}
