/**
 * Which formats there are readers for. Those of YAML and XML bring libraries along that a start would pay for with 50 ms
 * and 10 MB, so the engine begins with the plain ones and loads the others when a file needs them
 * (engine/loaded-readers.ts); who reads configurations all the time has all of them (all-readers.ts).
 */
import type { FormatName, SectionReader } from './config-document.ts';
import { readIniSection } from './ini-format.ts';
import { readJsonSection } from './json-format.ts';

export type FormatReaders = ReadonlyMap<FormatName, SectionReader>;

export const PLAIN_READERS: FormatReaders = new Map([
  ['INI', readIniSection],
  ['JSON', readJsonSection],
]);
