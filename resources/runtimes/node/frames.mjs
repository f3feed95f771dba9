/**
 * The JavaScript worker's half of the wire between a gateway and its workers; the layout is described in
 * engine/gateway/frames.ts. Frames are written into slabs of memory, one behind the other, so that what a turn of the
 * event loop has to say leaves in one write; what comes is cut into frames without a copy where it lies whole.
 */

export const REQUEST = 1;
export const TAKE_BACK = 2;
export const CANCEL = 3;
export const INPUT = 4;
export const HOLD = 8;
export const GO_ON = 9;
const HELLO = 16;
const HEAD = 17;
const DATA = 18;
const END = 19;
const RESPONSE = 20;
const BEGUN = 22;
const LOGVAR = 24;
const CONSUMED = 27;

export const BODY_FILE = 1;
export const EXCEPTION = 2;
export const ABORTED = 4;
export const RETIRING = 8;
export const WORN = 16;
export const LOG = 32;
export const TUNNEL = 4;
export const CLOSED = 4;

export const CONTROL_CORE = 0xffff;
export const SHARED_CORES = 0xfffe;
/** As in engine/gateway/frames.ts: what may be under way of a tunnel before the application has taken it. */
export const INPUT_WINDOW_BYTES = 64 * 1024;
export const HEADER_BYTES = 12;
const HEAD_BYTES = 20;
const MAX_MICROS = 0xffffffff;
const SLAB_BYTES = 64 * 1024;
/** Larger pieces are not copied. */
const COPY_BYTES = 16 * 1024;
/** No frame of a body is larger, so that others get their turn. */
const MAX_DATA_BYTES = 256 * 1024;

/** Frames on their way out: `write(bytes)` is given them at `flush`, or earlier when there are many. */
export class FrameWriter {
  #write;
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #start = 0;
  #end = 0;

  constructor(write) {
    this.#write = write;
  }

  get isEmpty() {
    return this.#start === this.#end;
  }

  flush() {
    if (this.#start === this.#end) return;
    const bytes = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    this.#write(bytes);
  }

  /** The first frame of every connection; `token` is a Buffer of 32 bytes. */
  hello(spawnId, core, token) {
    const at = this.#frame(HELLO, 0, 0, 6 + token.length);
    this.#slab.writeUInt32LE(spawnId, at);
    this.#slab.writeUInt16LE(core, at + 4);
    token.copy(this.#slab, at + 6);
  }

  begun(requestId) {
    this.#frame(BEGUN, 0, requestId, 0);
  }

  /** `head`: `{ status, headerCount, contentLength, block }`, the block a latin-1 string. */
  head(requestId, flags, head) {
    const at = this.#frame(HEAD, flags, requestId, HEAD_BYTES + head.block.length);
    this.#writeHead(at, head);
  }

  /** A whole answer; `body` is a string in UTF-8, bytes, or null. */
  response(requestId, flags, micros, head, body) {
    const isText = typeof body === 'string';
    const bodyBytes = isText ? Buffer.byteLength(body) : (body?.length ?? 0);
    const before = 4 + HEAD_BYTES + head.block.length;
    const isCopied = bodyBytes <= COPY_BYTES;
    const at = this.#frame(RESPONSE, flags, requestId, before + bodyBytes, isCopied ? before + bodyBytes : before);
    this.#slab.writeUInt32LE(Math.min(micros, MAX_MICROS), at);
    this.#writeHead(at + 4, head);
    if (bodyBytes > 0) this.#append(body, at + before, isCopied);
  }

  data(requestId, bytes) {
    for (let at = 0; at < bytes.length; at += MAX_DATA_BYTES) {
      const piece = bytes.length > MAX_DATA_BYTES ? bytes.subarray(at, at + MAX_DATA_BYTES) : bytes;
      const isCopied = piece.length <= COPY_BYTES;
      const start = this.#frame(DATA, 0, requestId, piece.length, isCopied ? piece.length : 0);
      this.#append(piece, start, isCopied);
    }
  }

  end(requestId, flags, micros) {
    const at = this.#frame(END, flags, requestId, 4);
    this.#slab.writeUInt32LE(Math.min(micros, MAX_MICROS), at);
  }

  /** A variable for the request's line in the log; both are Buffers. */
  logVariable(requestId, name, value) {
    const at = this.#frame(LOGVAR, 0, requestId, 2 + name.length + value.length);
    this.#slab.writeUInt16LE(name.length, at);
    name.copy(this.#slab, at + 2);
    value.copy(this.#slab, at + 2 + name.length);
  }

  consumed(requestId, inputBytes) {
    const at = this.#frame(CONSUMED, 0, requestId, 4);
    this.#slab.writeUInt32LE(inputBytes, at);
  }

  /** Begins a frame; returns where its payload goes. `roomBytes`: how much of it is written here. */
  #frame(type, flags, requestId, payloadBytes, roomBytes = payloadBytes) {
    const needBytes = HEADER_BYTES + roomBytes;
    if (this.#end + needBytes > this.#slab.length) {
      this.flush();
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, needBytes));
      this.#start = 0;
      this.#end = 0;
    }
    const slab = this.#slab;
    const at = this.#end;
    slab.writeUInt32LE(payloadBytes, at);
    slab[at + 4] = type;
    slab[at + 5] = flags;
    slab[at + 6] = 0;
    slab[at + 7] = 0;
    slab.writeUInt32LE(requestId, at + 8);
    this.#end = at + needBytes;
    return at + HEADER_BYTES;
  }

  #writeHead(at, { status, headerCount, contentLength, block }) {
    const slab = this.#slab;
    slab.writeUInt16LE(status, at);
    slab.writeUInt16LE(headerCount, at + 2);
    slab.writeInt32LE(0, at + 4);
    slab.writeDoubleLE(contentLength, at + 8);
    slab.writeUInt32LE(block.length, at + 16);
    slab.latin1Write(block, at + HEAD_BYTES, block.length);
  }

  #append(body, at, isCopied) {
    if (isCopied) {
      if (typeof body === 'string') this.#slab.utf8Write(body, at);
      else this.#slab.set(body, at);
      return;
    }
    this.flush();
    this.#write(typeof body === 'string' ? Buffer.from(body) : body);
  }
}

/** Cuts a byte stream into frames: `onFrame(type, flags, requestId, bytes, start, end)`. */
export class FrameReader {
  #onFrame;
  #parts = [];
  #bytes = 0;
  #needBytes = HEADER_BYTES;

  constructor(onFrame) {
    this.#onFrame = onFrame;
  }

  /** The chunk is the caller's again afterwards: handlers and this reader copy what they keep. */
  feed(chunk) {
    let bytes = chunk;
    if (this.#bytes > 0) {
      this.#parts.push(Buffer.from(chunk));
      this.#bytes += chunk.length;
      if (this.#bytes < this.#needBytes) return;
      bytes = Buffer.concat(this.#parts, this.#bytes);
      this.#parts = [];
      this.#bytes = 0;
    }
    let at = 0;
    let needBytes = HEADER_BYTES;
    while (bytes.length - at >= HEADER_BYTES) {
      const start = at + HEADER_BYTES;
      const end = start + bytes.readUInt32LE(at);
      if (end > bytes.length) {
        needBytes = end - at;
        break;
      }
      this.#onFrame(bytes[at + 4], bytes[at + 5], bytes.readUInt32LE(at + 8), bytes, start, end);
      at = end;
    }
    if (at === bytes.length) return;
    this.#parts = [Buffer.from(bytes.subarray(at))];
    this.#bytes = bytes.length - at;
    this.#needBytes = needBytes;
  }
}
