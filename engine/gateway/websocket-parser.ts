/**
 * Frames of a client's websocket (RFC 6455 section 5) as a parser without I/O: bytes in, whole messages and control
 * frames out. What breaks the protocol is a WebSocketError with the code to close with, after which the parser must
 * not be used again. Never more than one message is kept, and no more of it than has come.
 */
import { isUtf8 } from 'node:buffer';

/** Codes of RFC 6455 section 7.4.1. */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  noStatus: 1005,
  abnormal: 1006,
  invalidText: 1007,
  tooBig: 1009,
  internalError: 1011,
  serviceRestart: 1012,
} as const;

/** What the client sent is not allowed. */
export class WebSocketError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface WebSocketHandler {
  /** A whole message; text is valid UTF-8. The bytes are valid during the call only. */
  onMessage(isText: boolean, bytes: Buffer): void;
  /** The bytes are valid during the call only. */
  onPing(bytes: Buffer): void;
  onPong(): void;
  /** `code` is 1005 when the client gave none. Nothing is read after it. */
  onClose(code: number, reason: Buffer): void;
}

const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const MAX_CONTROL_BYTES = 125;
/** Opcode and length, eight bytes of length, four of mask. */
const MAX_HEADER_BYTES = 14;
const NOTHING = Buffer.alloc(0);

export class WebSocketParser {
  readonly #maxBytes: number;
  readonly #handler: WebSocketHandler;
  /** A frame's header that came in pieces. */
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #headerBytes = 0;
  /** The present frame. */
  #opcode = 0;
  #isFinal = false;
  readonly #mask = Buffer.alloc(4);
  #maskAt = 0;
  #left = 0;
  #inPayload = false;
  /** Opcode of the message that is coming; 0: none is. */
  #message = 0;
  #kept: Buffer = NOTHING;
  #keptBytes = 0;
  /** Payload of a control frame, which may stand between the frames of a message. */
  #control: Buffer = NOTHING;
  #controlBytes = 0;
  #isClosed = false;

  /** @param maxBytes of a message, all its frames together */
  constructor(maxBytes: number, handler: WebSocketHandler) {
    this.#maxBytes = maxBytes;
    this.#handler = handler;
  }

