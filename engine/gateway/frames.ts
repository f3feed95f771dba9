/**
 * The wire between a gateway and its workers: one stream connection for each core, or one for all cores of a worker that
 * runs its requests in one loop (ASGI, greenlets, JavaScript: HELLO with SHARED_CORES), plus one control connection for each
 * worker. All integers are little endian. The Python half is resources/runtimes/python/reeve_frames.py, the JavaScript
 * half resources/runtimes/node/frames.mjs.
 *
 *   frame    u32 payload length | u8 type | u8 flags | u16 app | u32 request id | payload
 *            app: in END and RESPONSE the number of the application that answered, NO_APP for none; otherwise zero
 *
 * gateway to worker, on a core's connection
 *   REQUEST   u32 environ length | environ | body bytes, or with BODY_FILE the UTF-8 path of a file that holds it.
 *             The environ is written as its language takes it apart (environ-writer.ts); values are latin-1.
 *             Up to MAX_OUTSTANDING may be sent before the first is answered; they are served in order. On a shared
 *             connection `app` is the core, each core has one request, and they run beside each other.
 *             Flags WEBSOCKET and TUNNEL say what the client's connection may become (see HEAD).
 *   INPUT     what came from the client while the request runs, after a HEAD with WEBSOCKET or TUNNEL: with TEXT or BINARY
 *             one whole message of a websocket, with neither bytes of a tunnel; with CLOSED nothing follows, and the
 *             payload is `u16 close code | reason` (RFC 6455 section 7.4; 1006: without a word), of a tunnel empty. The
 *             worker may have ended the request meanwhile: INPUT for one that does not run is passed over.
 *             On a shared connection CLOSED also tells of any other request that its client has closed its side.
 *   HOLD / GO_ON  (empty)  shared connections: send no DATA of this request until GO_ON; its client is slow
 * worker to gateway, on a core's connection
 *   HELLO     u32 spawn id | u16 core (CONTROL_CORE on the control connection) | token (32 bytes); always the first frame
 *   CONSUMED  u32 bytes of INPUT frames, headers and all, that the application has taken. At most INPUT_WINDOW_BYTES are
 *             sent ahead of it (and one message more); workers say it once half of that was taken and, where harakiri
 *             is on, whenever the application begins to wait: how long it waits does not count as its time.
 *   HEAD      head. With WEBSOCKET (the request had that flag; the status is 101): the gateway shakes hands with the head's
 *             headers, frames messages, answers pings and closes. With TUNNEL: bytes pass both ways as they are, after
 *             the head with `Connection: Upgrade` (101), or after nothing (0: the application writes it all).
 *   DATA      body bytes; with TEXT or BINARY one whole message of a websocket, with CLOSED its end: `u16 code | reason`.
 *             END ends it with 1000, with ABORTED 1011.
 *   END       u32 running time in microseconds; with ABORTED the response is cut off, with EXCEPTION the app raised
 *   RESPONSE  head, then the whole body, then the end: `u32 running time in microseconds | head | body`
 *   FILE      f64 device | f64 inode | f64 first byte | f64 bytes | path: an offer before any of the answer. The worker has the
 *             file open and waits: FILE_TAKEN or FILE_LEFT comes on the control connection. Then RESPONSE without a body
 *             ends the request for the worker and the gateway sends the file; what else comes is an answer without it.
 *   DEADLINE  u32 seconds from now until harakiri for the request that runs; 0: never
 *   LOGVAR    u16 name length | name | value: a variable for the request's line in the log, before its end
 *   DISCONNECT (empty)            the client has all it shall get, the request runs on
 *   head      u16 status | u16 header count | i32 parts | f64 content length or -1 | u32 block length | block
 *             block: reason CRLF, then `Name: value` CRLF for each header, latin-1, hop-by-hop headers already left out
 * on the control connection
 *   TAKE_BACK u16 core            gateway asks for a queued request back
 *   CANCEL    u16 core            the client has gone: the request that runs there may end when it sends something
 *   FILE_TAKEN / FILE_LEFT  u16 core   gateway has the file that was offered / has it not, the worker sends it itself
 *   TAKEN / BEGUN  (empty)        worker's answer: it will not begin it / it has begun it (or ended it)
 *   LOGGED    f64 epoch ms of its begin | u32 micros | u16 core | u16 status | u32 head bytes | f64 body bytes |
 *             u16 header count | u8 client gone | u8 trusted peer | i32 parts | u32 length of variables | LOGVAR frames |
 *             the uwsgi message without its body: a request that the worker has accepted itself (`worker-accept`)
 */

