/**
 * Python's marshal format, as far as a dict of str to str needs it: the language decodes it in C. Layout:
 * `{`, then key and value objects, then `0`. Strings are `z`/`Z` u8 length (ASCII, plain or interned), `a` u32le
 * length (ASCII) or `u` u32le length (UTF-8). No header and no references, so every Python 3 reads it.
 */
import { GrowingBytes } from './growing-bytes.ts';

const DICT = 0x7b;
const NULL = 0x30;
const SHORT_ASCII = 0x7a;
const SHORT_ASCII_INTERNED = 0x5a;
const ASCII = 0x61;
const UNICODE = 0x75;

/** A string as marshal writes it. Keys are interned: Python shares them between requests. */
export function encodeMarshalString(text: string, interned = false): Buffer {
  if (isAscii(text) && text.length < 256) {
    return Buffer.concat([
      Buffer.from([interned ? SHORT_ASCII_INTERNED : SHORT_ASCII, text.length]),
      Buffer.from(text, 'latin1'),
    ]);
  }
  const bytes = Buffer.from(text, 'utf8');
  const head = Buffer.alloc(5);
  head.writeUInt8(isAscii(text) ? ASCII : UNICODE, 0);
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Writes one dict after the other into a buffer that grows and is used again. */
export class MarshalWriter extends GrowingBytes {
  begin(): void {
    this.length = 0;
    this.reserve(1);
    this.bytes[this.length++] = DICT;
  }

  /** Goes on where an earlier dict was left: `bytes` is what had been written of it. */
  restore(bytes: Buffer): void {
    this.length = 0;
    this.raw(bytes);
  }

  end(): void {
    this.reserve(1);
    this.bytes[this.length++] = NULL;
  }

  /** Appends bytes that are marshal already. */
  raw(encoded: Buffer): void {
    this.append(encoded, 0, encoded.length);
  }

  /** A string from latin-1 bytes. `high`: they may hold bytes above 127. */
  latin1(source: Buffer, start: number, end: number, high: boolean): void {
    const size = end - start;
    this.reserve(size * 2 + 5);
    if (high && hasHigh(source, start, end)) {
      this.#header(UNICODE, 0);
      const at = this.length;
      for (let i = start; i < end; i++) {
        const byte = source[i] ?? 0;
        if (byte < 128) this.bytes[this.length++] = byte;
        else {
          this.bytes[this.length++] = 0xc0 | (byte >> 6);
          this.bytes[this.length++] = 0x80 | (byte & 63);
        }
      }
      this.bytes.writeUInt32LE(this.length - at, at - 4);
      return;
    }
    if (size < 256) {
      this.bytes[this.length++] = SHORT_ASCII;
      this.bytes[this.length++] = size;
    } else {
      this.#header(ASCII, size);
    }
    this.append(source, start, end);
  }

  /** A string whose UTF-16 code units are all below 256. */
  text(text: string): void {
    const size = text.length;
    if (size < 256 && isAscii(text)) {
      this.reserve(size + 2);
      this.bytes[this.length++] = SHORT_ASCII;
      this.bytes[this.length++] = size;
      for (let i = 0; i < size; i++) this.bytes[this.length++] = text.charCodeAt(i);
      return;
    }
    const bytes = Buffer.from(text, 'latin1');
    this.latin1(bytes, 0, bytes.length, true);
  }

  #header(type: number, size: number): void {
    this.bytes[this.length] = type;
    this.bytes.writeUInt32LE(size, this.length + 1);
    this.length += 5;
  }
}

/**
 * Decodes a dict of str to str. Bytes that were cut off end the list without an error (the scoreboard keeps
 * only the first part of a long environ).
 */
export function decodeMarshalPairs(bytes: Uint8Array): [key: string, value: string][] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pairs: [string, string][] = [];
  if (source[0] !== DICT) return pairs;
  let at = 1;
  while (at < source.length && source[at] !== NULL) {
    const key = readString(source, at);
    const value = key && readString(source, key.end);
    if (!key || !value) break;
    pairs.push([key.text, value.text]);
    at = value.end;
  }
  return pairs;
}

function readString(source: Buffer, at: number): { text: string; end: number } | null {
  const type = source[at];
  const isShort = type === SHORT_ASCII || type === SHORT_ASCII_INTERNED;
  if (!isShort && type !== ASCII && type !== UNICODE) return null;
  const start = at + (isShort ? 2 : 5);
  if (start > source.length) return null;
  const end = start + (isShort ? source.readUInt8(at + 1) : source.readUInt32LE(at + 1));
  if (end > source.length) return null;
  return { text: type === UNICODE ? source.toString('utf8', start, end) : source.toString('latin1', start, end), end };
}

function hasHigh(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) > 127) return true;
  return false;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
