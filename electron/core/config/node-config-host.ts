/**
 * The ConfigHost of the console: reads configuration as a server on this machine would, from that server's working
 * directory and with its environment. Synchronous, as reading a configuration is; files are small and limited.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { ALL_READERS } from '../../../engine/config/formats/all-readers.ts';
import { type ConfigHost, type HostFacts, type ReadResult, resolvePath } from '../../../engine/config/host.ts';
import { hostFacts } from '../../../engine/config/host-facts.ts';
import { currentUser } from '../current-user.ts';
import { errnoOf } from '../errors.ts';

export interface ConfigHostOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Path of the server's program, for `%b`. */
  binaryPath: string;
  version: string;
  /** What is known of the machine the server runs on; null: nothing, absent: it is this one. */
  machine?: Pick<HostFacts, 'supervisor'> | null;
  /** How old what is known of the files of a machine behind a link may be; absent: as they are now. */
  ageMs?: number;
  /** Content to use instead of what is on disk: a file that is being edited. */
  override?: { path: string; text: string };
}

const LARGEST_BYTES = 4 * 1024 * 1024;

export function createConfigHost(options: ConfigHostOptions): ConfigHost {
  const { cwd, env, override } = options;
  const resolve = (path: string): string => resolvePath(cwd, path);
  const { uid, gid, name } = currentUser();
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
    readers: ALL_READERS,
    hostname: hostname(),
    cpus: availableParallelism(),
    uid,
    user: name,
    gid,
    group: groupName(gid),
    binaryPath: options.binaryPath,
    version: options.version,
    reloading: false,
    nowMicros: () => Date.now() * 1000,
    ...factsFor(options),
  };
}

/** Whoever runs in a container of this machine's is in it, whatever started it there. */
function factsFor({ env, machine }: ConfigHostOptions): Pick<ConfigHost, 'facts'> {
  if (machine === null) return {};
  const here = hostFacts({
    env,
    readText: (path) => {
      const read = readLimited(path);
      return read.ok ? Buffer.from(read.bytes).toString('utf8') : null;
    },
    exists: (path) => statOf(path) !== null,
    modeOf: (path) => statOf(path)?.mode ?? null,
  });
  if (machine === undefined || here.supervisor === 'container') return { facts: here };
  return {
    facts: {
      get maxBacklog() {
        return here.maxBacklog;
      },
      supervisor: machine.supervisor,
      isWorldWritable: (folder) => here.isWorldWritable(folder),
    },
  };
}

/** Never waits and never reads more than it may: a name that is being typed can be that of anything, such as a file of /proc. */
function readLimited(path: string): ReadResult {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (found.isDirectory()) return { ok: false, reason: 'is a folder' };
    if (!found.isFile()) return { ok: false, reason: 'failed' };
    const bytes = found.size > LARGEST_BYTES ? null : readUpTo(file, found.size);
    return bytes === null ? { ok: false, reason: 'too large' } : { ok: true, bytes };
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, reason: 'not found' };
    return { ok: false, reason: code === 'EACCES' || code === 'EPERM' ? 'not permitted' : 'failed' };
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** `size` is what the system says, 0 for files of /proc; null: there is more than may be read. */
function readUpTo(file: number, size: number): Buffer | null {
  const parts: Buffer[] = [];
  for (let total = 0; total <= LARGEST_BYTES; ) {
    const part = Buffer.allocUnsafe(Math.max(size + 1 - total, 64 * 1024));
    const read = readSync(file, part);
    if (read === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, read));
    total += read;
  }
  return null;
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
