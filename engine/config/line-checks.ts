/**
 * Checks of single lines and of lines among each other, on the text as it is written: comments behind values, values of
 * the wrong kind, placeholders and variables that nothing sets, doubled options, sections nobody reads, logic without
 * an end. Part of diagnostics.ts.
 */
import type { CheckTarget, Diagnostic } from './diagnostics.ts';
import { type ConfigHost, resolvePath } from './host.ts';
import { DEFAULT_SECTION, type IniDocument, type OptionLine, type SectionLine } from './ini-document.ts';
import { isLogic, isLogicEnd } from './logic.ts';
import { nearestNames } from './nearest.ts';
import { findOption, type OptionInfo } from './option-table.ts';
import { findSpans, placeholderNames } from './placeholders.ts';
import type { LanguageCode } from './rules/language-codes.ts';
import { rangeOf } from './rules/place-findings.ts';
import type { Fix, Severity } from './rules/rule.ts';
import { findKindFault } from './rules/value-kinds.ts';
import { splitFileName } from './sources.ts';
import { editInLine, removeLine } from './text-edit.ts';
import { lenientValue } from './values.ts';

export interface LineFacts {
  host: ConfigHost;
  target: CheckTarget;
  /** Absolute path of the file. */
  path: string;
  /** Names that have a value after resolving; null when that failed. */
  defined: ReadonlySet<string> | null;
  /** Lines within conditions and loops that took part in it; null when it failed. */
  taken: ReadonlySet<number> | null;
}

/** All findings, section by section. */
export function checkLines(document: IniDocument, facts: LineFacts): Diagnostic[] {
  const found: Diagnostic[] = [];
  const read = sectionsRead(document, facts);
  const byName = new Map<string, OptionLine>();
  let open: OptionLine | null = null;
  for (const line of document.lines) {
    if (line.type === 'section') {
      found.push(...checkSection(line, read));
    } else if (line.type === 'option' && line.section === null) {
      const message = 'This line stands above the first section and is never read. Put it below [uwsgi].';
      found.push(finding('warning', line, 'key', 'not-read', message));
    } else if (line.type === 'option' && read.has(line.section ?? '')) {
      if (isLogicEnd(line.key)) open = null;
      else if (isLogic(line.key)) open ??= line;
      found.push(...checkOption(line, facts, open !== null));
      if (open === null) found.push(...checkDouble(line, byName));
    }
  }
  if (open !== null) {
    const end = open.key.startsWith('for') ? 'endfor' : 'endif';
    const message = `'${open.key}' has no end: all lines down to the end of the file belong to it. Add ${end} = where it ends.`;
    found.push(finding('warning', open, 'key', 'logic-open', message));
  }
  return found;
}

/** Sections that a start of this file reads: [uwsgi] and what `ini = :name` asks for. */
function sectionsRead(document: IniDocument, { host, path }: LineFacts): Set<string> {
  const read = new Set([DEFAULT_SECTION]);
  for (const line of document.lines) {
    if (line.type !== 'option' || findOption(line.key)?.name !== 'ini') continue;
    const name = splitFileName(line.value);
    const same = name.path === '' || /^%[pods]/.test(name.path) || resolvePath(host.cwd, name.path) === path;
    if (same && name.section !== null) read.add(name.section);
  }
  return read;
}

function checkSection(line: SectionLine, read: ReadonlySet<string>): Diagnostic[] {
  const { number, name, nameFrom, nameTo, text } = line;
  if (!line.wellFormed) {
    const message = `uWSGI reads this line as the section '${name}': it cuts off the last character, whatever it is. Write [name] and nothing behind it.`;
    const close = text.indexOf(']', nameFrom);
    const edit =
      close === -1 ? editInLine(number, nameTo + 1, nameTo + 1, ']') : editInLine(number, close + 1, text.length, '');
    const fix = { title: "End the line with ']'", edits: [edit] };
    return [place('warning', number, { from: 0, to: text.length }, 'odd-section', message, fix)];
  }
  if (read.has(name)) return [];
  const range = { from: nameFrom, to: nameTo };
  if (name.trim() === DEFAULT_SECTION) {
    const message = 'Blanks inside the brackets belong to the name: this is not the section [uwsgi].';
    const fix = { title: 'Remove the blanks', edits: [editInLine(number, nameFrom, nameTo, DEFAULT_SECTION)] };
    return [place('warning', number, range, 'odd-section', message, fix)];
  }
  const message = `The section [${name}] is not read when the file is started as it is. Start it with --ini FILE:${name}, or read it with ini = :${name}.`;
  return [place('info', number, range, 'not-read', message)];
}

