/**
 * What is wrong with the text of an INI file, for the editor and `reeve check`: line, columns, what it is, why it matters
 * and the next step, with a fix where it is safe. The file is resolved with its includes, so what is said here is what
 * would happen at a start; checks of single lines are in line-checks.ts. The target says whose start: the bundled
 * engine refuses what it does not support, uWSGI ignores what it does not know.
 */
import { buildSettings } from './build-settings.ts';
import { type ConfigError, formatOrigin } from './errors.ts';
import { findForeignFormat } from './foreign-format.ts';
import { type ConfigHost, resolvePath } from './host.ts';
import {
  DEFAULT_SECTION,
  type IniDocument,
  type IniLine,
  type OptionLine,
  parseIni,
  sectionNames,
} from './ini-document.ts';
import { checkLines, type LineFacts } from './line-checks.ts';
import { didYouMean, findOption, nearestOptions } from './option-table.ts';
import { type Resolved, resolveConfig } from './resolve.ts';
import type { ResolvedOption } from './resolve-state.ts';
import type { EngineSettings, Origin } from './settings.ts';
import { splitFileName } from './sources.ts';
import { encodeText } from './text-bytes.ts';
import { editInLine, type TextEdit } from './text-edit.ts';
import { isOn } from './values.ts';

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

/** A change that mends a finding without a doubt about what was meant. */
export interface Fix {
  /** What the button says, as a command: `Change to 'harakiri'`. */
  title: string;
  edits: TextEdit[];
}

export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  /** 1-based; 0: the file as a whole. */
  line: number;
  /** 0-based columns within the line. */
  from: number;
  to: number;
  code: string;
  message: string;
  option: string | null;
  fix: Fix | null;
}

/**
 * Everything found, in the order of lines. `path` is where the text belongs (it need not be saved there yet); other
 * files are read through `host`, whose UWSGI_ variables are left out: they belong to a start and not to the file.
 */
export function checkText(
  text: string,
  path: string,
  host: ConfigHost,
  target: CheckTarget = ENGINE_TARGET,
): Diagnostic[] {
  const document = parseIni(text);
  const foreign = findForeignFormat(text);
  if (foreign !== null) return [wholeFile('not-ini', foreign)];
  const full = resolvePath(host.cwd, path);
  const resolved = resolveConfig(['--ini', path], overlay(host, full, text));
  const here = new Set([full, resolved.files[0] ?? full]);
  const isHere = (origin: Origin): boolean => here.has(origin.file);
  const found: Diagnostic[] = [...checkSections(document, path)];
  const facts: LineFacts = {
    host,
    target,
    path: full,
    defined: resolved.ok ? new Set(resolved.options.map((item) => item.key)) : null,
  };
  found.push(...checkLines(document, facts));
  if (!resolved.ok) found.push(...resolved.errors.map((error) => fromError(error, document, isHere, 'error')));
  else if (target.server === 'engine') found.push(...checkForEngine(resolved, document, isHere));
  else found.push(...checkForUwsgi(resolved, document, isHere));
  return mergeSameLine(found);
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
  const others = names.filter((name) => name !== '');
  const next =
    others.length > 0
      ? `Name it [uwsgi], or start it with --ini ${path}:${others[0] ?? ''}.`
      : 'Put [uwsgi] above the options.';
  return [wholeFile('no-section', `There is no section [uwsgi], so nothing of this file is read. ${next}`)];
}

function checkForEngine(resolved: Resolved, document: IniDocument, isHere: (origin: Origin) => boolean): Diagnostic[] {
  const built = buildSettings(resolved);
  const found = built.warnings.map((warning) => {
    const severity = warning.code === 'no-effect' ? 'info' : 'warning';
    return fromError({ ...warning, hint: null }, document, isHere, severity);
  });
  const errors = built.ok ? [] : built.errors;
  found.push(...errors.map((error) => fromError(error, document, isHere, 'error')));
  if (built.ok) found.push(...checkPaths(built.settings, resolved, document, isHere));
  return found;
}

/** Files and folders that have to be there at the start. */
function checkPaths(
  { app, chdir }: EngineSettings,
  resolved: Resolved,
  document: IniDocument,
  isHere: (origin: Origin) => boolean,
): Diagnostic[] {
  const needed: [option: string, path: string | null][] = [
    ['chdir', chdir],
    ['wsgi-file', app.language === 'python' && app.main?.type === 'file' ? app.main.path : null],
    ['home', app.language === 'python' ? app.virtualenv : null],
    ['js-app', app.language === 'javascript' ? app.file : null],
  ];
  const found: Diagnostic[] = [];
  for (const [option, path] of needed) {
    if (path === null || resolved.host.kindOf(path) !== null) continue;
    const item = resolved.applied.findLast(({ key }) => findOption(key)?.name === option);
    if (item === undefined) continue;
    const message = `'${item.key}': ${path} does not exist.`;
    const hint = 'Correct the path; it is relative to the folder the server is started in, or to that of chdir.';
    found.push(fromError({ code: 'file-not-read', message, ...where(item), hint }, document, isHere, 'warning'));
  }
  return found;
}