  /**
   * Takes the next bytes, which are unmasked in place.
   * @throws {WebSocketError} the client breaks the protocol or a limit
   */
  feed(chunk: Buffer): void {
    let at = 0;
    while (!this.#isClosed) {
      if (!this.#inPayload) {
        at = this.#feedHeader(chunk, at);
        if (!this.#inPayload) return;
      }
      if (at === chunk.length && this.#left > 0) return;
      at = this.#feedPayload(chunk, at);
      if (this.#inPayload) return;
    }
  }

  /** Collects a header; when it is complete the payload begins at the offset it returns. */
  #feedHeader(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length) {
      this.#header[this.#headerBytes++] = chunk[at++] ?? 0;
      if (this.#headerBytes < 2) continue;
      const second = this.#header[1] ?? 0;
      if (this.#headerBytes === 2) this.#checkStart(this.#header[0] ?? 0, second);
      const lengthBytes = extraLengthBytes(second & 0x7f);
      if (this.#headerBytes < 2 + lengthBytes + 4) continue;
      this.#left = this.#payloadLength(second & 0x7f);
      this.#header.copy(this.#mask, 0, 2 + lengthBytes, 6 + lengthBytes);
      this.#maskAt = 0;
      this.#headerBytes = 0;
      this.#inPayload = true;
      this.#checkSize();
      return at;
    }
    return at;
  }

  #checkStart(first: number, second: number): void {
    this.#isFinal = (first & 0x80) !== 0;
    this.#opcode = first & 0x0f;
    if ((first & 0x70) !== 0) throw violation('a reserved bit is set');
    if ((second & 0x80) === 0) throw violation('a frame is not masked');
    const isControl = this.#opcode >= Opcode.close;
    if (this.#opcode > Opcode.pong || (this.#opcode > Opcode.binary && !isControl)) {
      throw violation(`unknown opcode ${this.#opcode}`);
    }
    if (isControl) {
      if (!this.#isFinal) throw violation('a control frame is fragmented');
      if ((second & 0x7f) > MAX_CONTROL_BYTES) throw violation('a control frame is too long');
    } else if (this.#opcode === Opcode.continuation) {
      if (this.#message === 0) throw violation('a continuation without a beginning');
    } else {
      if (this.#message !== 0) throw violation('a message begins inside another one');
      this.#message = this.#opcode;
    }
  }

  #payloadLength(short: number): number {
    if (short < 126) return short;
    const length = short === 126 ? this.#header.readUInt16BE(2) : Number(this.#header.readBigUInt64BE(2));
    if (length < (short === 126 ? 126 : 65536)) throw violation('a length is not in its shortest form');
    return length;
  }

  #checkSize(): void {
    if (this.#opcode >= Opcode.close) {
      this.#control = NOTHING;
      this.#controlBytes = 0;
    } else if (this.#keptBytes + this.#left > this.#maxBytes) {
      throw new WebSocketError(CloseCode.tooBig, `a message is larger than ${this.#maxBytes} bytes`);
    }
  }

  /** Handles what has come of the payload; returns where it ends. */
  #feedPayload(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.#left);
    const piece = chunk.subarray(start, end);
    this.#unmask(piece);
    this.#left -= piece.length;
    const isWhole = this.#left === 0;
    if (this.#opcode >= Opcode.close) {
      if (isWhole && this.#controlBytes === 0) this.#controlled(piece);
      else this.#keepControl(piece, isWhole);
    } else if (isWhole && this.#isFinal && this.#keptBytes === 0) {
      this.#completed(piece);
    } else {
      this.#keep(piece);
      if (isWhole && this.#isFinal) this.#completed(this.#kept.subarray(0, this.#keptBytes));
    }
    if (isWhole) this.#inPayload = false;
    return end;
  }

  #unmask(piece: Buffer): void {
    const mask = this.#mask;
    let at = this.#maskAt;
    for (let i = 0; i < piece.length; i++) piece[i] = (piece[i] ?? 0) ^ (mask[at++ & 3] ?? 0);
    this.#maskAt = at & 3;
  }

  #keep(piece: Buffer): void {
    const wanted = this.#keptBytes + piece.length;
    if (wanted > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(wanted, this.#kept.length * 2)));
      this.#kept.copy(grown, 0, 0, this.#keptBytes);
      this.#kept = grown;
    }
    piece.copy(this.#kept, this.#keptBytes);
    this.#keptBytes = wanted;
  }

  #keepControl(piece: Buffer, isWhole: boolean): void {
    if (this.#control.length === 0) this.#control = Buffer.alloc(MAX_CONTROL_BYTES);
    piece.copy(this.#control, this.#controlBytes);
    this.#controlBytes += piece.length;
    if (isWhole) this.#controlled(this.#control.subarray(0, this.#controlBytes));
  }

  #completed(bytes: Buffer): void {
    const isText = this.#message === Opcode.text;
    this.#message = 0;
    this.#kept = NOTHING;
    this.#keptBytes = 0;
    if (isText && !isUtf8(bytes)) throw new WebSocketError(CloseCode.invalidText, 'a text is not UTF-8');
    this.#handler.onMessage(isText, bytes);
  }

  #controlled(bytes: Buffer): void {
    if (this.#opcode === Opcode.ping) this.#handler.onPing(bytes);
    else if (this.#opcode === Opcode.pong) this.#handler.onPong();
    else this.#close(bytes);
  }

  #close(bytes: Buffer): void {
    this.#isClosed = true;
    if (bytes.length === 0) {
      this.#handler.onClose(CloseCode.noStatus, bytes);
      return;
    }
    const code = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
    if (!mayBeSent(code)) throw violation('the close code is none');
    const reason = bytes.subarray(2);
    if (!isUtf8(reason)) throw new WebSocketError(CloseCode.invalidText, 'the reason is not UTF-8');
    this.#handler.onClose(code, reason);
  }
}

/** May this code stand in a close frame (RFC 6455 section 7.4)? */
export function mayBeSent(code: number): boolean {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

function extraLengthBytes(short: number): number {
  return short < 126 ? 0 : short === 126 ? 2 : 8;
}

function violation(message: string): WebSocketError {
  return new WebSocketError(CloseCode.protocolError, message);
}
