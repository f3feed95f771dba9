/**
 * Sort with hysteresis: rows keep their places for at least three seconds, and as long as the pointer is over them
 * or one of them has the focus. A row that vanished leaves, a new one waits at the end for the next sort. Pure.
 */

export interface RowOrder<Id = number> {
  ids: readonly Id[];
  sortedAtMs: number;
  /** What it was sorted by: another key sorts at once. */
  key: string;
}

export interface OrderInput<Id = number> {
  /** Row ids as they would be sorted now. */
  sorted: readonly Id[];
  key: string;
  nowMs: number;
  /** The pointer is over the body or a row has the focus. */
  held: boolean;
}

export const RESORT_MS = 3000;

export function nextOrder<Id>(previous: RowOrder<Id> | null, input: OrderInput<Id>): RowOrder<Id> {
  const { sorted, key, nowMs, held } = input;
  const fresh: RowOrder<Id> = { ids: sorted, sortedAtMs: nowMs, key };
  if (!previous || previous.key !== key) return fresh;
  if (previous.ids.length === 0) return sorted.length === 0 ? previous : fresh;
  if (!held && nowMs - previous.sortedAtMs >= RESORT_MS) return fresh;
  const present = new Set(sorted);
  const known = new Set(previous.ids);
  const kept = previous.ids.filter((id) => present.has(id));
  const added = sorted.filter((id) => !known.has(id));
  if (added.length === 0 && kept.length === previous.ids.length) return previous;
  return { ...previous, ids: [...kept, ...added] };
}
