/**
 * Saves files of this machine: by a new file that takes the old one's place, or where it stands when that would lose its
 * owner or its other names.
 */
import { constants } from 'node:fs';
import { lstat, access as mayAccess, readFile, realpath, stat } from 'node:fs/promises';
import { removeTemporaries, writeFileAtomically } from '../files/atomic-file.ts';
import { writeInPlace } from '../files/in-place-file.ts';
import type { FileChange, FileSaver } from './file-saver.ts';

/** Longer than any save takes: what is this old was left by a program that was killed. */
const LEFTOVER_AGE_MS = 60_000;

export const localSaver: FileSaver = {
  isWritable: async (path) => {
    try {
      await mayAccess(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
  replace: async (change) => {
    const { real, after } = change;
    const { mode, uid, gid, nlink } = await stat(real);
    await removeTemporaries(real, LEFTOVER_AGE_MS);
    const stillSame = async () => requireSame(change);
    return unlessChanged(async () => {
      if (nlink > 1 || !canGiveTo(uid, gid)) {
        await writeInPlace(real, after, stillSame);
        return;
      }
      const owner = { uid, gid };
      await writeFileAtomically(real, after, {
        mode: mode & 0o7777,
        owner,
        attributesOf: real,
        beforeRename: stillSame,
      });
    });
  },
  create: async (path, text, access) => {
    const mode = access?.mode ?? 0o644 & ~process.umask();
    const owner = access === null ? {} : { owner: access };
    const requireGone = async (): Promise<void> => {
      if ((await lstat(path).catch(() => null)) !== null) throw new ChangedMeanwhile();
    };
    return unlessChanged(async () => {
      await requireGone();
      await writeFileAtomically(path, text, { mode, ...owner, beforeRename: requireGone });
    });
  },
};

/** Another program wrote it, or put another file or link in its place. */
class ChangedMeanwhile extends Error {}

async function unlessChanged(write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return false;
    throw error;
  }
}

async function requireSame({ path, real, before }: FileChange): Promise<void> {
  const [now, place] = await Promise.all([readFile(real), realpath(path)]);
  if (place !== real || !now.equals(Buffer.from(before))) throw new ChangedMeanwhile();
}

/** Whether this user can make a file that belongs to them. */
function canGiveTo(uid: number, gid: number): boolean {
  const [me, groups] = [process.geteuid?.(), process.getgroups?.()];
  if (me === undefined || groups === undefined || me === 0) return true;
  return uid === me && (gid === process.getegid?.() || groups.includes(gid));
}
