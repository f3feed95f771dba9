/**
 * HTTP/1.1 requests (RFC 9112) as a parser without I/O: bytes in, events out, one message after the other.
 * `feed` stops at the end of a message, so that pipelined requests are answered in order. "Need more" is a
 * normal return; a malformed message is a ProtocolError, after which the parser must not be used again.
 * Lines are validated in http-head.ts; nothing is kept beyond the limits.
 */
import { CR, hexValue, isTokenByte, LF, SPACE, TAB } from './http-chars.ts';
import { checkHead, HttpHead, parseHeaderLine, parseRequestLine } from './http-head.ts';
import { ProtocolError } from './protocol-error.ts';

export interface HttpLimits {
  /** Request line and headers together. */
  headBytes: number;
  /** Decoded body; 0: no limit. */
  bodyBytes: number;
  /** Size line of a chunk with its extensions. */
  chunkLineBytes: number;
  /** All trailer lines together. */
  trailerBytes: number;
}

export interface HttpHandler {
  /** The head is complete. It and its bytes are valid during the call only. */
  onHead(head: HttpHead): void;
  /** Decoded body bytes `chunk[start, end)`, valid during the call only. */
  onBody(chunk: Buffer, start: number, end: number): void;
  /** The message is complete. */
  onComplete(): void;
}

type State = 'head' | 'body' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer';

const FIRST_CAPACITY = 2048;

export class HttpParser {
  readonly head = new HttpHead();
  readonly #limits: HttpLimits;
  readonly #handler: HttpHandler;
  #state: State = 'head';
  /** Bytes of a head that came in pieces. */
  #kept: Buffer = Buffer.alloc(0);
  #keptBytes = 0;
  /** Offsets into the head: the present line's begin, and how far it was searched for its end. */
  #lineStart = 0;
  #scanned = 0;
  #requestLineSeen = false;
  /** The CR of a blank line before a request has come, its LF not yet. */
  #blankCr = false;
  /** Body bytes that are still to come, of the body or of the present chunk. */
  #left = 0;
  #bodyBytes = 0;
  /** The present chunk size line or trailer line. */
  #line: number[] = [];
  #trailerBytes = 0;

  constructor(limits: HttpLimits, handler: HttpHandler) {
    this.#limits = limits;
    this.#handler = handler;
  }

  /** Bytes of an incomplete head that it holds. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Is it between two messages, with not one byte of the next? */
  get idle(): boolean {
    return this.#state === 'head' && this.#keptBytes === 0 && !this.#blankCr;
  }

  /** Is the present message's head complete and its body not? */
  get inBody(): boolean {
    return this.#state !== 'head';
  }

  /**
   * Parses `chunk` from `start`, at most to the end of the present message; returns how far it came.
   * @throws {ProtocolError} the message is malformed or over a limit
   */
  feed(chunk: Buffer, start = 0): number {
    let at = start;
    if (this.#state === 'head') {
      at = this.#feedHead(chunk, at);
      if (!this.inBody) return at;
    }
    while (at < chunk.length && this.inBody) at = this.#feedBody(chunk, at);
    return at;
  }

