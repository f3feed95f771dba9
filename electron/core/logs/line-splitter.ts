/**
 * Bytes in, lines out, as text. A line without an end waits for it; a line beyond the limit is cut there, the rest of
 * it is counted and left out. Pure.
 */
import { decodeLine } from './log-text.ts';

export const LONGEST_LINE_BYTES = 16_000;
const NEWLINE = 0x0a;

export class LineSplitter {
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #leftOutBytes = 0;

  /** The lines that are complete now, without their ends. */
  push(chunk: Uint8Array): string[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: string[] = [];
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(NEWLINE, from);
      if (end < 0) break;
      this.#keep(bytes.subarray(from, end));
      lines.push(this.#take());
      from = end + 1;
    }
    // A copy: the chunk may be a window of a buffer that is used again.
    if (from < bytes.length) this.#keep(Buffer.from(bytes.subarray(from)));
    return lines;
  }

  /** What is left when nothing more comes: a line too. */
  end(): string[] {
    return this.#partialBytes === 0 ? [] : [this.#take()];
  }

  /** Bytes that wait for the end of their line. */
  get partialBytes(): number {
    return this.#partialBytes + this.#leftOutBytes;
  }

  #keep(piece: Buffer): void {
    const room = LONGEST_LINE_BYTES - this.#partialBytes;
    const kept = piece.subarray(0, room);
    if (kept.length > 0) this.#partial.push(kept);
    this.#partialBytes += kept.length;
    this.#leftOutBytes += piece.length - kept.length;
  }

  #take(): string {
    const [only] = this.#partial;
    const bytes = this.#partial.length === 1 && only !== undefined ? only : Buffer.concat(this.#partial);
    const leftOut = this.#leftOutBytes;
    this.#partial = [];
    this.#partialBytes = 0;
    this.#leftOutBytes = 0;
    const text = decodeLine(bytes);
    if (leftOut > 0) return `${text} … ${leftOut} bytes of this line are left out`;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }
}
