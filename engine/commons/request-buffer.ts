/**
 * Cuts a client's byte stream into requests (layout in wire.ts). No I/O. A request that lies whole in a chunk is handed on
 * without a copy; one that comes in pieces is put together once. Requests can be left for later (`next` returns them one
 * by one), since one that waits holds up those behind it.
 */
import { HEADER_BYTES, WireError } from './wire.ts';

export interface RequestFrame {
  operation: number;
  bytes: Buffer;
  /** Fields are `bytes[start, end)`. */
  start: number;
  end: number;
}

export class RequestBuffer {
  readonly #maxBytes: () => number;
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Bytes without which there is no further request. */
  #needBytes = HEADER_BYTES;

  /** `maxBytes`: the longest request that is accepted now. */
  constructor(maxBytes: () => number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that have come and were not handed on. */
  get length(): number {
    return this.#partBytes;
  }

  feed(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#partBytes += chunk.length;
  }

  /** The next request, or null when it is not all there. Throws WireError at a length that no request has. */
  next(): RequestFrame | null {
    if (this.#partBytes < this.#needBytes) return null;
    const bytes = this.#join();
    const length = bytes.readUInt32LE(0);
    if (length < 1 || length > this.#maxBytes()) throw new WireError(`a request of ${length} bytes`);
    const end = 4 + length;
    if (bytes.length < end) {
      this.#needBytes = end;
      return null;
    }
    const rest = bytes.subarray(end);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#partBytes = rest.length;
    this.#needBytes = HEADER_BYTES;
    return { operation: bytes.readUInt8(4), bytes, start: HEADER_BYTES, end };
  }

  #join(): Buffer {
    const [first] = this.#parts;
    if (this.#parts.length === 1 && first !== undefined) return first;
    const joined = Buffer.concat(this.#parts, this.#partBytes);
    this.#parts = [joined];
    return joined;
  }
}
