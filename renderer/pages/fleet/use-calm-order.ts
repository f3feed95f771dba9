/**
 * Sort with hysteresis: the order of a live column changes at most every 3 s, and not while the pointer is over the rows
 * or a row has the focus. Between, rows keep their places and only their figures move.
 */
import { useRef } from 'react';

const CALM_MS = 3000;

export interface CalmInput<Row> {
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Changes when the user asked for another order or filter: then at once. */
  wish: string;
  isTouched: boolean;
  nowMs: number;
}

/** `rows` in the order that may be shown now. */
export function useCalmOrder<Row>({ rows, keyOf, wish, isTouched, nowMs }: CalmInput<Row>): readonly Row[] {
  const shown = useRef<{ keys: string[]; wish: string; atMs: number } | null>(null);
  const before = shown.current;
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  const isSameSet = before !== null && before.keys.length === byKey.size && before.keys.every((key) => byKey.has(key));
  const mayMove =
    before === null || !isSameSet || before.wish !== wish || (!isTouched && nowMs - before.atMs >= CALM_MS);
  if (mayMove) {
    shown.current = { keys: [...byKey.keys()], wish, atMs: nowMs };
    return rows;
  }
  return before.keys.flatMap((key) => byKey.get(key) ?? []);
}
