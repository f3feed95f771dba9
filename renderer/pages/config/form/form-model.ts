/**
 * An INI text seen as fields: one for each option that is set or usually is, with its lines, what was saved, and what
 * is wrong. The form shows this and nothing else, so that the text stays the only truth. Pure.
 */
import type { ConfigDiagnostic } from '../../../../electron/contract/model.ts';
import { findForeignFormat } from '../../../../engine/config/foreign-format.ts';
import { DEFAULT_SECTION, type IniDocument, parseIni, sectionNames } from '../../../../engine/config/ini-document.ts';
import { commentedOptions, mainName, type OptionPlace, optionPlaces } from '../../../../engine/config/ini-places.ts';
import { findOption, type OptionInfo, optionTable } from '../../../../engine/config/option-table.ts';

export interface FieldLine {
  /** 1-based. */
  number: number;
  value: string;
  /** The `if-...` or `for...` line around it, as written; null: it always counts. */
  condition: string | null;
}

/** A value that another file gives. */
export interface OutsideValue {
  value: string;
  /** `common.ini:3` */
  place: string;
}

export interface FormField {
  /** Main name of the option; for a name that is none of uWSGI's, the name itself. */
  name: string;
  /** The name as the file writes it: an alias, when it does. */
  label: string;
  option: OptionInfo | null;
  /** Unconditional lines in order; the last one wins unless the option takes several. */
  lines: readonly FieldLine[];
  /** Lines that count only sometimes: shown, never changed. */
  conditional: readonly FieldLine[];
  /** Set by a file that this one includes, and not here. */
  outside: OutsideValue | null;
  /** Line where it stands as a comment, when it is not set. */
  commentedLine: number | null;
  /** Values in the saved file; empty: it was not set. */
  saved: readonly string[];
  isChanged: boolean;
  problems: readonly ConfigDiagnostic[];
}

export interface Form {
  section: string;
  /** Sections one can choose from. */
  sections: readonly string[];
  setCount: number;
  /** By name: what is set, was set when it was saved, stands in a comment, or comes from another file. */
  fields: ReadonlyMap<string, FormField>;
  /** The section has no option at all. */
  isEmpty: boolean;
}

export const OPTION_COUNT = optionTable.length;

export interface FormInput {
  document: IniDocument;
  saved: IniDocument;
  section: string;
  diagnostics: readonly ConfigDiagnostic[];
  /** By main name. */
  outside: ReadonlyMap<string, OutsideValue>;
}

/** The section that the form shows: the asked one, else [uwsgi], else the first; [uwsgi] when there is none. */
export function sectionToShow(document: IniDocument, asked: string | null): string {
  const names = sectionNames(document);
  if (asked !== null && names.includes(asked)) return asked;
  return names.includes(DEFAULT_SECTION) ? DEFAULT_SECTION : (names[0] ?? DEFAULT_SECTION);
}

/** False for YAML, JSON, XML and binary files, which have no lines that the form could change. */
export function isIni(path: string, text: string): boolean {
  return !/\.(ya?ml|json|js|xml)$/i.test(path) && findForeignFormat(text) === null;
}

/** All fields. Those of `before` that are still the same are taken over, so that their rows need not be drawn again. */
export function buildForm(input: FormInput, before?: Form): Form {
  const { document, section } = input;
  const fields = readFields(input);
  for (const [name, field] of fields) {
    const old = before?.fields.get(name);
    if (old !== undefined && isSame(old, field)) fields.set(name, old);
  }
  const all = [...fields.values()];
  return {
    section,
    sections: sectionNames(document),
    setCount: all.filter(({ option, lines, conditional }) => option !== null && lines.length + conditional.length > 0)
      .length,
    fields,
    isEmpty: optionPlaces(document, section).length === 0,
  };
}

const unsetFields = new Map<string, FormField>();

/** The field of an option that the file does not mention; always the same object. */
export function unsetField(option: OptionInfo): FormField {
  const made = unsetFields.get(option.name) ?? emptyField(option.name, option);
  unsetFields.set(option.name, made);
  return made;
}

/** The field that a line of the text belongs to. */
export function fieldAtLine(form: Form, line: number): FormField | null {
  for (const field of form.fields.values()) {
    if ([...field.lines, ...field.conditional].some(({ number }) => number === line)) return field;
  }
  return null;
}

/** A field while it is read. */
type Draft = FormField & { lines: FieldLine[]; conditional: FieldLine[]; saved: string[] };

