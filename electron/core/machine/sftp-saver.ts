/**
 * Saves files of a host whose user may use SFTP but run no command: a new file beside the old one, on the disk, takes its
 * place in one step, once the old one was found to be still what was read. A link that is lost on the way leaves the old
 * text or the new one, and at most the new file beside it, which the next save takes away. What SFTP can't do without
 * risk is refused: a file of another owner, or with several names, would have to be written where it stands.
 */
import { basename, dirname, join } from 'node:path';
import type { FileEntry, Stats } from 'ssh2';
import { CoreError } from '../errors.ts';
import type { FileAccess, FileChange, FileSaver } from './file-saver.ts';
import { cutWhileSaving, temporaryFor } from './remote-saver.ts';
import { readSftpUser, type SftpUser } from './sftp-files.ts';
import { SftpFailure, type SftpSession } from './sftp-session.ts';

/** Longer than any save takes: what is this old was left by one that was cut. */
const LEFTOVER_AGE_S = 60;

/** `onWritten`: what is known of files there may be another now. */
export function createSftpSaver(session: SftpSession, name: string, onWritten: () => void): FileSaver {
  return {
    isWritable: async (path) => {
      const real = await session.realPath(path);
      const [file, folder, user] = await Promise.all([
        mayChange(session, real),
        session.stat(dirname(real)),
        readSftpUser(session),
      ]);
      return file && mayMakeIn(folder, user);
    },
    replace: async (change) => told(name, change.path, async () => replace(session, change)).finally(onWritten),
    create: async (path, text, access) =>
      told(name, path, async () => create(session, path, text, access)).finally(onWritten),
  };
}

async function replace(session: SftpSession, change: FileChange): Promise<boolean> {
  const { real, after } = change;
  const [found, entries] = await Promise.all([session.stat(real), session.list(dirname(real))]);
  const names = linkCount(entries.find(({ filename }) => filename === basename(real)));
  if (names > 1) throw new Error('it has several names (hard links), which are kept only where a command can be run');
  return withTemporary(session, real, async (temporary) => {
    const { mode, uid, gid } = found;
    const atSeconds = await makeFile(session, temporary, after, { mode: mode & 0o7777, uid, gid });
    await removeLeftovers(session, real, entries, atSeconds);
    if (!(await isStill(session, change))) return false;
    await session.renameOver(temporary, real).catch((error: unknown) => {
      throw error instanceof CoreError ? new LostAtRename(error) : error;
    });
    return true;
  });
}

async function create(session: SftpSession, path: string, text: string, access: FileAccess | null): Promise<boolean> {
  return withTemporary(session, path, async (temporary) => {
    if (await isTaken(session, path)) return false;
    await makeFile(session, temporary, text, access);
    try {
      await session.rename(temporary, path);
      return true;
    } catch (error) {
      if (error instanceof CoreError) throw new LostAtRename(error);
      if (await isTaken(session, path)) return false;
      throw error;
    }
  });
}

/** Whether the old file had been replaced when the link was lost, is not known. */
class LostAtRename extends Error {
  constructor(cause: CoreError) {
    super(cause.message, { cause });
  }
}

/** Makes a file and has it on the disk; gives when, by the clock there. `access` null: as new files of this user are. */
async function makeFile(session: SftpSession, path: string, text: string, access: FileAccess | null): Promise<number> {
  const handle = await session.open(path, 'wx');
  try {
    await session.write(handle, Buffer.from(text));
    const made = await session.statHandle(handle);
    if (access !== null && (made.uid !== access.uid || made.gid !== access.gid)) {
      await session.setOwner(handle, access.uid, access.gid).catch((error: unknown) => {
        if (!(error instanceof SftpFailure)) throw error;
        throw new Error('its owner or group is another, which this user can not give to a new file', { cause: error });
      });
    }
    await session.setMode(handle, access?.mode ?? 0o644);
    await session.flush(handle);
    return made.mtime;
  } finally {
    await session.close(handle).catch(() => {});
  }
}

/** Gives `write` a new name beside the file, and takes away what it leaves there. */
async function withTemporary(
  session: SftpSession,
  path: string,
  write: (temporary: string) => Promise<boolean>,
): Promise<boolean> {
  const temporary = temporaryFor(path);
  let isSaved = false;
  try {
    isSaved = await write(temporary);
    return isSaved;
  } finally {
    // Never made, or out of reach: the next save looks for it.
    if (!isSaved) await session.remove(temporary).catch(() => {});
  }
}

async function isStill(session: SftpSession, { path, real, before }: FileChange): Promise<boolean> {
  const old = Buffer.from(before);
  const [place, now] = await Promise.all([session.realPath(path), session.read(real, old.length)]);
  return place === real && now.equals(old);
}

async function removeLeftovers(
  session: SftpSession,
  real: string,
  entries: readonly FileEntry[],
  nowSeconds: number,
): Promise<void> {
  const prefix = `.${basename(real)}.`;
  const left = entries.filter(({ filename, attrs }) => {
    const isOurs = filename.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(filename.slice(prefix.length));
    return isOurs && nowSeconds - attrs.mtime > LEFTOVER_AGE_S;
  });
  // They harm nobody: one that can't be removed is no reason not to save.
  await Promise.all(left.map(async ({ filename }) => session.remove(join(dirname(real), filename)).catch(() => {})));
}

/** From the line that the server gives as `ls -l` does; a server that gives another one has told of one name. */
function linkCount(entry: FileEntry | undefined): number {
  return Number(/^\S{10,11}\s+(\d+)\s/.exec(entry?.longname ?? '')?.[1] ?? 1);
}

async function isTaken(session: SftpSession, path: string): Promise<boolean> {
  const entries = await session.list(dirname(path));
  return entries.some(({ filename }) => filename === basename(path));
}

async function mayChange(session: SftpSession, path: string): Promise<boolean> {
  try {
    await session.close(await session.open(path, 'r+'));
    return true;
  } catch (error) {
    if (error instanceof SftpFailure) return false;
    throw error;
  }
}

function mayMakeIn(folder: Stats, { uid, gids }: SftpUser): boolean {
  const shift = folder.uid === uid ? 6 : gids.includes(folder.gid) ? 3 : 0;
  return uid === 0 || ((folder.mode >> shift) & 0o3) === 0o3;
}

/** What the server says, in the words of a page. */
async function told(name: string, path: string, save: () => Promise<boolean>): Promise<boolean> {
  try {
    return await save();
  } catch (error) {
    if (error instanceof LostAtRename) throw cutWhileSaving(name, path, error);
    if (!(error instanceof SftpFailure)) throw error;
    const words = /^failure$/i.test(error.message)
      ? 'the server gives no reason; a full disk or a read-only file system is one'
      : error.message.charAt(0).toLowerCase() + error.message.slice(1);
    throw new Error(words, { cause: error });
  }
}
