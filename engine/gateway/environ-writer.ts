/**
 * Writes one environ after the other as the worker's language takes it apart fastest: marshal for Python (marshal.ts), pairs
 * for Perl and JavaScript (environ-pairs.ts), Ruby's Marshal (environ-ruby.ts), FastCGI's pairs for PHP
 * (environ-fastcgi.ts). Keys and constant pairs are encoded once and copied from then on. environ-reader.ts reads them back.
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
