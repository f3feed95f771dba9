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

export interface ReadConfig {
  values: ConfigValues;
  warnings: string[];
}

interface Line {
  name: string;
  rest: string;
  place: string;
}

/** `tokens` has what is known before the configuration: its `hostName` is the written name. */
export function readConfigFor(files: ConfigFiles, tokens: TokenValues, given: ConfigValues): ReadConfig {
  const values = new Map<string, string[]>([...given].map(([name, list]) => [name, [...list]]));
  const warnings: string[] = [];
  for (const path of files.paths) {
    let applies = true;
    walk(path, files, tokens, warnings, 0, (line) => {
      if (line.name === 'host') applies = matchesPatterns(splitWords(line.rest), tokens.name);
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
    walk(path, files, tokens, [], 0, (line) => {
      const names = line.name === 'host' ? splitWords(line.rest) : [];
      for (const name of names) if (!/[*?!]/.test(name)) found.add(name);
      return true;
    });
  }
  return [...found];
}

function walk(
  path: string,
  files: ConfigFiles,
  tokens: TokenValues,
  warnings: string[],
  depth: number,
  visit: (line: Line) => boolean,
): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!isErrorCode(error, 'ENOENT', 'ENOTDIR')) warnings.push(`${path} was left out: ${describe(error)}.`);
    return;
  }
  let applies = true;
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const match = /^\s*([a-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/i.exec(raw);
    if (match === null) continue;
    const line = { name: (match[1] ?? '').toLowerCase(), rest: match[2] ?? '', place: `${path}:${i + 1}` };
    if (line.name !== 'include') {
      applies = visit(line);
      continue;
    }
    if (!applies) continue;
    if (depth >= MOST_DEPTH) {
      warnings.push(`${line.place} was left out: files include each other more than ${MOST_DEPTH} times.`);
      continue;
    }
    const folder = path.startsWith(files.userFolder) ? files.userFolder : dirname(path);
    for (const word of splitWords(line.rest)) {
      for (const included of glob(expandPath(word, tokens), folder)) {
        walk(included, files, tokens, warnings, depth + 1, visit);
      }
    }
    // Conditions of an included file end with it.
  }
}

function take(values: Map<string, string[]>, { name, rest }: Line): void {
  const value = REST_OF_LINE.has(name) ? rest : splitWords(rest).join(' ');
  const held = values.get(name);
  if (held === undefined) values.set(name, [value]);
  else if (MANY.has(name)) held.push(value);
}

function matches(line: Line, values: ConfigValues, tokens: TokenValues, warnings: string[]): boolean {
  const words = splitWords(line.rest);
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
