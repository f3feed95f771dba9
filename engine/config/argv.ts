/**
 * The command line as uWSGI reads it (getopt_long): `--name value`, `--name=value`, `-p 4`, `-p4`, bundled flags `-ML`,
 * unambiguous beginnings of long names, `--` ends the options, and everything else is a bare argument wherever it
 * stands. Also the options in `UWSGI_*` environment variables. Nothing is applied here.
 */
import { ConfigFailure } from './errors.ts';
import { findOption, findShortOption, nearestOptions, type OptionInfo, optionNames } from './option-table.ts';
import type { Origin } from './settings.ts';

/** `value` is null for a flag without one. */
export interface GivenOption {
  key: string;
  value: string | null;
}

export interface CommandLine {
  options: GivenOption[];
  bare: string[];
  /** Code `usage`. The options before it count all the same: uWSGI lets them act one by one. */
  failure: ConfigFailure | null;
}

export const COMMAND_LINE: Origin = { file: 'command line', line: 0 };
export const ENVIRONMENT: Origin = { file: 'environment', line: 0 };

const NOT_OPTIONS =
  /^UWSGI_(RELOADS|VASSALS_DIR|EMPEROR_.*|BROODLORD_NUM|JAIL_PID|ORIGINAL_PROC_NAME|RELOAD_INHERIT.*|INTERACTIVE)$/;

/** Reads as far as the arguments make sense. */
export function parseArguments(argv: readonly string[]): CommandLine {
  const options: GivenOption[] = [];
  const bare: string[] = [];
  let at = 0;
  const next = (name: string): string => {
    const value = argv[at];
    if (value === undefined) {
      const short = /^-[^-]/.test(name);
      const asUwsgi = short
        ? `option requires an argument -- '${name.slice(1)}'`
        : `option '${name}' requires an argument`;
      throw usage(name, `Option '${name}' needs a value.`, null, asUwsgi);
    }
    at++;
    return value;
  };
  try {
    while (at < argv.length) {
      const word = argv[at++] ?? '';
      if (word === '--') {
        bare.push(...argv.slice(at));
        break;
      }
      if (word.startsWith('--')) {
        options.push(parseLong(word, next));
      } else if (word.startsWith('-') && word.length > 1) {
        parseShort(word, next, options);
      } else {
        bare.push(word);
      }
    }
  } catch (error) {
    if (!(error instanceof ConfigFailure)) throw error;
    return { options, bare, failure: error };
  }
  return { options, bare, failure: null };
}

/** `UWSGI_HTTP_SOCKET=:8080` is `http-socket = :8080`; uWSGI's own bookkeeping variables are left out. */
export function environmentOptions(env: Readonly<Record<string, string | undefined>>): GivenOption[] {
  const options: GivenOption[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('UWSGI_') || value === undefined || NOT_OPTIONS.test(name)) continue;
    options.push({ key: name.slice('UWSGI_'.length).toLowerCase().replaceAll('_', '-'), value });
  }
  return options;
}

function parseLong(word: string, next: (name: string) => string): GivenOption {
  const equals = word.indexOf('=');
  const written = word.slice(2, equals === -1 ? undefined : equals);
  const { key, option } = findLong(written, word.slice(2));
  if (equals !== -1) {
    if (option.argument === 'none') {
      const hint = `Write --${key} alone to switch it on.`;
      throw usage(
        key,
        `Option '--${key}' takes no value on the command line.`,
        hint,
        `option '--${key}' doesn't allow an argument`,
      );
    }
    return { key, value: word.slice(equals + 1) };
  }
  return { key, value: option.argument === 'required' ? next(`--${key}`) : null };
}

function findLong(written: string, word: string): { key: string; option: OptionInfo } {
  const exact = findOption(written);
  if (exact !== null) return { key: written, option: exact };
  const beginnings = [...optionNames()].filter((name) => name.startsWith(written));
  const options = new Set(beginnings.map((name) => findOption(name)));
  const [first = ''] = beginnings;
  const only = findOption(first);
  // Aliases are one to getopt only where they share a letter.
  const isOne = beginnings.length === 1 || (options.size === 1 && only?.short !== null);
  if (only !== null && isOne) return { key: first, option: only };
  if (beginnings.length > 0) {
    const some = beginnings.slice(0, 6).map((name) => `--${name}`);
    const hint = `Write one of ${some.join(', ')}.`;
    throw usage(written, `Option '--${written}' could be several.`, hint, `option '--${word}' is ambiguous`);
  }
  const near = nearestOptions(written);
  const hint = near.length > 0 ? `Did you mean ${near.map((name) => `--${name}`).join(', ')}?` : null;
  throw usage(written, `Unknown option '--${written}'.`, hint, `unrecognized option '--${word}'`);
}

/** Bundled flags, put into `options` one by one. */
function parseShort(word: string, next: (name: string) => string, options: GivenOption[]): void {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i] ?? '';
    const option = findShortOption(letter);
    if (option === null)
      throw usage(
        letter,
        `Unknown option '-${letter}'.`,
        "See 'reeve help engine' for the options.",
        `invalid option -- '${letter}'`,
      );
    const rest = word.slice(i + 1);
    if (option.argument === 'none') {
      options.push({ key: shortKey(option), value: null });
      continue;
    }
    const value = rest === '' ? (option.argument === 'required' ? next(`-${letter}`) : null) : rest;
    options.push({ key: shortKey(option), value });
    break;
  }
}

/** The name that uWSGI lists a short form under. */
function shortKey({ name }: OptionInfo): string {
  return name === 'xml' ? 'xmlconfig' : name;
}

/** `reason`: what getopt says of it. */
function usage(option: string, message: string, hint: string | null, reason: string): ConfigFailure {
  const asUwsgi = `uwsgi: ${reason}\ngetopt_long() error`;
  return new ConfigFailure({ code: 'usage', message, origin: COMMAND_LINE, option, hint, asUwsgi });
}

export function isCommandLine(origin: Origin): boolean {
  return origin.file === COMMAND_LINE.file;
}

/** What to do with an option that is in the way, where it was written. */
export function leaveOut(origin: Origin): string {
  return isCommandLine(origin) ? 'Leave it out' : 'Remove the line';
}
