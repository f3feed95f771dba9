/**
 * Where the options of one section stand in an INI file, and where a new one belongs: what the form beside the text
 * shows and ini-edits.ts changes. Options between `if-...` or `for...` and its end are known with their condition; a
 * new line never lands among them. Pure, and without the files that the section includes.
 */
import type { IniDocument, OptionLine, SilentLine } from './ini-document.ts';
import { isLogic, isLogicEnd } from './logic.ts';
import { findOption, type OptionInfo } from './option-table.ts';

/** One line that gives an option, or a name that is none of uWSGI's. */
export interface OptionPlace {
  line: OptionLine;
  /** Main name of the option, whatever alias the line uses; the key itself when there is no such option. */
  name: string;
  option: OptionInfo | null;
  /** The `if-...` or `for...` line it depends on; null: it always counts. */
  condition: OptionLine | null;
}

/** A comment that is an option once its mark is gone: `; processes = 4`. */
export interface CommentedOption {
  line: SilentLine;
  name: string;
  value: string;
}

export interface NewPlace {
  /** The new line goes above this one; the number of lines + 1 is the end of the file. */
  above: number;
  /** The line whose indentation and spacing the new one takes over. */
  like: OptionLine | null;
}

const COMMENTED = /^\s*[;#]+[ \t]?([A-Za-z0-9][\w.-]*)[ \t]*=[ \t]*(.*?)\s*$/;

/** The main name of an option; unknown names stand for themselves. */
export function mainName(name: string): string {
  return findOption(name)?.name ?? name;
}

/** All options of the section in order, without the logic lines themselves. */
export function optionPlaces(document: IniDocument, section: string): OptionPlace[] {
  return readSection(document, section).places;
}

/** Options of the section that are commented out, in order. */
export function commentedOptions(document: IniDocument, section: string): CommentedOption[] {
  const found: CommentedOption[] = [];
  let current: string | null = null;
  for (const line of document.lines) {
    if (line.type === 'section') current = line.name;
    if (line.type !== 'comment' || current !== section) continue;
    const match = COMMENTED.exec(line.text);
    const option = match === null ? null : findOption(match[1] ?? '');
    if (option !== null) found.push({ line, name: option.name, value: match?.[2] ?? '' });
  }
  return found;
}

/**
 * Where a new line of this option goes: below the last line of the same option, else below the last one of its group in
 * the option table, else at the end of the section, above what belongs to the next one. null: there is no such section.
 */
export function placeForNew(document: IniDocument, section: string, name: string): NewPlace | null {
  const { places, openLogic } = readSection(document, section);
  const end = sectionEnd(document, section);
  if (end === null) return null;
  const option = findOption(name);
  const free = places.filter(({ condition, line }) => condition === null && !joinsNextLine(line));
  const same = free.findLast((place) => place.name === mainName(name));
  const group = option?.section ?? null;
  const beside = same ?? (group === null ? undefined : free.findLast((place) => place.option?.section === group));
  // What a plugin brings is known only below the line that loads it.
  const loader = option === null || option.plugin === 'core' ? undefined : free.findLast(loadsPlugins);
  const after = loader !== undefined && loader.line.number > (beside?.line.number ?? Infinity) ? loader : beside;
  if (after !== undefined) return { above: after.line.number + 1, like: after.line };
  const like = free.at(-1)?.line ?? null;
  return { above: openLogic === null ? end : Math.min(end, openLogic.number), like };
}

/** A per cent sign at the end of a line makes uWSGI read the next line as part of it. */
function joinsNextLine({ text }: OptionLine): boolean {
  return /(^|[^%])(%%)*%\r?$/.test(text);
}

function loadsPlugins({ name }: OptionPlace): boolean {
  return name === 'plugins' || name === 'need-plugins';
}

function readSection(
  document: IniDocument,
  section: string,
): { places: OptionPlace[] /** A block that is never closed. */; openLogic: OptionLine | null } {
  const places: OptionPlace[] = [];
  let condition: OptionLine | null = null;
  for (const line of document.lines) {
    if (line.type !== 'option' || line.section !== section) continue;
    if (isLogicEnd(line.key)) condition = null;
    else if (isLogic(line.key)) condition ??= line;
    else {
      const option = findOption(line.key);
      places.push({ line, name: option?.name ?? line.key, option, condition });
    }
  }
  return { places, openLogic: condition };
}

/** The line above which the section's last part ends; null when there is none. */
function sectionEnd(document: IniDocument, section: string): number | null {
  const { lines } = document;
  const head = lines.findLastIndex((line) => line.type === 'section' && line.name === section);
  if (head === -1) return null;
  const next = lines.findIndex((line, index) => index > head && line.type === 'section');
  let end = next === -1 ? lines.length : next;
  // Comments right above the next head speak of the section below them.
  if (next !== -1) while (end - 1 > head && lines[end - 1]?.type === 'comment') end--;
  while (end - 1 > head && lines[end - 1]?.type === 'blank') end--;
  return end + 1;
}
