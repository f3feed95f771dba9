/**
 * Files and facts of a host whose user may use SFTP but run no command (`ForceCommand internal-sftp`): as look-files.ts
 * gives them for one with a shell. SFTP has no inodes.
 */
import type { Stats } from 'ssh2';
import type { ReadFailure } from '../../../engine/config/host.ts';
import { parseUsers } from '../discover/process-text.ts';
import type { ProcFiles } from '../discover/processes.ts';
import { CoreError } from '../errors.ts';
import { MOST_CONFIG_BYTES } from './look-files.ts';
import type { FileStat, MachineFiles } from './machine.ts';
import { SftpFailure, type SftpSession } from './sftp-session.ts';
import type { MachineFacts, Snapshot } from './snapshot-host.ts';

const MOST_SYSTEM_BYTES = 1024 * 1024;

/** Who a user is to the files of a host. */
export interface SftpUser {
  uid: number;
  /** The first is that of new files. */
  gids: readonly number[];
}

/** Throws errors that name the host. */
export function sftpFiles(session: SftpSession, name: string): MachineFiles {
  const placeOf = (path: string): string => `${path} on ${name}`;
  const told = (path: string, error: unknown): unknown => {
    if (!(error instanceof SftpFailure)) return error;
    return new CoreError('files-unreadable', { path: placeOf(path), reason: reasonOf(error) }, { cause: error });
  };
  const about = async <T>(path: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw told(path, error);
    }
  };
  return {
    stat: async (path) => {
      try {
        return fileStat(await session.stat(path));
      } catch (error) {
        if (error instanceof SftpFailure && error.isMissing) return null;
        throw told(path, error);
      }
    },
    readFile: async (path, mostBytes) =>
      about(path, async () => {
        const bytes = await readPlain(session, path, mostBytes);
        if (bytes.length <= mostBytes) return bytes;
        throw new CoreError('file-too-large', { path: placeOf(path), megabytes: mostBytes / 1_000_000 });
      }),
    list: async (folder) => about(folder, async () => namesIn(session, folder)),
    realPath: async (path) => about(path, async () => session.realPath(path)),
  };
}

/** What reading a configuration asks for: what can't be read is a value here, as it is for a server. */
export function sftpSnapshot(session: SftpSession, name: string): Snapshot {
  return {
    stat: async (path) =>
      unlessRefused(null, async () => {
        const { kind, mode } = fileStat(await session.stat(path));
        return { kind: kind === 'file' || kind === 'folder' ? kind : 'other', inode: '0', mode };
      }),
    read: async (path) => {
      try {
        const bytes = await readPlain(session, path, MOST_CONFIG_BYTES);
        return bytes.length > MOST_CONFIG_BYTES ? { ok: false, reason: 'too large' } : { ok: true, bytes };
      } catch (error) {
        if (error instanceof SftpFailure) return { ok: false, reason: failureOf(error) };
        throw error;
      }
    },
    list: async (folder) => unlessRefused([], async () => namesIn(session, folder)),
    real: async (path) => unlessRefused(null, async () => session.realPath(path)),
    facts: async () => readFacts(session, name),
  };
}

/** /proc there, for as far as it is shown: not to a user who is kept in a folder (`ChrootDirectory`). */
export function sftpProcFiles(session: SftpSession): ProcFiles {
  return {
    pids: async () => {
      const names = await unlessRefused([], async () => namesIn(session, '/proc'));
      return names.filter((name) => /^\d+$/.test(name)).map(Number);
    },
    read: async (path) => readText(session, path),
    readLink: async (path) => unlessRefused(null, async () => session.readLink(path)),
  };
}

/** From what the system says of the process that serves the session; where it hides that, from the user's folder. */
export async function readSftpUser(session: SftpSession): Promise<SftpUser> {
  const status = await readText(session, '/proc/self/status');
  const numbers = (field: string): number[] =>
    (new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(status ?? '')?.[1] ?? '').split(/\s+/).filter(Boolean).map(Number);
  const [, uid] = numbers('Uid');
  const [, gid] = numbers('Gid');
  if (uid !== undefined && gid !== undefined) return { uid, gids: [gid, ...numbers('Groups')] };
  const home = await session.stat('.');
  return { uid: home.uid, gids: [home.gid] };
}

async function readFacts(session: SftpSession, name: string): Promise<MachineFacts> {
  const [user, hostname, cpus, passwd, groups] = await Promise.all([
    readSftpUser(session),
    readText(session, '/proc/sys/kernel/hostname'),
    readText(session, '/sys/devices/system/cpu/online'),
    readText(session, '/etc/passwd'),
    readText(session, '/etc/group'),
  ]);
  const { uid } = user;
  const gid = user.gids[0] ?? 0;
  return {
    hostname: hostname?.trim() || name,
    cpus: countCpus(cpus ?? ''),
    uid,
    user: nameIn(passwd, uid),
    gid,
    group: nameIn(groups, gid),
  };
}

/** From /etc/passwd or /etc/group, which begin alike. */
function nameIn(text: string | null, id: number): string {
  return parseUsers(text ?? '').get(String(id)) ?? String(id);
}

/** `0-3,8` as the kernel writes lists; at least one. */
function countCpus(list: string): number {
  const count = list.split(',').reduce((sum, part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    return first === undefined ? sum : sum + Number(last) - Number(first) + 1;
  }, 0);
  return Math.max(1, count);
}

/** A pipe that is opened waits for whoever writes to it: only plain files are. */
async function readPlain(session: SftpSession, path: string, mostBytes: number): Promise<Buffer> {
  const stats = await session.stat(path);
  if (stats.isDirectory()) throw new SftpFailure(null, 'it is a folder');
  if (!stats.isFile()) throw new SftpFailure(null, 'it is no plain file');
  return session.read(path, mostBytes);
}

/** null: it is not there, or not ours to read. */
async function readText(session: SftpSession, path: string): Promise<string | null> {
  return unlessRefused(null, async () => (await session.read(path, MOST_SYSTEM_BYTES)).toString('utf8'));
}

async function unlessRefused<T, R>(otherwise: R, ask: () => Promise<T>): Promise<T | R> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SftpFailure) return otherwise;
    throw error;
  }
}

async function namesIn(session: SftpSession, folder: string): Promise<string[]> {
  return (await session.list(folder)).map(({ filename }) => filename);
}

function fileStat(stats: Stats): FileStat {
  const { mode, uid, gid, size, mtime } = stats;
  return { kind: kindOf(stats), mode: mode & 0o7777, uid, gid, sizeBytes: size, mtimeMs: mtime * 1000 };
}

function kindOf(stats: Stats): FileStat['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isFIFO()) return 'fifo';
  return stats.isSocket() ? 'socket' : 'other';
}

function failureOf(error: SftpFailure): ReadFailure {
  if (error.isMissing) return 'not found';
  if (error.message === 'it is a folder') return 'is a folder';
  return /permission/i.test(error.message) ? 'not permitted' : 'failed';
}

function reasonOf(error: SftpFailure): string {
  const words = error.message;
  return words.charAt(0).toLowerCase() + words.slice(1);
}
