/**
 * Writes a file so that a reader, a crash or a full disk never sees half of it: a temporary file beside it, flushed,
 * then renamed over it.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isErrorCode } from '../errors.ts';

export interface AtomicWrite {
  /** Permissions of the new file. */
  mode: number;
  /** Whose the new file shall be; left alone where this user may not change it. */
  owner?: { uid: number; gid: number };
}

/** Throws the system's error; the file that was there is then untouched. */
export async function writeFileAtomically(path: string, content: string, options: AtomicWrite): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', options.mode);
    try {
      await handle.writeFile(content, 'utf8');
      if (options.owner !== undefined) await keepOwner(handle, options.owner);
      await handle.chmod(options.mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes what a writer that was killed in the middle left beside `path`. Only for files nobody else writes. */
export async function removeTemporaries(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const mine = names.filter((name) => name.startsWith(`.${basename(path)}.`) && /\.[0-9a-f]{12}\.tmp$/.test(name));
  await Promise.all(mine.map(async (name) => rm(join(folder, name), { force: true })));
}

async function keepOwner(handle: FileHandle, owner: { uid: number; gid: number }): Promise<void> {
  const now = await handle.stat();
  if (now.uid === owner.uid && now.gid === owner.gid) return;
  try {
    await handle.chown(owner.uid, owner.gid);
  } catch (error) {
    // Only root may give files away: refusing to write would be worse than a new owner within the same group.
    if (!isErrorCode(error, 'EPERM')) throw error;
  }
}
