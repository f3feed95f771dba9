/**
 * What the reader sends (reader-programs.ts): `id TYPE LENGTH\n` and that many bytes, cut anywhere. What a shell of its
 * user printed before its first frame is passed over. Pure.
 */

/** The first frame: the reader has begun. */
const BEGIN = Buffer.from('0 r 0\n');
const LONGEST_HEAD = 40;

export class FrameParser {
  readonly #onFrame: (id: number, type: string, data: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #hasBegun = false;
  #isBroken = false;

  constructor(onFrame: (id: number, type: string, data: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** True once something came that is no frame: nothing more is read then. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  push(chunk: Buffer): void {
    if (this.#isBroken) return;
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#hasBegun) {
      const at = bytes.indexOf(BEGIN);
      this.#hasBegun = at >= 0;
      bytes = at >= 0 ? bytes.subarray(at) : bytes.subarray(Math.max(0, bytes.length - BEGIN.length));
    }
    this.#rest = this.#hasBegun ? this.#take(bytes) : bytes;
  }

  /** Gives what is left over. */
  #take(bytes: Buffer): Buffer {
    let at = 0;
    for (;;) {
      const cut = bytes.indexOf(0x0a, at);
      if (cut < 0 || cut - at > LONGEST_HEAD) {
        this.#isBroken = bytes.length - at > LONGEST_HEAD;
        return bytes.subarray(at);
      }
      const [, id, type, length] = /^(\d+) ([a-z]) (\d+)$/.exec(bytes.toString('latin1', at, cut)) ?? [];
      if (type === undefined) {
        this.#isBroken = true;
        return Buffer.alloc(0);
      }
      const end = cut + 1 + Number(length);
      if (end > bytes.length) return bytes.subarray(at);
      this.#onFrame(Number(id), type, bytes.subarray(cut + 1, end));
      at = end;
    }
  }
}
