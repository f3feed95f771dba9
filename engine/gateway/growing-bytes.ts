/** Bytes that are written one piece after the other, into a buffer that grows and is used again. */

/** Below this a loop is faster than the call into `Buffer.copy`. */
const LOOP_BYTES = 48;

export class GrowingBytes {
  bytes: Buffer = Buffer.allocUnsafe(4096);
  /** Bytes that are written. */
  length = 0;

  protected append(source: Buffer, start: number, end: number): void {
    const size = end - start;
    this.reserve(size);
    if (size < LOOP_BYTES) {
      const { bytes } = this;
      let at = this.length;
      for (let i = start; i < end; i++) bytes[at++] = source[i] ?? 0;
    } else {
      source.copy(this.bytes, this.length, start, end);
    }
    this.length += size;
  }

  protected reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(wanted, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
