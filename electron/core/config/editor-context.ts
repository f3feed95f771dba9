/**
 * Answers the editor's questions about one configuration text as its server would read it: values of variables and
 * placeholders, entries of a folder for a path that is being typed, files it reads. Pure but for the ConfigHost.
 */
import type { ConfigHost } from '../../../engine/config/host.ts';
import { resolvePath } from '../../../engine/config/host.ts';
import { expandMagic, type MagicFile, magicValue } from '../../../engine/config/magic.ts';
import { findOption } from '../../../engine/config/option-table.ts';
import { evaluatePlaceholder, expandValue } from '../../../engine/config/placeholders.ts';
import { type ConfigErrors, type Resolved, resolveConfig } from '../../../engine/config/resolve.ts';
import { holdsSecret, isSecretName } from '../../../engine/config/secrets.ts';
import { magicFileOf, splitFileName } from '../../../engine/config/sources.ts';
import {
  type ConfigContext,
  type ConfigPaths,
  type ConfigPeek,
  MOST_PATHS,
  MOST_VALUES,
} from '../../contract/editor-model.ts';
import { LARGEST_CONFIG } from '../../contract/model.ts';
import { CoreError } from '../errors.ts';

const LONGEST_VALUE = 400;
const LETTERS = 'vpsdnexcijobhktuUgGVPSDNECXIJO0123456789';

/** Options whose paths start from the folder of the start, whatever `chdir` says; those that read configuration too. */
const FROM_START: ReadonlySet<string> = new Set(
  (
    'ini xml yaml json config include inherit inject-before inject-after fallback-config ini-paste ini-paste-logged ' +
    'chdir logto logto2 log-backupname logger req-logger daemonize daemonize2 pidfile pidfile2 safe-pidfile ' +
    'safe-pidfile2 sni-dir https https-socket stats-push if-exists if-not-exists if-file if-not-file if-dir if-not-dir ' +
    'for-glob for-readline plugins-dir'
  ).split(' '),
);

/** A configuration text at its place; the host reads it instead of what is on the disk. */
export interface EditedText {
  path: string;
  host: ConfigHost;
}

export function describeContext({ path, host }: EditedText): ConfigContext {
  const resolved = resolveConfig(['--ini', path], withoutOptions(host));
  const file = magicFileOf(path, null, host);
  const magic: Record<string, string> = {};
  for (const letter of LETTERS) {
    const value = magicValue(letter, file, file, host);
    if (value !== null) magic[letter] = value;
  }
  const values = resolved.ok ? resolved.options.slice(0, MOST_VALUES) : [];
  return {
    startFolder: host.cwd,
    chdir: chdirOf(resolved, host),
    magic,
    environment: environmentOf(host),
    values: values.map(({ key, value, origin }) => ({
      key,
      value: short(value),
      file: origin.file,
      line: origin.line,
    })),
    files: filesOf(resolved, file.path),
    problem: resolved.ok ? null : (resolved.errors[0]?.message ?? null),
  };
}

/** What a path that is typed as the value of `option` may go on with; `typed` reaches up to the cursor. */
export function listPaths(text: EditedText, option: string, typed: string): ConfigPaths {
  const { path, host } = text;
  const resolved = resolveConfig(['--ini', path], withoutOptions(host));
  const name = findOption(option)?.name ?? option;
  const base = FROM_START.has(name) ? host.cwd : chdirOf(resolved, host);
  const expanded = expandWritten(typed, text, resolved);
  const folder = resolvePath(base, expanded.slice(0, expanded.lastIndexOf('/') + 1) || '.');
  if (host.kindOf(folder) !== 'folder') return { folder: null, entries: [], isCut: false };
  const names = host.list(folder).sort((a, b) => a.localeCompare(b));
  const wanted = expanded.slice(expanded.lastIndexOf('/') + 1);
  const shown = names.filter((entry) => wanted.startsWith('.') || !entry.startsWith('.'));
  const fitting = shown.length > MOST_PATHS ? shown.filter((entry) => entry.startsWith(wanted)) : shown;
  const entries = fitting.slice(0, MOST_PATHS).map((entry) => ({
    name: entry,
    kind: host.kindOf(`${folder === '/' ? '' : folder}/${entry}`) ?? ('other' as const),
  }));
  return { folder, entries, isCut: shown.length > entries.length };
}

/** The text of a file that the configuration reads, named as its line names it. Throws `config-not-read`, `config-unreadable`. */
export function peekInto(text: EditedText, option: string, written: string): ConfigPeek {
  const { path, host } = text;
  const resolved = resolveConfig(['--ini', path], withoutOptions(host));
  const own = magicFileOf(path, null, host);
  const name = expandWritten(written, text, resolved);
  const splits = !['include', 'inherit'].includes(findOption(option)?.name ?? option);
  const split = splits && host.kindOf(name) !== 'file' ? splitFileName(name) : { path: name, section: null };
  const full = split.path === '' ? own.path : magicFileOf(split.path, null, host).path;
  if (!filesOf(resolved, own.path).includes(full)) throw new CoreError('config-not-read', { path: full });
  const read = host.readFile(full);
  if (!read.ok) throw new CoreError('config-unreadable', { path: full, reason: read.reason });
  const shown = Buffer.from(read.bytes).toString('utf8').slice(0, LARGEST_CONFIG);
  return { path: full, text: shown, section: split.section };
}

function filesOf(resolved: Resolved | ConfigErrors, own: string): string[] {
  return [...new Set([own, ...resolved.files, ...(resolved.ok ? resolved.otherFiles : [])])];
}

/** A value with its magic variables, environment and placeholders replaced. */
function expandWritten(written: string, { path, host }: EditedText, resolved: Resolved | ConfigErrors): string {
  const file: MagicFile = magicFileOf(path, null, host);
  const first = new Map<string, string>();
  for (const { key, value } of resolved.ok ? resolved.options : []) if (!first.has(key)) first.set(key, value);
  const magic = expandMagic(written, file, file, host).text;
  const env = expandValue(magic, '$', (name) => host.env[name] ?? null) ?? magic;
  return expandValue(env, '%', (name) => evaluatePlaceholder(name, (key) => first.get(key) ?? null)) ?? env;
}

function chdirOf(resolved: Resolved | ConfigErrors, host: ConfigHost): string {
  const last = resolved.ok ? resolved.applied.findLast(({ key }) => key === 'chdir') : undefined;
  return resolvePath(host.cwd, last?.value ?? '.');
}

/** UWSGI_ variables are options of a start, and none of the file's. */
function withoutOptions(host: ConfigHost): ConfigHost {
  const env = Object.fromEntries(Object.entries(host.env).filter(([name]) => !name.startsWith('UWSGI_')));
  return { ...host, env };
}

function environmentOf({ env }: ConfigHost): ConfigContext['environment'] {
  return Object.entries(env)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value: isSecretName(name) || holdsSecret(value) ? null : short(value) }],
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, MOST_PATHS);
}

function short(value: string): string {
  return value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
}
