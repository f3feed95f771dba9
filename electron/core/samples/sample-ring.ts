/**
 * The last 15 minutes of one instance, a column a figure: one Float64Array each (NaN is "not known") and the
 * workers' states as one short string a sample. Fixed memory, no allocation per sample but the state string.
 */
import {
  type History,
  type InstanceEvent,
  SAMPLE_COLUMNS,
  type SampleColumn,
  type SampleRow,
} from '../../contract/model.ts';

export const RING_SAMPLES = 900;
const TIME = SAMPLE_COLUMNS.indexOf('atMs');

export class SampleRing {
  readonly #capacity: number;
  readonly #columns: Float64Array[];
  readonly #states: string[];
  #next = 0;
  #length = 0;

  constructor(capacity: number = RING_SAMPLES) {
    this.#capacity = capacity;
    this.#columns = SAMPLE_COLUMNS.map(() => new Float64Array(capacity));
    this.#states = Array.from({ length: capacity }, () => '');
  }

  get length(): number {
    return this.#length;
  }

  /** Time from the oldest sample to the newest; 0 with fewer than two. */
  get spanMs(): number {
    if (this.#length < 2) return 0;
    return (this.at('atMs', this.#length - 1) ?? 0) - (this.at('atMs', 0) ?? 0);
  }

  push(row: SampleRow, states: string): void {
    for (let i = 0; i < this.#columns.length; i += 1) {
      const column = this.#columns[i];
      if (column !== undefined) column[this.#next] = row[i] ?? Number.NaN;
    }
    this.#states[this.#next] = states;
    this.#next = (this.#next + 1) % this.#capacity;
    this.#length = Math.min(this.#length + 1, this.#capacity);
  }

  /** 0 is the oldest. */
  at(column: SampleColumn, index: number): number | null {
    const values = this.#columns[SAMPLE_COLUMNS.indexOf(column)];
    const value = values?.[this.#slot(index)];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  /** Sum of what is known of a column in the samples since `sinceMs`. */
  sumSince(column: SampleColumn, sinceMs: number): number {
    const times = this.#columns[TIME];
    const values = this.#columns[SAMPLE_COLUMNS.indexOf(column)];
    if (times === undefined || values === undefined) return 0;
    let sum = 0;
    for (let i = this.#length - 1; i >= 0; i -= 1) {
      const slot = this.#slot(i);
      if ((times[slot] ?? 0) < sinceMs) break;
      const value = values[slot] ?? Number.NaN;
      if (!Number.isNaN(value)) sum += value;
    }
    return sum;
  }

  /** Mean of what is known of a column in the samples since `sinceMs`; null: nothing is. */
  meanSince(column: SampleColumn, sinceMs: number): number | null {
    let [sum, count] = [0, 0];
    for (let i = this.#length - 1; i >= 0 && (this.at('atMs', i) ?? 0) >= sinceMs; i -= 1) {
      const value = this.at(column, i);
      if (value === null) continue;
      sum += value;
      count += 1;
    }
    return count === 0 ? null : sum / count;
  }

  history(events: InstanceEvent[]): History {
    const indexes = Array.from({ length: this.#length }, (_, i) => i);
    return {
      columns: SAMPLE_COLUMNS.map((column) => indexes.map((i) => this.at(column, i))),
      states: indexes.map((i) => this.#states[this.#slot(i)] ?? ''),
      events,
    };
  }

  #slot(index: number): number {
    return (this.#next - this.#length + index + this.#capacity) % this.#capacity;
  }
}
