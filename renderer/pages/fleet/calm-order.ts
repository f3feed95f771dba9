/**
 * Sort with hysteresis: the order of a live column changes at most every 3 s, and not while the pointer is over the rows
 * or a row has the focus. Between, rows keep their places and only their figures move.
 */
const CALM_MS = 3000;

export interface CalmInput<Row> {
  /** In the order that is wanted now. */
  rows: readonly Row[];
  /** Changes when the user asked for another order or filter: then at once. */
  wish: string;
  isTouched: boolean;
  nowMs: number;
}

export interface CalmOrder<Row> {
  /** `rows` in the order that may be shown now. */
  order(input: CalmInput<Row>): readonly Row[];
}

export function createCalmOrder<Row extends { key: string }>(): CalmOrder<Row> {
  let shown: { keys: readonly string[]; wish: string; atMs: number } | null = null;
  return {
    order({ rows, wish, isTouched, nowMs }) {
      const byKey = new Map(rows.map((row) => [row.key, row]));
      const isSameSet = shown !== null && shown.keys.length === byKey.size && shown.keys.every((key) => byKey.has(key));
      const isCalm = shown !== null && isSameSet && shown.wish === wish && (isTouched || nowMs - shown.atMs < CALM_MS);
      if (shown !== null && isCalm) return shown.keys.flatMap((key) => byKey.get(key) ?? []);
      shown = { keys: [...byKey.keys()], wish, atMs: nowMs };
      return rows;
    },
  };
}