function readFields({ document, saved, section, diagnostics, outside }: FormInput): Map<string, FormField> {
  const drafts = new Map<string, Draft>();
  const of = (name: string, option: OptionInfo | null): Draft => {
    const known = drafts.get(name);
    if (known !== undefined) return known;
    const made = { ...emptyField(name, option), lines: [], conditional: [], saved: [] };
    drafts.set(name, made);
    return made;
  };
  for (const place of optionPlaces(document, section)) {
    const field = of(place.name, place.option);
    const isFree = place.condition === null;
    if (isFree || field.lines.length === 0) field.label = place.line.key;
    (isFree ? field.lines : field.conditional).push(toFieldLine(place));
  }
  for (const { name, option, line, condition } of optionPlaces(saved, section)) {
    if (condition === null) of(name, option).saved.push(line.value);
  }
  for (const [name, value] of outside) {
    const field = of(name, findOption(name));
    if (field.lines.length === 0) field.outside = value;
  }
  for (const { name, line } of commentedOptions(document, section)) {
    const field = of(name, findOption(name));
    if (field.lines.length === 0) field.commentedLine = line.number;
  }
  const problemsAt = byLine(diagnostics);
  for (const field of drafts.values()) {
    field.isChanged = isChanged(field);
    field.problems = field.lines
      .flatMap(({ number }) => problemsAt.get(number) ?? NO_PROBLEMS)
      .filter((problem) => isAbout(problem, field.name));
  }
  return drafts;
}

const NO_PROBLEMS: readonly ConfigDiagnostic[] = [];

function isAbout({ severity, option }: ConfigDiagnostic, name: string): boolean {
  return severity !== 'info' && (option === null || mainName(option) === name);
}

function isChanged({ option, lines, saved }: FormField): boolean {
  if (!option?.repeatable) return lines.at(-1)?.value !== saved.at(-1);
  return lines.length !== saved.length || lines.some(({ value }, index) => value !== saved[index]);
}

function emptyField(name: string, option: OptionInfo | null): FormField {
  return {
    name,
    label: name,
    option,
    lines: [],
    conditional: [],
    outside: null,
    commentedLine: null,
    saved: [],
    isChanged: false,
    problems: [],
  };
}

function toFieldLine({ line, condition }: OptionPlace): FieldLine {
  return { number: line.number, value: line.value, condition: condition === null ? null : condition.text.trim() };
}

function byLine(diagnostics: readonly ConfigDiagnostic[]): Map<number, ConfigDiagnostic[]> {
  const found = new Map<number, ConfigDiagnostic[]>();
  for (const diagnostic of diagnostics) {
    const list = found.get(diagnostic.line);
    if (list) list.push(diagnostic);
    else found.set(diagnostic.line, [diagnostic]);
  }
  return found;
}

function isSame(a: FormField, b: FormField): boolean {
  return (
    a.option === b.option &&
    a.label === b.label &&
    a.outside?.value === b.outside?.value &&
    a.outside?.place === b.outside?.place &&
    a.commentedLine === b.commentedLine &&
    areSame(a.lines, b.lines, isSameLine) &&
    areSame(a.conditional, b.conditional, isSameLine) &&
    areSame(a.saved, b.saved, Object.is) &&
    areSame(a.problems, b.problems, Object.is)
  );
}

function isSameLine(a: FieldLine, b: FieldLine): boolean {
  return a.number === b.number && a.value === b.value && a.condition === b.condition;
}

function areSame<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((item, index) => same(item, b[index] ?? item));
}

export type FormBuilder = (
  input: Omit<FormInput, 'document' | 'saved' | 'section'> & {
    text: string;
    savedText: string;
    /** Asked for by the user; null: the usual one. */
    section: string | null;
  },
) => Form;

/** Builds one form after the other, and does again only what has changed. */
export function createFormBuilder(): FormBuilder {
  const parseText = parseOnce();
  const parseSaved = parseOnce();
  let last: Form | undefined;
  return ({ text, savedText, section, diagnostics, outside }) => {
    const document = parseText(text);
    const shown = sectionToShow(document, section);
    last = buildForm({ document, saved: parseSaved(savedText), section: shown, diagnostics, outside }, last);
    return last;
  };
}

function parseOnce(): (text: string) => IniDocument {
  let last: { text: string; document: IniDocument } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, document: parseIni(text) };
    return last.document;
  };
}
