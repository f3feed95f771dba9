/**
 * The uwsgi protocol without I/O: a 4-byte header (modifier1, size u16le, modifier2), a block of variables
 * (`u16le length, key, u16le length, value`, repeated) and a body whose length is CONTENT_LENGTH. One request
 * a connection. Modifier 0 is a request and so is that of the application's language; 100 is a ping. Remote calls, signals, the cache and the spooler have modifiers of
 * their own, with which whoever can connect acts in the application's place: their packets are handed on, whole and
 * unread, where the configuration allows them. Every other modifier ends the connection and does nothing.
 */
import { CgiVars } from './cgi-vars.ts';
import { packetBytes } from './packet-size.ts';
import { ProtocolError } from './protocol-error.ts';

export interface CgiLimits {
  /** Size of the variables as they come. */
  blockBytes: number;
  /** Body; 0: no limit. */
  bodyBytes: number;
}

export interface CgiHandler {
  onVars(vars: CgiVars): void;
  /** Body bytes `chunk[start, end)`, valid during the call only. */
  onBody(chunk: Buffer, start: number, end: number): void;
  onComplete(): void;
}

export interface UwsgiHandler extends CgiHandler {
  onPing(): void;
  /** A packet that is no request, whole; valid during the call only. */
  onPacket(packet: Buffer): void;
  /** A modifier that is not served; the connection is to be closed without an answer. */
  onOther(modifier1: number, modifier2: number): void;
}

const HEADER_BYTES = 4;
const MODIFIER_PING = 100;
const NOTHING: Buffer = Buffer.alloc(0);

type State = 'head' | 'body' | 'done';

export interface UwsgiLimits extends CgiLimits {
  /** Modifiers whose packets are handed on. */
  modifiers?: readonly number[];
  /** Values of modifier1 that are requests; 0 alone unless given. */
  requestModifiers?: readonly number[];
}

export class UwsgiParser {
  readonly vars = new CgiVars();
  readonly #limits: UwsgiLimits;
  readonly #handler: UwsgiHandler;
  #state: State = 'head';
  #kept: Buffer = NOTHING;
  #left = 0;

  constructor(limits: UwsgiLimits, handler: UwsgiHandler) {
    this.#limits = limits;
    this.#handler = handler;
  }

  /** Has not one byte come? */
  get idle(): boolean {
    return this.#state === 'head' && this.#kept.length === 0;
  }

  get inBody(): boolean {
    return this.#state === 'body';
  }

  /**
   * Parses `chunk` from `start`; returns how far it came. Bytes behind the request are left alone.
   * @throws {ProtocolError} the block is malformed or over a limit
   */
  feed(chunk: Buffer, start = 0): number {
    let at = start;
    if (this.#state === 'head') at = this.#feedHead(chunk, at);
    if (this.#state === 'body' && at < chunk.length) {
      const end = Math.min(chunk.length, at + this.#left);
      this.#left -= end - at;
      this.#handler.onBody(chunk, at, end);
      if (this.#left === 0) this.#complete();
      at = end;
    }
    return at;
  }

  #feedHead(chunk: Buffer, start: number): number {
    const before = this.#kept.length;
    const bytes = before > 0 ? Buffer.concat([this.#kept, chunk.subarray(start)]) : chunk.subarray(start);
    if (bytes.length >= HEADER_BYTES) {
      const modifier1 = bytes.readUInt8(0);
      const blockBytes = bytes.readUInt16LE(1);
      if (!this.#isRequest(modifier1)) {
        if (this.#limits.modifiers?.includes(modifier1) === true) this.#feedPacket(bytes);
        else this.#special(modifier1, bytes.readUInt8(3));
        return chunk.length;
      }
      if (blockBytes > this.#limits.blockBytes) throw new ProtocolError('block-too-large', 1);
      if (blockBytes === 0) throw new ProtocolError('block-empty', 1);
      const end = HEADER_BYTES + blockBytes;
      if (bytes.length >= end) {
        this.#kept = NOTHING;
        this.#varsComplete(bytes, end);
        return start + end - before;
      }
    }
    // Copied: the chunk is valid during this call only.
    this.#kept = before > 0 ? bytes : Buffer.from(bytes);
    return chunk.length;
  }

  #isRequest(modifier1: number): boolean {
    return this.#limits.requestModifiers?.includes(modifier1) ?? modifier1 === 0;
  }

  #special(modifier1: number, modifier2: number): void {
    this.#state = 'done';
    if (modifier1 === MODIFIER_PING) this.#handler.onPing();
    else this.#handler.onOther(modifier1, modifier2);
  }

  /** What is malformed or too large ends the connection without an answer, as on uWSGI. */
  #feedPacket(bytes: Buffer): void {
    const size = packetBytes(bytes, this.#limits);
    if (size < 0) {
      this.#special(bytes.readUInt8(0), bytes.readUInt8(3));
    } else if (bytes.length < size) {
      this.#kept = Buffer.from(bytes);
    } else {
      this.#kept = NOTHING;
      this.#state = 'done';
      this.#handler.onPacket(bytes.subarray(0, size));
    }
  }

  #varsComplete(bytes: Buffer, end: number): void {
    const { vars } = this;
    vars.begin(bytes);
    parseVars(vars, HEADER_BYTES, end);
    const limit = this.#limits.bodyBytes;
    if (limit > 0 && vars.contentLength > limit) throw new ProtocolError('body-too-large', end);
    this.#left = Math.max(0, vars.contentLength);
    this.#state = this.#left > 0 ? 'body' : 'done';
    this.#handler.onVars(vars);
    if (this.#left === 0) this.#complete();
  }

  #complete(): void {
    this.#state = 'done';
    this.#handler.onComplete();
  }
}

function parseVars(vars: CgiVars, start: number, end: number): void {
  const { bytes } = vars;
  let at = start;
  while (at < end) {
    const keyStart = at + 2;
    const keyEnd = keyStart + length16(bytes, at, end);
    const valueStart = keyEnd + 2;
    const valueEnd = valueStart + length16(bytes, keyEnd, end);
    vars.add(keyStart, keyEnd, valueStart, valueEnd);
    at = valueEnd;
  }
}

function length16(bytes: Buffer, at: number, end: number): number {
  if (at + 2 > end) throw new ProtocolError('block-malformed', at);
  const length = bytes.readUInt16LE(at);
  if (at + 2 + length > end) throw new ProtocolError('block-malformed', at);
  return length;
}
