/**
 * The environ as pairs of strings, each `u32le length | bytes`: Perl's `unpack '(V/a*)*'` makes a list of it, and
 * JavaScript cuts from it what it needs.
 * There is no end mark.
 */
import type { EnvironWriter } from './environ-writer.ts';
import { GrowingBytes } from './growing-bytes.ts';

const LENGTH_BYTES = 4;

export class PairsEnviron extends GrowingBytes implements EnvironWriter {
  encodeKey(name: string): Buffer {
    return encodeString(name);
  }

  encodePair(key: string, value: string): Buffer {
    return Buffer.concat([encodeString(key), encodeString(value)]);
  }

  begin(): void {
    this.length = 0;
  }

  restore(bytes: Buffer): void {
    this.length = 0;
    this.raw(bytes);
  }

  raw(encodedPairs: Buffer): void {
    this.append(encodedPairs, 0, encodedPairs.length);
  }

  pair(encodedKey: Buffer, source: Buffer, start: number, end: number): void {
    this.raw(encodedKey);
    this.reserve(LENGTH_BYTES + end - start);
    this.bytes.writeUInt32LE(end - start, this.length);
    this.length += LENGTH_BYTES;
    this.append(source, start, end);
  }

  finish(): void {
    // What has been written is whole.
  }
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + text.length);
  bytes.writeUInt32LE(text.length, 0);
  bytes.write(text, LENGTH_BYTES, 'latin1');
  return bytes;
}

/** Reads what PairsEnviron wrote. Bytes that were cut off end the list without an error. */
export function decodePairs(bytes: Uint8Array): [key: string, value: string][] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pairs: [string, string][] = [];
  let at = 0;
  const next = (): string | null => {
    if (at + LENGTH_BYTES > source.length) return null;
    const start = at + LENGTH_BYTES;
    const end = start + source.readUInt32LE(at);
    if (end > source.length) return null;
    at = end;
    return source.toString('latin1', start, end);
  };
  for (;;) {
    const key = next();
    const value = next();
    if (key === null || value === null) return pairs;
    pairs.push([key, value]);
  }
}
