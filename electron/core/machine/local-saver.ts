/** Saves files of this machine: by a new file that takes the old one's place, or where it stands when that would lose its owner or its other names. */
import { constants } from 'node:fs';
import { access as mayAccess, stat } from 'node:fs/promises';
import { removeTemporaries, writeFileAtomically } from '../files/atomic-file.ts';
import { writeInPlace } from '../files/in-place-file.ts';
import type { FileSaver } from './file-saver.ts';

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
  replace: async (path, text, stillSame) => {
    const { mode, uid, gid, nlink } = await stat(path);
    await removeTemporaries(path, LEFTOVER_AGE_MS);
    if (nlink > 1 || !canGiveTo(uid, gid)) {
      await writeInPlace(path, text, stillSame);
      return;
    }
    const owner = { uid, gid };
    await writeFileAtomically(path, text, {
      mode: mode & 0o7777,
      owner,
      attributesOf: path,
      beforeRename: stillSame,
    });
  },
  create: async (path, text, access, stillGone) => {
    const mode = access?.mode ?? 0o644 & ~process.umask();
    const owner = access === null ? {} : { owner: access };
    await writeFileAtomically(path, text, { mode, ...owner, beforeRename: stillGone });
  },
};

/** Whether this user can make a file that belongs to them. */
function canGiveTo(uid: number, gid: number): boolean {
  const [me, groups] = [process.geteuid?.(), process.getgroups?.()];
  if (me === undefined || groups === undefined || me === 0) return true;
  return uid === me && (gid === process.getegid?.() || groups.includes(gid));
}
