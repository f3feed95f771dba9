/**
 * Where options come from: names of configuration files as they are written (`shop.ini`, `shop.ini:live`, `:live`, `-`)
 * and one loader for each format behind one interface. INI is read; the other formats of uWSGI have their place here.
 */
import { ConfigFailure } from './errors.ts';
import { type ConfigHost, type ReadFailure, resolvePath } from './host.ts';
import { DEFAULT_SECTION, optionsOf, parseIni } from './ini-document.ts';
import { expandMagic, type MagicFile } from './magic.ts';
import type { Origin } from './settings.ts';
import { decodeText } from './text-bytes.ts';

export interface LoadedOption {
  key: string;
  value: string;
  /** 1-based line of the file. */
  line: number;
}

export interface LoadRequest {
  file: MagicFile;
  outer: MagicFile | null;
  bytes: Uint8Array;
  section: string;
  host: ConfigHost;
}

/** Options of one section in order; null when the file has no such section. */
export type Loader = (request: LoadRequest) => LoadedOption[] | null;

export interface Format {
  name: string;
  /** null: this engine cannot read it yet. */
  load: Loader | null;
}

const INI: Format = { name: 'INI', load: loadIni };
const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['ini', INI],
  ['xml', { name: 'XML', load: null }],
  ['yaml', { name: 'YAML', load: null }],
  ['yml', { name: 'YAML', load: null }],
  ['json', { name: 'JSON', load: null }],
  ['js', { name: 'JSON', load: null }],
]);

/** Format of the option `ini`, `yaml`, ... or of a file's extension; null when there is none. */
export function formatOf(word: string): Format | null {
  return FORMATS.get(word === 'xmlconfig' ? 'xml' : word) ?? null;
}

/** Format by the end of a file's name. */
export function formatByExtension(path: string): Format | null {
  const dot = path.lastIndexOf('.');
  return dot === -1 ? null : formatOf(path.slice(dot + 1));
}

export interface FileName {
  path: string;
  /** null: none was written. */
  section: string | null;
}

/** Splits `file:section`; a drive letter (`C:\x.ini`) is no section. An empty path means the file that was read last. */
export function splitFileName(text: string): FileName {
  const colon = text.lastIndexOf(':');
  if (colon === -1 || text.startsWith('//', colon + 1) || (colon === 1 && /^[A-Za-z]:[\\/]/.test(text)))
    return { path: text, section: null };
  return { path: text.slice(0, colon), section: text.slice(colon + 1) };
}

/** The bytes of a configuration file. Throws ConfigFailure when it cannot be read. */
export function readSource(path: string, host: ConfigHost, origin: Origin, option: string | null): Uint8Array {
  const scheme = /^([a-z]+):\/\//.exec(path)?.[1];
  if (scheme !== undefined) {
    throw new ConfigFailure({
      code: 'format-not-supported',
      message: `The engine reads configuration from files, not from ${scheme}:// addresses.`,
      origin,
      option,
      hint: 'Fetch it into a file and name that file.',
    });
  }
  const read = path === '-' ? host.readStdin() : host.readFile(path);
  if (read.ok) return read.bytes;
  throw new ConfigFailure({
    code: 'file-not-read',
    message: `'${path}' ${FAILURES[read.reason]}.`,
    origin,
    option,
    hint: read.reason === 'not found' ? `It was looked for as ${resolvePath(host.cwd, path)}.` : null,
  });
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
  if (path === '-') return { given: path, path, section: section ?? '' };
  const full = resolvePath(host.cwd, path);
  const slash = full.lastIndexOf('/');
  const folder = host.realFolder(full.slice(0, slash) || '/') ?? full.slice(0, slash);
  return { given: path, path: `${folder === '/' ? '' : folder}/${full.slice(slash + 1)}`, section: section ?? '' };
}

function loadIni({ file, outer, bytes, section, host }: LoadRequest): LoadedOption[] | null {
  const { text, lines } = expandMagic(decodeText(bytes), file, outer, host);
  const options = optionsOf(parseIni(text), section === '' ? DEFAULT_SECTION : section);
  if (options === null) return null;
  return options.map(({ key, value, number }) => ({ key, value, line: lines[number - 1] ?? number }));
}
