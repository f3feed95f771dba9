/**
 * What resolve.ts keeps in hand while it reads: the list so far, what took effect, the logic option that is open, the
 * files. Lives for one resolveConfig call.
 */
import { type ConfigErrorCode, ConfigFailure } from './errors.ts';
import type { ConfigHost } from './host.ts';
import type { MagicFile } from './magic.ts';
import type { Origin, OriginStep } from './settings.ts';

export interface ResolvedOption {
  key: string;
  value: string;
  origin: Origin;
}

export interface Item {
  key: string;
  /** null: a flag of the command line. */
  value: string | null;
  origin: Origin;
  /** It has taken effect, or never will: the passes leave its value alone. */
  settled: boolean;
}

export interface CustomOption {
  template: string;
  immediate: boolean;
  /** The line that declared it. */
  declared: OriginStep;
}

export interface State {
  host: ConfigHost;
  items: Item[];
  /** First item of each key: what placeholders and `if-opt` look at. */
  first: Map<string, Item>;
  applied: ResolvedOption[];
  custom: Map<string, CustomOption>;
  /** Declared options within declared options. */
  customDepth: number;
  placeholders: Set<string>;
  logic: { key: string; argument: string; origin: Origin } | null;
  /** True while a line of the open logic option is put in. */
  inLogic: boolean;
  strict: boolean;
  /** Words of `blacklist` and `whitelist`, as written; null: none is in force. */
  blacklist: string | null;
  whitelist: string | null;
  /** Files of `inject-before` and `inject-after`, put around every file that is read. */
  injectBefore: string[];
  injectAfter: string[];
  /** Lines that came in again: by a loop, a file read twice, a declared option. */
  repeated: number;
  /** Files being read, absolute, outermost first. */
  reading: string[];
  outer: MagicFile | null;
  /** What `:section` means: the INI file read last, be it another than the one that says so; with its name as written. */
  lastFile: { path: string; name: string } | null;
  filesRead: number;
  files: Set<string>;
  otherFiles: Set<string>;
  /** What uWSGI logs while it reads. */
  notices: string[];
  /** What uWSGI does in silence and its user would like to know. */
  remarks: string[];
  /** What `print` and `iprint` write to standard output. */
  printed: string[];
  /** Bare arguments are configuration files only, and nothing is refused that uWSGI reads. */
  asUwsgi: boolean;
}

export function startState(host: ConfigHost, asUwsgi: boolean): State {
  return {
    host,
    items: [],
    first: new Map(),
    applied: [],
    custom: new Map(),
    customDepth: 0,
    placeholders: new Set(),
    logic: null,
    inLogic: false,
    strict: false,
    blacklist: null,
    whitelist: null,
    injectBefore: [],
    injectAfter: [],
    repeated: 0,
    reading: [],
    outer: null,
    lastFile: null,
    filesRead: 0,
    files: new Set(),
    otherFiles: new Set(),
    notices: [],
    remarks: [],
    printed: [],
    asUwsgi,
  };
}

/** Reads a line into the state; handed to what brings lines in, since lines bring in files and files lines. */
export type AddLine = (state: State, key: string, value: string | null, origin: Origin) => void;

/** More repetitions are a configuration that repeats itself without end. */
const MAX_REPEATED = 20_000;

/** Counts a line that stands in no file more often than once. */
export function countRepetition(state: State, origin: Origin, option: string): void {
  if (++state.repeated <= MAX_REPEATED) return;
  const message = `The configuration has more than ${MAX_REPEATED} repeated lines: it repeats itself.`;
  throw fail('logic', message, origin, option, "Look at its 'for...', 'include' and 'declare-option' lines.");
}

export function fail(
  code: ConfigErrorCode,
  message: string,
  origin: Origin,
  option: string | null,
  hint: string | null,
  asUwsgi?: string,
): ConfigFailure {
  return new ConfigFailure({ code, message, origin, option, hint, ...(asUwsgi === undefined ? {} : { asUwsgi }) });
}
