/** What the cursor is in while one types: a section head, a name, a value, or a reference within one. Pure. */
import { parseLine } from '../../engine/config/ini-document.ts';
import { findOption, type OptionInfo } from '../../engine/config/option-table.ts';

export type CompletionPlace =
  | { type: 'section'; from: number }
  | { type: 'name'; from: number /** The rest of the line has a `=` already. */; hasEquals: boolean }
  /** `typed` is the value up to the cursor, `from` the column where it begins. */
  | { type: 'value'; from: number; name: string; option: OptionInfo | null; typed: string }
  | { type: 'placeholder' | 'environment' | 'magic'; from: number };

/** At `column` of a line; null in comments, and behind a section head. `from` is a column. */
export function placeAt(text: string, column: number): CompletionPlace | null {
  const before = text.slice(0, column);
  const line = parseLine(text, '', 1, null);
  if (line.type === 'comment') return null;
  if (line.type === 'section') return column >= line.nameFrom ? { type: 'section', from: line.nameFrom } : null;
  const reference = referenceAt(before);
  if (reference !== null) return reference;
  const equals = before.indexOf('=');
  if (equals < 0) {
    const from = before.length - before.trimStart().length;
    return { type: 'name', from, hasEquals: text.includes('=', column) };
  }
  const from = equals + 1 + (/^\s*/.exec(before.slice(equals + 1))?.[0].length ?? 0);
  const name = text.slice(0, equals).trim();
  return { type: 'value', from, name, option: findOption(name), typed: before.slice(from) };
}

/** A reference that is open at the end of `before`. The last word in `%(a + b` is the one that is being typed. */
function referenceAt(before: string): CompletionPlace | null {
  const open = /([%$])\(([^()]*)$/.exec(before);
  if (open) {
    const typed = open[2] ?? '';
    if (open[1] === '$') return { type: 'environment', from: before.length - typed.length };
    return { type: 'placeholder', from: before.length - (typed.length - typed.lastIndexOf(' ') - 1) };
  }
  const signs = /%+$/.exec(before)?.[0].length ?? 0;
  return signs % 2 === 1 ? { type: 'magic', from: before.length } : null;
}

/** Where in a value the path that is being typed begins: behind the last sign that ends another part. */
export function pathStart(typed: string): number {
  return Math.max(typed.lastIndexOf('='), typed.lastIndexOf(','), typed.lastIndexOf(' ')) + 1;
}
