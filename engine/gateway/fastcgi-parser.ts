/**
 * FastCGI requests without I/O (FastCGI 1.0): records in, events out, one request at a time. PARAMS may be cut anywhere,
 * STDIN may lack its empty last record when CONTENT_LENGTH is satisfied, DATA is ignored, and so are records of
 * requests that do not run. It is fed on while a request is answered, to see ABORT_REQUEST; `requestEnded` says
 * when the answer is out. Only responders are served, and no second request beside the first.
 */
import { CgiVars } from './cgi-vars.ts';
import {
  FASTCGI_VERSION,
  FLAG_KEEP_CONN,
  ProtocolStatus,
  RECORD_HEADER_BYTES,
  RecordType,
  ROLE_RESPONDER,
} from './fastcgi-records.ts';
import { ProtocolError } from './protocol-error.ts';
import type { CgiHandler, CgiLimits } from './uwsgi-parser.ts';

export interface FastCgiHandler extends CgiHandler {
  /** GET_VALUES asks for these. */
  onValues(names: string[]): void;
  /** A management record of a type that has no meaning here. */
  onUnknownType(type: number): void;
  /** A request that is not served: of another role, or beside one that runs. */
  onRefused(requestId: number, status: ProtocolStatus, keepConnection: boolean): void;
  /** The front server takes the running request back; it is to be ended at once. */
  onAbort(): void;
}

/** Content of BEGIN_REQUEST and of management records. */
const BEGIN_BYTES = 8;
const MANAGEMENT_BYTES = 512;
const FIRST_CAPACITY = 2048;

/** none: no request · params: its variables come · stdin: its body comes · done: it is complete and not yet answered */
type Stage = 'none' | 'params' | 'stdin' | 'done';

export class FastCgiParser {
  readonly vars = new CgiVars();
  /** The request that runs; 0: none. */
  requestId = 0;
  keepConnection = false;
  readonly #limits: CgiLimits;
  readonly #handler: FastCgiHandler;
  #stage: Stage = 'none';
  readonly #header = Buffer.alloc(RECORD_HEADER_BYTES);
  #headerBytes = 0;
  #type = 0;
  #id = 0;
  #contentLeft = 0;
  #paddingLeft = 0;
  /** Content of a record that must be whole: BEGIN_REQUEST and GET_VALUES. */
  #whole: number[] = [];
  #params: Buffer = Buffer.alloc(0);
  #paramBytes = 0;
  #bodyBytes = 0;
  /** Bytes of earlier chunks, and where in all of them the present record and its request begin: for errors. */
  #fedBytes = 0;
  #recordStart = 0;
  #requestStart = 0;

  constructor(limits: CgiLimits, handler: FastCgiHandler) {
    this.#limits = limits;
    this.#handler = handler;
  }

  /** Is it between two requests and between two records? */
  get idle(): boolean {
    return this.#stage === 'none' && this.#headerBytes === 0;
  }

  get inBody(): boolean {
    return this.#stage === 'stdin';
  }

  /** Bytes of variables that it holds. */
  get keptBytes(): number {
    return this.#params.length;
  }

  /** The answer is out: the next request may come. */
  requestEnded(): void {
    this.requestId = 0;
    this.#stage = 'none';
  }

