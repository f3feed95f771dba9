/**
 * Placeholders by name: every place that sets one or uses one, and a new name for all of them at once. Pure.
 * Uses are words in `%(...)`, where calculations may stand too, and the name that `if-opt` asks for.
 */
import type { IniDocument, OptionLine } from '../../engine/config/ini-document.ts';
import { findOption } from '../../engine/config/option-table.ts';
import { findSpans } from '../../engine/config/placeholders.ts';
import { editInLine, type TextEdit } from '../../engine/config/text-edit.ts';
import { type NamePlace, readFacts } from './document-facts.ts';

/** Definitions and uses of a placeholder, in order of lines. */
export function placesOf(document: IniDocument, name: string): NamePlace[] {
  const places: NamePlace[] = (readFacts(document).definitions.get(name) ?? []).map(({ line, from, to }) => ({
    line,
    from,
    to,
  }));
  for (const line of document.lines) if (line.type === 'option') places.push(...usesIn(line, name));
  return places.sort((a, b) => a.line - b.line || a.from - b.from);
}

/** The name of a placeholder at a column of a line: where it is set or where it is used; null elsewhere. */
export function placeholderAt(document: IniDocument, line: number, column: number): string | null {
  const found = document.lines[line - 1];
  if (found?.type !== 'option') return null;
  for (const { from, name } of namesUsedIn(found)) if (column >= from && column <= from + name.length) return name;
  for (const [name, definitions] of readFacts({ lines: [found] }).definitions) {
    if (definitions.some(({ from, to }) => column >= from && column <= to)) return name;
  }
  return null;
}

/** Why a placeholder can't have this name; null: it can. */
export function whyNotName(document: IniDocument, name: string): string | null {
  if (name === '') return 'A placeholder needs a name.';
  if (!/^[^\s=()%$;#[\]]+$/.test(name)) return 'A name has no blanks, brackets or any of = % $ ; #.';
  if (/^(?:\d+|\+\+?|--?|\*|\/|_)$/.test(name)) return `'${name}' means something else in a placeholder.`;
  if (findOption(name) !== null) return `'${name}' is an option of uWSGI.`;
  return placesOf(document, name).length > 0 ? `'${name}' is used in this file already.` : null;
}

export function renamePlaceholder(document: IniDocument, from: string, to: string): TextEdit[] {
  return placesOf(document, from).map((place) => editInLine(place.line, place.from, place.to, to));
}

function usesIn(line: OptionLine, name: string): NamePlace[] {
  return namesUsedIn(line)
    .filter((use) => use.name === name)
    .map(({ from }) => ({ line: line.number, from, to: from + name.length }));
}

/** Names in the value with their columns. `%(a b)` may be one name with a blank or two names; both are found. */
function namesUsedIn(line: OptionLine): { name: string; from: number }[] {
  const names: { name: string; from: number }[] = [];
  for (const span of findSpans(line.value, '%')) {
    const start = line.valueFrom + span.from + 2;
    for (const word of span.name.matchAll(/[^ ]+/g)) {
      if (!/^(?:\d+|\+\+?|--?|\*|\/|_)$/.test(word[0])) names.push({ name: word[0], from: start + word.index });
    }
  }
  const option = findOption(line.key)?.name;
  if (option === 'if-opt' || option === 'if-not-opt') {
    const name = line.value.split('=', 1)[0] ?? '';
    if (name !== '') names.push({ name, from: line.valueFrom });
  }
  return names;
}
