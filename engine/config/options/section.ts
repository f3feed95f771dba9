/**
 * What the sections of the option table share: their shape, the draft of the settings that readers write into, and
 * readers for the usual kinds of values. A section (options/*.ts) holds, for each of its options, the line of the
 * table (`name | kind | engine | default | help`, see option-table.ts) and the reader that gives it its meaning. Paths
 * become absolute here, as uWSGI takes them: from the folder of `chdir`, some from the folder it was started in.
 */
import { MAX_SOCKET_PATH_BYTES, parseAddress } from '../address.ts';
import type { OldCache } from '../cache-values.ts';
import type { CgiDraft } from '../cgi-app.ts';
import { type ConfigHost, resolvePath } from '../host.ts';
import type { LoopDraft } from '../loop-settings.ts';
import type { PerlDraft } from '../perl-app.ts';
import type { PhpDraft } from '../php-app.ts';
import type { PythonDraft } from '../python-app.ts';
import type { RubyDraft } from '../ruby-app.ts';
import type { CertificateSetting, EngineSettings, ListenerKind, Origin, SocketAddress } from '../settings.ts';
import { encodeText } from '../text-bytes.ts';
import { isFlagWord, isOn, wholeNumber } from '../values.ts';

export interface OptionSection {
  data: string;
  /** Reader of each option with status `works`, by its main name. */
  readers: Readonly<Record<string, Reader>>;
}

/** null: the value was taken. Otherwise what is wrong, as the end of a sentence that begins with the line itself. */
export type Reader = (draft: Draft, value: string, origin: Origin) => string | null;

/** A listener as it was written; `socket` speaks what `protocol` says. */
export interface DraftSocket {
  kind: ListenerKind | 'socket';
  address: SocketAddress | { type: 'shared'; index: number };
  text: string;
  origin: Origin;
  tls?: CertificateSetting;
  redirects?: boolean;
}

/** The settings while they are made, with what has to wait for the whole list. */
export interface Draft {
  settings: EngineSettings;
  host: ConfigHost;
  /** Folder that relative paths start from: that of `chdir` when there is one. */
  folder: string;
  python: PythonDraft;
  loop: LoopDraft;
  jsApp: { file: string; origin: Origin } | null;
  ruby: RubyDraft;
  perl: PerlDraft;
  php: PhpDraft;
  cgi: CgiDraft;
  /** Values of `http-modifier1` and its kin. */
  modifiers1: { modifier1: number; origin: Origin }[];
  httpTo: { address: SocketAddress; text: string; origin: Origin }[];
  /** Protocol of `socket`. */
  protocol: ListenerKind;
  sockets: DraftSocket[];
  /** The cache of `cache`, which has no name of its own. */
  oldCache: OldCache;
  /** `queue-store` and `queue-store-sync` */
  queueStore: { path: string | null; sync: number };
  /** `shared-socket`, in order: `=0` names the first one. */
  sharedSockets: { address: SocketAddress; text: string; origin: Origin }[];
  /** `abstract-socket`: paths are names in the abstract namespace. */
  abstractSockets: boolean;
  /** `http-keepalive = 1`: a kept connection may be idle for `http-timeout`. */
  keepsForHttpTimeout: boolean;
  warn(message: string): void;
}

type FlagName = {
  [Name in keyof EngineSettings]: EngineSettings[Name] extends boolean ? Name : never;
}[keyof EngineSettings];
type NumberName = {
  [Name in keyof EngineSettings]: EngineSettings[Name] extends number ? Name : never;
}[keyof EngineSettings];

export const FLAG_EXPECTED = 'is a switch: write true or false.';

export function flag(name: FlagName): Reader {
  return readFlag((settings, value) => {
    settings[name] = value;
  });
}

export function readFlag(use: (settings: EngineSettings, value: boolean) => void): Reader {
  return ({ settings }, value) => {
    if (!isFlagWord(value)) return FLAG_EXPECTED;
    use(settings, isOn(value));
    return null;
  };
}

export function number(name: NumberName, least = 0): Reader {
  return readNumber((settings, value) => {
    settings[name] = value;
  }, least);
}

export function readNumber(use: (settings: EngineSettings, value: number) => void, least = 0): Reader {
  return ({ settings }, value) => {
    const found = wholeNumber(value);
    if (found === null || found < least) return `needs a whole number from ${least} up, without a unit.`;
    use(settings, found);
    return null;
  };
}

/** Sizes that are written in megabytes. */
export function readMegabytes(use: (settings: EngineSettings, bytes: number) => void): Reader {
  return readNumber((settings, megabytes) => use(settings, megabytes * 1024 * 1024));
}

/** Any text but the empty one. */
export function take(value: string, use: (value: string) => unknown): string | null {
  if (value === '') return 'needs a value.';
  use(value);
  return null;
}

/** A path from the folder of `chdir`. */
export function readPath(use: (settings: EngineSettings, path: string) => void): Reader {
  return ({ settings, folder }, value) => take(value, (path) => use(settings, resolvePath(folder, path)));
}

/** A path from the folder the engine was started in. */
export function readStartPath(use: (settings: EngineSettings, path: string) => void): Reader {
  return ({ settings, host }, value) => take(value, (path) => use(settings, resolvePath(host.cwd, path)));
}

/** As `readAddress`; `=0` names the first `shared-socket`. */
export function readListenAddress(draft: Draft, value: string): DraftSocket['address'] | string {
  const shared = /^=(\d+)$/.exec(value)?.[1];
  return shared === undefined ? readAddress(draft, value) : { type: 'shared', index: Number(shared) };
}

/** The address with an absolute path, or what is wrong with it. */
export function readAddress(draft: Draft, value: string): SocketAddress | string {
  const parsed = parseAddress(value);
  if (!parsed.ok) return `is no address. ${parsed.message}`;
  const { address } = parsed;
  if (address.type !== 'unix') return address;
  const path = resolvePath(draft.folder, address.path);
  if (encodeText(path).length > MAX_SOCKET_PATH_BYTES) {
    return `makes the path ${path}, which is too long for a unix socket (${MAX_SOCKET_PATH_BYTES} bytes).`;
  }
  return { type: 'unix', path };
}
