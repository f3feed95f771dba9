/**
 * The logic of configuration files: `for...`, `if-...` and their ends. A logic option stays open until its end; each
 * line in between asks `linesFor` what becomes of it: nothing, itself, or itself once for each word, with `%(_)` in its
 * value replaced. As in uWSGI the condition is asked again for each line, there is one level, and there is no else.
 */

import { globPaths } from './glob.ts';
import { type ConfigHost, type ReadFailure, SYSTEM_WORDS } from './host.ts';
import { findOption } from './option-table.ts';
import { decodeText } from './text-bytes.ts';

export interface LogicState {
  host: ConfigHost;
  /** Value of the first option of this name; null when there is none, or when it is a flag of the command line. */
  firstValue(name: string): string | null;
  hasPlugin(name: string): boolean;
}

/** What to put for `%(_)`, one entry a repetition; null leaves `%(_)` as it is. Empty: the line is skipped. */
export type Repetitions =
  /** `notice`: what uWSGI logs each time. */
  { ok: true; words: (string | null)[]; notice?: string } | { ok: false; message: string };

const ENDS: ReadonlySet<string> = new Set(['end', 'endif', 'end-if', 'endfor', 'end-for']);

export function isLogicEnd(key: string): boolean {
  return ENDS.has(key);
}

/** True for `for...` and `if-...`. */
export function isLogic(key: string): boolean {
  return !ENDS.has(key) && findOption(key)?.kind === 'logic';
}

/** How often a line inside the logic option `key = argument` counts. */
export function linesFor(key: string, argument: string, state: LogicState): Repetitions {
  const name = findOption(key)?.name ?? key;
  const { host } = state;
  switch (name) {
    case 'for':
      return repeat(argument.split(' ').filter((word) => word !== ''));
    case 'for-glob': {
      const paths = globPaths(argument, host).map((path) => (host.kindOf(path) === 'folder' ? `${path}/` : path));
      paths.sort();
      return repeat(paths.length > 0 ? paths : [argument]);
    }
    case 'for-times': {
      const times = Number.parseInt(argument, 10);
      if (times > MAX_TIMES) return { ok: false, message: `'for-times = ${argument}' is more than ${MAX_TIMES}.` };
      return repeat(Array.from({ length: times > 0 ? times : 0 }, (_, i) => String(i + 1)));
    }
    case 'for-readline': {
      const read = host.readFile(argument);
      if (!read.ok) return { ok: true, words: [], ...unreadable(argument, read.reason) };
      const lines = decodeText(read.bytes).split('\n');
      if (lines.at(-1) === '') lines.pop();
      return repeat(lines.map((line) => line.replace(/\r$/, '')));
    }
    default:
      return condition(name, argument, state);
  }
}

/** A folder has no lines, and uWSGI says nothing of it. */
function unreadable(path: string, reason: ReadFailure): { notice?: string } {
  return reason === 'is a folder' ? {} : { notice: `open("${path}"): ${SYSTEM_WORDS[reason]}` };
}

const MAX_TIMES = 10_000;

function repeat(words: (string | null)[]): Repetitions {
  return { ok: true, words };
}

function when(holds: boolean, word: string | null): Repetitions {
  return { ok: true, words: holds ? [word] : [] };
}

function condition(name: string, argument: string, state: LogicState): Repetitions {
  const { host } = state;
  const not = name.startsWith('if-not-');
  switch (not ? `if-${name.slice('if-not-'.length)}` : name) {
    case 'if-env': {
      const { key, wanted } = splitPair(argument);
      const value = host.env[key] ?? null;
      return when((value !== null && (wanted === null || wanted === value)) !== not, value);
    }
    case 'if-opt': {
      const { key, wanted } = splitPair(argument);
      const value = state.firstValue(key);
      return when((value !== null && (wanted === null || value === wanted)) !== not, value);
    }
    case 'if-exists':
      return when((kindOf(argument, host) !== null) !== not, argument);
    case 'if-file':
      return when((kindOf(argument, host) === 'file') !== not, argument);
    case 'if-dir':
      return when((kindOf(argument, host) === 'folder') !== not, argument);
    case 'if-hostname':
      return when((host.hostname === argument) !== not, argument);
    case 'if-hostname-match': {
      const pattern = compile(argument);
      if (pattern === null) return { ok: false, message: `'${argument}' of '${name}' is not a regular expression.` };
      return when(pattern.test(host.hostname) !== not, argument);
    }
    case 'if-plugin':
      return when(state.hasPlugin(argument) !== not, argument);
    case 'if-reload':
      return when(host.reloading !== not, null);
    default:
      return { ok: false, message: `'${name}' is not supported.` };
  }
}

/** An empty path names nothing. */
function kindOf(path: string, host: ConfigHost): ReturnType<ConfigHost['kindOf']> {
  return path === '' ? null : host.kindOf(path);
}

function splitPair(text: string): { key: string; wanted: string | null } {
  const equals = text.indexOf('=');
  if (equals === -1) return { key: text, wanted: null };
  return { key: text.slice(0, equals), wanted: text.slice(equals + 1) };
}

function compile(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