export const FRAME_HEADER_BYTES = 12;
export const MAX_OUTSTANDING = 8;
export const CONTROL_CORE = 0xffff;
/** In HELLO: this connection is for all cores of the worker. */
export const SHARED_CORES = 0xfffe;
export const TOKEN_BYTES = 32;
const NO_APP = 0xffff;
/** A worker that announces more than this in one frame is broken. */
export const MAX_FRAME_PAYLOAD_BYTES = 64 * 1024 * 1024;

export const FrameType = {
  REQUEST: 1,
  TAKE_BACK: 2,
  CANCEL: 3,
  INPUT: 4,
  FILE_TAKEN: 5,
  FILE_LEFT: 6,
  HOLD: 8,
  GO_ON: 9,
  HELLO: 16,
  HEAD: 17,
  DATA: 18,
  END: 19,
  RESPONSE: 20,
  TAKEN: 21,
  BEGUN: 22,
  DEADLINE: 23,
  LOGVAR: 24,
  DISCONNECT: 25,
  LOGGED: 26,
  CONSUMED: 27,
  FILE: 28,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

export const FrameFlag = {
  /** REQUEST: the body is in a file. */
  BODY_FILE: 1,
  /** END, RESPONSE: the application raised. */
  EXCEPTION: 2,
  /** END: the response is incomplete; the client must see a cut, not an end. */
  ABORTED: 4,
  /** END, RESPONSE: the worker retires after this request (max-requests, say); the gateway sends it nothing more. */
  RETIRING: 8,
  /** END, RESPONSE: the worker should be replaced (max-requests, say); it serves on until the master retires it. */
  WORN: 16,
  /** END, RESPONSE: the request is logged even though request logging is off. */
  LOG: 32,
  /** REQUEST: no request; the body is a uwsgi packet of another modifier, and the answer's body is what the client gets. */
  PACKET: 64,
  /** REQUEST: the client asks for a websocket, and may have it. HEAD: it gets it. */
  WEBSOCKET: 2,
  /** REQUEST: the connection may become a tunnel (the client asks for an upgrade). HEAD: it does. */
  TUNNEL: 4,
  /** INPUT, DATA: one message of a websocket. */
  TEXT: 1,
  BINARY: 2,
  /** INPUT, DATA: the last one. */
  CLOSED: 4,
} as const;

/** What is sent to a worker ahead of what its application has taken, for each upgraded connection. */
export const INPUT_WINDOW_BYTES = 64 * 1024;

/** What a worker says about an answer before its body; a view into the frame it came in. */
export interface ResponseHead {
  status: number;
  headerCount: number;
  /** How many parts of the body the application gave with it; 0: none, or not counted. */
  parts: number;
  /** -1: the application gave none. */
  contentLength: number;
  /** Reason CRLF, then `Name: value` CRLF for each header. */
  block: Buffer;
}

/** Bytes of a head in front of its block. */
export const RESPONSE_HEAD_BYTES = 20;
const CONTROL_PAYLOAD_BYTES = 2;

/** Reads a head at `start`; its end is `start + RESPONSE_HEAD_BYTES + block.length`. Null: malformed. */
export function decodeResponseHead(bytes: Buffer, start: number, end: number, lowestStatus = 200): ResponseHead | null {
  if (end - start < RESPONSE_HEAD_BYTES) return null;
  const blockStart = start + RESPONSE_HEAD_BYTES;
  const blockEnd = blockStart + bytes.readUInt32LE(start + 16);
  const status = bytes.readUInt16LE(start);
  if (blockEnd > end || blockEnd - blockStart < 2 || status < lowestStatus || status > 999) return null;
  return {
    status,
    headerCount: bytes.readUInt16LE(start + 2),
    parts: bytes.readInt32LE(start + 4),
    contentLength: bytes.readDoubleLE(start + 8),
    block: bytes.subarray(blockStart, blockEnd),
  };
}

/** Room for a REQUEST frame's header and environ length, to be filled by `sealRequestFrame`. */
export const REQUEST_PREFIX_BYTES = FRAME_HEADER_BYTES + 4;

/** Fills in everything of a REQUEST frame but its request id. */
export function sealRequestFrame(frame: Buffer, environBytes: number, flags: number): void {
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES, 0);
  frame.writeUInt8(FrameType.REQUEST, 4);
  frame.writeUInt8(flags, 5);
  frame.writeUInt16LE(0, 6);
  frame.writeUInt32LE(environBytes, FRAME_HEADER_BYTES);
}