function checkForUwsgi(resolved: Resolved, document: IniDocument, isHere: (origin: Origin) => boolean): Diagnostic[] {
  const found: Diagnostic[] = [];
  const say = (severity: Diagnostic['severity'], code: string, item: ResolvedOption, message: string, hint: string) =>
    found.push(fromError({ code, message, ...where(item), hint }, document, isHere, severity));
  for (const item of resolved.applied) {
    const option = findOption(item.key);
    if (option === null) {
      if (resolved.placeholders.has(item.key)) continue;
      const hint = didYouMean(item.key) ?? 'Remove it, or use it as a placeholder: %(name).';
      say('warning', 'unknown-option', item, `uWSGI has no option '${item.key}' and ignores it without a word.`, hint);
    } else if (option.plugin === 'reeve') {
      const hint = 'Use it on the bundled engine only.';
      say('warning', 'unknown-option', item, `'${item.key}' is an option of Reeve's engine; uWSGI ignores it.`, hint);
    } else if (option.status === 'not supported' && !(option.kind === 'flag' && !isOn(item.value))) {
      const message = `'${item.key}' works on uWSGI; the bundled engine does not support it.`;
      say('info', 'not-supported', item, message, 'The file cannot be rehearsed on the engine with this line.');
    }
  }
  found.push(...checkCombinations(resolved, document, isHere));
  return found;
}

/** Options that need each other on uWSGI. */
function checkCombinations(
  resolved: Resolved,
  document: IniDocument,
  isHere: (origin: Origin) => boolean,
): Diagnostic[] {
  const last = (name: string) => resolved.applied.findLast(({ key }) => findOption(key)?.name === name);
  const has = (name: string): boolean => last(name) !== undefined;
  const found: Diagnostic[] = [];
  const http = last('http');
  if (http !== undefined && has('http-socket') && !has('socket') && !has('uwsgi-socket') && !has('http-to')) {
    const message =
      "With 'http' and 'http-socket' but no 'socket', uWSGI's router speaks the uwsgi protocol to the HTTP socket " +
      'and every request fails.';
    const hint = 'Remove one of the two, or add socket = 127.0.0.1:0 above them.';
    found.push(fromError({ code: 'combination', message, ...where(http), hint }, document, isHere, 'warning'));
  }
  const harakiri = last('harakiri');
  const master = last('master');
  if (harakiri !== undefined && (master === undefined || !isOn(master.value))) {
    const message = "'harakiri' has no effect without a master process.";
    const hint = 'Add master = true.';
    found.push(fromError({ code: 'combination', message, ...where(harakiri), hint }, document, isHere, 'warning'));
  }
  return found;
}

function where(item: ResolvedOption): { origin: Origin; option: string } {
  return { origin: item.origin, option: item.key };
}

interface Finding extends Omit<ConfigError, 'code'> {
  code: string;
}

/** An error at its place in this file; one of another file at the line that reads that file, with its place told. */
function fromError(
  error: Finding,
  document: IniDocument,
  isHere: (origin: Origin) => boolean,
  severity: Diagnostic['severity'],
): Diagnostic {
  const text = error.hint === null ? error.message : `${error.message} ${error.hint}`;
  const elsewhere = !isHere(error.origin) && error.origin.line > 0;
  if (elsewhere) {
    const at = lineThatReads(document, error.origin.file);
    const place = at === null ? { line: 0, from: 0, to: 0 } : { line: at.number, from: at.valueFrom, to: at.valueTo };
    const message = `${formatOrigin(error.origin)}: ${text}`;
    return { severity, ...place, code: error.code, message, option: error.option, fix: null };
  }
  const line = isHere(error.origin) ? document.lines[error.origin.line - 1] : undefined;
  if (line === undefined) {
    return { severity, line: 0, from: 0, to: 0, code: error.code, message: text, option: error.option, fix: null };
  }
  const range = rangeOf(line, error.code);
  const nearest =
    error.code === 'unknown-option' && error.option !== null ? nearestOptions(error.option)[0] : undefined;
  const fix =
    nearest !== undefined && line.type === 'option' && line.key === error.option
      ? { title: `Change to '${nearest}'`, edits: [editInLine(line.number, range.from, range.to, nearest)] }
      : null;
  return { severity, line: line.number, ...range, code: error.code, message: text, option: error.option, fix };
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

const READS_FILE: ReadonlySet<string> = new Set(['ini', 'ini-paste', 'ini-paste-logged', 'include', 'inherit']);

function rangeOf(line: IniLine, code: string): { from: number; to: number } {
  if (line.type !== 'option') return { from: 0, to: line.text.length };
  const aboutValue = code === 'bad-value' || code === 'file-not-read';
  if (aboutValue && line.valueTo > line.valueFrom) return { from: line.valueFrom, to: line.valueTo };
  return { from: line.keyFrom, to: line.keyTo };
}

function wholeFile(code: string, message: string): Diagnostic {
  return { severity: 'error', line: 0, from: 0, to: 0, code, message, option: null, fix: null };
}

const RANK = { error: 0, warning: 1, info: 2 } as const;

/** In the order of lines; what a line check explains is not said again as a bad value or an unknown option of the same
 * line, and without a section it goes without saying that there is no address. */
function mergeSameLine(found: Diagnostic[]): Diagnostic[] {
  const explained = new Set(found.filter(({ code }) => EXPLAINS_VALUE.has(code)).map(({ line }) => line));
  const hasNoSection = found.some(({ code }) => code === 'no-section');
  const commented = new Set(found.filter(({ code }) => code === 'inline-comment').map(({ line }) => line));
  const refused = new Set(found.filter(({ code }) => code === 'bad-value').map(({ line }) => line));
  const seen = new Set<string>();
  const kept = found.filter((item) => {
    if ((item.code === 'bad-value' || item.code === 'unknown-option') && explained.has(item.line)) return false;
    if (item.code === 'caution' && commented.has(item.line)) return false;
    if (item.code === 'no-listener' && hasNoSection) return false;
    if (item.code === 'placeholder-unset' && refused.has(item.line)) return false;
    const key = `${item.line} ${item.code} ${item.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return kept.sort((a, b) => a.line - b.line || RANK[a.severity] - RANK[b.severity] || a.from - b.from);
}

const EXPLAINS_VALUE: ReadonlySet<string> = new Set(['inline-comment', 'environment-unset', 'kind', 'else']);
