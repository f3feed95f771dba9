/**
 * The environ as Ruby's Marshal format, as far as a Hash of binary Strings needs it: `Marshal.load` makes it in C.
 * Layout: `04 08 '{' 02 u16le count`, then key and value Strings, each `'"' length bytes`. A length below 123 is one byte,
 * 5 more than it says; others are `01` to `04`, so many bytes, little endian (doc/marshal.rdoc of Ruby).
 * Strings without an encoding are binary, as uWSGI gives them. The number of pairs is kept up with every pair.
 */
import type { EnvironWriter } from './environ-writer.ts';
import { GrowingBytes } from './growing-bytes.ts';

const HEADER = Buffer.from([4, 8, 0x7b, 2, 0, 0]);
const COUNT_AT = 4;
const STRING = 0x22;
const ONE_BYTE_LIMIT = 123;
const MAX_LENGTH_BYTES = 5;

export class RubyEnviron extends GrowingBytes implements EnvironWriter {
  encodeKey(name: string): Buffer {
    // Rack has a name of its own for the scheme.
    return encodeString(name === 'wsgi.url_scheme' ? 'rack.url_scheme' : name);
  }

  encodePair(key: string, value: string): Buffer {
    return Buffer.concat([this.encodeKey(key), encodeString(value)]);
  }

  begin(): void {
    this.length = 0;
    this.append(HEADER, 0, HEADER.length);
  }

  restore(bytes: Buffer): void {
    this.length = 0;
    this.append(bytes, 0, bytes.length);
  }

  raw(encodedPairs: Buffer): void {
    this.append(encodedPairs, 0, encodedPairs.length);
    let strings = 0;
    for (let at = 0; at < encodedPairs.length; strings++) at = stringAt(encodedPairs, at)?.end ?? encodedPairs.length;
    this.#count(strings / 2);
  }

  pair(encodedKey: Buffer, source: Buffer, start: number, end: number): void {
    this.append(encodedKey, 0, encodedKey.length);
    this.reserve(1 + MAX_LENGTH_BYTES);
    this.bytes[this.length++] = STRING;
    this.length = writeLength(this.bytes, this.length, end - start);
    this.append(source, start, end);
    this.#count(1);
  }

  finish(): void {
    // What has been written is whole.
  }

  #count(more: number): void {
    this.bytes.writeUInt16LE(this.bytes.readUInt16LE(COUNT_AT) + more, COUNT_AT);
  }
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(1 + MAX_LENGTH_BYTES + text.length);
  bytes[0] = STRING;
  const start = writeLength(bytes, 1, text.length);
  return bytes.subarray(0, start + bytes.write(text, start, 'latin1'));
}

/** Returns where it ends. */
function writeLength(bytes: Buffer, at: number, length: number): number {
  if (length === 0) {
    bytes[at] = 0;
    return at + 1;
  }
  if (length < ONE_BYTE_LIMIT) {
    bytes[at] = length + 5;
    return at + 1;
  }
  let size = 0;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
    size++;
    bytes[at + size] = rest % 256;
  }
  bytes[at] = size;
  return at + size + 1;
}

/** The string at this place; null: it is not whole. */
function stringAt(source: Buffer, at: number): { start: number; end: number } | null {
  const size = source[at + 1];
  if (source[at] !== STRING || size === undefined) return null;
  let start = at + 2;
  let length = size === 0 ? 0 : size - 5;
  if (size > 0 && size < 5) {
    if (start + size > source.length) return null;
    length = source.readUIntLE(start, size);
    start += size;
  }
  return start + length > source.length ? null : { start, end: start + length };
}

/** Reads what RubyEnviron wrote. Bytes that were cut off end the list without an error. */
export function decodeRubyPairs(bytes: Uint8Array): [key: string, value: string][] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pairs: [string, string][] = [];
  for (let at = HEADER.length; at < source.length; ) {
    const key = stringAt(source, at);
    const value = key && stringAt(source, key.end);
    if (!key || !value) break;
    pairs.push([source.toString('latin1', key.start, key.end), source.toString('latin1', value.start, value.end)]);
    at = value.end;
  }
  return pairs;
}