  /**
   * Parses all of `chunk` from `start`; returns its length.
   * @throws {ProtocolError} a record is malformed, out of place or over a limit
   */
  feed(chunk: Buffer, start = 0): number {
    let at = start;
    while (at < chunk.length) {
      if (this.#headerBytes === 0) this.#recordStart = this.#fedBytes + at - start;
      if (this.#headerBytes < RECORD_HEADER_BYTES) at = this.#feedHeader(chunk, at);
      else if (this.#contentLeft > 0) at = this.#feedContent(chunk, at);
      else at = this.#skipPadding(chunk, at);
    }
    this.#fedBytes += chunk.length - start;
    return at;
  }

  #skipPadding(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.#paddingLeft);
    this.#paddingLeft -= end - start;
    if (this.#paddingLeft === 0) this.#headerBytes = 0;
    return end;
  }

  #feedHeader(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + RECORD_HEADER_BYTES - this.#headerBytes);
    chunk.copy(this.#header, this.#headerBytes, start, end);
    this.#headerBytes += end - start;
    if (this.#header[0] !== FASTCGI_VERSION) throw this.#invalid();
    if (this.#headerBytes < RECORD_HEADER_BYTES) return end;
    this.#type = this.#header.readUInt8(1);
    this.#id = this.#header.readUInt16BE(2);
    this.#contentLeft = this.#header.readUInt16BE(4);
    this.#paddingLeft = this.#header.readUInt8(6);
    this.#checkRecord();
    if (this.#contentLeft === 0) this.#recordComplete();
    return end;
  }

  /** What its header alone tells about a record. */
  #checkRecord(): void {
    const type = this.#type;
    const isFromClient =
      type === RecordType.BEGIN_REQUEST ||
      type === RecordType.ABORT_REQUEST ||
      type === RecordType.PARAMS ||
      type === RecordType.STDIN ||
      type === RecordType.DATA;
    if (this.#id === 0) {
      if (isFromClient) throw this.#invalid();
      if (this.#contentLeft > MANAGEMENT_BYTES)
        throw new ProtocolError('record-too-large', this.#recordStart - this.#requestStart);
    } else if (!isFromClient || (type === RecordType.BEGIN_REQUEST && this.#contentLeft !== BEGIN_BYTES)) {
      throw this.#invalid();
    }
    if (this.#id === 0 || type === RecordType.BEGIN_REQUEST) this.#whole = [];
  }

  #feedContent(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.#contentLeft);
    this.#contentLeft -= end - start;
    if (this.#id === 0 || this.#type === RecordType.BEGIN_REQUEST) {
      for (let i = start; i < end; i++) this.#whole.push(chunk[i] ?? 0);
    } else if (this.#id === this.requestId) {
      if (this.#type === RecordType.PARAMS) this.#keepParams(chunk, start, end);
      else if (this.#type === RecordType.STDIN) this.#body(chunk, start, end);
    }
    if (this.#contentLeft === 0) this.#recordComplete();
    return end;
  }

  /** The record's content is complete (it may have been empty). */
  #recordComplete(): void {
    const isEmpty = this.#header.readUInt16BE(4) === 0;
    if (this.#paddingLeft === 0) this.#headerBytes = 0;
    if (this.#id === 0) this.#management();
    else if (this.#type === RecordType.BEGIN_REQUEST) this.#begin();
    else if (this.#id !== this.requestId) return;
    else if (this.#type === RecordType.ABORT_REQUEST) this.#handler.onAbort();
    else if (isEmpty && this.#type === RecordType.PARAMS && this.#stage === 'params') this.#paramsComplete();
    else if (isEmpty && this.#type === RecordType.STDIN) this.#stdinEnded();
  }

  #management(): void {
    if (this.#type !== RecordType.GET_VALUES) {
      this.#handler.onUnknownType(this.#type);
      return;
    }
    const content = Buffer.from(this.#whole);
    const names: string[] = [];
    forEachPair(content, content.length, (keyStart, keyEnd) =>
      names.push(content.toString('latin1', keyStart, keyEnd)),
    );
    this.#handler.onValues(names);
  }

  #begin(): void {
    const [roleHigh = 0, roleLow = 0, flags = 0] = this.#whole;
    const keepConnection = (flags & FLAG_KEEP_CONN) !== 0;
    // The one that runs must not be ended by an answer to its double.
    if (this.#id === this.requestId) throw this.#invalid();
    if (this.requestId !== 0) {
      this.#handler.onRefused(this.#id, ProtocolStatus.CANT_MPX_CONN, true);
    } else if (roleHigh * 256 + roleLow !== ROLE_RESPONDER) {
      this.#handler.onRefused(this.#id, ProtocolStatus.UNKNOWN_ROLE, keepConnection);
    } else {
      this.requestId = this.#id;
      this.keepConnection = keepConnection;
      this.#stage = 'params';
      this.#paramBytes = 0;
      this.#bodyBytes = 0;
      this.#requestStart = this.#recordStart;
    }
  }

  #keepParams(chunk: Buffer, start: number, end: number): void {
    // Variables behind the body have no meaning.
    if (this.#stage !== 'params') throw this.#invalid();
    const wanted = this.#paramBytes + end - start;
    if (wanted > this.#limits.blockBytes) throw new ProtocolError('block-too-large', this.#limits.blockBytes);
    if (wanted > this.#params.length) {
      const grown = Buffer.allocUnsafe(
        Math.max(FIRST_CAPACITY, wanted, Math.min(this.#limits.blockBytes, this.#params.length * 2)),
      );
      this.#params.copy(grown, 0, 0, this.#paramBytes);
      this.#params = grown;
    }
    chunk.copy(this.#params, this.#paramBytes, start, end);
    this.#paramBytes = wanted;
  }

  #paramsComplete(): void {
    const { vars } = this;
    if (this.#paramBytes === 0) throw new ProtocolError('block-empty', 0);
    vars.begin(this.#params);
    forEachPair(this.#params, this.#paramBytes, (keyStart, keyEnd, valueStart, valueEnd) =>
      vars.add(keyStart, keyEnd, valueStart, valueEnd),
    );
    const limit = this.#limits.bodyBytes;
    if (limit > 0 && vars.contentLength > limit) throw new ProtocolError('body-too-large', this.#paramBytes);
    this.#stage = 'stdin';
    this.#handler.onVars(vars);
    if (vars.contentLength === 0) this.#complete();
  }

  #body(chunk: Buffer, start: number, end: number): void {
    // As uWSGI: the body's first byte ends the variables when their empty record is missing.
    if (this.#stage === 'params') this.#paramsComplete();
    if (this.#stage !== 'stdin') return;
    const declared = this.vars.contentLength;
    const limit = declared < 0 ? this.#limits.bodyBytes : declared;
    const bytes = limit > 0 ? Math.min(end - start, limit - this.#bodyBytes) : end - start;
    this.#bodyBytes += bytes;
    if (bytes > 0) this.#handler.onBody(chunk, start, start + bytes);
    if (declared < 0 && bytes < end - start) throw new ProtocolError('body-too-large', limit);
    if (this.#bodyBytes === declared) this.#complete();
  }

  #stdinEnded(): void {
    if (this.#stage === 'params') this.#paramsComplete();
    if (this.#stage !== 'stdin') return;
    if (this.#bodyBytes < this.vars.contentLength) throw new ProtocolError('body-too-short', this.#bodyBytes);
    this.#complete();
  }

  #invalid(): ProtocolError {
    return new ProtocolError('record-invalid', this.#recordStart - this.#requestStart);
  }

  #complete(): void {
    this.#stage = 'done';
    this.#handler.onComplete();
  }
}

/**
 * Name-value pairs: `length, length, name, value`, repeated; a length is one byte below 128, or four bytes, the first
 * of them with its highest bit set.
 * @throws {ProtocolError} a length points outside
 */
function forEachPair(
  bytes: Buffer,
  end: number,
  use: (keyStart: number, keyEnd: number, valueStart: number, valueEnd: number) => void,
): void {
  let at = 0;
  const readLength = (): number => {
    const isLong = at < end && (bytes[at] ?? 0) > 127;
    if (at + (isLong ? 4 : 1) > end) throw new ProtocolError('block-malformed', at);
    const length = isLong ? bytes.readUInt32BE(at) - 0x80000000 : bytes.readUInt8(at);
    at += isLong ? 4 : 1;
    return length;
  };
  while (at < end) {
    const pairStart = at;
    const keyBytes = readLength();
    const valueBytes = readLength();
    if (at + keyBytes + valueBytes > end) throw new ProtocolError('block-malformed', pairStart);
    use(at, at + keyBytes, at + keyBytes, at + keyBytes + valueBytes);
    at += keyBytes + valueBytes;
  }
}
