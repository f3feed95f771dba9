/**
 * Magic variables: `%d`, `%n`, `%V` and their kin, replaced in the text of a file before it is read as INI, so in keys,
 * values and comments alike. As observed on uWSGI 2.0.21: `%%` is a per cent sign, `%(` stays for the placeholders,
 * and a per cent sign before anything else vanishes together with that character, be it the end of the line.
 */
import type { ConfigHost } from './host.ts';
import { encodeText } from './text-bytes.ts';

/** The file that is being read, for `%p` and the others. */
export interface MagicFile {
  /** As it was named: `%o`. */
  given: string;
  /** Absolute: `%p`. */
  path: string;
  /** `%x`: the section that was asked for by name, else empty. */
  section: string;
}

export interface MagicText {
  text: string;
  /** For each line of `text`, the line of the original it began in (1-based). */
  lines: number[];
  /** Ends of replaced variables, ascending: this offset of `text` was at that one of the original. */
  ends: { at: number; original: number }[];
}

/** The text with its magic variables replaced. `outer` is the file the upper-case ones speak of; null leaves them empty. */
export function expandMagic(text: string, file: MagicFile, outer: MagicFile | null, host: ConfigHost): MagicText {
  const lines = [1];
  const ends: MagicText['ends'] = [];
  let line = 1;
  let out = '';
  let at = 0;
  const copy = (part: string): void => {
    for (let i = part.indexOf('\n'); i !== -1; i = part.indexOf('\n', i + 1)) lines.push(++line);
    out += part;
  };
  for (;;) {
    const percent = text.indexOf('%', at);
    if (percent === -1) break;
    copy(text.slice(at, percent));
    const letter = text[percent + 1] ?? '';
    if (letter === '(') out += '%(';
    else if (letter === '%') out += '%';
    else out += magicValue(letter, file, outer, host) ?? '';
    if (letter === '\n') line++;
    at = percent + 1 + letter.length;
    ends.push({ at: out.length, original: at });
  }
  copy(text.slice(at));
  return { text: out, lines, ends };
}

/** Where a place of the replaced text was in the original. */
export function originalOffset({ ends }: MagicText, offset: number): number {
  const end = ends.findLast(({ at }) => at <= offset);
  return end === undefined ? offset : end.original + offset - end.at;
}

/** Value of one magic variable; null when there is none of that letter. */
export function magicValue(letter: string, file: MagicFile, outer: MagicFile | null, host: ConfigHost): string | null {
  switch (letter) {
    case 'v':
      return host.cwd;
    case 'h':
      return host.hostname;
    case 'k':
      return String(host.cpus);
    case 't':
      return String(Math.floor(host.nowMicros() / 1_000_000));
    case 'T':
      return String(host.nowMicros());
    case 'u':
      return String(host.uid);
    case 'U':
      return host.user;
    case 'g':
      return String(host.gid);
    case 'G':
      return host.group;
    case 'V':
      return host.version;
    case 'b':
      return host.binaryPath;
    case '[':
      return '\u001b';
    default:
      break;
  }
  if (/^\d$/.test(letter)) return file.path.split('/').slice(1, -1)[Number(letter)] ?? '';
  if (/^[PSDNECXIJO]$/.test(letter)) return outer === null ? '' : fileValue(letter.toLowerCase(), outer, host);
  return fileValue(letter, file, host);
}

function fileValue(letter: string, file: MagicFile, host: ConfigHost): string | null {
  const slash = file.path.lastIndexOf('/');
  const name = file.path.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  switch (letter) {
    case 'o':
      return file.given;
    case 'p':
      return file.path;
    case 's':
      return name;
    case 'd':
      return file.path.slice(0, slash + 1);
    case 'n':
      return dot === -1 ? name : name.slice(0, dot);
    case 'e':
      return dot === -1 ? '' : name.slice(dot + 1);
    case 'c':
      return file.path.split('/').at(-2) ?? '';
    case 'x':
      return file.section;
    case 'i':
      return host.inode(file.path) ?? '';
    case 'j':
      return hashHex(file.path);
    default:
      return null;
  }
}

/** djb33x of the path, its four bytes in memory order, in upper-case hex. */
function hashHex(path: string): string {
  let hash = 5381;
  for (const byte of encodeText(path)) hash = (Math.imul(hash, 33) ^ byte) >>> 0;
  const bytes = [hash & 0xff, (hash >>> 8) & 0xff, (hash >>> 16) & 0xff, hash >>> 24];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}
