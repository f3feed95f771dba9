/**
 * Configuration files on disk: read with a version, written only over that version. Symbolic links are followed to
 * the file itself; its mode, owner, access lists and other names stay. A crash in the middle leaves the old file whole;
 * one of another owner, or with several names, can only be written where it stands (in-place-file.ts).
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { type FileVersion, LARGEST_CONFIG } from '../../contract/model.ts';
import { CoreError, describe } from '../errors.ts';
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
}

export type SaveOutcome = { status: 'saved'; file: ConfigText } | { status: 'conflict'; disk: ConfigText };

/** Throws `config-unreadable`, `config-too-large` or `config-not-text`. */
export async function readConfigText(path: string): Promise<ConfigText> {
  let bytes: Buffer;
  let mtimeMs: number;
  let writable: boolean;
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new CoreError('config-unreadable', { path, reason: 'it is a folder' });
    if (!found.isFile()) throw new CoreError('config-unreadable', { path, reason: 'it is not a file' });
    if (found.size > LARGEST_CONFIG) {
      throw new CoreError('config-too-large', { path, megabytes: LARGEST_CONFIG / 1_000_000 });
    }
    mtimeMs = found.mtimeMs;
    bytes = await readFile(path);
    writable = await isWritable(path);
  } catch (error) {
    if (error instanceof CoreError) throw error;
    throw new CoreError('config-unreadable', { path, reason: describe(error) }, { cause: error });
  }
  if (!isUtf8(bytes) || bytes.includes(0)) throw new CoreError('config-not-text', { path });
  return { path, text: bytes.toString('utf8'), version: versionOf(bytes, mtimeMs), writable };
}

/**
 * Throws `config-unwritable`, and what reading throws. Nothing is written when the file is another than `base`: of two
 * saves over the same version the second one is a conflict.
 */
export async function saveConfigText(path: string, text: string, base: FileVersion): Promise<SaveOutcome> {
  const key = await realpath(path).catch(() => path);
  return saves.take(key, async () => saveOver(path, text, base));
}

async function saveOver(path: string, text: string, base: FileVersion): Promise<SaveOutcome> {
  const disk = await readConfigText(path);
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
    await access(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
