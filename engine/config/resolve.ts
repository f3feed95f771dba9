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
import { type ConfigError, ConfigFailure } from './errors.ts';
import { untilNul } from './formats/config-document.ts';
import type { ConfigHost } from './host.ts';
import { evaluatePlaceholder, expandValue } from './placeholders.ts';
import { loadByExtension, readBareArgument } from './resolve-files.ts';
import { addLine, checkStrict, settle } from './resolve-lines.ts';
import { fail, type Item, type ResolvedOption, type State, startState } from './resolve-state.ts';
import { magicFileOf, readSource } from './sources.ts';
import { decodeText } from './text-bytes.ts';

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
  /** Lines that uWSGI logs while it reads: files, sections not found. */
  notices: string[];
  /** What uWSGI does in silence and its user would like to know. */
  remarks: string[];
  /** What `print` and `iprint` write to standard output. */
  printed: string[];
  host: ConfigHost;
}

export interface ConfigErrors {
  ok: false;
  errors: ConfigError[];
  files: string[];
  notices: string[];
  remarks: string[];
  printed: string[];
}

export interface ResolveOptions {
  /** As the `uwsgi` program reads it: bare arguments are configuration files only. */
  asUwsgi?: boolean;
}

/** Reads all sources. Never throws for what users can write. */
export function resolveConfig(
  argv: readonly string[],
  host: ConfigHost,
  { asUwsgi = false }: ResolveOptions = {},
): Resolved | ConfigErrors {
  const state = startState(host, asUwsgi);
  const { notices, remarks, printed } = state;
  try {
    readEverything(state, argv);
  } catch (error) {
    if (!(error instanceof ConfigFailure)) throw error;
    return { ok: false, errors: [error.error], files: [...state.files], notices, remarks, printed };
  }
  return {
    ok: true,
    options: state.items.map(({ key, value, origin }) => ({ key, value: value ?? 'true', origin })),
    applied: state.applied,
    placeholders: state.placeholders,
    strict: state.strict,
    files: [...state.files],
    otherFiles: [...state.otherFiles],
    notices,
    remarks,
    printed,
    host,
  };
}

function readEverything(state: State, argv: readonly string[]): void {
  const { options, bare, failure } = parseArguments(argv);
  for (const { key, value } of environmentOptions(state.host.env)) addLine(state, key, value, ENVIRONMENT);
  for (const { key, value } of options) addLine(state, key, value, COMMAND_LINE);
  if (failure !== null) throw failure;
  for (const word of bare) readBareArgument(state, word, addLine);
  expandAll(state);
  checkStrict(state);
  // What an inherited file brings, another `inherit` too, comes last in the list.
  for (const item of state.items) {
    if (item.key === 'inherit') loadByExtension(state, item.value ?? '', item.origin, 'inherit', addLine);
  }
  for (const item of state.items) if (!item.settled) settle(state, item);
}

function expandAll(state: State): void {
  const { host } = state;
  // A flag of the command line has no value to put in.
  const valueOf = (key: string): string | null => state.first.get(key)?.value ?? null;
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
  return untilNul(text.replace(/[\r\n](?![^])/, ''));
}
