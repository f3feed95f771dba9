/**
 * History beyond the session: one row an instance and 10 seconds in SQLite, written in one transaction every 10
 * seconds and kept for a week. Losing it loses no function: a database that can't be opened is reported and left
 * alone, one that can't be written is reported once until it can be again.
 */
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SampleRow } from '../../contract/model.ts';
import { describe } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { sampleValue } from '../samples/figures.ts';

export const BUCKET_MS = 10_000;
const KEEP_MS = 7 * 24 * 3600 * 1000;
const PRUNE_EVERY_MS = 3600 * 1000;

/** Figures that are kept; the rest can be had from them or is of the moment. */
const KEPT = [
  'reqPerSec',
  'avgRtMs',
  'busy',
  'listenQueue',
  'rssBytes',
  'txBytesPerSec',
  'exceptions',
  'harakiri',
] as const;
/** Counted, so a bucket holds their sum; of the others it holds the mean. */
const SUMMED: ReadonlySet<string> = new Set(['exceptions', 'harakiri']);

interface Bucket {
  instanceId: string;
  sums: number[];
  counts: number[];
}

export interface History {
  record(instanceId: string, row: SampleRow): void;
  /** Highest of what is kept since then, and how much that is; null: nothing is. */
  peaks(instanceId: string, sinceMs: number): HistoryPeaks | null;
  forget(instanceId: string): void;
  dispose(): void;
}

/** Means over 10 seconds: shorter peaks were higher. */
export interface HistoryPeaks {
  /** Rows of 10 seconds. */
  buckets: number;
  busy: number;
  listenQueue: number;
  listenQueueAtMs: number;
  harakiri: number;
}

/** Opens or makes `history.db`. */
export function openHistory(folder: string, clock: Clock, onTrouble: (text: string) => void): History {
  try {
    const database = new DatabaseSync(join(folder, 'history.db'));
    return new SqliteHistory(database, clock, onTrouble);
  } catch (error) {
    onTrouble(`History can not be kept: ${describe(error)}. Charts of this session work.`);
    return { record: () => {}, peaks: () => null, forget: () => {}, dispose: () => {} };
  }
}

class SqliteHistory implements History {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #peaks: StatementSync;
  readonly #queueTop: StatementSync;
  readonly #clock: Clock;
  readonly #onTrouble: (text: string) => void;
  readonly #buckets = new Map<string, Bucket>();
  #cancelTimer: () => void;
  #prunedAtMs = 0;
  #isTold = false;

  constructor(database: DatabaseSync, clock: Clock, onTrouble: (text: string) => void) {
    this.#database = database;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
    const columns = KEPT.map((column) => `${column} REAL`).join(', ');
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS samples (
        instanceId TEXT NOT NULL, atMs INTEGER NOT NULL, ${columns}, PRIMARY KEY (instanceId, atMs)
      ) WITHOUT ROWID;
    `);
    const names = ['instanceId', 'atMs', ...KEPT];
    const marks = names.map(() => '?').join(', ');
    this.#insert = database.prepare(`INSERT OR REPLACE INTO samples (${names.join(', ')}) VALUES (${marks})`);
    this.#peaks = database.prepare(
      `SELECT count(*) AS buckets, max(busy) AS busy, max(listenQueue) AS listenQueue, total(harakiri) AS harakiri
       FROM samples WHERE instanceId = ? AND atMs >= ?`,
    );
    this.#queueTop = database.prepare(
      'SELECT atMs FROM samples WHERE instanceId = ? AND atMs >= ? ORDER BY listenQueue DESC LIMIT 1',
    );
    this.#cancelTimer = clock.setTimer(() => this.#tick(), BUCKET_MS);
  }

  record(instanceId: string, row: SampleRow): void {
    let bucket = this.#buckets.get(instanceId);
    if (bucket === undefined) {
      bucket = { instanceId, sums: KEPT.map(() => 0), counts: KEPT.map(() => 0) };
      this.#buckets.set(instanceId, bucket);
    }
    for (const [i, column] of KEPT.entries()) {
      const value = sampleValue(row, column);
      if (value === null) continue;
      bucket.sums[i] = (bucket.sums[i] ?? 0) + value;
      bucket.counts[i] = (bucket.counts[i] ?? 0) + 1;
    }
  }

  peaks(instanceId: string, sinceMs: number): HistoryPeaks | null {
    let found: HistoryPeaks | null = null;
    this.#try(() => {
      const row = this.#peaks.get(instanceId, sinceMs);
      const top = this.#queueTop.get(instanceId, sinceMs);
      const buckets = numberIn(row, 'buckets');
      if (buckets === 0) return;
      found = {
        buckets,
        busy: numberIn(row, 'busy'),
        listenQueue: numberIn(row, 'listenQueue'),
        listenQueueAtMs: numberIn(top, 'atMs'),
        harakiri: numberIn(row, 'harakiri'),
      };
    });
    return found;
  }

  forget(instanceId: string): void {
    this.#buckets.delete(instanceId);
    this.#try(() => this.#database.prepare('DELETE FROM samples WHERE instanceId = ?').run(instanceId));
  }

  dispose(): void {
    this.#cancelTimer();
    this.#flush();
    this.#try(() => this.#database.close());
  }

  #tick(): void {
    this.#flush();
    this.#cancelTimer = this.#clock.setTimer(() => this.#tick(), BUCKET_MS);
  }

  #flush(): void {
    const now = this.#clock.now();
    const atMs = Math.floor(now / BUCKET_MS) * BUCKET_MS;
    const buckets = [...this.#buckets.values()];
    this.#buckets.clear();
    if (buckets.length === 0) return;
    this.#try(() => {
      this.#database.exec('BEGIN');
      try {
        for (const { instanceId, sums, counts } of buckets) {
          this.#insert.run(instanceId, atMs, ...KEPT.map((column, i) => valueOf(column, sums[i] ?? 0, counts[i] ?? 0)));
        }
        if (now - this.#prunedAtMs >= PRUNE_EVERY_MS) {
          this.#prunedAtMs = now;
          this.#database.prepare('DELETE FROM samples WHERE atMs < ?').run(now - KEEP_MS);
        }
      } finally {
        this.#database.exec('COMMIT');
      }
    });
  }

  #try(run: () => void): void {
    try {
      run();
      this.#isTold = false;
    } catch (error) {
      if (!this.#isTold)
        this.#onTrouble(`History can not be written: ${describe(error)}. Charts of this session work.`);
      this.#isTold = true;
    }
  }
}

/** A number of a row; 0: it has none of that name, or nothing is known. */
function numberIn(row: Record<string, unknown> | undefined, column: string): number {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
}

function valueOf(column: string, sum: number, count: number): number | null {
  if (count === 0) return null;
  return SUMMED.has(column) ? sum : sum / count;
}
