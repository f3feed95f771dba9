/**
 * Writes one environ after the other as the worker's language decodes it in C: marshal for Python (marshal.ts),
 * JSON for JavaScript, pairs for Perl (environ-pairs.ts), Ruby's Marshal (environ-ruby.ts). Keys and constant pairs are encoded once and copied from then
 * on. environ-reader.ts reads them back.
 */
import type { EnvironEncoding } from '../config/languages.ts';
import { FastcgiEnviron } from './environ-fastcgi.ts';
import { PairsEnviron } from './environ-pairs.ts';
import { RubyEnviron } from './environ-ruby.ts';
import { encodeMarshalString, MarshalWriter } from './marshal.ts';

/** How an environ is written for one language. */
export interface EnvironWriter {
  readonly bytes: Buffer;
  readonly length: number;
  encodeKey(name: string): Buffer;
  encodePair(key: string, value: string): Buffer;
  begin(): void;
  /** Continues with an environ that was begun before: the bytes up to `length` then. */
  restore(bytes: Buffer): void;
  raw(encodedPairs: Buffer): void;
  /** `encodedKey` is from `encodeKey`; the value is latin-1. `high`: it may hold bytes above 127. */
  pair(encodedKey: Buffer, source: Buffer, start: number, end: number, high: boolean): void;
  finish(): void;
}

export function createEnvironWriter(encoding: EnvironEncoding): EnvironWriter {
  switch (encoding) {
    case 'marshal':
      return new MarshalEnviron();
    case 'pairs':
      return new PairsEnviron();
    case 'ruby':
      return new RubyEnviron();
    case 'json':
      return new JsonEnviron();
    case 'fastcgi':
      return new FastcgiEnviron();
  }
}

/** A dict of str to str for Python. */
class MarshalEnviron implements EnvironWriter {
  readonly #out = new MarshalWriter();

  get bytes(): Buffer {
    return this.#out.bytes;
  }

  get length(): number {
    return this.#out.length;
  }

  encodeKey(name: string): Buffer {
    return encodeMarshalString(name, true);
  }

  encodePair(key: string, value: string): Buffer {
    return Buffer.concat([encodeMarshalString(key, true), encodeMarshalString(value)]);
  }

  begin(): void {
    this.#out.begin();
  }

  restore(bytes: Buffer): void {
    this.#out.restore(bytes);
  }

  raw(encodedPairs: Buffer): void {
    this.#out.raw(encodedPairs);
  }

  pair(encodedKey: Buffer, source: Buffer, start: number, end: number, high: boolean): void {
    this.#out.raw(encodedKey);
    this.#out.latin1(source, start, end, high);
  }

  finish(): void {
    this.#out.end();
  }
}

/** A JSON object for JavaScript. Every pair ends with a comma; the last one becomes the brace. */
class JsonEnviron implements EnvironWriter {
  #parts: Buffer[] = [];
  #joined: Buffer | null = null;

  get bytes(): Buffer {
    this.#joined ??= Buffer.concat(this.#parts);
    return this.#joined;
  }

  get length(): number {
    return this.bytes.length;
  }

  encodeKey(name: string): Buffer {
    return Buffer.from(`${JSON.stringify(name)}:`);
  }

  encodePair(key: string, value: string): Buffer {
    return Buffer.from(`${JSON.stringify(key)}:${JSON.stringify(value)},`);
  }

  begin(): void {
    this.#parts = [Buffer.from('{')];
    this.#joined = null;
  }

  restore(bytes: Buffer): void {
    this.#parts = [bytes];
    this.#joined = null;
  }

  raw(encodedPairs: Buffer): void {
    this.#parts.push(encodedPairs);
  }

  pair(encodedKey: Buffer, source: Buffer, start: number, end: number): void {
    this.#parts.push(encodedKey, Buffer.from(`${JSON.stringify(source.toString('latin1', start, end))},`));
  }

  finish(): void {
    const whole = Buffer.concat(this.#parts);
    whole.write('}', whole.length - 1);
    this.#joined = whole;
  }
}
