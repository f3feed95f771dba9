/**
 * What the text as a whole says, for colours, completion and navigation: its sections and which of them are read, the
 * names that it declares, where placeholders are set and where they are used. Pure; made from the document that
 * engine/config reads, once for each state of the text.
 */
import type { Text } from '@codemirror/state';
import {
  DEFAULT_SECTION,
  type IniDocument,
  type OptionLine,
  parseIni,
  type SectionLine,
} from '../../engine/config/ini-document.ts';
import { findOption } from '../../engine/config/option-table.ts';
import { placeholderNames } from '../../engine/config/placeholders.ts';
import { splitFileName } from '../../engine/config/sources.ts';

/** A name within a line, by columns. */
export interface NamePlace {
  line: number;
  from: number;
  to: number;
}

export interface Definition extends NamePlace {
  value: string;
}

export interface DocumentFacts {
  sections: readonly { name: string; line: number }[];
  /** Sections that a start with this file alone reads: [uwsgi] and what it leads to. */
  read: ReadonlySet<string>;
  /** Names that `declare-option` makes, with the place of each. */
  declared: ReadonlyMap<string, NamePlace>;
  /** Places where a name gets a value that is no option: `set` lines and lines of its own. */
  definitions: ReadonlyMap<string, readonly Definition[]>;
  /** Names that values and conditions refer to. */
  referred: ReadonlySet<string>;
  /** Lines of each option, by its main name. */
  used: ReadonlyMap<string, readonly OptionLine[]>;
}

const documents = new WeakMap<Text, IniDocument>();
const facts = new WeakMap<Text, DocumentFacts>();

/** The parsed text; parsed once. */
export function documentOf(doc: Text): IniDocument {
  const known = documents.get(doc);
  if (known) return known;
  const parsed = parseIni(doc.sliceString(0));
  documents.set(doc, parsed);
  return parsed;
}

export function factsOf(doc: Text): DocumentFacts {
  const known = facts.get(doc);
  if (known) return known;
  const found = readFacts(documentOf(doc));
  facts.set(doc, found);
  return found;
}

const SETS: ReadonlySet<string> = new Set(['set', 'set-placeholder']);
const DECLARES: ReadonlySet<string> = new Set(['declare-option', 'declare-option2']);

export function readFacts(document: IniDocument): DocumentFacts {
  const declared = new Map<string, NamePlace>();
  const definitions = new Map<string, Definition[]>();
  const referred = new Set<string>();
  const used = new Map<string, OptionLine[]>();
  for (const line of document.lines) {
    if (line.type !== 'option') continue;
    const name = findOption(line.key)?.name ?? line.key;
    append(used, name, line);
    if (line.value.includes('%(')) for (const word of placeholderNames(line.value)) referred.add(word);
    if (name === 'if-opt' || name === 'if-not-opt') referred.add(line.value.split('=', 1)[0] ?? '');
    const pair = SETS.has(name) || DECLARES.has(name) ? namedIn(line) : null;
    if (pair !== null && DECLARES.has(name)) declared.set(pair.name, pair.place);
    else if (pair !== null) append(definitions, pair.name, { ...pair.place, value: pair.value });
    else if (findOption(line.key) === null && line.equalsAt !== -1) {
      append(definitions, line.key, { line: line.number, from: line.keyFrom, to: line.keyTo, value: line.value });
    }
  }
  const sections = document.lines.filter((line): line is SectionLine => line.type === 'section');
  return {
    sections: sections.map(({ name, number }) => ({ name, line: number })),
    read: readSections(document),
    declared,
    definitions,
    referred,
    used,
  };
}

/** The name that `set = name=value` and its kin give a value to; null without one. */
function namedIn(line: OptionLine): { name: string; value: string; place: NamePlace } | null {
  const equals = line.value.indexOf('=');
  if (equals <= 0) return null;
  const place = { line: line.number, from: line.valueFrom, to: line.valueFrom + equals };
  return { name: line.value.slice(0, equals), value: line.value.slice(equals + 1), place };
}

/** `ini = :other` reads a section of the same file. A file that names itself in another way is not followed. */
function readSections(document: IniDocument): ReadonlySet<string> {
  const read = new Set<string>([DEFAULT_SECTION]);
  const referred = new Map<string, string[]>();
  for (const line of document.lines) {
    if (line.type !== 'option' || line.section === null || findOption(line.key)?.name !== 'ini') continue;
    const { path, section } = splitFileName(line.value);
    if (section !== null && (path === '' || path === '%p' || path === '%o')) append(referred, line.section, section);
  }
  for (const name of read) for (const next of referred.get(name) ?? []) read.add(next);
  return read;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
