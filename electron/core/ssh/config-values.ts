/**
 * The configuration of one host as names and values, in lower case: what `ssh -G` prints, and what config-reader.ts
 * finds where there is no ssh. Tokens are those of ssh_config(5), TOKENS. Pure.
 */
import { createHash } from 'node:crypto';

/** An option that may be given several times (IdentityFile) has several values. */
export type ConfigValues = ReadonlyMap<string, readonly string[]>;

export interface TokenValues {
  /** %h: the real name. */
  hostName: string;
  /** %n: as it was written. */
  name: string;
  port: number;
  /** %r */
  user: string;
  /** %k; null: as %n. */
  hostKeyAlias: string | null;
  proxyJump: string;
  /** %d and `~` */
  homeFolder: string;
  /** %u, %l, %i: of this machine. */
  localUser: string;
  localHost: string;
  uid: number;
  env: Readonly<Record<string, string | undefined>>;
}

/** `ssh -G`: a name, a blank and the value on each line. */
export function parseSshG(text: string): ConfigValues {
  const values = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf(' ');
    if (at <= 0) continue;
    const name = line.slice(0, at).toLowerCase();
    values.set(name, [...(values.get(name) ?? []), line.slice(at + 1)]);
  }
  return values;
}

/** The first value; null where the option is not set, or to `none`. */
export function valueOf(values: ConfigValues, name: string): string | null {
  const value = values.get(name)?.[0];
  return value === undefined || value.toLowerCase() === 'none' ? null : value;
}

/** `yes` of a file is `yes` or `true` in `ssh -G`. */
export function isOn(values: ConfigValues, name: string, otherwise: boolean): boolean {
  const value = valueOf(values, name)?.toLowerCase();
  return value === undefined ? otherwise : value === 'yes' || value === 'true';
}

export function numberOf(values: ConfigValues, name: string): number | null {
  const value = valueOf(values, name);
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}

/** Puts values in place of `%h` and the like. */
export function expandTokens(text: string, tokens: TokenValues): string {
  return text.replace(/%(.)/g, (whole, letter: string) => tokenOf(letter, tokens) ?? whole);
}

/** A path of the configuration: tokens, `~/` and `${VARIABLE}`. */
export function expandPath(text: string, tokens: TokenValues): string {
  const path = expandTokens(text, tokens).replace(/\$\{(\w+)\}/g, (whole, name: string) => tokens.env[name] ?? whole);
  return path === '~' || path.startsWith('~/') || path.startsWith('~\\') ? tokens.homeFolder + path.slice(1) : path;
}

function tokenOf(letter: string, tokens: TokenValues): string | null {
  switch (letter) {
    case '%':
      return '%';
    case 'h':
      return tokens.hostName;
    case 'n':
      return tokens.name;
    case 'p':
      return String(tokens.port);
    case 'r':
      return tokens.user;
    case 'k':
      return tokens.hostKeyAlias ?? tokens.name;
    case 'd':
      return tokens.homeFolder;
    case 'u':
      return tokens.localUser;
    case 'i':
      return String(tokens.uid);
    case 'j':
      return tokens.proxyJump;
    case 'l':
      return tokens.localHost;
    case 'L':
      return tokens.localHost.split('.')[0] ?? '';
    case 'C': {
      const { localHost, hostName, port, user, proxyJump } = tokens;
      return createHash('sha1').update(`${localHost}${hostName}${port}${user}${proxyJump}`).digest('hex');
    }
    default:
      return null;
  }
}

/** Words of a line, some of them in double quotes. */
export function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
