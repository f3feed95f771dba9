/**
 * Where a rehearsal happens: a folder that only this user may enter, made for it and removed after it, with what its
 * engine may have left elsewhere. Its name says whose it is, so that the next one removes those of a Reeve that was killed.
 */
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isErrorCode } from '../errors.ts';

const PREFIX = 'rehearse-';
/** Longest folder that leaves room for `/rehearse-1234567-abcdef/stats` below the limit for paths of unix sockets. */
const LONGEST_PARENT = 70;

/** In `parent`, or among the temporary files where its path is too long. */
export async function makeScratchFolder(parent: string): Promise<string> {
  const place = Buffer.byteLength(parent) <= LONGEST_PARENT ? parent : tmpdir();
  await removeAbandonedScratch(place);
  return mkdtemp(join(place, `${PREFIX}${process.pid}-`));
}

/** `enginePid`: an engine that had to be killed leaves its private folder in the folder for temporary files. */
export async function removeScratchFolder(path: string, enginePid: number | null, temporary: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  if (enginePid === null) return;
  // A folder for temporary files that is gone has nothing left in it.
  const names = await readdir(temporary).catch(() => []);
  const left = names.filter((name) => name.startsWith(`reeve-engine-${enginePid}-`));
  await Promise.all(left.map(async (name) => rm(join(temporary, name), { recursive: true, force: true })));
}

/** Folders of this user whose Reeve is gone. */
export async function removeAbandonedScratch(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = /^rehearse-(\d+)-\w{6}$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(parent, name);
    // Another rehearsal may remove it in the same moment.
    const info = await lstat(path).catch(() => null);
    if (info?.isDirectory() !== true || info.uid !== (process.getuid?.() ?? info.uid)) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** The engine's folder for temporary files, by its environment. */
export function temporaryFolderOf(env: Readonly<Record<string, string>>): string {
  return env['TMPDIR'] ?? tmpdir();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return isErrorCode(error, 'EPERM');
  }
}
