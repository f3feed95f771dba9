/** All rows about the engine, in the order of the report, and what a command line asks of them. */
import { ASYNC_ROWS } from './async-rows.ts';
import { BEHAVIOUR_ROWS } from './behaviour-rows.ts';
import { COMMONS_ROWS } from './commons-rows.ts';
import { EMPEROR_ROWS } from './emperor-rows.ts';
import { JAVASCRIPT_ROWS } from './javascript-rows.ts';
import { LOAD_ROWS } from './load-rows.ts';
import { MEMORY_ROWS } from './memory-rows.ts';
import { PERL_ROWS } from './perl-rows.ts';
import { PHP_ROWS } from './php-rows.ts';
import type { BenchRow } from './row.ts';
import { RUBY_ROWS } from './ruby-rows.ts';
import { SPOOLER_ROWS } from './spooler-rows.ts';
import { STATIC_ROWS } from './static-rows.ts';
import { WEBSOCKET_ROWS } from './websocket-rows.ts';

export const ROWS: readonly BenchRow[] = [
  ...LOAD_ROWS,
  ...ASYNC_ROWS,
  ...BEHAVIOUR_ROWS,
  ...MEMORY_ROWS,
  ...SPOOLER_ROWS,
  ...COMMONS_ROWS,
  ...EMPEROR_ROWS,
  ...STATIC_ROWS,
  ...WEBSOCKET_ROWS,
  ...PERL_ROWS,
  ...PHP_ROWS,
  ...RUBY_ROWS,
  ...JAVASCRIPT_ROWS,
];

const PARTS = ['engine', 'console', 'editor', 'ssh'];

export interface Selection {
  rows: BenchRow[];
  console: boolean;
  /** The editor of configuration files, a part of the console. */
  editor: boolean;
  /** Hosts behind SSH. */
  ssh: boolean;
}

/**
 * Reads words such as `engine`, `console`, `editor`, `ssh` or a row's id; none means everything.
 * @throws when a word names nothing
 */
export function selectRows(words: string[]): Selection {
  if (words.length === 0) return { rows: [...ROWS], console: true, editor: true, ssh: true };
  const ids = ROWS.map(({ id }) => id);
  const unknown = words.find((word) => ![...PARTS, ...ids].includes(word));
  if (unknown !== undefined) {
    throw new Error(
      `There is no row '${unknown}'. There are: engine (all of ${ids.join(', ')}), console, editor and ssh.`,
    );
  }
  const named = ROWS.filter(({ id }) => words.includes(id));
  const isWhole = words.includes('engine') && named.length === 0;
  return {
    rows: isWhole ? [...ROWS] : named,
    console: words.includes('console'),
    editor: words.includes('editor'),
    ssh: words.includes('ssh'),
  };
}

/**
 * The number of a flag such as `--rounds 3`.
 * @throws when it is none
 */
export function readCount(flag: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`--${flag} needs a whole number from 1 up, not '${text}'.`);
  return Number(text);
}
