/**
 * Formatting of an INI text: blanks around names, values and `=`, nothing else. Names, values, comments and the order
 * stay as they are to the letter, so that the server reads the same before and after. Pure; edits per line.
 */
import type { IniDocument, IniLine, OptionLine } from '../../engine/config/ini-document.ts';
import { editInLine, type TextEdit } from '../../engine/config/text-edit.ts';
import { referencesIn } from './ini-tokens.ts';

export interface FormatOptions {
  /** The `=` of lines that stand together in one column. */
  isAligned: boolean;
}

/** Longer names do not push the `=` of their neighbours further out. */
const WIDEST_NAME = 32;

export function formatIni(document: IniDocument, { isAligned }: FormatOptions): TextEdit[] {
  const widths = isAligned ? alignedWidths(document.lines) : new Map<number, number>();
  return document.lines.flatMap((line, index) => {
    if (isFragile(line) || joinsNext(document.lines[index - 1])) return [];
    const before = line.text.replace(/\r$/, '');
    const after = formatLine(line, widths.get(line.number) ?? 0);
    return after === before ? [] : [smallestEdit(line.number, before, after)];
  });
}

/** A NUL ends the line for uWSGI, and a per cent sign takes what follows it along: blanks are not nothing there. */
function isFragile({ text }: IniLine): boolean {
  return text.includes('\0') || referencesIn(text).some(({ kind }) => kind === 'lost');
}

/** A per cent sign at the end of a line makes the next one a part of it. */
function joinsNext(line: IniLine | undefined): boolean {
  return (
    line !== undefined && referencesIn(line.text).some(({ kind, to }) => kind === 'lost' && to === line.text.length)
  );
}

function formatLine(line: IniLine, width: number): string {
  switch (line.type) {
    case 'blank':
      return '';
    case 'comment':
    case 'section':
      return line.text.replace(/^[ \t\r]+|[ \t\r]+$/g, '');
    case 'option': {
      if (line.equalsAt === -1) return line.key;
      const name = line.key.padEnd(width);
      return line.value === '' ? `${name} =` : `${name} = ${line.value}`;
    }
  }
}

/** Width of the name for each line: of the longest one in the lines around it that nothing blank divides. */
function alignedWidths(lines: readonly IniLine[]): Map<number, number> {
  const widths = new Map<number, number>();
  let group: OptionLine[] = [];
  const close = (): void => {
    const width = Math.max(0, ...group.map(({ key }) => (key.length > WIDEST_NAME ? 0 : key.length)));
    for (const { number } of group) widths.set(number, width);
    group = [];
  };
  for (const line of lines) {
    if (line.type === 'option') {
      if (line.equalsAt !== -1) group.push(line);
    } else if (line.type !== 'comment') close();
  }
  close();
  return widths;
}

/** Only what differs is replaced, so that the cursor and the marks of a line stay where they are. */
function smallestEdit(line: number, before: string, after: string): TextEdit {
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - from;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return editInLine(line, from, before.length - end, after.slice(from, after.length - end));
}
