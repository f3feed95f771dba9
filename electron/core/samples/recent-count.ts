/** Counts what happens rarely over a span that is longer than the samples are kept: harakiri in the last hour. Pure. */
interface Happened {
  atMs: number;
  count: number;
}

export class RecentCount {
  readonly #spanMs: number;
  #entries: Happened[] = [];

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** Adds what was counted just now; returns how many there were within the span that ends now. */
  add(count: number, nowMs: number): number {
    if (this.#entries.some(({ atMs }) => atMs <= nowMs - this.#spanMs)) {
      this.#entries = this.#entries.filter(({ atMs }) => atMs > nowMs - this.#spanMs);
    }
    if (count > 0) this.#entries.push({ atMs: nowMs, count });
    return this.#entries.reduce((sum, entry) => sum + entry.count, 0);
  }
}