  #feedHead(chunk: Buffer, start: number): number {
    let from = start;
    if (this.#keptBytes === 0) {
      from = this.#skipBlankLines(chunk, from);
      if (from === chunk.length) return from;
      const end = this.#scan(chunk, from, chunk.length - from);
      if (end > 0) return this.#headComplete(chunk, from, end, from + end);
      this.#keep(chunk, from);
      return chunk.length;
    }
    const before = this.#keptBytes;
    this.#keep(chunk, from);
    const end = this.#scan(this.#kept, 0, this.#keptBytes);
    if (end > 0) return this.#headComplete(this.#kept, 0, end, from + end - before);
    return chunk.length;
  }

  /** Blank lines before a request are skipped (RFC 9112 section 2.2). */
  #skipBlankLines(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length && (this.#blankCr || chunk[at] === CR)) {
      if (this.#blankCr && chunk[at] !== LF) throw new ProtocolError('bare-cr', 0);
      this.#blankCr = !this.#blankCr;
      at++;
    }
    return at;
  }

  /** Validates the lines of a head that have come; returns the head's length when it is complete, otherwise 0. */
  #scan(bytes: Buffer, base: number, length: number): number {
    const limit = this.#limits.headBytes;
    if (this.#scanned === 0 && !isTokenByte(bytes[base])) throw firstByteError(bytes[base]);
    for (let at = this.#scanned; at < length; at++) {
      if (bytes[base + at] !== LF) continue;
      if (at >= limit) throw this.#overLimit(limit);
      if (bytes[base + at - 1] !== CR) throw new ProtocolError('bare-lf', at);
      const end = at - 1;
      if (!this.#requestLineSeen) {
        parseRequestLine(this.head, bytes, base, end);
        this.#requestLineSeen = true;
      } else if (end === this.#lineStart) {
        checkHead(this.head, end);
        return at + 1;
      } else {
        parseHeaderLine(this.head, bytes, base, this.#lineStart, end);
      }
      this.#lineStart = at + 1;
    }
    this.#scanned = length;
    if (length > limit) throw this.#overLimit(limit);
    return 0;
  }

  #overLimit(limit: number): ProtocolError {
    return new ProtocolError(this.#requestLineSeen ? 'head-too-large' : 'target-too-long', limit);
  }

  #keep(chunk: Buffer, start: number): void {
    const bytes = Math.min(chunk.length - start, this.#limits.headBytes + 1 - this.#keptBytes);
    const wanted = this.#keptBytes + bytes;
    if (wanted > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, wanted, this.#kept.length * 2));
      this.#kept.copy(grown, 0, 0, this.#keptBytes);
      this.#kept = grown;
    }
    chunk.copy(this.#kept, this.#keptBytes, start, start + bytes);
    this.#keptBytes = wanted;
  }

  /** `end` is the head's length in `bytes`, `consumed` the offset behind it in the chunk that was fed. */
  #headComplete(bytes: Buffer, base: number, end: number, consumed: number): number {
    const { head } = this;
    if (head.contentLength > 0 && this.#limits.bodyBytes > 0 && head.contentLength > this.#limits.bodyBytes) {
      throw new ProtocolError('body-too-large', end);
    }
    head.bytes = bytes;
    head.base = base;
    this.#keptBytes = 0;
    this.#lineStart = 0;
    this.#scanned = 0;
    this.#requestLineSeen = false;
    this.#bodyBytes = 0;
    if (head.chunked) this.#state = 'chunk-size';
    else if (head.contentLength > 0) {
      this.#state = 'body';
      this.#left = head.contentLength;
    }
    this.#handler.onHead(head);
    if (!head.chunked && head.contentLength <= 0) this.#complete();
    return consumed;
  }

  #complete(): void {
    this.#state = 'head';
    this.head.reset();
    if (this.#kept.length > 65536) this.#kept = Buffer.alloc(0);
    this.#handler.onComplete();
  }

  #feedBody(chunk: Buffer, start: number): number {
    switch (this.#state) {
      case 'body':
      case 'chunk-data': {
        const end = Math.min(chunk.length, start + this.#left);
        this.#left -= end - start;
        const whole = this.#left === 0;
        this.#handler.onBody(chunk, start, end);
        if (whole && this.#state === 'chunk-data') this.#state = 'chunk-end';
        else if (whole) this.#complete();
        return end;
      }
      case 'chunk-size':
        return this.#feedLine(chunk, start, this.#limits.chunkLineBytes);
      case 'chunk-end':
        return this.#feedChunkEnd(chunk, start);
      case 'trailer':
        return this.#feedLine(chunk, start, this.#limits.trailerBytes - this.#trailerBytes + 2);
      case 'head':
        return start;
    }
  }

  /** Collects a chunk's size line or a trailer line up to its end. */
  #feedLine(chunk: Buffer, start: number, limit: number): number {
    const isTrailer = this.#state === 'trailer';
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      const previous = this.#line.at(-1);
      if (byte === LF || previous === CR) {
        if (byte !== LF || previous !== CR) {
          throw new ProtocolError(isTrailer ? 'trailer-invalid' : 'chunk-size-invalid', this.#bodyBytes);
        }
        this.#line.pop();
        if (isTrailer) this.#trailerLine();
        else this.#sizeLine();
        this.#line = [];
        return i + 1;
      }
      if (this.#line.length >= limit) {
        throw new ProtocolError(isTrailer ? 'trailer-too-large' : 'chunk-line-too-long', this.#bodyBytes);
      }
      this.#line.push(byte);
    }
    return chunk.length;
  }

  #sizeLine(): void {
    const line = this.#line;
    let size = 0;
    let i = 0;
    for (let digit = hexValue(line[0]); digit >= 0; digit = hexValue(line[++i])) {
      size = size * 16 + digit;
      if (size > Number.MAX_SAFE_INTEGER) throw new ProtocolError('chunk-size-too-large', this.#bodyBytes);
    }
    const next = line[i];
    // Extensions are allowed and ignored; nothing else may follow the digits.
    if (i === 0 || (next !== undefined && next !== 59) || line.some(isControl)) {
      throw new ProtocolError('chunk-size-invalid', this.#bodyBytes);
    }
    const limit = this.#limits.bodyBytes;
    if (limit > 0 && this.#bodyBytes + size > limit) throw new ProtocolError('body-too-large', this.#bodyBytes);
    this.#bodyBytes += size;
    this.#left = size;
    this.#trailerBytes = 0;
    this.#state = size === 0 ? 'trailer' : 'chunk-data';
  }

  #feedChunkEnd(chunk: Buffer, start: number): number {
    for (let i = start; i < chunk.length; i++) {
      const wanted = this.#line.length === 0 ? CR : LF;
      if (chunk[i] !== wanted) throw new ProtocolError('chunk-end-missing', this.#bodyBytes);
      this.#line.push(wanted);
      if (wanted === LF) {
        this.#line = [];
        this.#state = 'chunk-size';
        return i + 1;
      }
    }
    return chunk.length;
  }

  /** Trailers are validated and dropped: no application gets them through CGI variables. */
  #trailerLine(): void {
    if (this.#line.length === 0) {
      this.#complete();
      return;
    }
    const colon = this.#line.indexOf(58);
    if (colon < 1 || !this.#line.slice(0, colon).every(isTokenByte) || this.#line.some(isControl)) {
      throw new ProtocolError('trailer-invalid', this.#bodyBytes);
    }
    this.#trailerBytes += this.#line.length + 2;
  }
}

function isControl(byte: number): boolean {
  return (byte < SPACE && byte !== TAB) || byte === 127;
}

function firstByteError(byte: number | undefined): ProtocolError {
  if (byte === LF) return new ProtocolError('bare-lf', 0);
  return new ProtocolError(byte === 0 ? 'nul-byte' : 'bad-method', 0);
}
