/** Frames that a server sends on a websocket (RFC 6455 section 5.2): whole messages in one frame each, never masked. */
import { CloseCode, mayBeSent } from './websocket-parser.ts';

const FINAL = 0x80;
const TEXT = FINAL | 1;
const BINARY = FINAL | 2;
const CLOSE = FINAL | 8;
const PING = FINAL | 9;
const PONG = FINAL | 10;
/** Payload of a control frame without its close code. */
const MAX_REASON_BYTES = 123;

/** One message; the bytes are copied. */
export function encodeMessage(isText: boolean, payload: Buffer): Buffer {
  return encodeFrame(isText ? TEXT : BINARY, payload);
}

export function encodePing(): Buffer {
  return encodeFrame(PING, Buffer.alloc(0));
}

/** `payload` is what the ping had: at most 125 bytes. */
export function encodePong(payload: Buffer): Buffer {
  return encodeFrame(PONG, payload);
}

/** A code that must not be sent goes out as none at all, a reason that is too long is cut. */
export function encodeClose(code: number, reason: Buffer): Buffer {
  if (code === CloseCode.noStatus || !mayBeSent(code)) return encodeFrame(CLOSE, Buffer.alloc(0));
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), cutText(reason, MAX_REASON_BYTES)]);
  return encodeFrame(CLOSE, payload);
}

/** The begin of a UTF-8 text, without a character that would be cut in two. */
function cutText(text: Buffer, maxBytes: number): Buffer {
  if (text.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((text[end] ?? 0) & 0xc0) === 0x80) end--;
  return text.subarray(0, end);
}

function encodeFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const headerBytes = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerBytes + length);
  frame[0] = first;
  if (length < 126) {
    frame[1] = length;
  } else if (length < 65536) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(payload, headerBytes);
  return frame;
}
