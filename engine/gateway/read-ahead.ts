/**
 * What a pipelining client has sent beyond its present request: kept in order until that request has its answer.
 */

/** How much is read ahead before the client is made to wait. */
const READ_AHEAD_BYTES = 64 * 1024;

export class ReadAhead {
  #chunks: Buffer[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Is there so much that nothing more is to be read? */
  get isFull(): boolean {
    return this.#bytes > READ_AHEAD_BYTES;
  }

  /** Bytes that came after all others; they are copied. */
  push(chunk: Buffer): void {
    this.#chunks.push(Buffer.from(chunk));
    this.#bytes += chunk.length;
  }

  /** Bytes that were taken and not used; they are copied. */
  putBack(chunk: Buffer): void {
    this.#chunks.unshift(Buffer.from(chunk));
    this.#bytes += chunk.length;
  }

  /** Everything, which is forgotten here. */
  take(): Buffer {
    const [first] = this.#chunks;
    const whole = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#bytes);
    this.clear();
    return whole;
  }

  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}
