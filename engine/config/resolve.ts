/**
 * From a command line to one ordered list of options, exactly as uWSGI makes it: environment, then the command line,
 * then bare files; includes and logic at their place; then the passes over `$( )`, `@( )`, `%( )`; then what `inherit`
 * brings; then everything is applied in order. Options in IMMEDIATE act while they are read, so with their unexpanded
 * value. It knows nothing of what options mean to the engine: that is build-settings.ts.
 *
 *   const resolved = resolveConfig(['--ini', 'shop.ini'], host);
 *   if (resolved.ok) buildSettings(resolved) ... else show resolved.errors
 */
import { COMMAND_LINE, ENVIRONMENT, environmentOptions, parseArguments } from './argv.ts';
import { type ConfigError, type ConfigErrorCode, ConfigFailure } from './errors.ts';
import { findForeignFormat } from './foreign-format.ts';
import type { ConfigHost } from './host.ts';
import { isLogic, isLogicEnd, linesFor } from './logic.ts';
import { findOption } from './option-table.ts';
import { evaluatePlaceholder, expandValue, placeholderNames } from './placeholders.ts';
import { type CustomOption, type Item, type ResolvedOption, type State, startState } from './resolve-state.ts';
import type { Origin } from './settings.ts';
import { type Format, formatByExtension, formatOf, magicFileOf, readSource, splitFileName } from './sources.ts';
import { decodeText } from './text-bytes.ts';
import { isOn, leadingInteger } from './values.ts';

export interface Resolved {
  ok: true;
  /** What `show-config` prints: every option of every source in order, values expanded. */
  options: ResolvedOption[];
  /** What takes effect, in the order it does: a later single value wins over an earlier one. */
  applied: ResolvedOption[];
  /** Names that `set` or `set-placeholder` gave, or that a placeholder or `if-opt` refers to: no option need be meant. */
  placeholders: ReadonlySet<string>;
  strict: boolean;
  /** Configuration files read, absolute, in order, each once. */
  files: string[];
  /** Other files whose content went into values: `@(file)` and `for-readline`. */
  otherFiles: string[];
  /** Lines for the log: files read, sections not found, `print`. */
  notices: string[];
  host: ConfigHost;
}

export interface ConfigErrors {
  ok: false;
  errors: ConfigError[];
  files: string[];
  notices: string[];
}

const MAX_DEPTH = 32;
const MAX_OPTIONS = 20_000;

/** Options that act while they are read, beside logic, loaders and placeholders. */
const IMMEDIATE: ReadonlySet<string> = new Set(
  (
    'listen umask spooler-processes command-mode pcre-jit plugins need-plugins plugins-dir autoload dlopen iprint ' +
    'strict set set-placeholder declare-option ini xml yaml json config include inject-before inject-after ' +
    'fallback-config blacklist whitelist end-blacklist end-whitelist resolve'
  ).split(' '),
);

/** Plugins that are part of the engine, by their own names: uWSGI knows `python3_plugin.so` as `python`, too. */
const BUILT_IN_PLUGINS: ReadonlySet<string> = new Set(['python', 'http', 'corerouter']);

/** Reads all sources. Never throws for what users can write. */
export function resolveConfig(argv: readonly string[], host: ConfigHost): Resolved | ConfigErrors {
  const state = startState(host);
  try {
    readEverything(state, argv);
  } catch (error) {
    if (!(error instanceof ConfigFailure)) throw error;
    return { ok: false, errors: [error.error], files: [...state.files], notices: state.notices };
  }
  return {
    ok: true,
    options: state.items.map(({ key, value, origin }) => ({ key, value: value ?? 'true', origin })),
    applied: state.applied,
    placeholders: state.placeholders,
    strict: state.strict,
    files: [...state.files],
    otherFiles: [...state.otherFiles],
    notices: state.notices,
    host,
  };
}

