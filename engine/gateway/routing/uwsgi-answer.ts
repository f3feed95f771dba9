/** The answer of a server that speaks uwsgi: an HTTP/1 head, then the body up to its length or the connection's end. */
import type { ResponseHead } from '../frames.ts';
import { headerName, writeHead } from './answer-head.ts';

const LONGEST_HEAD_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);
const OWN = new Set(['connection', 'keep-alive', 'transfer-encoding']);

export class UwsgiAnswer {
  hasHead = false;
  #pending: Buffer = NOTHING;
  /** -1: up to the end. */
  #left = -1;

  /** Its body has come as far as its head says. */
  get isWhole(): boolean {
    return this.#left <= 0;
  }

  /** What came; null: that is no answer. */
  feed(chunk: Buffer): { head: ResponseHead | null; body: Buffer } | null {
    if (this.hasHead) return { head: null, body: this.#body(chunk) };
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end === -1) return this.#pending.length > LONGEST_HEAD_BYTES ? null : { head: null, body: NOTHING };
    const [first = '', ...lines] = this.#pending.toString('latin1', 0, end).split('\r\n');
    const status = /^(?:HTTP\/\d\.\d|Status:) (\d{3}) ?(.*)$/.exec(first);
    if (status === null) return null;
    this.hasHead = true;
    const kept = lines.filter((line) => line.includes(':') && !OWN.has(headerName(line)));
    const head = writeHead({ status: Number(status[1]), reason: status[2] ?? '', lines: kept }, 1);
    this.#left = head.contentLength;
    const body = this.#body(this.#pending.subarray(end + 4));
    this.#pending = NOTHING;
    return { head, body };
  }

  #body(bytes: Buffer): Buffer {
    if (this.#left < 0) return bytes;
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    return part;
  }
}
