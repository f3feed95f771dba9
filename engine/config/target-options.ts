/**
 * What a uWSGI's own binary knows, beside the option table: reads the outputs of `uwsgi --help` and
 * `uwsgi --dump-options`, and says which options of the table that server lacks and which it has beyond it. Options
 * of a plugin are in those outputs only when the plugin was loaded: of a plugin that shows none, nothing is said.
 */
import { findOption, type OptionInfo, optionNames, optionTable } from './option-table.ts';

/** Options of a binary with the plugins that were loaded, by name, with its own words about them (may be empty). */
export type BinaryOptions = ReadonlyMap<string, string>;

export interface TargetOptions {
  /** Every name that the server may know: its binary's, and those of plugins that were not asked. null: not asked. */
  known: ReadonlySet<string> | null;
  /** Names and aliases of the table that it does not have. */
  missing: string[];
  /** What it has beyond the table, with the binary's own help. */
  extra: { name: string; help: string }[];
}

/** No uWSGI with all its plugins has near as many. */
const MOST_OPTIONS = 10_000;
const LONGEST_HELP = 500;

/**
 * The options in the output of `--help` (`    -s|--socket   words`), or of `--dump-options` (a name a line); null when
 * it is neither, as of another program.
 */
export function parseBinaryOptions(output: string): BinaryOptions | null {
  const fromHelp = new Map<string, string>();
  for (const [, name = '', help = ''] of output.matchAll(/^ +(?:-\S\|)?--([\w.-]+)(?:[ \t](.*))?\r?$/gm)) {
    if (fromHelp.size < MOST_OPTIONS && !fromHelp.has(name)) fromHelp.set(name, help.trim().slice(0, LONGEST_HELP));
  }
  if (isUwsgi(fromHelp)) return fromHelp;
  const names = output.split('\n').map((line) => line.trimEnd());
  const dumped = new Map(
    names
      .filter((name) => /^[\w.-]+$/.test(name))
      .slice(0, MOST_OPTIONS)
      .map((name) => [name, '']),
  );
  return isUwsgi(dumped) ? dumped : null;
}

/** Compares the table with what a server's binary knows (null: it was not asked) and with its release (`2.0.21`). */
export function compareWithTable(binary: BinaryOptions | null, release: string | null): TargetOptions {
  const loaded = new Set(binary === null ? [] : [...binary.keys()].flatMap((name) => findOption(name)?.plugin ?? []));
  const missing = optionTable.flatMap((option) => {
    const names = option.aliases.concat(option.name);
    if (option.plugin === 'reeve') return names;
    if (binary !== null && loaded.has(option.plugin)) return names.filter((name) => !binary.has(name));
    return isNewerThan(option, release) ? names : [];
  });
  const lacks = new Set(missing);
  const extra = [...(binary ?? [])].flatMap(([name, help]) => (findOption(name) === null ? [{ name, help }] : []));
  const known =
    binary === null
      ? null
      : new Set([...[...optionNames()].filter((name) => !lacks.has(name)), ...extra.map(({ name }) => name)]);
  return { known, missing, extra };
}

/** True when the option came with a later release of uWSGI than this one; false when either is not known. */
export function isNewerThan({ since }: Pick<OptionInfo, 'since'>, release: string | null): boolean {
  return since !== null && release !== null && compareReleases(since, release) > 0;
}

/** `2.0.21` of the `2.0.21-debian` in a stats document; null when it says none. */
export function releaseOf(version: string): string | null {
  return /^(\d+\.\d+(?:\.\d+)*)/.exec(version)?.[1] ?? null;
}

function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 4; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Any uWSGI has these; a program that prints other things does not. */
function isUwsgi(names: ReadonlyMap<string, string>): boolean {
  return ['socket', 'processes', 'master', 'ini'].every((name) => names.has(name));
}
