/**
 * Lays findings onto the text that is checked: at their own line; at the line that reads the other file when they are
 * in another, with their place told; at the file as a whole when there is no such line.
 */
import type { Diagnostic } from '../diagnostics.ts';
import type { ConfigError } from '../errors.ts';
import { formatOrigin } from '../errors.ts';
import type { IniDocument, IniLine, OptionLine } from '../ini-document.ts';
import { findOption } from '../option-table.ts';
import type { Origin } from '../settings.ts';
import { splitFileName } from '../sources.ts';
import type { Finding, Fix, RelatedLine, Severity } from './rule.ts';

/** The text that is checked. */
export interface CheckedText {
  /** null: the file is no INI. */
  document: IniDocument | null;
  /** Its lines, for files that are no INI. */
  lines: readonly string[];
  isHere: (origin: Origin) => boolean;
  /** Where it belongs, without a slash at the end: files below it go by short names. */
  folder: string;
}

interface Spot {
  line: number;
  from: number;
  to: number;
}

const NOWHERE: Spot = { line: 0, from: 0, to: 0 };
/** Errors that are about the value of their line. */
const ABOUT_VALUE: ReadonlySet<string> = new Set(['bad-value', 'file-not-read', 'format-not-supported']);

/** A finding of a rule. */
export function placeFinding(text: CheckedText, code: string, severity: Severity, finding: Finding): Diagnostic {
  const { item, part = 'key', message, fix = null, related = [] } = finding;
  const placed = item === null ? { ...NOWHERE, prefix: '' } : placeOrigin(text, item.origin, part);
  const { prefix, line, from, to } = placed;
  return {
    severity: finding.severity ?? severity,
    line,
    from,
    to,
    code,
    message: prefix + message,
    option: item?.key ?? null,
    fix,
    ...relatedOf([
      ...related.map(({ origin, key, value }) => ({
        file: origin.file,
        line: origin.line,
        message: value === '' ? key : `${key} = ${value}`,
      })),
      ...(item === null ? [] : stepsOf(item.origin)),
    ]),
  };
}

/** An error or warning of reading and building, with its hint. */
export function placeError(
  text: CheckedText,
  error: Omit<ConfigError, 'code'> & { code: string },
  severity: Severity,
  fix: Fix | null,
): Diagnostic {
  const { code, origin, option } = error;
  const message = error.hint === null ? error.message : `${error.message} ${error.hint}`;
  const { prefix, line, from, to } = placeOrigin(text, origin, ABOUT_VALUE.has(code) ? 'value' : 'key');
  return {
    severity,
    line,
    from,
    to,
    code,
    message: prefix + message,
    option,
    fix,
    ...relatedOf(stepsOf(origin)),
  };
}

/** Whatever is about the file as a whole. */
export function wholeFile(code: string, message: string, severity: Severity = 'error'): Diagnostic {
  return { severity, ...NOWHERE, code, message, option: null, fix: null };
}

function relatedOf(related: RelatedLine[]): { related?: RelatedLine[] } {
  return related.length === 0 ? {} : { related };
}

/** The includes, loops and conditions that brought a line in, from the inside. */
function stepsOf(origin: Origin): RelatedLine[] {
  const steps: RelatedLine[] = [];
  for (let step = origin.via; step !== undefined && steps.length < 32; step = step.origin.via) {
    const { file, line } = step.origin;
    steps.push({ file, line, message: step.value === '' ? step.option : `${step.option} = ${step.value}` });
  }
  return steps;
}

function placeOrigin(text: CheckedText, origin: Origin, part: 'key' | 'value'): Spot & { prefix: string } {
  if (text.isHere(origin)) return { ...spotOf(text, origin.line, part), prefix: '' };
  if (origin.line === 0) return { ...NOWHERE, prefix: '' };
  const prefix = `${formatOrigin({ ...origin, file: shortName(origin.file, text.folder) })}: `;
  for (let step = origin.via; step !== undefined; step = step.origin.via) {
    if (text.isHere(step.origin)) return { ...spotOf(text, step.origin.line, 'value'), prefix };
  }
  const reader = text.document === null ? null : lineThatReads(text.document, origin.file);
  if (reader === null) return { ...NOWHERE, prefix };
  return { line: reader.number, from: reader.valueFrom, to: reader.valueTo, prefix };
}

function shortName(file: string, folder: string): string {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
}

function spotOf({ document, lines }: CheckedText, line: number, part: 'key' | 'value'): Spot {
  const found = document?.lines[line - 1];
  if (found !== undefined) return { line, ...rangeOf(found, part) };
  const text = lines[line - 1];
  if (text === undefined) return NOWHERE;
  const from = text.length - text.trimStart().length;
  return { line, from, to: Math.max(from, text.trimEnd().length) };
}

/** Columns of the name or value in a line; of all of it when it is no option. */
export function rangeOf(line: IniLine, part: 'key' | 'value'): { from: number; to: number } {
  if (line.type !== 'option') return { from: 0, to: line.text.length };
  if (part === 'value' && line.valueTo > line.valueFrom) return { from: line.valueFrom, to: line.valueTo };
  const keyTo = part === 'key' && line.keyTo > line.keyFrom ? line.keyTo : Math.max(line.keyTo, line.equalsAt + 1);
  return { from: line.keyFrom, to: keyTo };
}

/** The first line that reads the file, by the file's own name; null when it is read in a roundabout way. */
function lineThatReads(document: IniDocument, file: string): OptionLine | null {
  const name = file.slice(file.lastIndexOf('/') + 1);
  for (const line of document.lines) {
    if (line.type !== 'option' || !READS_FILE.has(findOption(line.key)?.name ?? '')) continue;
    if (`/${splitFileName(line.value).path}`.replace(/^\/%[dD]/, '/').endsWith(`/${name}`)) return line;
  }
  return null;
}

const READS_FILE: ReadonlySet<string> = new Set([
  'ini',
  'ini-paste',
  'ini-paste-logged',
  'include',
  'inherit',
  'yaml',
  'json',
  'xml',
]);
