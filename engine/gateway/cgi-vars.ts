/**
 * The variables of a request as front servers send them: pairs of offsets into one buffer, whatever the protocol
 * (uwsgi, FastCGI, SCGI) wrote around them. The parsers fill it; environ.ts reads it.
 */
import { ProtocolError } from './protocol-error.ts';

export const MAX_VARS = 512;
/** One for all connections of a thread: variables are read whole and handed on in one go. */
const OFFSETS = new Int32Array(MAX_VARS * 4);

/** The object is reused: it is valid until the handler that got it returns. */
export class CgiVars {
  bytes: Buffer = Buffer.alloc(0);
  /** Four offsets into `bytes` for each variable: key start, key end, value start, value end. */
  readonly offsets = OFFSETS;
  count = 0;
  /** -1: the front server sent none, or an empty one. */
  contentLength = -1;
  /** Size of the block that they make in the uwsgi protocol: what uWSGI's request line tells. */
  blockBytes = 0;
  hasHighBytes = false;

  /** Where the message begins in `bytes`; negative when its first bytes are not in there. For the offsets of errors. */
  #base = 0;

  begin(bytes: Buffer, base = 0): void {
    this.bytes = bytes;
    this.#base = base;
    this.count = 0;
    this.contentLength = -1;
    this.blockBytes = 0;
    this.hasHighBytes = false;
  }

  /** @throws {ProtocolError} too many variables, an empty name, a CONTENT_LENGTH that is no number */
  add(keyStart: number, keyEnd: number, valueStart: number, valueEnd: number): void {
    const { bytes, offsets } = this;
    if (this.count === MAX_VARS) throw new ProtocolError('too-many-vars', keyStart - this.#base);
    if (keyEnd === keyStart) throw new ProtocolError('key-empty', keyStart - this.#base);
    if (!this.hasHighBytes)
      this.hasHighBytes = hasHigh(bytes, keyStart, keyEnd) || hasHigh(bytes, valueStart, valueEnd);
    const slot = this.count * 4;
    offsets[slot] = keyStart;
    offsets[slot + 1] = keyEnd;
    offsets[slot + 2] = valueStart;
    offsets[slot + 3] = valueEnd;
    this.count++;
    this.blockBytes += 4 + keyEnd - keyStart + valueEnd - valueStart;
    if (keyEnd - keyStart === 14 && bytes.toString('latin1', keyStart, keyEnd) === 'CONTENT_LENGTH') {
      this.contentLength = parseLength(bytes, valueStart, valueEnd, this.#base);
    }
  }
}

function hasHigh(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) > 127) return true;
  return false;
}

/** Empty means none, as front servers send it; anything but digits is an error and never a shorter number. */
function parseLength(bytes: Buffer, start: number, end: number, base: number): number {
  if (start === end) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 48;
    if (digit < 0 || digit > 9) throw new ProtocolError('content-length-invalid', start - base);
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) throw new ProtocolError('body-too-large', start - base);
  }
  return value;
}
