/**
 * What stands at a place of the text: an option, a section, a file that is read, a placeholder, a variable. For hover,
 * "go to" and the underline of Ctrl. Pure.
 */
import type { IniDocument, OptionLine } from '../../engine/config/ini-document.ts';
import { findOption } from '../../engine/config/option-table.ts';
import { referencesIn } from './ini-tokens.ts';

interface Range {
  /** Columns of the line. */
  from: number;
  to: number;
}

export type Reference = Range &
  (
    | { type: 'name'; line: OptionLine; name: string }
    | { type: 'section'; name: string }
    /** The value of an option that reads another file or section. */
    | { type: 'file'; option: string; value: string }
    | { type: 'placeholder'; name: string }
    | { type: 'environment'; name: string }
    | { type: 'content'; name: string }
    | { type: 'magic'; letter: string }
  );

const READS: ReadonlySet<string> = new Set(['ini', 'include', 'inherit', 'config', 'for-readline']);

/** `line` 1-based, `column` 0-based; null where nothing can be said. */
export function referenceAt(document: IniDocument, line: number, column: number): Reference | null {
  const found = document.lines[line - 1];
  if (found?.type === 'section' && column >= found.nameFrom - 1 && column <= found.nameTo + 1) {
    return { type: 'section', name: found.name, from: found.nameFrom, to: found.nameTo };
  }
  if (found?.type !== 'option') return null;
  const span = referencesIn(found.text).find(({ from, to }) => column >= from && column < to);
  if (span !== undefined && span.from >= found.keyFrom && span.to <= Math.max(found.valueTo, found.keyTo)) {
    const { from, to, name } = span;
    if (span.kind === 'placeholder') return { type: 'placeholder', name, from, to };
    if (span.kind === 'environment') return { type: 'environment', name, from, to };
    if (span.kind === 'content') return { type: 'content', name, from, to };
    return { type: 'magic', letter: name, from, to };
  }
  if (column >= found.keyFrom && column <= found.keyTo) {
    return { type: 'name', line: found, name: found.key, from: found.keyFrom, to: found.keyTo };
  }
  const option = findOption(found.key)?.name ?? '';
  const isInValue = found.value !== '' && column >= found.valueFrom && column <= found.valueTo;
  if (!isInValue || !READS.has(option)) return null;
  return { type: 'file', option: found.key, value: found.value, from: found.valueFrom, to: found.valueTo };
}
