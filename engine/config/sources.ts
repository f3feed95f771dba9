/**
 * Where options come from: names of configuration files as they are written (`shop.ini`, `shop.ini:live`, `:live`, `-`,
 * `fd://0`), which format they are in, and their bytes. Reading them as options is loaders.ts.
 */
import { ConfigFailure } from './errors.ts';
import type { FormatName } from './formats/config-document.ts';
import { type ConfigHost, type ReadFailure, type ReadResult, resolvePath, SYSTEM_WORDS } from './host.ts';
import type { MagicFile } from './magic.ts';
import type { Origin } from './settings.ts';
import { leadingInteger } from './values.ts';

const FORMATS: ReadonlyMap<string, FormatName> = new Map([
  ['ini', 'INI'],
  ['xml', 'XML'],
  ['xmlconfig', 'XML'],
  ['yaml', 'YAML'],
  ['yml', 'YAML'],
  ['json', 'JSON'],
  ['js', 'JSON'],
]);

/** Format of the option `ini`, `yaml`, ... or of a file's extension; null when there is none. */
export function formatOf(word: string): FormatName | null {
  return FORMATS.get(word) ?? null;
}

/** Format by the end of a file's name. */
export function formatByExtension(path: string): FormatName | null {
  const dot = path.lastIndexOf('.');
  const extension = path.slice(dot + 1);
  return dot === -1 || extension === 'xmlconfig' ? null : formatOf(extension);
}

/** Arguments that read a file whatever its format is; another ending than the known ones means INI. */
export function loadingArguments(path: string): string[] {
  return [`--${(formatByExtension(path) ?? 'INI').toLowerCase()}`, path];
}

export interface FileName {
  path: string;
  /** null: none was written. */
  section: string | null;
}

/** What uWSGI reads other than by a file's name. */
const SCHEME = /^(emperor|http|data|sym|section|fd|exec|call|callint):\/\//;

/**
 * Splits `file:section` at the last colon; the one of a scheme (`fd://0`) or of a drive letter (`C:\x.ini`) is none.
 * An empty path means the file that was read last.
 */
export function splitFileName(text: string): FileName {
  const colon = text.lastIndexOf(':');
  const isScheme = text.startsWith('//', colon + 1) && SCHEME.test(text);
  if (colon === -1 || isScheme || (colon === 1 && /^[A-Za-z]:[\\/]/.test(text))) return { path: text, section: null };
  return { path: text.slice(0, colon), section: text.slice(colon + 1) };
}

/**
 * The bytes of a configuration file, or of standard input. Throws ConfigFailure when they cannot be read; `missing` is
 * what uWSGI logs when there is no such file.
 */
export function readSource(
  path: string,
  host: ConfigHost,
  origin: Origin,
  option: string | null,
  missing = `open("${path}"): No such file or directory`,
): Uint8Array {
  const scheme = SCHEME.exec(path)?.[1];
  const fromEmperor = scheme === 'emperor' ? host.readFromEmperor : undefined;
  if (scheme !== undefined && path !== STANDARD_INPUT && fromEmperor === undefined) {
    throw refuseScheme(scheme, path, origin, option);
  }
  const isStandardInput = path === '-' || path === STANDARD_INPUT;
  const read = fromEmperor?.() ?? (isStandardInput ? host.readStdin() : readNamed(path, host));
  if (read.ok) return read.bytes;
  throw new ConfigFailure({
    code: 'file-not-read',
    message: `'${path}' ${FAILURES[read.reason]}.`,
    origin,
    option,
    hint: read.reason === 'not found' ? `It was looked for as ${resolvePath(host.cwd, path)}.` : null,
    asUwsgi: read.reason === 'not found' ? missing : `open("${path}"): ${SYSTEM_WORDS[read.reason]}`,
  });
}

/** An empty path is no file, and not the folder that it would be resolved to. */
function readNamed(path: string, host: ConfigHost): ReadResult {
  return path === '' ? { ok: false, reason: 'not found' } : host.readFile(path);
}

const STANDARD_INPUT = 'fd://0';

/** Why a scheme of uWSGI's is not followed. */
function refuseScheme(scheme: string, path: string, origin: Origin, option: string | null): ConfigFailure {
  const commands = 'Reading a configuration runs no program and no code.';
  const reasons: Readonly<Record<string, string>> = {
    exec: commands,
    call: commands,
    callint: commands,
    http: 'Reading a configuration asks no other machine.',
    emperor: 'Only the emperor of this vassal has it.',
    fd: 'Only standard input can be read: fd://0.',
  };
  return new ConfigFailure({
    code: 'format-not-supported',
    message: `'${path}' is not read. ${reasons[scheme] ?? "It speaks of data inside uWSGI's own program."}`,
    origin,
    option,
    hint: 'Put the text into a file and name that file.',
    ...uwsgiRefusal(scheme, path.slice(scheme.length + 3)),
  });
}

/** What uWSGI logs before it ends where its program holds no such data. */
function uwsgiRefusal(scheme: string, name: string): { asUwsgi?: string } {
  if (scheme === 'data')
    return { asUwsgi: `requesting binary data slot ${leadingInteger(name) ?? 0}\n0 size binary data !!!` };
  if (scheme === 'sym') return { asUwsgi: `unable to find symbol _binary_${name}_start` };
  return scheme === 'emperor' ? { asUwsgi: 'this is not a vassal instance' } : {};
}

const FAILURES: Record<ReadFailure, string> = {
  'not found': 'does not exist',
  'is a folder': 'is a folder, not a file',
  'not permitted': 'may not be read by this user',
  'too large': 'is too large for a configuration file',
  failed: 'could not be read',
};

/** The magic variables' idea of a file: its folder with links followed, its own name as it is. */
export function magicFileOf(path: string, section: string | null, host: ConfigHost): MagicFile {
  if (path === '-' || path === STANDARD_INPUT) return { given: path, path, section: section ?? '' };
  const full = resolvePath(host.cwd, path);
  const slash = full.lastIndexOf('/');
  const folder = host.realFolder(full.slice(0, slash) || '/') ?? full.slice(0, slash);
  return { given: path, path: `${folder === '/' ? '' : folder}/${full.slice(slash + 1)}`, section: section ?? '' };
}