function readEverything(state: State, argv: readonly string[]): void {
  const { options, bare } = parseArguments(argv);
  for (const { key, value } of environmentOptions(state.host.env)) addLine(state, key, value, ENVIRONMENT);
  for (const { key, value } of options) addLine(state, key, value, COMMAND_LINE);
  for (const word of bare) readBareArgument(state, word);
  expandAll(state);
  // What an inherited file brings, another `inherit` too, comes last in the list.
  for (const item of state.items) {
    if (item.key === 'inherit') loadByExtension(state, item.value ?? '', item.origin, 'inherit');
  }
  for (const item of state.items) if (!item.settled) settle(state, item);
}

/** One line of a source: skipped, put in, or put in several times, as the open logic option says. */
function addLine(state: State, key: string, value: string | null, origin: Origin): void {
  if (isLogicEnd(key)) state.logic = null;
  const { logic } = state;
  if (logic === null || state.inLogic) {
    addOption(state, key, value, origin);
    return;
  }
  const repetitions = linesFor(logic.key, logic.argument, {
    host: state.host,
    firstValue: (name) => state.first.get(name) ?? null,
    hasPlugin: (name) => BUILT_IN_PLUGINS.has(name),
  });
  if (!repetitions.ok) throw fail('logic', repetitions.message, logic.origin, logic.key, null);
  state.inLogic = true;
  for (const word of repetitions.words) {
    addOption(state, key, word === null ? value : (value?.replaceAll('%(_)', () => word) ?? null), origin);
  }
  state.inLogic = false;
}

function addOption(state: State, key: string, value: string | null, origin: Origin): void {
  const item: Item = { key, value, origin, settled: false };
  listItem(state, item);
  for (const name of placeholderNames(value ?? '')) state.placeholders.add(name);
  const custom = state.custom.get(key);
  const known = findOption(key);
  if (state.strict && known === null && custom === undefined && !isLogicEnd(key)) throw unknownInStrict(key, origin);
  const immediate = known === null ? (custom?.immediate ?? false) : IMMEDIATE.has(known.name) || known.kind === 'logic';
  if (immediate) settle(state, item);
}

function listItem(state: State, item: Item): void {
  if (state.items.length >= MAX_OPTIONS) {
    const message = `The configuration has more than ${MAX_OPTIONS} options: it repeats itself.`;
    throw fail('logic', message, item.origin, item.key, "Look at its 'for...', 'include' and 'declare-option' lines.");
  }
  state.items.push(item);
  if (!state.first.has(item.key)) state.first.set(item.key, item);
}

/** Lets an option take effect with the value it has now. */
function settle(state: State, item: Item): void {
  item.settled = true;
  const custom = findOption(item.key) === null ? state.custom.get(item.key) : undefined;
  if (custom === undefined) applyOption(state, item.key, item.value, item.origin);
  else applyCustom(state, custom, item.value ?? '', item.origin);
}

function applyOption(state: State, key: string, value: string | null, origin: Origin): void {
  const option = findOption(key);
  const text = value ?? 'true';
  if (option === null) {
    if (state.strict) throw unknownInStrict(key, origin);
    state.applied.push({ key, value: text, origin });
    return;
  }
  if (option.kind === 'int' && (leadingInteger(text) ?? 0) < 0) {
    throw fail('bad-value', `'${key} = ${text}' is negative.`, origin, key, 'Write a number from 0 up.');
  }
  state.applied.push({ key, value: text, origin });
  actOn(state, option.name, key, value ?? '', origin);
}

