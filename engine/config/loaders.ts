/**
 * From the bytes of a configuration file to the options of one section: magic variables are replaced, the format's
 * reader (formats/) reads the text, and every option learns the line it was written in. What it finds wrong is thrown
 * as ConfigFailure with the line and the column.
 */
import { ConfigFailure } from './errors.ts';
import type { FormatName } from './formats/config-document.ts';
import type { ConfigHost } from './host.ts';
import { expandMagic, type MagicFile, type MagicText, originalOffset } from './magic.ts';
import type { Origin } from './settings.ts';

export interface LoadedOption {
  key: string;
  value: string;
  origin: Origin;
}

/** A text that a file, or files put one behind the other, make. Each line knows where it was written. */
export interface SourceText {
  text: string;
  originOf(line: number): Origin;
}

export interface LoadRequest {
  file: MagicFile;
  outer: MagicFile | null;
  source: SourceText;
  section: string;
  host: ConfigHost;
}

export type Loaded = { status: 'options'; options: LoadedOption[]; notice: string | null } | { status: 'no-section' };

/** Options of one section in order. Throws ConfigFailure with code `syntax`. */
export function loadSection(format: FormatName, { file, outer, source, section, host }: LoadRequest): Loaded {
  const reader = host.readers.get(format);
  if (reader === undefined) {
    const message = `There is no reader for ${format} here.`;
    const origin = source.originOf(1);
    throw new ConfigFailure({
      code: 'format-not-supported',
      message,
      origin,
      option: null,
      hint: null,
      reader: format,
    });
  }
  const magic = expandMagic(source.text, file, outer, host);
  const read = reader(magic.text, section);
  if (read.status === 'no-section') return read;
  if (read.status === 'broken') {
    const { at, message, hint } = read.fault;
    const place = placeOf(source.text, originalOffset(magic, at));
    throw new ConfigFailure({
      code: 'syntax',
      message: `The ${format} is broken at column ${place.column}: ${message}.`,
      origin: source.originOf(place.line),
      option: null,
      hint,
    });
  }
  const lineAt = lineFinder(magic);
  const options = read.options.map(({ key, value, from }) => ({ key, value, origin: source.originOf(lineAt(from)) }));
  return { status: 'options', options, notice: read.notice };
}

/** Line and column, both 1-based. */
function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** The line of the file that a place of the text with its magic variables replaced was in. */
export function lineFinder({ text, lines }: Pick<MagicText, 'text' | 'lines'>): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  let index = 0;
  return (offset) => {
    // Places come in order but for a few.
    if (offset < (starts[index] ?? 0)) index = 0;
    while ((starts[index + 1] ?? Number.POSITIVE_INFINITY) <= offset) index++;
    return lines[index] ?? index + 1;
  };
}

/** One file after the other, as `inject-before` and `inject-after` make it. */
export function joinSources(parts: readonly { text: string; path: string }[]): SourceText {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) {
    return { text: first.text, originOf: (line) => ({ file: first.path, line }) };
  }
  const starts: { line: number; path: string }[] = [];
  let text = '';
  let line = 1;
  for (const part of parts) {
    starts.push({ line, path: part.path });
    text += part.text;
    line += part.text.split('\n').length - 1;
  }
  return {
    text,
    originOf: (wanted) => {
      const part = starts.findLast((start) => start.line <= wanted) ?? { line: 1, path: '' };
      return { file: part.path, line: wanted - part.line + 1 };
    },
  };
}
