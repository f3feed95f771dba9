/** All rows about the engine, in the order of the report, and which of them a command line names. */
import { BEHAVIOUR_ROWS } from './behaviour-rows.ts';
import { LOAD_ROWS } from './load-rows.ts';
import { MEMORY_ROWS } from './memory-rows.ts';
import type { BenchRow } from './row.ts';

export const ROWS: readonly BenchRow[] = [...LOAD_ROWS, ...BEHAVIOUR_ROWS, ...MEMORY_ROWS];

export interface Selection {
  rows: BenchRow[];
  console: boolean;
}

/**
 * Reads words such as `engine`, `console` or a row's id; none means everything.
 * @throws when a word names nothing
 */
export function selectRows(words: string[]): Selection {
  if (words.length === 0) return { rows: [...ROWS], console: true };
  const ids = ROWS.map(({ id }) => id);
  const unknown = words.find((word) => word !== 'engine' && word !== 'console' && !ids.includes(word));
  if (unknown !== undefined) {
    throw new Error(`There is no row '${unknown}'. There are: engine (all of ${ids.join(', ')}) and console.`);
  }
  const named = ROWS.filter(({ id }) => words.includes(id));
  const isWhole = words.includes('engine') && named.length === 0;
  return { rows: isWhole ? [...ROWS] : named, console: words.includes('console') };
}
