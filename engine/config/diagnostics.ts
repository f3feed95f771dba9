/**
 * What is wrong with the text of a configuration file, for the editor and `reeve check`: line, columns, what it is, why
 * it matters and the next step, with a fix where it is safe. The file is resolved with its includes, so what is said
 * here is what would happen at a start. This module only puts together what others find: lines (line-checks.ts), names
 * of options and the rules of experience (rules/). All codes are documented in rules/catalogue.ts. The target says
 * whose start: the bundled engine refuses what it does not support, uWSGI ignores what it does not know.
 */
import { buildSettings } from './build-settings.ts';
import type { ConfigError } from './errors.ts';
import { findForeignFormat, isBinary } from './foreign-format.ts';
import { type ConfigHost, resolvePath } from './host.ts';
import { DEFAULT_SECTION, type IniDocument, type OptionLine, parseIni, sectionNames } from './ini-document.ts';
import { checkLines, type LineFacts } from './line-checks.ts';
import { findOption, nearestOptions } from './option-table.ts';
import { type ConfigErrors, type Resolved, resolveConfig } from './resolve.ts';
import { findRule, rules } from './rules/catalogue.ts';
import { fixMaker } from './rules/fixes.ts';
import { mergeFindings } from './rules/merge-findings.ts';
import { checkOptions } from './rules/option-checks.ts';
import { checkOverridden } from './rules/overridden.ts';
import { type CheckedText, placeError, placeFinding, wholeFile } from './rules/place-findings.ts';
import type { Fix, RelatedLine, Severity } from './rules/rule.ts';
import { ruleConfigOf } from './rules/rule-config.ts';
import { colonFix, fileNameFix, misspeltSection, sectionFix } from './rules/spelling-fixes.ts';
import type { Origin } from './settings.ts';
import { formatByExtension } from './sources.ts';
import { encodeText } from './text-bytes.ts';
import { editInLine } from './text-edit.ts';

/** Whose start is meant. */
export type CheckTarget =
  | { server: 'engine' }
  | {
      server: 'uwsgi';
      /** `2.0.21`; null: not known. */
      version: string | null;
      /** Names of the options its binary has, with those of its plugins; null: it was not asked. */
      options: ReadonlySet<string> | null;
    };

export const ENGINE_TARGET: CheckTarget = { server: 'engine' };
export const UWSGI_TARGET: CheckTarget = { server: 'uwsgi', version: null, options: null };

export interface Diagnostic {
  severity: Severity;
  /** 1-based; 0: the file as a whole. */
  line: number;
  /** 0-based columns within the line. */
  from: number;
  to: number;
  /** One of the catalogue's. */
  code: string;
  /** What is wrong and the next step. */
  message: string;
  option: string | null;
  fix: Fix | null;
  /** Why it matters: the catalogue's words. */
  why?: string;
  /** Other lines that have to do with it, and the includes and loops that brought it in. */
  related?: RelatedLine[];
}

/**
 * Everything found, in the order of lines. `path` is where the text belongs (it need not be saved there yet) and its
 * end says the format; other files are read through `host`, whose UWSGI_ variables are left out: they belong to a
 * start and not to the file.
 */
export function checkText(
  text: string,
  path: string,
  host: ConfigHost,
  target: CheckTarget = ENGINE_TARGET,
): Diagnostic[] {
  const found = findAll(text, path, host, target);
  for (const item of found) {
    const info = findRule(item.code);
    if (info !== null) item.why = info.why;
  }
  return found;
}

function findAll(text: string, path: string, host: ConfigHost, target: CheckTarget): Diagnostic[] {
  const format = formatByExtension(path) ?? 'INI';
  const unreadable = findUnreadable(text, format === 'INI');
  if (unreadable !== null) return [unreadable];
  const document = format === 'INI' ? parseIni(text) : null;
  const full = resolvePath(host.cwd, path);
  const resolved = resolveConfig([`--${format.toLowerCase()}`, path], overlay(host, full, text));
  const here = new Set([full, resolved.files[0] ?? full]);
  const checked: CheckedText = {
    document,
    lines: document === null ? text.split('\n') : [],
    isHere: (origin: Origin) => here.has(origin.file),
    folder: full.slice(0, full.lastIndexOf('/')),
  };
  const facts: LineFacts = { host, target, path: full, ...partIn(resolved, checked) };
  const inText = document === null ? [] : checkSections(document, path).concat(checkLines(document, facts));
  const inMeaning = resolved.ok
    ? checkResolved(resolved, checked, target)
    : resolved.errors.map((error) => placeRefusal(error, checked, host));
  return mergeFindings(inText.concat(inMeaning));
}

/** Names that have a value, and lines within conditions and loops of this text that took part. */
function partIn(resolved: Resolved | ConfigErrors, { isHere }: CheckedText): Pick<LineFacts, 'defined' | 'taken'> {
  if (!resolved.ok) return { defined: null, taken: null };
  const defined = new Set<string>();
  const taken = new Set<number>();
  for (const { key, origin } of resolved.options) {
    defined.add(key);
    if (origin.via !== undefined && isHere(origin)) taken.add(origin.line);
  }
  return { defined, taken };
}

