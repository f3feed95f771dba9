/**
 * A monitor that asks a database at each look. What it can not ask, and what answers with something other than rows,
 * changes nothing: vassals are stopped because a row is gone, never because of an error.
 */
import { errorCode } from '../master/engine-log.ts';
import type { Monitor } from './monitors.ts';
import { type RowRules, type VassalRow, vassalsFromRows } from './vassal-rows.ts';
import type { FoundVassal } from './vassal-state.ts';

export interface RowSource {
  /** Rejects when it can not be asked; makes its connection anew when that is needed. */
  rows: () => Promise<readonly VassalRow[]>;
  dispose: () => void;
}

export interface QueryMonitorOptions {
  source: RowSource;
  /** For the log, without a password. */
  text: string;
  /** Taken out of what the database says. */
  secret: string | null;
  rules: RowRules;
  log: (text: string) => void;
}

/** More are no list of vassals of one machine. */
export const MOST_VASSALS = 10_000;

export class QueryMonitor implements Monitor {
  readonly #options: QueryMonitorOptions;
  #trouble = '';

  constructor(options: QueryMonitorOptions) {
    this.#options = options;
  }

  async scan(): Promise<FoundVassal[] | null> {
    const { source, rules, text, log } = this.#options;
    try {
      const rows = await source.rows();
      checkRows(rows);
      if (this.#trouble !== '') log(`[emperor] ${text} answers again`);
      this.#trouble = '';
      return vassalsFromRows(rows, rules);
    } catch (error) {
      const trouble = withoutSecret(reasonOf(error), this.#options.secret);
      if (trouble !== this.#trouble) log(`[emperor] ${text}: ${trouble}; its vassals stay as they are`);
      this.#trouble = trouble;
      return null;
    }
  }

  dispose(): void {
    this.#options.source.dispose();
  }
}

/** In the words of the server or the library; several failed tries of one connection have a code only. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : errorCode(error);
}

/** What a server or a library says may repeat what it was given. */
export function withoutSecret(words: string, secret: string | null): string {
  return secret === null || secret === '' ? words : words.replaceAll(secret, '***');
}

function checkRows(rows: readonly VassalRow[]): void {
  if (rows.length > MOST_VASSALS) throw new Error(`the query gives ${rows.length} rows, more than ${MOST_VASSALS}`);
  if (rows.some((row) => row.length < 2)) throw new Error('the query gives no configuration in a second column');
}
