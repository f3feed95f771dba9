/**
 * Columns of the fleet as data: their order and widths as the user arranged them, and which fit. Pure. A window that is
 * too narrow leaves out columns from the least important on, the sparkline never gets narrower than it can be read.
 */
import type { FleetView } from '../../../electron/contract/fleet-model.ts';
import type { SortKey } from './fleet-model.ts';

export type ColumnId = SortKey | 'spark';

export interface Column {
  id: ColumnId;
  title: string;
  widthPx: number;
  isNumber: boolean;
  /** Left out first when it is the highest. 0: never. */
  dropRank: number;
  isHidden: boolean;
}

const NARROWEST_SPARK_PX = 120;
export const NARROWEST_PX = 48;
export const WIDEST_PX = 600;
/** The box to tick and the shape. */
export const FIXED_PX = 58;

const column = (id: ColumnId, title: string, widthPx: number, isNumber: boolean, dropRank: number): Column => ({
  id,
  title,
  widthPx,
  isNumber,
  dropRank,
  isHidden: false,
});

export const COLUMNS: readonly Column[] = [
  column('name', 'Name', 130, false, 0),
  column('host', 'Host', 116, false, 1),
  { ...column('tags', 'Tags', 120, false, 9), isHidden: true },
  column('rps', 'req/s', 68, true, 0),
  column('busy', 'Busy', 122, false, 0),
  column('queue', 'Queue', 84, true, 2),
  column('avg', 'Avg', 76, true, 0),
  column('memory', 'Memory', 88, true, 4),
  column('harakiri', 'Harakiri/h', 76, true, 6),
  column('exceptions', 'Exc/min', 68, true, 7),
  column('version', 'uWSGI', 70, false, 8),
  column('reloaded', 'Reloaded', 84, true, 5),
  column('spark', 'req/s, 15 min', NARROWEST_SPARK_PX, false, 3),
];

/** All columns in the user's order; those that the view does not know keep their place behind the one before them. */
export function arrangedColumns(kept: FleetView['columns']): Column[] {
  const arranged = kept.flatMap(({ id, widthPx, isHidden }) => {
    const known = COLUMNS.find((one) => one.id === id);
    return known ? [{ ...known, widthPx: widthPx ?? known.widthPx, isHidden }] : [];
  });
  COLUMNS.forEach((known, index) => {
    if (arranged.some(({ id }) => id === known.id)) return;
    const before = COLUMNS[index - 1]?.id;
    arranged.splice(arranged.findIndex(({ id }) => id === before) + 1, 0, known);
  });
  return arranged;
}

/** The columns that are shown in this width. */
export function fittingColumns(columns: readonly Column[], widthPx: number): Column[] {
  const wanted = columns.filter(({ isHidden }) => !isHidden);
  if (widthPx <= 0) return wanted;
  const ranks = [...new Set(wanted.map(({ dropRank }) => dropRank))].sort((a, b) => b - a);
  const kept = (highest: number) => wanted.filter(({ dropRank }) => dropRank <= highest);
  const fitting = ranks.find((highest) => widthOf(kept(highest)) <= widthPx);
  return kept(fitting ?? 0);
}

export function keptColumns(columns: readonly Column[]): FleetView['columns'] {
  return columns.map(({ id, widthPx, isHidden }) => ({
    id,
    widthPx: widthPx === COLUMNS.find((one) => one.id === id)?.widthPx ? null : widthPx,
    isHidden,
  }));
}

/** Value of `grid-template-columns`: the sparkline takes what is left, without it the name. */
export function columnTemplate(columns: readonly Column[]): string {
  const stretched = columns.some(({ id }) => id === 'spark') ? 'spark' : 'name';
  const tracks = columns.map(({ id, widthPx }) => (id === stretched ? `minmax(${widthPx}px, 1fr)` : `${widthPx}px`));
  return ['40px', '18px', ...tracks].join(' ');
}

/** Moves a column before or behind its neighbour. */
export function movedColumn(columns: readonly Column[], id: ColumnId, step: -1 | 1): Column[] {
  const from = columns.findIndex((one) => one.id === id);
  const to = from + step;
  const moved = columns[from];
  if (moved === undefined || to < 0 || to >= columns.length) return [...columns];
  return columns.filter((one) => one.id !== id).toSpliced(to, 0, moved);
}

export function changedColumn(columns: readonly Column[], id: ColumnId, change: Partial<Column>): Column[] {
  return columns.map((one) => (one.id === id ? { ...one, ...change } : one));
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { widthPx }) => sum + widthPx, FIXED_PX);
}
