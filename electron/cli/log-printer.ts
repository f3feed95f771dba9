/**
 * Prints lines of a log as fast as the terminal takes them, each once and in order. What waits is bounded: when more
 * comes than is read, the oldest lines are left out, and how many is said. Ends when nobody reads any more.
 */
import { type LogLine, MOST_LOG_LINES } from '../contract/logs-model.ts';
import type { Terminal } from './terminal.ts';

const LINES_AT_ONCE = 200;

interface LogPrinterOptions {
  terminal: Terminal;
  format: (line: LogLine) => string;
  /** The newest lines there are, after a gap in the numbers. */
  readAgain: () => Promise<readonly LogLine[]>;
}

export class LogPrinter {
  readonly #options: LogPrinterOptions;
  readonly #readerGone = Promise.withResolvers<undefined>();
  #waiting: readonly LogLine[] = [];
  #lastSeq: number | null = null;
  #printing: Promise<void> | null = null;
  #isOver = false;

  constructor(options: LogPrinterOptions) {
    this.#options = options;
  }

  /** Resolves when what reads the output has ended. */
  get readerGone(): Promise<undefined> {
    return this.#readerGone.promise;
  }

  /** Known lines among them are passed over. */
  push(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    this.#waiting = [...this.#waiting, ...lines].slice(-MOST_LOG_LINES);
    this.#printing ??= this.#print();
  }

  /** Resolves when all of it is out, or nobody reads it. */
  async settle(): Promise<void> {
    await this.#printing;
  }

  /** What waits is not printed any more. */
  stop(): void {
    this.#isOver = true;
  }

  async #print(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#isOver) {
      const taken = this.#waiting;
      this.#waiting = [];
      await this.#printAll(await this.#complete(taken.filter((line) => this.#isNew(line))));
    }
    this.#printing = null;
  }

  async #printAll(lines: readonly LogLine[]): Promise<void> {
    const { terminal, format } = this.#options;
    for (let from = 0; from < lines.length && !this.#isOver; from += LINES_AT_ONCE) {
      const some = lines.slice(from, from + LINES_AT_ONCE);
      for (const line of some) terminal.out(format(line));
      this.#lastSeq = some.at(-1)?.seq ?? this.#lastSeq;
      if ((await terminal.flushed?.()) !== false) continue;
      this.stop();
      this.#readerGone.resolve(undefined);
    }
  }

  /** With the lines between the last one that was printed and these. */
  async #complete(lines: readonly LogLine[]): Promise<readonly LogLine[]> {
    const expected = this.#lastSeq === null ? null : this.#lastSeq + 1;
    const first = lines[0]?.seq;
    if (expected === null || first === undefined || first === expected) return lines;
    // Without an answer these lines are all there is.
    const all = await this.#options.readAgain().catch(() => lines);
    const found = all.filter((line) => this.#isNew(line));
    const missing = (found[0]?.seq ?? expected) - expected;
    if (missing > 0) this.#options.terminal.err(`${missing} lines came faster than they were read and are left out.`);
    return found;
  }

  #isNew({ seq }: LogLine): boolean {
    return this.#lastSeq === null || seq > this.#lastSeq;
  }
}
