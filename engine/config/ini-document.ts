/**
 * An INI file as uWSGI reads it, without losing a byte: `printIni(parseIni(text)) === text` for every text.
 * Each line knows what it is and where its key and value stand, for the resolver (resolve.ts), the diagnostics and
 * the editor. The rules were observed on uWSGI 2.0.21: a line is a comment only when it begins with `;` or `#`, an
 * option is split at its first `=`, blanks, tabs and carriage returns around key and value do not count, a section
 * name is all between `[` and the last character, and nothing is quoted or continued.
 */

interface LineBase {
  /** 1-based. */
  number: number;
  /** Without its end. */
  text: string;
  /** `\n`, or empty when the file ends without one. A carriage return stays in `text`. */
  end: string;
}

export interface SectionLine extends LineBase {
  type: 'section';
  name: string;
  /** 0-based columns of the name within `text`. */
  nameFrom: number;
  nameTo: number;
  /** False for `[name` and `[name] more`: uWSGI cuts off the last character, whatever it is. */
  wellFormed: boolean;
}

export interface OptionLine extends LineBase {
  type: 'option';
  /** Section it belongs to; null before the first one. */
  section: string | null;
  key: string;
  keyFrom: number;
  keyTo: number;
  /** Column of the `=`; -1 when there is none. */
  equalsAt: number;
  /** Empty when there is no `=` or nothing after it. */
  value: string;
  valueFrom: number;
  valueTo: number;
}

export interface SilentLine extends LineBase {
  type: 'comment' | 'blank';
}

export type IniLine = SectionLine | OptionLine | SilentLine;

export interface IniDocument {
  lines: IniLine[];
}

/** The section uWSGI reads when no other is asked for. */
export const DEFAULT_SECTION = 'uwsgi';

/** Reads any text; nothing is refused, since uWSGI refuses nothing. */
export function parseIni(text: string): IniDocument {
  const lines: IniLine[] = [];
  let section: string | null = null;
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const stop = newline === -1 ? text.length : newline;
    const line = parseLine(text.slice(at, stop), newline === -1 ? '' : '\n', lines.length + 1, section);
    if (line.type === 'section') section = line.name;
    lines.push(line);
    at = stop + 1;
  }
  return { lines };
}

/** The text that was parsed, or that of the lines as they were changed since. */
export function printIni(document: IniDocument): string {
  return document.lines.map((line) => line.text + line.end).join('');
}

/** The options of one section, in order; a section that appears twice goes on. null when there is no such section. */
export function optionsOf(document: IniDocument, section: string): OptionLine[] | null {
  const options: OptionLine[] = [];
  let found = false;
  for (const line of document.lines) {
    if (line.type === 'section' && line.name === section) found = true;
    if (line.type === 'option' && line.section === section) options.push(line);
  }
  return found ? options : null;
}

/** Names of all sections in order of appearance, each once. */
export function sectionNames(document: IniDocument): string[] {
  return [...new Set(document.lines.flatMap((line) => (line.type === 'section' ? [line.name] : [])))];
}

/** One line by itself, `text` without its end; `section` is the one that it belongs to. */
export function parseLine(text: string, end: string, number: number, section: string | null): IniLine {
  // A NUL ends the line for uWSGI; the rest is kept for printing only.
  const nul = text.indexOf('\0');
  const limit = trimEnd(text, 0, nul === -1 ? text.length : nul);
  const start = trimStart(text, 0, limit);
  if (start === limit) return { type: 'blank', number, text, end };
  const first = text[start];
  if (first === ';' || first === '#') return { type: 'comment', number, text, end };
  if (first === '[') {
    const nameTo = Math.max(start + 1, limit - 1);
    const name = text.slice(start + 1, nameTo);
    const wellFormed = text[limit - 1] === ']' && limit - 1 > start && !name.includes(']');
    return { type: 'section', number, text, end, name, nameFrom: start + 1, nameTo, wellFormed };
  }
  const equals = text.indexOf('=', start);
  const equalsAt = equals === -1 || equals >= limit ? -1 : equals;
  const keyTo = equalsAt === -1 ? limit : trimEnd(text, start, equalsAt);
  const valueFrom = equalsAt === -1 ? limit : trimStart(text, equalsAt + 1, limit);
  return {
    type: 'option',
    number,
    text,
    end,
    section,
    key: text.slice(start, keyTo),
    keyFrom: start,
    keyTo,
    equalsAt,
    value: text.slice(valueFrom, limit),
    valueFrom,
    valueTo: limit,
  };
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\r';
}

function trimStart(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(text[at])) at++;
  return at;
}

function trimEnd(text: string, from: number, to: number): number {
  let at = to;
  while (at > from && isBlank(text[at - 1])) at--;
  return at;
}
