/**
 * Cuts a worker's byte stream into frames (layout in frames.ts). No I/O: chunks in, frames out. A frame that
 * lies whole in a chunk is handed on without a copy; one that comes in pieces is put together once, but for DATA of an
 * answer: its pieces are handed on as they come, so that a long answer is never copied here.
 */
import { FRAME_HEADER_BYTES, FrameType, MAX_FRAME_PAYLOAD_BYTES } from './frames.ts';

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
  /** The DATA frame that is being handed on in pieces: what is still to come of it. */
  #dataLeft = 0;
  #dataFlags = 0;
  #dataId = 0;

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
    let at = this.#dataLeft > 0 ? this.#dataPiece(bytes, 0) : 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const payloadBytes = bytes.readUInt32LE(at);
      if (payloadBytes > this.#maxPayloadBytes) return false;
      const start = at + FRAME_HEADER_BYTES;
      const end = start + payloadBytes;
      const type = bytes[start - 8] ?? 0;
      const flags = flagsAt(bytes, start - 7);
      const requestId = bytes.readUInt32LE(start - 4);
      if (end <= bytes.length) {
        at = end;
        this.#handler(type, flags, requestId, bytes, start, end);
      } else if (type === FrameType.DATA && (flags & 0xff) === 0) {
        this.#dataLeft = payloadBytes;
        this.#dataFlags = flags;
        this.#dataId = requestId;
        at = this.#dataPiece(bytes, start);
      } else {
        this.#keep(bytes, at, end - at);
        return true;
      }
    }
    if (at < bytes.length) this.#keep(bytes, at, FRAME_HEADER_BYTES);
    return true;
  }

  /** Hands on what has come of a DATA frame; returns where that ends. */
  #dataPiece(bytes: Buffer, start: number): number {
    const end = Math.min(bytes.length, start + this.#dataLeft);
    this.#dataLeft -= end - start;
    if (end > start) this.#handler(FrameType.DATA, this.#dataFlags, this.#dataId, bytes, start, end);
    return end;
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
