/**
 * Which cores of a worker the inspector lists. Threads are few; a worker that runs its requests beside each other (ASGI,
 * gevent, JavaScript) has hundreds, and most of them never serve. Pure.
 */
import type { WorkerRow } from '../../../electron/contract/model.ts';

type CoreRow = WorkerRow['cores'][number];

export const MAX_SHOWN_CORES = 64;

/** Those that are busy, then those that have served most, at most MAX_SHOWN_CORES; in the order of their numbers. */
export function shownCores(cores: readonly CoreRow[]): readonly CoreRow[] {
  if (cores.length <= MAX_SHOWN_CORES) return cores;
  const ranked = cores.toSorted((a, b) => Number(b.busy) - Number(a.busy) || b.requests - a.requests || a.id - b.id);
  return ranked.slice(0, MAX_SHOWN_CORES).toSorted((a, b) => a.id - b.id);
}
