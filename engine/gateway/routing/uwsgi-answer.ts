/**
 * The answer of a server that speaks uwsgi: an HTTP/1 head, then the body up to its length or the connection's end. What
 * two readers could understand differently is no answer (RFC 9112 sections 2.2 and 6.3).
 */
import type { ResponseHead } from '../frames.ts';
import { type AnswerHead, headerName, headerValue, writeHead } from './answer-head.ts';

const LONGEST_HEAD_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);
const OWN = new Set(['connection', 'keep-alive']);

export class UwsgiAnswer {
  hasHead = false;
  readonly #isHead: boolean;
  #pending: Buffer = NOTHING;
  /** -1: up to the end. */
  #left = -1;

  /** @param isHead the request is a HEAD: its answer has no body, whatever length is told */
  constructor(isHead = false) {
    this.#isHead = isHead;
  }

  /** Its body has come as far as its head says. */
  get isWhole(): boolean {
    return this.#left <= 0;
  }

  /** Nothing more belongs to it. */
  get isComplete(): boolean {
    return this.hasHead && this.#left === 0;
  }

  /** What came; null: that is no answer. */
  feed(chunk: Buffer): { head: ResponseHead | null; body: Buffer } | null {
    if (this.hasHead) return { head: null, body: this.#body(chunk) };
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const end = this.#pending.indexOf('\r\n\r\n');
      if (Math.max(end, end === -1 ? this.#pending.length : 0) > LONGEST_HEAD_BYTES) return null;
      if (end === -1) return { head: null, body: NOTHING };
      const head = parseHead(this.#pending.toString('latin1', 0, end));
      if (head === null) return null;
      const rest = this.#pending.subarray(end + 4);
      // `100 Continue` and its kin stand before the answer.
      if (head.status >= 200) return this.#begin(head, rest);
      this.#pending = rest;
    }
  }

  #begin(head: AnswerHead, rest: Buffer): { head: ResponseHead; body: Buffer } {
    const written = writeHead(head, 1);
    this.hasHead = true;
    this.#pending = NOTHING;
    this.#left = this.#isHead || head.status === 204 || head.status === 304 ? 0 : written.contentLength;
    return { head: written, body: this.#body(rest) };
  }

  #body(bytes: Buffer): Buffer {
    if (this.#left < 0) return bytes;
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    return part;
  }
}

function parseHead(text: string): AnswerHead | null {
  const [first = '', ...lines] = text.split('\r\n');
  const [, status = '', reason = ''] = /^(?:HTTP\/\d\.\d|Status:) (\d{3}) ?(.*)$/.exec(first) ?? [];
  if (status === '' || Number(status) < 100 || Number(status) === 101 || /[\r\n\0]/.test(lines.join(''))) return null;
  const kept = lines.filter((line) => line.includes(':') && !OWN.has(headerName(line)));
  // The protocol has no chunks; a body in them would reach the client as it is.
  if (kept.some((line) => headerName(line) === 'transfer-encoding')) return null;
  const lengths = kept.filter((line) => headerName(line) === 'content-length');
  if (lengths.length > 1 || lengths.some((line) => !/^\d{1,15}$/.test(headerValue(line)))) return null;
  return { status: Number(status), reason, lines: kept };
}
