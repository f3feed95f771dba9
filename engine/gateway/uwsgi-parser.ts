/**
 * The uwsgi protocol without I/O: a 4-byte header (modifier1, size u16le, modifier2), a block of variables
 * (`u16le length, key, u16le length, value`, repeated) and a body whose length is CONTENT_LENGTH. One request
 * a connection. Modifier 0 is a request, 100 a ping; every other modifier ends the connection and does nothing:
 * uWSGI's remote calls, signals, cache and spooler modifiers act for whoever can connect, this parser does not.
 */
import { ProtocolError } from './protocol-error.ts';

export interface UwsgiLimits {
  /** Size of the variables block. */
  blockBytes: number;
  /** Body; 0: no limit. */
  bodyBytes: number;
}

/** The variables of a request. The object is reused: it is valid until the handler of `onVars` returns. */
export class UwsgiVars {
  bytes: Buffer = Buffer.alloc(0);
  /** Four offsets into `bytes` for each variable: key start, key end, value start, value end. */
  readonly offsets = new Int32Array(MAX_VARS * 4);
  count = 0;
  contentLength = 0;
  /** Size of the block as announced. */
  blockBytes = 0;
  hasHighBytes = false;
}

export interface UwsgiHandler {
  onVars(vars: UwsgiVars): void;
  /** Body bytes `chunk[start, end)`, valid during the call only. */
  onBody(chunk: Buffer, start: number, end: number): void;
  onComplete(): void;
  onPing(): void;
  /** A modifier that is not served; the connection is to be closed without an answer. */
  onOther(modifier1: number, modifier2: number): void;
}

export const MAX_VARS = 512;
const HEADER_BYTES = 4;
const MODIFIER_REQUEST = 0;
const MODIFIER_PING = 100;

type State = 'head' | 'body' | 'done';

export class UwsgiParser {
  readonly vars = new UwsgiVars();
  readonly #limits: UwsgiLimits;
  readonly #handler: UwsgiHandler;
  #state: State = 'head';
  #kept: Buffer = Buffer.alloc(0);
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
      if (modifier1 !== MODIFIER_REQUEST) return this.#special(modifier1, bytes.readUInt8(3), chunk.length);
      if (blockBytes > this.#limits.blockBytes) throw new ProtocolError('block-too-large', 1);
      if (blockBytes === 0) throw new ProtocolError('block-empty', 1);
      const end = HEADER_BYTES + blockBytes;
      if (bytes.length >= end) {
        this.#kept = Buffer.alloc(0);
        this.#varsComplete(bytes, end);
        return start + end - before;
      }
    }
    // Copied: the chunk is valid during this call only.
    this.#kept = before > 0 ? bytes : Buffer.from(bytes);
    return chunk.length;
  }

  #special(modifier1: number, modifier2: number, consumed: number): number {
    this.#state = 'done';
    if (modifier1 === MODIFIER_PING) this.#handler.onPing();
    else this.#handler.onOther(modifier1, modifier2);
    return consumed;
  }

  #varsComplete(bytes: Buffer, end: number): void {
    const { vars } = this;
    vars.bytes = bytes;
    vars.blockBytes = end - HEADER_BYTES;
    parseVars(vars, HEADER_BYTES, end);
    const limit = this.#limits.bodyBytes;
    if (limit > 0 && vars.contentLength > limit) throw new ProtocolError('body-too-large', end);
    this.#left = vars.contentLength;
    this.#state = this.#left > 0 ? 'body' : 'done';
    this.#handler.onVars(vars);
    if (this.#left === 0) this.#complete();
  }

  #complete(): void {
    this.#state = 'done';
    this.#handler.onComplete();
  }
}

function parseVars(vars: UwsgiVars, start: number, end: number): void {
  const { bytes, offsets } = vars;
  vars.count = 0;
  vars.contentLength = 0;
  vars.hasHighBytes = false;
  let at = start;
  while (at < end) {
    if (vars.count === MAX_VARS) throw new ProtocolError('too-many-vars', at);
    const keyStart = at + 2;
    const keyEnd = keyStart + length16(bytes, at, end);
    if (keyEnd === keyStart) throw new ProtocolError('key-empty', at);
    const valueStart = keyEnd + 2;
    const valueEnd = valueStart + length16(bytes, keyEnd, end);
    if (valueEnd > end) throw new ProtocolError('block-malformed', keyEnd);
    for (let i = keyStart; i < valueEnd; i++) {
      if ((bytes[i] ?? 0) > 127 && (i < keyEnd || i >= valueStart)) vars.hasHighBytes = true;
    }
    offsets.set([keyStart, keyEnd, valueStart, valueEnd], vars.count * 4);
    vars.count++;
    if (keyEnd - keyStart === 14 && bytes.toString('latin1', keyStart, keyEnd) === 'CONTENT_LENGTH') {
      vars.contentLength = parseLength(bytes, valueStart, valueEnd);
    }
    at = valueEnd;
  }
}

function length16(bytes: Buffer, at: number, end: number): number {
  if (at + 2 > end) throw new ProtocolError('block-malformed', at);
  const length = bytes.readUInt16LE(at);
  if (at + 2 + length > end) throw new ProtocolError('block-malformed', at);
  return length;
}

/** Empty means 0, as front ends send it; anything but digits is an error and never a shorter number. */
function parseLength(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 48;
    if (digit < 0 || digit > 9) throw new ProtocolError('content-length-invalid', start);
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) throw new ProtocolError('body-too-large', start);
  }
  return value;
}
