/**
 * The environ as FastCGI's name-value pairs (FastCGI 1.0, section 3.4), as they go to a responder: each length is one
 * byte, or four with the highest bit set. There is no end mark.
 */
import { PairsEnviron } from './environ-pairs.ts';
import type { EnvironWriter } from './environ-writer.ts';

const SHORT = 128;

export class FastcgiEnviron extends PairsEnviron implements EnvironWriter {
  /** Without its length: both lengths stand in front of both texts. */
  override encodeKey(name: string): Buffer {
    return Buffer.from(name, 'latin1');
  }

  /** PHP knows the scheme by HTTPS alone. */
  override encodePair(key: string, value: string): Buffer {
    if (key === 'wsgi.url_scheme') return value === 'https' ? encodeNameValue('HTTPS', 'on') : Buffer.alloc(0);
    return encodeNameValue(key, value);
  }

  override pair(encodedKey: Buffer, source: Buffer, start: number, end: number): void {
    const size = end - start;
    this.reserve(encodedKey.length + size + 8);
    const { bytes } = this;
    let at = writeLength(bytes, this.length, encodedKey.length);
    at = writeLength(bytes, at, size);
    encodedKey.copy(bytes, at);
    source.copy(bytes, at + encodedKey.length, start, end);
    this.length = at + encodedKey.length + size;
  }
}

/** One pair; both are latin-1. */
export function encodeNameValue(name: string, value: string): Buffer {
  const bytes = Buffer.allocUnsafe(8 + name.length + value.length);
  let at = writeLength(bytes, 0, name.length);
  at = writeLength(bytes, at, value.length);
  at += bytes.write(name, at, 'latin1');
  at += bytes.write(value, at, 'latin1');
  return bytes.subarray(0, at);
}

function writeLength(bytes: Buffer, at: number, length: number): number {
  if (length < SHORT) return bytes.writeUInt8(length, at);
  return bytes.writeUInt32BE((length | 0x80000000) >>> 0, at);
}

/** Calls `use` with where each pair's name and value are. Bytes that were cut off end the list without an error. */
export function eachNameValue(
  bytes: Buffer,
  use: (nameStart: number, nameEnd: number, valueEnd: number) => void,
): void {
  let at = 0;
  for (;;) {
    const nameBytes = readLength(bytes, at);
    if (nameBytes < 0) return;
    at += (bytes[at] ?? 0) < SHORT ? 1 : 4;
    const valueBytes = readLength(bytes, at);
    if (valueBytes < 0) return;
    at += (bytes[at] ?? 0) < SHORT ? 1 : 4;
    const nameEnd = at + nameBytes;
    const valueEnd = nameEnd + valueBytes;
    if (valueEnd > bytes.length) return;
    use(at, nameEnd, valueEnd);
    at = valueEnd;
  }
}

/** -1: there is none. */
function readLength(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === undefined) return -1;
  if (first < SHORT) return first;
  return at + 4 > bytes.length ? -1 : bytes.readUInt32BE(at) & 0x7fffffff;
}

/** Reads what FastcgiEnviron wrote. */
export function decodeNameValues(bytes: Uint8Array): [key: string, value: string][] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pairs: [string, string][] = [];
  eachNameValue(source, (nameStart, nameEnd, valueEnd) => {
    pairs.push([source.toString('latin1', nameStart, nameEnd), source.toString('latin1', nameEnd, valueEnd)]);
  });
  return pairs;
}
