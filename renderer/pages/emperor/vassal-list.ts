/**
 * The list of vassals: which are shown and in what order. Trouble first, then by name or as asked; vassals of an emperor
 * that is a vassal itself stay below it. Pure.
 */
import type { VassalRow, VassalRowState } from '../../../electron/contract/emperor-model.ts';

export const VASSAL_STATES: readonly VassalRowState[] = [
  'throttled',
  'refused',
  'late',
  'cursed',
  'starting',
  'ready',
  'accepting',
  'loyal',
  'on demand',
  'gone',
];

/** What the counts in the toolbar lead to. */
export type VassalFilter = 'all' | 'trouble' | 'blacklist' | VassalRowState;

export type VassalSort = 'state' | 'name' | 'up' | 'respawns' | 'next';

export interface VassalOrder {
  by: VassalSort;
  isDown: boolean;
}

export interface ListOptions {
  filter: VassalFilter;
  text: string;
  order: VassalOrder;
  /** Keys of emperors whose vassals are not shown. */
  folded: ReadonlySet<string>;
}

/** Rows as they are shown; those that only lead to a match are there, too. */
export function listVassals(rows: readonly VassalRow[], { filter, text, order, folded }: ListOptions): VassalRow[] {
  const wanted = withAncestors(rows, (row) => isOf(filter, row) && matches(row, text.trim().toLowerCase()));
  const below = Map.groupBy(wanted, ({ parentKey }) => parentKey);
  const worst = new Map<string, number>();
  const compare = comparing(order, (row) => worstBelow(row, below, worst));
  const walk = (parentKey: string | null): VassalRow[] =>
    [...(below.get(parentKey) ?? [])]
      .sort(compare)
      .flatMap((row) => (folded.has(row.key) ? [row] : [row, ...walk(row.key)]));
  return walk(null);
}

export function countVassals(rows: readonly VassalRow[]): Readonly<Record<VassalFilter, number>> {
  const counts: Record<VassalFilter, number> = {
    all: rows.length,
    trouble: 0,
    blacklist: 0,
    throttled: 0,
    refused: 0,
    late: 0,
    cursed: 0,
    starting: 0,
    ready: 0,
    accepting: 0,
    loyal: 0,
    'on demand': 0,
    gone: 0,
  };
  for (const row of rows) {
    counts[row.state] += 1;
    if (isTrouble(row)) counts.trouble += 1;
    if (row.blacklist !== null) counts.blacklist += 1;
  }
  return counts;
}

export function isTrouble({ level }: VassalRow): boolean {
  return level === 'crit' || level === 'warn';
}

function isOf(filter: VassalFilter, row: VassalRow): boolean {
  if (filter === 'all') return true;
  if (filter === 'trouble') return isTrouble(row);
  return filter === 'blacklist' ? row.blacklist !== null : row.state === filter;
}

function matches({ id, cause, monitor, state, pid, onDemand }: VassalRow, text: string): boolean {
  if (text === '') return true;
  return [id, cause, monitor, state, onDemand, pid === null ? null : String(pid)].some(
    (part) => part?.toLowerCase().includes(text) ?? false,
  );
}

function withAncestors(rows: readonly VassalRow[], isWanted: (row: VassalRow) => boolean): VassalRow[] {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const keys = new Set<string>();
  for (const row of rows) {
    if (!isWanted(row)) continue;
    for (let at: VassalRow | undefined = row; at !== undefined && !keys.has(at.key); ) {
      keys.add(at.key);
      at = at.parentKey === null ? undefined : byKey.get(at.parentKey);
    }
  }
  return rows.filter(({ key }) => keys.has(key));
}

const LEVELS: Record<VassalRow['level'], number> = { crit: 0, warn: 1, ok: 2, off: 2 };

/** An emperor stands as high as the worst of its own vassals. */
function worstBelow(
  row: VassalRow,
  below: ReadonlyMap<string | null, readonly VassalRow[]>,
  known: Map<string, number>,
): number {
  const found = known.get(row.key);
  if (found !== undefined) return found;
  const own = LEVELS[row.level];
  const worst = (below.get(row.key) ?? []).reduce(
    (least, child) => Math.min(least, worstBelow(child, below, known)),
    own,
  );
  known.set(row.key, worst);
  return worst;
}

function comparing({ by, isDown }: VassalOrder, worstOf: (row: VassalRow) => number) {
  const sign = isDown ? -1 : 1;
  return (a: VassalRow, b: VassalRow): number => {
    const first = by === 'state' ? worstOf(a) - worstOf(b) || stateRank(a) - stateRank(b) : compareBy(by, a, b);
    return first * sign || a.id.localeCompare(b.id, undefined, { numeric: true });
  };
}

function stateRank({ state }: VassalRow): number {
  return VASSAL_STATES.indexOf(state);
}

function compareBy(by: Exclude<VassalSort, 'state'>, a: VassalRow, b: VassalRow): number {
  switch (by) {
    case 'name':
      return a.id.localeCompare(b.id, undefined, { numeric: true });
    case 'up':
      return (b.upSinceMs ?? Number.MAX_SAFE_INTEGER) - (a.upSinceMs ?? Number.MAX_SAFE_INTEGER);
    case 'respawns':
      return a.respawns - b.respawns;
    case 'next':
      return (a.blacklist?.nextAtMs ?? Number.MAX_SAFE_INTEGER) - (b.blacklist?.nextAtMs ?? Number.MAX_SAFE_INTEGER);
  }
}
