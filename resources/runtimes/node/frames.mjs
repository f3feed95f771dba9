/**
 * The JavaScript worker's half of the wire between a gateway and its workers; the layout is described in
 * engine/gateway/frames.ts. Plain functions on Buffers, no I/O.
 */

export const REQUEST = 1;
export const TAKE_BACK = 2;
export const INPUT = 4;
export const HELLO = 16;
export const HEAD = 17;
export const DATA = 18;
export const END = 19;
export const RESPONSE = 20;
export const TAKEN = 21;
export const BEGUN = 22;
export const CONSUMED = 27;

export const BODY_FILE = 1;
export const EXCEPTION = 2;
export const ABORTED = 4;
export const RETIRING = 8;
export const WORN = 16;
/** REQUEST: what the connection may become. HEAD: what it becomes. */
export const WEBSOCKET = 2;
export const TUNNEL = 4;
/** INPUT, DATA */
export const TEXT = 1;
export const BINARY = 2;
export const CLOSED = 4;
/** Say CONSUMED once this much of INPUT was taken: half of what the gateway sends ahead. */
export const CONSUMED_STEP_BYTES = 32 * 1024;

export const CONTROL_CORE = 0xffff;
export const HEADER_BYTES = 12;
const HEAD_BYTES = 20;
const MAX_MICROS = 0xffffffff;

/** A frame with `payloadBytes` of room behind its header. */
function frame(type, flags, requestId, payloadBytes) {
  const bytes = Buffer.alloc(HEADER_BYTES + payloadBytes);
  bytes.writeUInt32LE(payloadBytes, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt8(flags, 5);
  bytes.writeUInt32LE(requestId, 8);
  return bytes;
}

/** The first frame of every connection; `token` is a Buffer of 32 bytes. */
export function encodeHello(spawnId, core, token) {
  const bytes = frame(HELLO, 0, 0, 6 + token.length);
  bytes.writeUInt32LE(spawnId, HEADER_BYTES);
  bytes.writeUInt16LE(core, HEADER_BYTES + 4);
  token.copy(bytes, HEADER_BYTES + 6);
  return bytes;
}

function writeHead(bytes, at, head) {
  bytes.writeUInt16LE(head.status, at);
  bytes.writeUInt16LE(head.headerCount, at + 2);
  bytes.writeDoubleLE(head.contentLength, at + 8);
  bytes.writeUInt32LE(head.block.length, at + 16);
  head.block.copy(bytes, at + HEAD_BYTES);
}

/** A whole answer in one frame. `head`: `{ status, headerCount, contentLength, block }`. */
export function encodeResponse(requestId, flags, micros, head, parts, bodyBytes) {
  const bytes = frame(RESPONSE, flags, requestId, 4 + HEAD_BYTES + head.block.length + bodyBytes);
  bytes.writeUInt32LE(Math.min(micros, MAX_MICROS), HEADER_BYTES);
  writeHead(bytes, HEADER_BYTES + 4, head);
  let at = HEADER_BYTES + 4 + HEAD_BYTES + head.block.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function encodeHead(requestId, head) {
  const bytes = frame(HEAD, 0, requestId, HEAD_BYTES + head.block.length);
  writeHead(bytes, HEADER_BYTES, head);
  return bytes;
}

/** The head with which the connection becomes a websocket or a tunnel (`flags`). */
export function encodeUpgrade(requestId, flags, head) {
  const bytes = frame(HEAD, flags, requestId, HEAD_BYTES + head.block.length);
  writeHead(bytes, HEADER_BYTES, head);
  return bytes;
}

/** So many bytes of INPUT frames were taken by the application. */
export function encodeConsumed(requestId, byteCount) {
  const bytes = frame(CONSUMED, 0, requestId, 4);
  bytes.writeUInt32LE(byteCount, HEADER_BYTES);
  return bytes;
}

/** `flags`: TEXT, BINARY or CLOSED for what goes to a websocket. */
export function encodeData(requestId, data, flags = 0) {
  const bytes = frame(DATA, flags, requestId, data.length);
  bytes.set(data, HEADER_BYTES);
  return bytes;
}

export function encodeEnd(requestId, flags, micros) {
  const bytes = frame(END, flags, requestId, 4);
  bytes.writeUInt32LE(Math.min(micros, MAX_MICROS), HEADER_BYTES);
  return bytes;
}

/** TAKEN or BEGUN. */
export function encodeReply(type, requestId) {
  return frame(type, 0, requestId, 0);
}

/** Cuts a byte stream into frames: `onFrame(type, flags, requestId, payload)`. */
export class FrameReader {
  #onFrame;
  #parts = [];
  #bytes = 0;
  #needBytes = HEADER_BYTES;

  constructor(onFrame) {
    this.#onFrame = onFrame;
  }

  feed(chunk) {
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needBytes) return;
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#bytes);
    let at = 0;
    this.#needBytes = HEADER_BYTES;
    while (bytes.length - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + bytes.readUInt32LE(at);
      if (end > bytes.length) {
        this.#needBytes = end - at;
        break;
      }
      const payload = bytes.subarray(at + HEADER_BYTES, end);
      this.#onFrame(bytes[at + 4], bytes[at + 5], bytes.readUInt32LE(at + 8), payload);
      at = end;
    }
    this.#parts = at < bytes.length ? [bytes.subarray(at)] : [];
    this.#bytes = bytes.length - at;
  }
}
