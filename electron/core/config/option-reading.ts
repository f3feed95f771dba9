/**
 * Reads a configuration as its server does: with the arguments, the folder and the environment of its process where they
 * can be seen, otherwise the file alone. Files can be given as texts instead of what is on the disk: one that is being
 * edited, or the versions of an earlier time.
 */
import { basename, dirname, join } from 'node:path';
import type { CheckTarget } from '../../../engine/config/diagnostics.ts';
import {
  type EffectiveOption,
  effectiveIni,
  effectiveOptions,
  effectOf,
  stepsOf,
} from '../../../engine/config/effective.ts';
import { formatConfigError } from '../../../engine/config/errors.ts';
import { type ConfigHost, resolvePath } from '../../../engine/config/host.ts';
import { resolveConfig } from '../../../engine/config/resolve.ts';
import type { Origin } from '../../../engine/config/settings.ts';
import type { ConfigEffective, ConfigOrigin } from '../../contract/desk-model.ts';
import type { Instance } from '../instances/instance.ts';
import type { Machine } from '../machine/machine.ts';
import type { Ports } from '../ports.ts';
import { configPathOf } from './config-path.ts';
import { serverStartOf } from './server-start.ts';

/** How a server reads its configuration. */
export interface OptionReading {
  /** Where its files are. */
  machine: Machine;
  /** Whose effects and defaults count. */
  server: CheckTarget['server'];
  argv: string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  binaryPath: string;
  version: string;
  /** How old what is known of the files of a machine behind a link may be; absent: as they are now. */
  ageMs?: number;
}

export interface OptionList {
  options: EffectiveOption[];
  problems: string[];
  notices: string[];
  files: string[];
}

/** Texts to use for files instead of what is on the disk, by absolute path. */
export type FileTexts = ReadonlyMap<string, string>;

/** A file by itself, as if it were started from its folder. */
export function readingOfFile(machine: Machine, path: string, ports: Ports): OptionReading {
  const argv = [loaderOf(path), path];
  const { version } = ports;
  return { machine, server: 'uwsgi', argv, cwd: dirname(path), env: {}, binaryPath: 'uwsgi', version };
}

function loaderOf(path: string): string {
  const [, ending = ''] = /\.(ya?ml|json|js|xml)$/.exec(path) ?? [];
  return ending === '' ? '--ini' : `--${ending}`;
}

/** Throws `config-none` when the file of the instance is not known. */
export async function readingOf(instance: Instance, ports: Ports): Promise<OptionReading> {
  const path = configPathOf(instance);
  const { server, argv, cwd, env, binaryPath, version } = await serverStartOf(instance, ports);
  const alone = readingOfFile(instance.machine, path, ports);
  const known = { ...alone, server, cwd, env: env ?? {}, binaryPath, version };
  if (argv === null) return known;
  // Another file than the one it was started with was named here: that one is read by itself.
  const whole = { ...known, argv };
  return (await readOptions(whole)).files.includes(path) ? whole : known;
}

/** Never throws for what stands in files; throws when the machine can't be reached. */
export async function readOptions(reading: OptionReading, texts: FileTexts = new Map()): Promise<OptionList> {
  return readWith(reading, texts, (host) => {
    const resolved = resolveConfig(reading.argv, host);
    const { files, notices } = resolved;
    if (!resolved.ok) return { options: [], problems: resolved.errors.map(formatConfigError), notices, files };
    return { options: effectiveOptions(resolved), problems: [], notices, files };
  });
}

/** What the server reads from, with these texts in place of files. `read` is pure and may be called several times. */
export async function readWith<T>(
  { machine, cwd, env, binaryPath, version, ageMs = 0 }: OptionReading,
  texts: FileTexts,
  read: (host: ConfigHost) => T,
): Promise<T> {
  return machine.withConfigHost({ cwd, env, binaryPath, version, ageMs }, (host) => read(withTexts(host, texts)));
}

/** As pages show it: in the order of the lines of the file that came first, whatever came in through one of them. */
export function toEffective(
  { options, problems, notices, files }: OptionList,
  server: CheckTarget['server'],
): ConfigEffective {
  const rows = options.map(({ name, key, value, origin, status, option }) => ({
    name,
    key,
    value,
    origin: toOrigin(origin),
    status,
    effect: effectOf(option, server),
  }));
  const topLine = ({ origin }: (typeof rows)[number]) => (origin.via.at(-1) ?? origin).line;
  rows.sort((a, b) => topLine(a) - topLine(b));
  return { options: rows, problems, notices, files, ini: effectiveIni(options) };
}

export function toOrigin(origin: Origin): ConfigOrigin {
  const via = stepsOf(origin).map(({ option, value, origin: { file, line } }) => ({ option, value, file, line }));
  return { file: origin.file, line: origin.line, via };
}

function withTexts(host: ConfigHost, texts: FileTexts): ConfigHost {
  if (texts.size === 0) return host;
  return {
    ...host,
    readFile: (path) => {
      const full = resolvePath(host.cwd, path);
      const text = texts.get(full) ?? texts.get(join(host.realFolder(dirname(full)) ?? '', basename(full)));
      return text === undefined ? host.readFile(path) : { ok: true, bytes: Buffer.from(text) };
    },
  };
}
