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
    case 'fastcgi':
      return decodeNameValues(bytes);
  }
}
