/**
 * Reads what a FastCGI responder sends (FastCGI 1.0, section 3.3): bytes in, contents of records out, in pieces as they
 * come. No I/O. A connection carries one request at a time, so request ids are not looked at.
 */
import { FASTCGI_VERSION, RECORD_HEADER_BYTES, RecordType } from './fastcgi-records.ts';

export interface FastcgiAnswerSink {
  /** A piece of the answer: `bytes[start, end)`, never empty. */
  stdout(bytes: Buffer, start: number, end: number): void;
  stderr(bytes: Buffer, start: number, end: number): void;
  /** END_REQUEST */
  ended(): void;
  /** GET_VALUES_RESULT */
  values(): void;
}

export class FastcgiAnswer {
  readonly #sink: FastcgiAnswerSink;
  readonly #header = Buffer.alloc(RECORD_HEADER_BYTES);
  #headerBytes = 0;
  #type = 0;
  #contentLeft = 0;
  #paddingLeft = 0;

  constructor(sink: FastcgiAnswerSink) {
    this.#sink = sink;
  }

  /** False: this is no FastCGI, the stream can't be read on. */
  feed(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#contentLeft > 0) {
        const end = Math.min(chunk.length, at + this.#contentLeft);
        this.#contentLeft -= end - at;
        if (this.#type === RecordType.STDOUT) this.#sink.stdout(chunk, at, end);
        else if (this.#type === RecordType.STDERR) this.#sink.stderr(chunk, at, end);
        at = end;
        if (this.#contentLeft === 0) this.#recordEnds();
      } else if (this.#paddingLeft > 0) {
        const size = Math.min(chunk.length - at, this.#paddingLeft);
        this.#paddingLeft -= size;
        at += size;
      } else {
        const size = Math.min(chunk.length - at, RECORD_HEADER_BYTES - this.#headerBytes);
        chunk.copy(this.#header, this.#headerBytes, at, at + size);
        this.#headerBytes += size;
        at += size;
        if (this.#headerBytes === RECORD_HEADER_BYTES && !this.#recordBegins()) return false;
      }
    }
    return true;
  }

  #recordBegins(): boolean {
    this.#headerBytes = 0;
    this.#type = this.#header[1] ?? 0;
    this.#contentLeft = this.#header.readUInt16BE(4);
    this.#paddingLeft = this.#header[6] ?? 0;
    if (this.#contentLeft === 0) this.#recordEnds();
    return this.#header[0] === FASTCGI_VERSION;
  }

  #recordEnds(): void {
    if (this.#type === RecordType.END_REQUEST) this.#sink.ended();
    else if (this.#type === RecordType.GET_VALUES_RESULT) this.#sink.values();
  }
}
