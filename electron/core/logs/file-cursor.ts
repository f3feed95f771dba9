/**
 * Where one file of a log has been read to, and its lines. It remembers the last bytes before its place: when they are
 * not there any more, the file was cut and written anew. Pure.
 */
import type { Look } from './file-look.ts';
import { LineSplitter } from './line-splitter.ts';

const MARK_BYTES = 64;
/** Further behind than this the newest part counts. */
export const MOST_BYTES_BEHIND = 8 * 1024 * 1024;
const KEPT_OF_THOSE_BEHIND = 1024 * 1024;

export type Advance =
  | { type: 'lines'; lines: string[]; bytes: number; more: boolean; leftOutBytes: number }
  /** The file was cut: it is read from its beginning at the next look. */
  | { type: 'cut' };

type Read = Extract<Look, { status: 'read' }>;

export class FileCursor {
  readonly inode: string;
  #offset: number;
  #mark: Buffer = Buffer.alloc(0);
  readonly #splitter = new LineSplitter();
  /** In the middle of a line, which is left out. */
  #skipsPartial: boolean;

  constructor(inode: string, offset: number, skipsPartial: boolean) {
    this.inode = inode;
    this.#offset = offset;
    this.#skipsPartial = skipsPartial;
  }

  /** Where the next look has to begin. */
  get from(): { inode: string; offset: number } {
    return { inode: this.inode, offset: this.#offset - this.#mark.length };
  }

  /** Takes in a look at `from`. */
  advance(look: Read): Advance {
    const mark = look.bytes.subarray(0, this.#mark.length);
    if (look.sizeBytes < this.#offset || !mark.equals(this.#mark)) {
      this.#restart(0);
      return { type: 'cut' };
    }
    const behind = look.sizeBytes - this.#offset;
    if (behind > MOST_BYTES_BEHIND) {
      const leftOutBytes = behind - KEPT_OF_THOSE_BEHIND;
      this.#restart(this.#offset + leftOutBytes);
      this.#skipsPartial = true;
      return { type: 'lines', lines: [], bytes: 0, more: true, leftOutBytes };
    }
    return this.#take(look.bytes.subarray(this.#mark.length), look.sizeBytes);
  }

  /** Takes in the look that found the newest bytes. */
  begin(look: Read): Advance {
    return this.#take(look.bytes, look.sizeBytes);
  }

  /** The file is not written to any more: what is left is a line. */
  end(): string[] {
    return this.#splitter.end();
  }

  #take(bytes: Buffer, sizeBytes: number): Advance {
    this.#offset += bytes.length;
    if (bytes.length > 0) this.#mark = Buffer.from(Buffer.concat([this.#mark, bytes]).subarray(-MARK_BYTES));
    const lines = this.#splitter.push(bytes);
    if (this.#skipsPartial && lines.length > 0) {
      this.#skipsPartial = false;
      lines.shift();
    }
    return { type: 'lines', lines, bytes: bytes.length, more: this.#offset < sizeBytes, leftOutBytes: 0 };
  }

  #restart(offset: number): void {
    this.#offset = offset;
    this.#mark = Buffer.alloc(0);
    this.#splitter.end();
  }
}