function checkOption(line: OptionLine, facts: LineFacts, inLogic: boolean): Diagnostic[] {
  const option = findOption(line.key);
  const found: Diagnostic[] = [];
  if (line.key === '') {
    const fix = { title: 'Remove this line', edits: [removeLine(line.number)] };
    found.push(finding('warning', line, 'key', 'no-name', "There is no name before '='. Write name = value.", fix));
  }
  if (line.key === 'else') {
    const message = "uWSGI 2.0 has no 'else': the lines below belong to the condition above. Use if-not-... instead.";
    found.push(finding(facts.target.server === 'engine' ? 'error' : 'warning', line, 'key', 'else', message));
  }
  if (line.text.endsWith('%') && /(^|[^%])(%%)*%$/.test(line.text)) {
    const end = line.text.length;
    const message = 'A per cent sign at the end of a line joins it with the next line. Write %% for the sign itself.';
    const fix = { title: "Write '%%'", edits: [editInLine(line.number, end, end, '%')] };
    found.push(finding('warning', line, 'value', 'percent', message, fix));
  }
  if (line.value.includes('(')) found.push(...checkReferences(line, option, facts, inLogic));
  if (option !== null && (option.kind === 'logic' || option.name === 'iprint')) found.push(...checkEarly(line));
  if (option?.name === 'for-readline' && !facts.host.readFile(line.value).ok) {
    const message = `'${line.value}' can not be read, so the lines down to the end of the loop are left out. Correct the path.`;
    found.push(finding('warning', line, 'value', 'file-not-read', message));
  }
  const comment = checkComment(line, option, facts);
  if (comment !== null) found.push(comment);
  else if (option !== null) found.push(...checkKind(line, option));
  return found;
}

const EXACT_KINDS: ReadonlySet<string> = new Set(['flag', 'int', 'mb', 'bytes', 'seconds', 'address', 'path', 'mode']);
const FORMATS = /^(log-format|log-encoder|log-req-encoder|.*route.*|error-page-.*|print|iprint)$/;

