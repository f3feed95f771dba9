/**
 * Configuration files on disk: read with a version, written only over that version. Symbolic links are followed to
 * the file itself; its mode, owner, access lists and other names stay. A crash in the middle leaves the old file whole;
 * one of another owner, or with several names, can only be written where it stands (in-place-file.ts).
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, access as mayAccess, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type FileVersion, LARGEST_CONFIG } from '../../contract/model.ts';
import { CoreError, describe, isErrorCode } from '../errors.ts';
import { removeTemporaries, writeFileAtomically } from '../files/atomic-file.ts';
import { writeInPlace } from '../files/in-place-file.ts';
import { Turns } from '../turns.ts';

const saves = new Turns();
/** Longer than any save takes: what is this old was left by a program that was killed. */
const LEFTOVER_AGE_MS = 60_000;

export interface ConfigText {
  /** As it was asked for. */
  path: string;
  text: string;
  version: FileVersion;
  writable: boolean;
  access: FileAccess;
}

/** Who may do what with a file. */
export interface FileAccess {
  mode: number;
  uid: number;
  gid: number;
}

export type SaveOutcome =
  | { status: 'saved'; file: ConfigText }
  | { status: 'conflict'; disk: ConfigText }
  /** There is no file any more; nothing was written. */
  | { status: 'gone' };

/** Throws `config-gone`, `config-unreadable`, `config-too-large`, `config-not-text` or `config-encoding`. */
export async function readConfigText(path: string): Promise<ConfigText> {
  let bytes: Buffer;
  let mtimeMs: number;
  let writable: boolean;
  let access: FileAccess;
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new CoreError('config-unreadable', { path, reason: 'it is a folder' });
    if (!found.isFile()) throw new CoreError('config-unreadable', { path, reason: 'it is not a file' });
    if (found.size > LARGEST_CONFIG) {
      throw new CoreError('config-too-large', { path, megabytes: LARGEST_CONFIG / 1_000_000 });
    }
    mtimeMs = found.mtimeMs;
    access = { mode: found.mode & 0o7777, uid: found.uid, gid: found.gid };
    bytes = await readFile(path);
    writable = await isWritable(path);
  } catch (error) {
    if (error instanceof CoreError) throw error;
    if (isErrorCode(error, 'ENOENT')) throw new CoreError('config-gone', { path }, { cause: error });
    throw new CoreError('config-unreadable', { path, reason: describe(error) }, { cause: error });
  }
  if (bytes.includes(0)) throw new CoreError('config-not-text', { path });
  if (!isUtf8(bytes)) throw new CoreError('config-encoding', { path, line: firstOddLine(bytes) });
  return { path, text: bytes.toString('utf8'), version: versionOf(bytes, mtimeMs), writable, access };
}

/** The first line (1-based) that is not UTF-8. No byte of another character is a line end. */
function firstOddLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return line;
}

/**
 * Throws `config-unwritable`, and what reading throws. Nothing is written when the file is another than `base`: of two
 * saves over the same version the second one is a conflict.
 */
export async function saveConfigText(path: string, text: string, base: FileVersion): Promise<SaveOutcome> {
  const key = await realpath(path).catch(() => path);
  return saves.take(key, async () => saveOver(path, text, base));
}

/**
 * Makes a file anew that was removed under the editor, for whom the old one was (null: not known). Throws
 * `config-unwritable`; a conflict when there is one again.
 */
export async function makeConfigText(path: string, text: string, access: FileAccess | null): Promise<SaveOutcome> {
  return saves.take(path, async () => {
    const requireGone = async (): Promise<void> => {
      if ((await lstat(path).catch(() => null)) !== null) throw new ChangedMeanwhile();
    };
    try {
      await requireGone();
      const mode = access?.mode ?? 0o644 & ~process.umask();
      const owner = access === null ? {} : { owner: access };
      await writeFileAtomically(path, text, { mode, ...owner, beforeRename: requireGone });
    } catch (error) {
      const disk = error instanceof ChangedMeanwhile ? await readConfigText(path).catch(() => null) : null;
      if (disk !== null) return { status: 'conflict', disk };
      const reason = error instanceof ChangedMeanwhile ? 'something else is in its place' : describe(error);
      throw new CoreError('config-unwritable', { path, reason }, { cause: error });
    }
    return { status: 'saved', file: await readConfigText(path) };
  });
}

async function saveOver(path: string, text: string, base: FileVersion): Promise<SaveOutcome> {
  const disk = await readUnlessGone(path);
  if (disk === null) return { status: 'gone' };
  if (disk.version.sha256 !== base.sha256) return { status: 'conflict', disk };
  // Renaming over it would pass by the permissions of a file that may not be written.
  if (!disk.writable) throw new CoreError('config-unwritable', { path, reason: 'permission denied' });
  try {
    const real = await realpath(path);
    const { mode, uid, gid, nlink } = await stat(real);
    await removeTemporaries(real, LEFTOVER_AGE_MS);
    const stillSame = async () => requireSame(path, real, base);
    if (nlink > 1 || !canGiveTo(uid, gid)) {
      await writeInPlace(real, text, stillSame);
    } else {
      const owner = { uid, gid };
      await writeFileAtomically(real, text, {
        mode: mode & 0o7777,
        owner,
        attributesOf: real,
        beforeRename: stillSame,
      });
    }
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return { status: 'conflict', disk: await readConfigText(path) };
    throw new CoreError('config-unwritable', { path, reason: describe(error) }, { cause: error });
  }
  return { status: 'saved', file: await readConfigText(path) };
}

/** null: the file is gone and its folder is there, so that it can be made anew. */
async function readUnlessGone(path: string): Promise<ConfigText | null> {
  try {
    return await readConfigText(path);
  } catch (error) {
    if (!(error instanceof CoreError) || error.code !== 'config-gone') throw error;
    const folder = await stat(dirname(path)).catch(() => null);
    if (folder?.isDirectory() !== true) throw error;
    return null;
  }
}

/** Whether this user can make a file that belongs to them. */
function canGiveTo(uid: number, gid: number): boolean {
  const [me, groups] = [process.geteuid?.(), process.getgroups?.()];
  if (me === undefined || groups === undefined || me === 0) return true;
  return uid === me && (gid === process.getegid?.() || groups.includes(gid));
}

/** Another program wrote it, or put another file or link in its place, while the new text was written. */
class ChangedMeanwhile extends Error {}

async function requireSame(path: string, real: string, base: FileVersion): Promise<void> {
  const now = await readConfigText(path);
  if (now.version.sha256 !== base.sha256 || (await realpath(path)) !== real) throw new ChangedMeanwhile();
}

function versionOf(bytes: Buffer, mtimeMs: number): FileVersion {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), mtimeMs, sizeBytes: bytes.length };
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await mayAccess(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
