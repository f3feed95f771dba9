/**
 * Writes a file so that a reader, a crash or a full disk never sees half of it: a temporary file beside it, flushed,
 * then renamed over it, and the folder flushed, so that the new name is there after a power cut, too.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isErrorCode } from '../errors.ts';

const run = promisify(execFile);

export interface AtomicWrite {
  /** Permissions of the new file. */
  mode: number;
  /** Whose the new file shall be; left alone where this user may not change it. */
  owner?: { uid: number; gid: number };
  /** File whose access lists and extended attributes the new one shall have, where the system can copy them. */
  attributesOf?: string;
  /** Called when all is written, right before the new file takes its place; what it throws leaves the old one. */
  beforeRename?: () => Promise<void>;
}

/** Throws the system's error; the file that was there is then untouched. */
export async function writeFileAtomically(path: string, content: string, options: AtomicWrite): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    const handle = await open(temporary, 'wx', options.mode);
    try {
      await handle.writeFile(content, 'utf8');
      if (options.owner !== undefined) await keepOwner(handle, options.owner);
      await handle.chmod(options.mode);
      if (options.attributesOf !== undefined) await copyAttributes(options.attributesOf, temporary);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await options.beforeRename?.();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A new name beside `path`; removeTemporaries finds it. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

/**
 * Removes what a writer that was killed in the middle left beside `path`. Where other programs may write the file, too,
 * only what is older than any writing takes.
 */
export async function removeTemporaries(path: string, olderThanMs = 0): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const mine = names.filter((name) => name.startsWith(`.${basename(path)}.`) && /\.[0-9a-f]{12}\.tmp$/.test(name));
  await Promise.all(mine.map(async (name) => removeOld(join(folder, name), olderThanMs)));
}

async function removeOld(path: string, olderThanMs: number): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs >= olderThanMs) await rm(path, { force: true });
}

/** Node has no call for access lists and extended attributes; GNU's cp has. Elsewhere they are left out. */
async function copyAttributes(from: string, to: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const what = ['--attributes-only', '--preserve=mode,xattr', '--no-dereference', '--', from, to];
  // A system without GNU's cp, or a file system without attributes: then there are none to lose.
  await run('cp', what, { timeout: 2_000 }).catch(() => {});
}

/** The file is in its place already: a folder that can't be flushed is no failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync();
  } catch {
    // Some file systems flush no folders.
  } finally {
    await handle.close();
  }
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