/** What options do to the reading itself. */
function actOn(state: State, name: string, key: string, value: string, origin: Origin): void {
  switch (name) {
    case 'ini':
    case 'ini-paste':
    case 'ini-paste-logged':
    case 'xml':
    case 'yaml':
    case 'json': {
      const format = formatOf(name.startsWith('ini') ? 'ini' : name);
      if (format !== null) loadFile(state, value, format, origin, key, true);
      return;
    }
    case 'include':
      loadByExtension(state, value, origin, key);
      return;
    case 'set':
    case 'set-placeholder':
      setValue(state, name, value, origin);
      return;
    case 'declare-option':
    case 'declare-option2':
      declareOption(state, name, value, origin);
      return;
    case 'strict':
      state.strict = isOn(value);
      return;
    case 'print':
    case 'iprint':
      state.notices.push(value);
      return;
    default:
      if (!isLogic(key)) return;
  }
  if (state.logic !== null) {
    const hint = `Close '${state.logic.key}' of line ${state.logic.origin.line} with 'end' first.`;
    throw fail('logic', `'${key}' stands inside '${state.logic.key}': there is one level only.`, origin, key, hint);
  }
  if (name === 'if-opt' || name === 'if-not-opt') state.placeholders.add(value.split('=')[0] ?? '');
  if (name === 'for-readline') state.otherFiles.add(magicFileOf(value, null, state.host).path);
  state.logic = { key, argument: value, origin };
}

function setValue(state: State, name: string, value: string, origin: Origin): void {
  const equals = value.indexOf('=');
  if (equals === -1) {
    throw fail('bad-value', `'${name} = ${value}' sets nothing.`, origin, name, 'Write name=value.');
  }
  const key = value.slice(0, equals);
  const text = value.slice(equals + 1);
  if (name === 'set') {
    state.placeholders.add(key);
    addLine(state, key, text, origin);
    return;
  }
  if (findOption(key) !== null) {
    const message = `'${key}' is an option, it cannot be a placeholder as well.`;
    throw fail('placeholder-conflict', message, origin, key, 'Take another name for the placeholder.');
  }
  state.placeholders.add(key);
  listItem(state, { key, value: text, origin, settled: true });
}

function declareOption(state: State, name: string, value: string, origin: Origin): void {
  const equals = value.indexOf('=');
  if (equals === -1) {
    const hint = 'Write new-option=option=$1;option=$2.';
    throw fail('bad-value', `'${name} = ${value}' declares nothing.`, origin, name, hint);
  }
  const immediate = name === 'declare-option';
  state.custom.set(value.slice(0, equals), { template: value.slice(equals + 1), immediate });
}

function applyCustom(state: State, custom: CustomOption, value: string, origin: Origin): void {
  if (state.customDepth >= MAX_DEPTH) {
    const message = `A declared option stands for itself: ${custom.template}.`;
    throw fail('logic', message, origin, null, 'Write the options it stands for.');
  }
  state.customDepth++;
  const words = value.split(' ');
  for (const part of custom.template.split(';')) {
    if (part === '') continue;
    const text = part.replaceAll(/\$([1-9])/g, (whole, digit: string) => words[Number(digit) - 1] ?? whole);
    const equals = text.indexOf('=');
    const key = equals === -1 ? text : text.slice(0, equals);
    applyOption(state, key, equals === -1 ? null : text.slice(equals + 1), origin);
  }
  state.customDepth--;
}

function expandAll(state: State): void {
  const { host } = state;
  const valueOf = (key: string): string | null => {
    const found = state.first.get(key);
    return found === undefined ? null : (found.value ?? 'true');
  };
  expandPass(state, '$', (name) => host.env[name] ?? null);
  expandPass(state, '@', (name, item) => readValueFile(state, name, item));
  expandPass(state, '%', (name) => evaluatePlaceholder(name, valueOf));
}

function expandPass(state: State, symbol: string, lookup: (name: string, item: Item) => string | null): void {
  for (const item of state.items) {
    if (item.settled || item.value === null || !item.value.includes(`${symbol}(`)) continue;
    const value = expandValue(item.value, symbol, (name) => lookup(name, item));
    if (value === null) {
      const message = `'${item.key} = ${item.value.slice(0, 200)}' grows without end: it refers to itself.`;
      throw fail('placeholder-loop', message, item.origin, item.key, 'Take another name for the placeholder.');
    }
    item.value = value;
  }
}

