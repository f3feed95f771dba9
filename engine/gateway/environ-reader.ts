/**
 * Reads the variables of a request back from what was written for a worker: for the log and the stats document. Bytes
 * that were cut off (the scoreboard keeps the first part of a long environ) end the list without an error.
 */
import type { EnvironEncoding } from '../config/languages.ts';
import { decodeNameValues } from './environ-fastcgi.ts';
import { decodePairs } from './environ-pairs.ts';
import { decodeRubyPairs } from './environ-ruby.ts';
import { decodeMarshalPairs } from './marshal.ts';

export function decodeEnviron(encoding: EnvironEncoding, bytes: Uint8Array): [key: string, value: string][] {
  switch (encoding) {
    case 'marshal':
      return decodeMarshalPairs(bytes);
    case 'pairs':
      return decodePairs(bytes);
    case 'ruby':
      return decodeRubyPairs(bytes);
    case 'json':
      return decodeJson(bytes);
    case 'fastcgi':
      return decodeNameValues(bytes);
  }
}

function decodeJson(bytes: Uint8Array): [key: string, value: string][] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const pairs: [string, string][] = [];
  for (const match of text.matchAll(/("(?:[^"\\]|\\.)*"):("(?:[^"\\]|\\.)*")/g)) {
    pairs.push([String(JSON.parse(match[1] ?? '""')), String(JSON.parse(match[2] ?? '""'))]);
  }
  return pairs;
}
