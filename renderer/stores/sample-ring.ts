/**
 * The samples of the watched instance, outside React: one typed array a column, a fixed number of rows, oldest overwritten.
 * `version` counts up with every change; whoever draws compares it. Unknown values are NaN here and null outside.
 */
import { type History, SAMPLE_COLUMNS, type SampleColumn, type SampleRow } from '../../electron/contract/model.ts';

/** 15 minutes at 1 Hz, and a minute to spare. */
export const RING_ROWS = 960;

export class SampleRing {
  readonly #columns: Record<SampleColumn, Float64Array>;
  readonly #states: string[];
  readonly #capacity: number;
  #start = 0;
  #length = 0;
  #version = 0;

  constructor(capacity = RING_ROWS) {
    this.#capacity = capacity;
    this.#columns = emptyColumns(capacity);
    this.#states = Array.from({ length: capacity }, () => '');
  }

  get length(): number {
    return this.#length;
  }

  get version(): number {
    return this.#version;
  }

  /** Value of row `index` (0: oldest); null when unknown or out of range. */
  at(column: SampleColumn, index: number): number | null {
    const value = this.#columns[column][this.#slot(index)];
    return index < 0 || index >= this.#length || value === undefined || Number.isNaN(value) ? null : value;
  }

  timeAt(index: number): number {
    return this.at('atMs', index) ?? 0;
  }

  /** Worker states of row `index`, one character a worker; empty when the poll brought no data. */
  statesAt(index: number): string {
    return this.#states[this.#slot(index)] ?? '';
  }

  /** Index of the first row at or after `ms`; `length` when there is none. Rows are in time order. */
  indexFrom(ms: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeAt(middle) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the row nearest to `ms`; -1 when there are none. */
  nearest(ms: number): number {
    if (this.#length === 0) return -1;
    const after = Math.min(this.indexFrom(ms), this.#length - 1);
    const before = Math.max(0, after - 1);
    return Math.abs(this.timeAt(before) - ms) < Math.abs(this.timeAt(after) - ms) ? before : after;
  }

  push(row: SampleRow, states: string): void {
    const slot = this.#slot(this.#length);
    SAMPLE_COLUMNS.forEach((column, index) => {
      this.#columns[column][slot] = row[index] ?? Number.NaN;
    });
    this.#states[slot] = states;
    if (this.#length < this.#capacity) this.#length += 1;
    else this.#start = (this.#start + 1) % this.#capacity;
    this.#version += 1;
  }

  /** Replaces everything with the newest rows of a snapshot. */
  load(history: History): void {
    const rows = history.columns[0]?.length ?? 0;
    this.clear();
    for (let index = Math.max(0, rows - this.#capacity); index < rows; index += 1) {
      this.push(
        history.columns.map((column) => column[index] ?? null),
        history.states[index] ?? '',
      );
    }
  }

  clear(): void {
    this.#start = 0;
    this.#length = 0;
    this.#version += 1;
  }

  #slot(index: number): number {
    return (this.#start + index) % this.#capacity;
  }
}

function emptyColumns(capacity: number): Record<SampleColumn, Float64Array> {
  const column = () => new Float64Array(capacity).fill(Number.NaN);
  return {
    atMs: column(),
    reqPerSec: column(),
    avgRtMs: column(),
    slowestRtMs: column(),
    busy: column(),
    idle: column(),
    cheap: column(),
    pause: column(),
    sig: column(),
    down: column(),
    listenQueue: column(),
    rssBytes: column(),
    rssLargestBytes: column(),
    txBytesPerSec: column(),
    exceptions: column(),
    harakiri: column(),
  };
}
