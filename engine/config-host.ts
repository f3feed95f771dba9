/**
 * The real world for the configuration language: files, environment and facts of this machine, as the pure folder
 * config/ asks for them (config/host.ts). Reads are synchronous: a configuration is read before anything runs.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { availableParallelism, hostname, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import process from 'node:process';
import { type FormatReaders, PLAIN_READERS } from './config/formats/readers.ts';
import type { ConfigHost, ReadFailure, ReadResult } from './config/host.ts';
import { hostFacts } from './config/host-facts.ts';

/** No configuration is larger; a log or an image named by mistake should not fill the memory. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const STANDARD_INPUT = 0;

export interface ConfigHostOptions {
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  version?: string;
  reloading?: boolean;
  inheritedSockets?: number;
  /** Absent where no emperor has started this instance. */
  vassal?: { hasSocket: boolean; readConfig: () => ReadResult } | null;
  /** Without them only INI and JSON can be read. */
  readers?: FormatReaders;
}

/** A host for this process; `options` replace what is asked of the process. */
export function createConfigHost(options: ConfigHostOptions = {}): ConfigHost {
  const cwd = withSlashes(options.cwd ?? process.cwd());
  // The system is to see `file/` and `link/..` as they are written.
  const at = (path: string): string => (isAbsolute(path) ? path : `${cwd}/${path}`);
  const { vassal = null } = options;
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return {
    readFile: (path) => readBytes(at(path)),
    readStdin: () => readBytes(STANDARD_INPUT),
    kindOf: (path) => {
      const stats = attempt(() => statSync(at(path)), null);
      if (stats === null) return null;
      return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
    },
    list: (path) => attempt(() => readdirSync(at(path)), []),
    realFolder: (path) => attempt(() => withSlashes(realpathSync(at(path))), null),
    inode: (path) => attempt(() => lstatSync(at(path), { bigint: true }).ino.toString(), null),
    env: options.env ?? process.env,
    cwd,
    hostname: hostname(),
    cpus: availableParallelism(),
    uid,
    // In containers there may be no entry for the user: then it goes by its number, as with uWSGI.
    user: attempt(() => userInfo().username, String(uid)),
    gid,
    group: groupName(gid),
    binaryPath: process.execPath,
    version: options.version ?? '2.0.21',
    reloading: options.reloading ?? false,
    inheritedSockets: options.inheritedSockets ?? 0,
    ...(vassal === null
      ? {}
      : { standardInputListens: vassal.hasSocket, readFromEmperor: (): ReadResult => vassal.readConfig() }),
    readers: options.readers ?? PLAIN_READERS,
    nowMicros: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
    facts: hostFacts({
      env: options.env ?? process.env,
      readText: (path) => attempt(() => readFileSync(path, 'utf8'), null),
      exists: (path) => existsSync(path),
      modeOf: (path) => attempt(() => statSync(path).mode, null),
    }),
  };
}

function readBytes(file: string | number): ReadResult {
  try {
    if (typeof file === 'string') {
      const stats = statSync(file);
      if (stats.isDirectory()) return { ok: false, reason: 'is a folder' };
      if (stats.size > MAX_FILE_BYTES) return { ok: false, reason: 'too large' };
    }
    return { ok: true, bytes: readFileSync(file) };
  } catch (error) {
    return { ok: false, reason: failureOf(error) };
  }
}

function failureOf(error: unknown): ReadFailure {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'not found';
  if (code === 'EACCES' || code === 'EPERM') return 'not permitted';
  if (code === 'EISDIR') return 'is a folder';
  return 'failed';
}

function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return otherwise;
    throw error;
  }
}

/** Name of a group by /etc/group; its number where there is no such file or line. */
function groupName(gid: number): string {
  const groups = attempt(() => readFileSync('/etc/group', 'utf8'), '');
  for (const line of groups.split('\n')) {
    const [name = '', , id] = line.split(':');
    if (id === String(gid)) return name;
  }
  return String(gid);
}

/** Elsewhere than on Windows a backslash is a letter of a name. */
function withSlashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
