/**
 * Bytes in, lines out, each with its line end, as latin-1 strings. A part of a line that waits for its end is given out
 * by `flush`, or when it gets too long. Pure.
 */

const LONGEST_LINE = 64 * 1024;

export class LineReader {
  readonly #onLine: (line: string) => void;
  #partial = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  get isPartial(): boolean {
    return this.#partial !== '';
  }

  feed(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#onLine(this.#partial + bytes.toString('latin1', start, end + 1));
      this.#partial = '';
      start = end + 1;
    }
    this.#partial += bytes.toString('latin1', start);
    if (this.#partial.length >= LONGEST_LINE) this.flush();
  }

  /** Ends the line that is begun. */
  flush(): void {
    if (this.#partial === '') return;
    this.#onLine(`${this.#partial}\n`);
    this.#partial = '';
  }
}
