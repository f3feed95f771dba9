/**
 * The ConfigHost of the console: reads configuration as a server on this machine would, from that server's working
 * directory and with its environment. Synchronous, as reading a configuration is; files are small and limited.
 */
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { availableParallelism, hostname, userInfo } from 'node:os';
import { type ConfigHost, type ReadResult, resolvePath } from '../../../engine/config/host.ts';
import { hostFacts } from '../../../engine/config/host-facts.ts';
import { errnoOf } from '../errors.ts';

export interface ConfigHostOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Path of the server's program, for `%b`. */
  binaryPath: string;
  version: string;
  /** Content to use instead of what is on disk: a file that is being edited. */
  override?: { path: string; text: string };
}

const LARGEST_BYTES = 4 * 1024 * 1024;

export function createConfigHost(options: ConfigHostOptions): ConfigHost {
  const { cwd, env, override } = options;
  const resolve = (path: string): string => resolvePath(cwd, path);
  const { uid, gid, username } = userInfo();
  return {
    readFile: (path) => {
      const full = resolve(path);
      if (override !== undefined && full === override.path) return { ok: true, bytes: Buffer.from(override.text) };
      return readLimited(full);
    },
    // A console has no standard input of the server's.
    readStdin: () => ({ ok: false, reason: 'failed' }),
    kindOf: (path) => {
      const found = statOf(resolve(path));
      if (found === null) return null;
      if (found.isDirectory()) return 'folder';
      return found.isFile() ? 'file' : 'other';
    },
    list: (path) => {
      try {
        return readdirSync(resolve(path));
      } catch {
        return [];
      }
    },
    realFolder: (path) => {
      try {
        return realpathSync(resolve(path));
      } catch {
        return null;
      }
    },
    inode: (path) => statOf(resolve(path))?.ino.toString() ?? null,
    env,
    cwd,
    hostname: hostname(),
    cpus: availableParallelism(),
    uid,
    user: username,
    gid,
    group: groupName(gid),
    binaryPath: options.binaryPath,
    version: options.version,
    reloading: false,
    nowMicros: () => Date.now() * 1000,
    facts: hostFacts({
      env,
      readText: (path) => {
        const read = readLimited(path);
        return read.ok ? Buffer.from(read.bytes).toString('utf8') : null;
      },
      exists: (path) => statOf(path) !== null,
      modeOf: (path) => statOf(path)?.mode ?? null,
    }),
  };
}

function readLimited(path: string): ReadResult {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return { ok: false, reason: 'is a folder' };
    if (!found.isFile()) return { ok: false, reason: 'failed' };
    if (found.size > LARGEST_BYTES) return { ok: false, reason: 'too large' };
    return { ok: true, bytes: readFileSync(path) };
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, reason: 'not found' };
    return { ok: false, reason: code === 'EACCES' || code === 'EPERM' ? 'not permitted' : 'failed' };
  }
}

/** null: there is nothing, or nothing that can be looked at (no permission, a loop of links, too long a name). */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function groupName(gid: number): string {
  const groups = readLimited('/etc/group');
  if (!groups.ok) return String(gid);
  const lines = Buffer.from(groups.bytes).toString('utf8').split('\n');
  return lines.find((line) => line.split(':')[2] === String(gid))?.split(':')[0] ?? String(gid);
}
