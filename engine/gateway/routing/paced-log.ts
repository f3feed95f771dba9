/** Lines for the log that the same fault would write with every request: each at most once a minute. */

const PAUSE_MS = 60_000;
/** What requests can make of a line is bounded. */
const MOST_LINES = 256;

export class PacedLog {
  readonly #nextMs = new Map<string, number>();
  readonly #clock: () => number;

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  say(line: string, log: (line: string) => void): void {
    const nowMs = this.#clock();
    if (nowMs < (this.#nextMs.get(line) ?? 0)) return;
    if (this.#nextMs.size >= MOST_LINES) this.#nextMs.clear();
    this.#nextMs.set(line, nowMs + PAUSE_MS);
    log(line);
  }
}