function checkComment(line: OptionLine, option: OptionInfo | null, { target }: LineFacts): Diagnostic | null {
  if (!line.value.includes(';') && !line.value.includes('#')) return null;
  if (option !== null && (FORMATS.test(option.name) || option.kind === 'logic')) return null;
  const exact = option !== null && EXACT_KINDS.has(option.kind);
  const at = line.value.search(exact ? /(?<!\s)\s+[;#]/ : /(?<!\s)\s+[;#]\s/);
  if (at === -1) return null;
  const text = line.value.slice(0, at);
  const message = `'${line.value.slice(at).trim()}' is part of the value: only a whole line can be a comment. Move it to a line of its own.`;
  const isFatal = exact && target.server === 'engine' && lenientValue(option.kind, line.value) === null;
  const edits = [editInLine(line.number, line.valueFrom, line.valueTo, text)];
  const fix = { title: `Change to '${text}'`, edits };
  return finding(isFatal ? 'error' : 'warning', line, 'value', 'inline-comment', message, fix);
}

/** Where the engine refuses what uWSGI bends, its own error makes this one an error (diagnostics.ts). */
function checkKind(line: OptionLine, option: OptionInfo): Diagnostic[] {
  const fault = findKindFault(line.key, line.value, option);
  if (fault === null) return [];
  const { code, message, meant } = fault;
  const edits = meant === null ? [] : [editInLine(line.number, line.valueFrom, line.valueTo, meant)];
  const fix = meant === null ? null : { title: `Change to '${meant}'`, edits };
  return [finding('warning', line, 'value', code, message, fix)];
}

/** What `if-...`, `for...` and `iprint` are about is not replaced yet when they act. */
function checkEarly(line: OptionLine): Diagnostic[] {
  const names = ['%', '$'].flatMap((symbol) => findSpans(line.value, symbol).map(({ name }) => `${symbol}(${name})`));
  const first = names.find((name) => name !== '%()' && name !== '$()');
  if (first === undefined || isLogicEnd(line.key)) return [];
  const message = `'${line.key}' acts while the file is read: '${first}' is not replaced in it. Write the value itself.`;
  return [finding('warning', line, 'value', 'early-placeholder', message)];
}

function checkReferences(
  line: OptionLine,
  option: OptionInfo | null,
  { host, target, defined, taken }: LineFacts,
  inLogic: boolean,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (inLogic && taken?.has(line.number) === false) return found;
  for (const name of new Set(findSpans(line.value, '$').map((span) => span.name))) {
    if (name === '' || host.env[name] !== undefined) continue;
    const message = `The environment variable ${name} is not set here; '$(${name})' then stays as it is. Set it, or write a value.`;
    const fatal = target.server === 'engine' && option !== null && EXACT_KINDS.has(option.kind);
    found.push(finding(fatal ? 'error' : 'warning', line, 'value', 'environment-unset', message));
  }
  if (option !== null && FORMATS.test(option.name)) return found;
  for (const name of placeholderNames(line.value)) {
    if (name === '' || name.includes(' ') || defined === null || defined.has(name) || (name === '_' && inLogic))
      continue;
    const message =
      name === '_'
        ? "'%(_)' means something only between 'for...' or 'if-...' and its end."
        : `Nothing sets the placeholder '${name}'. Add set-placeholder = ${name}=..., or correct the name.`;
    found.push(
      finding('warning', line, 'value', 'placeholder-unset', message, nearestPlaceholder(line, name, defined)),
    );
  }
  return found;
}

/** More names than this are not compared with each unset one. */
const MOST_COMPARED = 500;

function nearestPlaceholder(line: OptionLine, name: string, defined: ReadonlySet<string>): Fix | null {
  const at = line.text.indexOf(`%(${name})`, line.valueFrom);
  if (at === -1 || name === '_' || defined.size > MOST_COMPARED) return null;
  const own = [...defined].filter((key) => findOption(key) === null);
  const [nearest] = nearestNames(name, own, 1);
  if (nearest === undefined) return null;
  const edits = [editInLine(line.number, at + 2, at + 2 + name.length, nearest)];
  return { title: `Change to '%(${nearest})'`, edits };
}

/** An option with one value that was given before in the same section: the later one wins. */
function checkDouble(line: OptionLine, earlier: Map<string, OptionLine>): Diagnostic[] {
  const option = findOption(line.key);
  if (option === null || option.repeatable || option.kind === 'logic') return [];
  const key = `${line.section ?? ''} ${option.name}`;
  const before = earlier.get(key);
  earlier.set(key, line);
  if (before === undefined) return [];
  const message = `'${before.key}' is given again in line ${line.number}, and the last one wins. Remove one of them.`;
  const fix = { title: 'Remove this line', edits: [removeLine(before.number)] };
  return [finding('warning', before, 'key', 'duplicate', message, fix)];
}

function finding(
  severity: Severity,
  line: OptionLine,
  part: 'key' | 'value',
  code: LanguageCode,
  message: string,
  fix: Fix | null = null,
): Diagnostic {
  return { ...place(severity, line.number, rangeOf(line, part), code, message, fix), option: line.key };
}

function place(
  severity: Severity,
  line: number,
  { from, to }: { from: number; to: number },
  code: LanguageCode,
  message: string,
  fix: Fix | null = null,
): Diagnostic {
  return { severity, line, from, to, code, message, option: null, fix };
}