/** Gives a REQUEST frame its request id. */
export function stampRequestId(frame: Buffer, requestId: number): void {
  frame.writeUInt32LE(requestId, 8);
}

/** The id that a REQUEST frame was stamped with. */
export function requestIdOf(frame: Buffer): number {
  return frame.readUInt32LE(8);
}

/** Is it a uwsgi packet of another modifier in place of a request? */
export function isPacketFrame(frame: Buffer): boolean {
  return (frame.readUInt8(5) & FrameFlag.PACKET) !== 0;
}

/** Names the core that a REQUEST frame on a shared connection is for. */
export function stampCore(frame: Buffer, core: number): void {
  frame.writeUInt16LE(core, 6);
}

/** A frame without a payload. */
export function encodeEmptyFrame(type: FrameType, requestId: number, flags = 0): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES);
  frame.writeUInt8(type, 4);
  frame.writeUInt8(flags, 5);
  frame.writeUInt32LE(requestId, 8);
  return frame;
}

/** How long the environ inside a REQUEST frame is; it begins at REQUEST_PREFIX_BYTES. */
export function environBytes(frame: Buffer): number {
  return frame.readUInt32LE(FRAME_HEADER_BYTES);
}

/** The environ inside a REQUEST frame. */
export function requestEnviron(frame: Buffer): Buffer {
  return frame.subarray(REQUEST_PREFIX_BYTES, REQUEST_PREFIX_BYTES + environBytes(frame));
}

/** The frame with another environ, not yet stamped. */
export function replaceEnviron(frame: Buffer, environ: Buffer): Buffer {
  const rest = frame.subarray(REQUEST_PREFIX_BYTES + environBytes(frame));
  const replaced = Buffer.concat([Buffer.alloc(REQUEST_PREFIX_BYTES), environ, rest]);
  sealRequestFrame(replaced, environ.length, frame.readUInt8(5));
  return replaced;
}

/** The body inside a REQUEST frame: its bytes, or the file that holds it. */
export function requestBody(frame: Buffer): { bytes: Buffer } | { path: string } {
  const rest = frame.subarray(REQUEST_PREFIX_BYTES + environBytes(frame));
  return (frame.readUInt8(5) & FrameFlag.BODY_FILE) === 0 ? { bytes: rest } : { path: rest.toString() };
}

/** The number of the application that answered, from the flags of an END or RESPONSE as FrameReader gives them; -1: none. */
export function answeringApp(flags: number): number {
  const app = flags >>> 8;
  return app === NO_APP ? -1 : app;
}

/** What came from the client of an upgraded connection, as `parts`. */
export function encodeInputFrame(requestId: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const payloadBytes = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payloadBytes);
  frame.writeUInt32LE(payloadBytes, 0);
  frame.writeUInt8(FrameType.INPUT, 4);
  frame.writeUInt8(flags, 5);
  frame.writeUInt16LE(0, 6);
  frame.writeUInt32LE(requestId, 8);
  let at = FRAME_HEADER_BYTES;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** What a request's connection may become: its WEBSOCKET and TUNNEL flags. */
export function requestUpgrades(frame: Buffer): number {
  return frame.readUInt8(5) & (FrameFlag.WEBSOCKET | FrameFlag.TUNNEL);
}

/** What a gateway says on a worker's control connection. */
export function encodeControlFrame(type: FrameType, requestId: number, core: number): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + CONTROL_PAYLOAD_BYTES);
  frame.writeUInt32LE(CONTROL_PAYLOAD_BYTES, 0);
  frame.writeUInt8(type, 4);
  frame.writeUInt32LE(requestId, 8);
  frame.writeUInt16LE(core, FRAME_HEADER_BYTES);
  return frame;
}
