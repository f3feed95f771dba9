/**
 * SCGI requests without I/O: a netstring `length:` of NUL-terminated names and values in turn, `,`, and a body whose
 * length is CONTENT_LENGTH. One request a connection. As uWSGI it takes the variables in any order and does not insist
 * on `SCGI=1`; unlike uWSGI it answers what is malformed. https://python.ca/scgi/protocol.txt
 */
import { CgiVars } from './cgi-vars.ts';
import { ProtocolError } from './protocol-error.ts';
import type { CgiHandler, CgiLimits } from './uwsgi-parser.ts';

const COLON = 58;
const COMMA = 44;
/** More digits than any block that is allowed. */
const MAX_LENGTH_DIGITS = 9;
const FIRST_CAPACITY = 2048;

type State = 'length' | 'block' | 'body' | 'done';

export class ScgiParser {
  readonly vars = new CgiVars();
  readonly #limits: CgiLimits;
  readonly #handler: CgiHandler;
  #state: State = 'length';
  #digits = 0;
  #blockBytes = 0;
  /** The part of the block and its comma that has come, when it came in pieces. */
  #kept: Buffer = Buffer.alloc(0);
  #keptBytes = 0;
  #left = 0;

  constructor(limits: CgiLimits, handler: CgiHandler) {
    this.#limits = limits;
    this.#handler = handler;
  }

  /** Bytes that it holds for variables that are not complete. */
  get keptBytes(): number {
    return this.#kept.length;
  }

  /** Has not one byte come? */
  get idle(): boolean {
    return this.#state === 'length' && this.#digits === 0;
  }

  get inBody(): boolean {
    return this.#state === 'body';
  }

  /**
   * Parses `chunk` from `start`; returns how far it came. Bytes behind the request are left alone.
   * @throws {ProtocolError} the netstring is malformed or over a limit; offsets count from its first byte
   */
  feed(chunk: Buffer, start = 0): number {
    let at = start;
    if (this.#state === 'length') at = this.#feedLength(chunk, at);
    if (this.#state === 'block') at = this.#feedBlock(chunk, at);
    if (this.#state === 'body' && at < chunk.length) {
      const end = Math.min(chunk.length, at + this.#left);
      this.#left -= end - at;
      this.#handler.onBody(chunk, at, end);
      if (this.#left === 0) this.#complete();
      at = end;
    }
    return at;
  }

  #feedLength(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === COLON && this.#digits > 0) {
        if (this.#blockBytes > this.#limits.blockBytes) throw new ProtocolError('block-too-large', 0);
        if (this.#blockBytes === 0) throw new ProtocolError('block-empty', 0);
        this.#state = 'block';
        return at + 1;
      }
      const digit = byte - 48;
      // A leading zero would be a second spelling of the same length.
      const isDigit = digit >= 0 && digit <= 9 && !(this.#digits > 0 && this.#blockBytes === 0);
      if (!isDigit || this.#digits === MAX_LENGTH_DIGITS) throw new ProtocolError('netstring-invalid', this.#digits);
      this.#blockBytes = this.#blockBytes * 10 + digit;
      this.#digits++;
    }
    return chunk.length;
  }

  #feedBlock(chunk: Buffer, start: number): number {
    const wanted = this.#blockBytes + 1;
    const missing = wanted - this.#keptBytes;
    const end = Math.min(chunk.length, start + missing);
    if (this.#keptBytes === 0 && end - start === wanted) {
      this.#blockComplete(chunk, start);
      return end;
    }
    this.#keep(chunk, start, end);
    if (this.#keptBytes === wanted) this.#blockComplete(this.#kept, 0);
    return end;
  }

  /** Takes as much memory as has come, not as much as was announced. */
  #keep(chunk: Buffer, start: number, end: number): void {
    const bytes = this.#keptBytes + end - start;
    if (bytes > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, bytes, this.#kept.length * 2));
      this.#kept.copy(grown, 0, 0, this.#keptBytes);
      this.#kept = grown;
    }
    chunk.copy(this.#kept, this.#keptBytes, start, end);
    this.#keptBytes = bytes;
  }

  #blockComplete(bytes: Buffer, start: number): void {
    const { vars } = this;
    const offset = this.#digits + 1;
    const end = start + this.#blockBytes;
    if (bytes[end] !== COMMA) throw new ProtocolError('netstring-invalid', offset + this.#blockBytes);
    vars.begin(bytes, start - offset);
    for (let at = start; at < end; ) {
      const keyEnd = endOfText(bytes, at, end);
      const valueEnd = keyEnd < 0 ? -1 : endOfText(bytes, keyEnd + 1, end);
      if (valueEnd < 0) throw new ProtocolError('block-malformed', offset + at - start);
      vars.add(at, keyEnd, keyEnd + 1, valueEnd);
      at = valueEnd + 1;
    }
    const limit = this.#limits.bodyBytes;
    if (limit > 0 && vars.contentLength > limit) throw new ProtocolError('body-too-large', offset + end - start);
    this.#left = Math.max(0, vars.contentLength);
    this.#state = this.#left > 0 ? 'body' : 'done';
    this.#handler.onVars(vars);
    this.#kept = Buffer.alloc(0);
    if (this.#left === 0) this.#complete();
  }

  #complete(): void {
    this.#state = 'done';
    this.#handler.onComplete();
  }
}

/** Where the NUL is that ends the text at `start`, or -1. */
function endOfText(bytes: Buffer, start: number, end: number): number {
  const at = bytes.indexOf(0, start);
  return at >= 0 && at < end ? at : -1;
}