/** What makes a file none that can be checked: one clear error and nothing else. */
function findUnreadable(text: string, isIni: boolean): Diagnostic | null {
  if (isBinary(text)) {
    return wholeFile(
      'not-ini',
      'This is a binary file, not a configuration. Choose the text file that begins with [uwsgi].',
    );
  }
  const marker = /^(<{7}|>{7})( .*)?\r?$/m.exec(text);
  if (marker !== null) {
    const line = text.slice(0, marker.index).split('\n').length;
    const message = 'A merge was not finished: choose one side of each conflict and delete the lines with the markers.';
    const to = marker[0].trimEnd().length;
    return { severity: 'error', line, from: 0, to, code: 'merge-markers', message, option: null, fix: null };
  }
  const foreign = isIni ? findForeignFormat(text) : null;
  return foreign === null ? null : wholeFile('not-ini', foreign);
}

/** The host, with the edited text in place of the file and without options from the environment. */
function overlay(host: ConfigHost, path: string, text: string): ConfigHost {
  return {
    ...host,
    env: Object.fromEntries(Object.entries(host.env).filter(([name]) => !name.startsWith('UWSGI_'))),
    readFile: (name) =>
      resolvePath(host.cwd, name) === path ? { ok: true, bytes: encodeText(text) } : host.readFile(name),
  };
}

function checkSections(document: IniDocument, path: string): Diagnostic[] {
  const names = sectionNames(document);
  if (names.includes(DEFAULT_SECTION)) return [];
  if (!document.lines.some((line) => line.type === 'option' || line.type === 'section')) {
    return [wholeFile('no-section', 'The file has no options yet. Begin with a line [uwsgi].')];
  }
  const slip = misspeltSection(document);
  if (slip !== null) {
    const message = `There is no section [uwsgi], so nothing of this file is read. [${slip.name}] is nearly its name.`;
    const { number: line, nameFrom: from, nameTo: to } = slip;
    return [{ ...wholeFile('no-section', message), line, from, to, fix: sectionFix(slip) }];
  }
  const others = names.filter((name) => name !== '');
  const next =
    others.length > 0
      ? `Name it [uwsgi], or start it with --ini ${path}:${others[0] ?? ''}.`
      : 'Put [uwsgi] above the options.';
  return [wholeFile('no-section', `There is no section [uwsgi], so nothing of this file is read. ${next}`)];
}

/** What the target would say, what its names mean, and the rules. */
function checkResolved(resolved: Resolved, text: CheckedText, target: CheckTarget): Diagnostic[] {
  const config = ruleConfigOf(resolved, target, fixMaker(text.document, text.isHere));
  const found = target.server === 'engine' ? checkForEngine(resolved, text) : [];
  for (const finding of checkOptions(config)) found.push(placeFinding(text, finding.code, finding.severity, finding));
  for (const finding of checkOverridden(config, text)) found.push(placeFinding(text, 'overridden', 'info', finding));
  for (const rule of rules) {
    if (rule.server !== undefined && rule.server !== target.server) continue;
    if (rule.aboutAbsence === true && !config.isWhole) continue;
    for (const finding of rule.check(config)) found.push(placeFinding(text, rule.code, rule.severity, finding));
  }
  return found;
}

/** The engine's own errors and warnings. */
function checkForEngine(resolved: Resolved, text: CheckedText): Diagnostic[] {
  const built = buildSettings(resolved);
  const found = built.warnings.map((warning) =>
    placeError(text, { ...warning, hint: null }, warning.code === 'no-effect' ? 'info' : 'warning', null),
  );
  return found.concat(built.ok ? [] : built.errors.map((error) => placeRefusal(error, text, resolved.host)));
}

/** What ends a start; a name that is nearly an option's or a file's can be mended. */
function placeRefusal(error: ConfigError, text: CheckedText, host: ConfigHost): Diagnostic {
  const line = text.document !== null && text.isHere(error.origin) ? text.document.lines[error.origin.line - 1] : null;
  if (line?.type !== 'option' || line.key !== error.option) return placeError(text, error, 'error', null);
  const fix =
    error.code === 'unknown-option'
      ? (colonFix(line) ?? nearestFix(line))
      : error.code === 'file-not-read'
        ? fileNameFix(line, host)
        : null;
  return placeError(text, error, 'error', fix);
}

function nearestFix({ number, key, keyFrom, keyTo }: OptionLine): Fix | null {
  const nearest = findOption(key) !== null ? undefined : nearestOptions(key)[0];
  if (nearest === undefined) return null;
  return { title: `Change to '${nearest}'`, edits: [editInLine(number, keyFrom, keyTo, nearest)] };
}
