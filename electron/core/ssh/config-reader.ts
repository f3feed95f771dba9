/**
 * Reads ssh's configuration where there is no ssh to ask: Host, Match (all, host, originalhost, user, localuser),
 * Include with wildcards. The first value of an option counts, as in ssh_config(5). What it does not understand becomes
 * a warning. Also lists the hosts that the files name, which no ssh does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { describe, isErrorCode } from '../errors.ts';
import { type ConfigValues, expandPath, expandTokens, splitWords, type TokenValues } from './config-values.ts';
import { matchesPatterns } from './known-hosts.ts';

const MOST_DEPTH = 16;
/** May be given several times, and all count. */
const MANY = new Set(['identityfile', 'certificatefile']);
/** Lists whose words belong together. */
const REST_OF_LINE = new Set(['proxycommand', 'userknownhostsfile', 'globalknownhostsfile']);

export interface ConfigFiles {
  /** The user's and the system's, in this order. */
  paths: readonly string[];
  /** `~/.ssh`, against which the user's Include is read. */
  userFolder: string;
}

/** Files that were read already, for a look at many hosts at once. */
export type ReadFiles = Map<string, Line[] | Error>;

export interface ReadConfig {
  values: ConfigValues;
  warnings: string[];
}

interface Line {
  name: string;
  rest: string;
  words: string[];
  place: string;
}

/** `tokens` has what is known before the configuration: its `hostName` is the written name. */
export function readConfigFor(
  files: ConfigFiles,
  tokens: TokenValues,
  given: ConfigValues,
  read: ReadFiles = new Map(),
): ReadConfig {
  const values = new Map<string, string[]>([...given].map(([name, list]) => [name, [...list]]));
  const warnings: string[] = [];
  for (const path of files.paths) {
    let applies = true;
    walk([path], { files, tokens, warnings, read }, (line) => {
      if (line.name === 'host') applies = matchesPatterns(line.words, tokens.name);
      else if (line.name === 'match') applies = matches(line, values, tokens, warnings);
      else if (applies) take(values, line);
      return applies;
    });
  }
  return { values, warnings };
}

/** Names of `Host` lines that are no patterns, in the order of the files. */
export function listAliases(files: ConfigFiles, tokens: TokenValues): string[] {
  const found = new Set<string>();
  for (const path of files.paths) {
    walk([path], { files, tokens, warnings: [], read: new Map() }, (line) => {
      const names = line.name === 'host' ? line.words : [];
      for (const name of names) if (!/[*?!]/.test(name)) found.add(name);
      return true;
    });
  }
  return [...found];
}

interface Walk {
  files: ConfigFiles;
  tokens: TokenValues;
  warnings: string[];
  read: ReadFiles;
}

/** `stack` are the files that include each other, the one to read last. */
function walk(stack: readonly string[], walked: Walk, visit: (line: Line) => boolean): void {
  const { files, tokens, warnings } = walked;
  const path = stack.at(-1) ?? '';
  let applies = true;
  for (const line of linesOf(path, walked)) {
    if (line.name !== 'include') {
      applies = visit(line);
      continue;
    }
    if (!applies) continue;
    const folder = path.startsWith(files.userFolder) ? files.userFolder : dirname(path);
    for (const word of line.words) {
      for (const included of glob(expandPath(word, tokens), folder)) {
        if (stack.includes(included)) warnings.push(`${line.place} was left out: ${included} would include itself.`);
        else if (stack.length > MOST_DEPTH) {
          warnings.push(`${line.place} was left out: files include each other more than ${MOST_DEPTH} times.`);
        } else walk([...stack, included], walked, visit);
      }
    }
    // Conditions of an included file end with it.
  }
}

function linesOf(path: string, { read, warnings }: Walk): Line[] {
  let known = read.get(path);
  if (known === undefined) {
    known = readLines(path);
    read.set(path, known);
  }
  if (!(known instanceof Error)) return known;
  if (!isErrorCode(known, 'ENOENT', 'ENOTDIR')) warnings.push(`${path} was left out: ${describe(known)}.`);
  return [];
}

function readLines(path: string): Line[] | Error {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return error instanceof Error ? error : new Error(describe(error));
  }
  return text.split(/\r?\n/).flatMap((raw, i) => {
    const match = /^\s*([a-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/i.exec(raw);
    const [, name = '', rest = ''] = match ?? [];
    const line = { name: name.toLowerCase(), rest, words: splitWords(rest), place: `${path}:${i + 1}` };
    return match === null ? [] : [line];
  });
}

function take(values: Map<string, string[]>, { name, rest, words }: Line): void {
  const value = REST_OF_LINE.has(name) ? rest : words.join(' ');
  const held = values.get(name);
  if (held === undefined) values.set(name, [value]);
  else if (MANY.has(name)) held.push(value);
}

function matches(line: Line, values: ConfigValues, tokens: TokenValues, warnings: string[]): boolean {
  const { words } = line;
  const hostName = expandTokens(values.get('hostname')?.[0] ?? tokens.name, tokens);
  const user = values.get('user')?.[0] ?? tokens.user;
  for (let i = 0; i < words.length; ) {
    const word = (words[i] ?? '').toLowerCase();
    const negated = word.startsWith('!');
    const criterion = negated ? word.slice(1) : word;
    if (criterion === 'all') {
      if (negated) return false;
      i += 1;
      continue;
    }
    const subject =
      criterion === 'host'
        ? hostName
        : criterion === 'originalhost'
          ? tokens.name
          : criterion === 'user'
            ? user
            : criterion === 'localuser'
              ? tokens.localUser
              : null;
    if (subject === null) {
      warnings.push(
        `${line.place} was left out: "Match ${criterion}" is understood by ssh only, and there is none here.`,
      );
      return false;
    }
    if (matchesPatterns((words[i + 1] ?? '').split(','), subject) === negated) return false;
    i += 2;
  }
  return true;
}

/** Wildcards in the last part of a path, sorted as ssh does; a path without any is itself. */
function glob(path: string, folder: string): string[] {
  const full = isAbsolute(path) ? path : join(folder, path);
  if (!/[*?]/.test(full)) return [full];
  const pattern = basename(full);
  try {
    const names = readdirSync(dirname(full)).filter((name) => !name.startsWith('.') || pattern.startsWith('.'));
    return names
      .filter((name) => matchesPatterns([pattern], name))
      .toSorted()
      .map((name) => join(dirname(full), name));
  } catch {
    // No such folder: nothing is included, as ssh has it.
    return [];
  }
}