function readValueFile(state: State, name: string, item: Item): string {
  const text = decodeText(readSource(name, state.host, item.origin, item.key));
  state.otherFiles.add(magicFileOf(name, null, state.host).path);
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** `app.py`, `app.py:callable` and `package.module:callable` are the application; anything else is a file of options. */
function readBareArgument(state: State, word: string): void {
  const { path, section } = splitFileName(word);
  if (path.endsWith('.py')) {
    addLine(state, 'wsgi-file', path, COMMAND_LINE);
    if (section !== null) addLine(state, 'callable', section, COMMAND_LINE);
  } else if (section !== null && /^[A-Za-z_]\w*(\.\w+)+$/.test(path) && formatByExtension(path) === null) {
    addLine(state, 'module', word, COMMAND_LINE);
  } else {
    loadByExtension(state, word, COMMAND_LINE, null);
  }
}

function loadByExtension(state: State, name: string, origin: Origin, option: string | null): void {
  const format = formatByExtension(name);
  if (format !== null) {
    loadFile(state, name, format, origin, option, option !== null && option !== 'include' && option !== 'inherit');
    return;
  }
  const ini = formatByExtension(splitFileName(name).path) !== null;
  const hint = ini ? `Write --ini ${name}.` : 'The name has to end in .ini.';
  throw fail('format-not-supported', `'${name}' is not known as a configuration file.`, origin, option, hint);
}

function loadFile(
  state: State,
  name: string,
  format: Format,
  origin: Origin,
  option: string | null,
  splits: boolean,
): void {
  const split = splits ? splitFileName(name) : { path: name, section: null };
  const last = split.path === '' && split.section !== null ? state.lastFile : null;
  const path = last?.path ?? split.path;
  if (format.load === null) {
    const message = `'${name}': the engine does not read ${format.name} configuration yet.`;
    throw fail('format-not-supported', message, origin, option, 'Write the options in an INI file.');
  }
  if (state.reading.length >= MAX_DEPTH) {
    throw fail('logic', `'${name}' is included ${MAX_DEPTH} levels deep; it includes itself.`, origin, option, null);
  }
  const bytes = readSource(path, state.host, origin, option);
  const file = magicFileOf(path, split.section, state.host);
  if (last !== null) {
    file.given = '';
    if (state.reading.at(-1) !== last.path) {
      state.notices.push(
        `*** WARNING: "${option ?? ''} = ${name}" reads ${last.path}, the file that was read last ***`,
      );
    }
  }
  state.lastFile = file;
  // The upper-case magic variables speak of the first file, and of none when that was a bare argument.
  if (state.filesRead === 0 && option !== null && option !== 'include') state.outer = file;
  state.filesRead++;
  state.files.add(file.path);
  if (split.path !== '') state.notices.push(`[uWSGI] getting ${format.name} configuration from ${path}`);
  const section = split.section ?? '';
  const loaded = format.load({ file, outer: state.outer, bytes, section, host: state.host });
  if (loaded === null) {
    const foreign = findForeignFormat(decodeText(bytes));
    if (foreign !== null) throw fail('not-ini', foreign, { file: file.path, line: 0 }, null, null);
    const asked = section === '' ? 'uwsgi' : section;
    state.notices.push(`*** WARNING: Can't find section "${asked}" in ${format.name} configuration file ${path} ***`);
    return;
  }
  state.reading.push(file.path);
  for (const { key, value, line } of loaded) addLine(state, key, value, { file: file.path, line });
  state.reading.pop();
}

function unknownInStrict(key: string, origin: Origin): ConfigFailure {
  const hint = `Correct the name, or set it as a placeholder with 'set-placeholder = ${key}=...'.`;
  return fail('unknown-option', `Unknown option '${key}'; 'strict' is on.`, origin, key, hint);
}

function fail(code: ConfigErrorCode, message: string, origin: Origin, option: string | null, hint: string | null) {
  return new ConfigFailure({ code, message, origin, option, hint });
}
