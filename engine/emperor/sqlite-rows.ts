/**
 * Rows of an SQLite database, opened for reading at each look: a file that is put in the place of another is seen, and
 * none is made where there is none.
 */
import type { RowSource } from './query-monitor.ts';
import type { VassalRow } from './vassal-rows.ts';

/** The emperor does nothing else while it waits for a writer. */
const BUSY_TIMEOUT_MS = 250;

export function sqliteRows(path: string, query: string): RowSource {
  return {
    rows: async () => {
      // Node calls it experimental each time it is loaded, which only those who use it should read.
      const { DatabaseSync } = await import('node:sqlite');
      const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
      try {
        const statement = database.prepare(query);
        statement.setReadBigInts(true);
        statement.setReturnArrays(true);
        const rows: unknown[] = statement.all();
        return rows.filter((row): row is VassalRow => Array.isArray(row));
      } finally {
        database.close();
      }
    },
    dispose: () => undefined,
  };
}
