/**
 * Cuts a worker's byte stream into frames (layout in frames.ts). No I/O: chunks in, frames out. A frame that
 * lies whole in a chunk is handed on without a copy; one that comes in pieces is put together once.
 */
import { FRAME_HEADER_BYTES, MAX_FRAME_PAYLOAD_BYTES } from './frames.ts';

/**
 * The payload is `bytes[start, end)`; it may be kept, nothing writes to it again. `flags` are the 8 bits of FrameFlag and
 * above them the number of the application.
 */
export type FrameHandler = (
  type: number,
  flags: number,
  requestId: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #maxPayloadBytes: number;
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Bytes of the frame that is coming in pieces, as far as known. */
  #needBytes = 0;

  constructor(handler: FrameHandler, maxPayloadBytes: number = MAX_FRAME_PAYLOAD_BYTES) {
    this.#handler = handler;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Takes the next bytes. False: a frame announces more than is allowed, the stream can't be read on. */
  feed(chunk: Buffer): boolean {
    let bytes = chunk;
    if (this.#partBytes > 0) {
      this.#parts.push(chunk);
      this.#partBytes += chunk.length;
      if (this.#partBytes < this.#needBytes) return true;
      bytes = Buffer.concat(this.#parts, this.#partBytes);
      this.#parts = [];
      this.#partBytes = 0;
    }
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const payloadBytes = bytes.readUInt32LE(at);
      if (payloadBytes > this.#maxPayloadBytes) return false;
      const start = at + FRAME_HEADER_BYTES;
      const end = start + payloadBytes;
      if (end > bytes.length) {
        this.#keep(bytes, at, end - at);
        return true;
      }
      at = end;
      this.#handler(bytes[start - 8] ?? 0, flagsAt(bytes, start - 7), bytes.readUInt32LE(start - 4), bytes, start, end);
    }
    if (at < bytes.length) this.#keep(bytes, at, FRAME_HEADER_BYTES);
    return true;
  }

  #keep(bytes: Buffer, at: number, needBytes: number): void {
    this.#parts = [bytes.subarray(at)];
    this.#partBytes = bytes.length - at;
    this.#needBytes = needBytes;
  }
}

function flagsAt(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}
