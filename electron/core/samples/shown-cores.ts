/**
 * Which cores of a worker a page is told about. Threads are few; a worker that runs its requests beside each other (ASGI,
 * gevent, JavaScript) has hundreds, most of which never serve, and every page would get them every second. Pure.
 */
import type { StatsCore } from '../../../engine/api/stats.ts';

/** Of one worker, and about as many of all together; a worker always shows LEAST_SHOWN. */
export const MOST_SHOWN = 64;
const MOST_OF_ALL = 512;
const LEAST_SHOWN = 8;

/** How many cores each of so many workers may show. */
export function mostCores(workers: number): number {
  return Math.max(LEAST_SHOWN, Math.min(MOST_SHOWN, Math.floor(MOST_OF_ALL / Math.max(1, workers))));
}

/** Those that are busy, then those that have served most, at most `most`; in the order of their numbers. */
export function shownCores(cores: readonly StatsCore[], most: number): readonly StatsCore[] {
  if (cores.length <= most) return cores;
  const ranked = cores.toSorted((a, b) => b.in_request - a.in_request || b.requests - a.requests || a.id - b.id);
  return ranked.slice(0, most).toSorted((a, b) => a.id - b.id);
}
