/**
 * Edits that mend findings, on the lines of the text that is checked: another value, another name, a line more or less.
 * There is no edit (null) for what stands in another file, came in through a loop, or is no INI.
 */
import type { IniDocument, OptionLine } from '../ini-document.ts';
import type { ResolvedOption } from '../resolve-state.ts';
import type { Origin } from '../settings.ts';
import { editInLine, insertAbove, removeLine } from '../text-edit.ts';
import type { Fix } from './rule.ts';

export interface FixMaker {
  /** The line an option was written in; null when it is not one of this text. */
  lineOf(item: ResolvedOption): OptionLine | null;
  setValue(item: ResolvedOption, value: string): Fix | null;
  rename(item: ResolvedOption, key: string): Fix | null;
  remove(item: ResolvedOption): Fix | null;
  /** A new line `key = value` above that of the option, written as that one is. */
  add(item: ResolvedOption, key: string, value: string): Fix | null;
}

/** `document`: null for a file that is no INI. `isHere` says whether a place is in this text. */
export function fixMaker(document: IniDocument | null, isHere: (origin: Origin) => boolean): FixMaker {
  const lineOf = (item: ResolvedOption): OptionLine | null => {
    const isRepeated = item.origin.via?.word !== undefined;
    if (document === null || isRepeated || !isHere(item.origin)) return null;
    const line = document.lines[item.origin.line - 1];
    return line?.type === 'option' && line.key === item.key ? line : null;
  };
  return {
    lineOf,
    setValue: (item, value) => {
      const line = lineOf(item);
      return line === null ? null : { title: `Change to '${value}'`, edits: [valueEdit(line, value)] };
    },
    rename: (item, key) => {
      const line = lineOf(item);
      if (line === null) return null;
      return { title: `Change to '${key}'`, edits: [editInLine(line.number, line.keyFrom, line.keyTo, key)] };
    },
    remove: (item) => {
      const line = lineOf(item);
      return line === null ? null : { title: 'Remove this line', edits: [removeLine(line.number)] };
    },
    add: (item, key, value) => {
      const line = lineOf(item);
      if (line === null) return null;
      const indent = line.text.slice(0, line.keyFrom);
      const equals = line.equalsAt === line.keyTo ? '=' : ' = ';
      const edits = [insertAbove(line.number, `${indent}${key}${equals}${value}`)];
      return { title: `Add '${key} = ${value}'`, edits };
    },
  };
}

/** Puts a value in place of the line's own, with an `=` when there was none. */
function valueEdit(line: OptionLine, value: string) {
  if (line.equalsAt === -1) return editInLine(line.number, line.keyTo, line.keyTo, ` = ${value}`);
  return editInLine(line.number, line.valueFrom, line.valueTo, value);
}
