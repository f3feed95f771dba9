/**
 * Configuration files of a machine: read with a version, written only over that version. Symbolic links are followed to
 * the file itself; how it is written without losing anything is the machine's saver.
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { type FileVersion, LARGEST_CONFIG } from '../../contract/model.ts';
import { CoreError, describe } from '../errors.ts';
import type { FileAccess } from '../machine/file-saver.ts';
import type { FileStat, Machine } from '../machine/machine.ts';
import { Turns } from '../turns.ts';

const saves = new Turns();

export interface ConfigText {
  /** As it was asked for. */
  path: string;
  text: string;
  version: FileVersion;
  writable: boolean;
  access: FileAccess;
}

export type SaveOutcome =
  | { status: 'saved'; file: ConfigText }
  | { status: 'conflict'; disk: ConfigText }
  /** There is no file any more; nothing was written. */
  | { status: 'gone' };

/**
 * Throws `config-gone`, `config-unreadable`, `config-too-large`, `config-not-text` or `config-encoding`, and what says
 * that the machine can't be reached.
 */
export async function readConfigText(machine: Machine, path: string): Promise<ConfigText> {
  const { files, saver } = machine;
  const read = async (): Promise<Buffer> => readable(path, async () => files.readFile(path, LARGEST_CONFIG));
  // Behind a link each question takes its time, so all are asked at once. Here, a pipe that is opened would wait.
  const reading = machine.isLocal ? null : read();
  reading?.catch(() => {
    // Told below, after what is known of the file.
  });
  const [found, writable] = await Promise.all([
    readable(path, async () => files.stat(path)),
    saver.isWritable(path).catch(() => false),
  ]);
  if (found === null) throw new CoreError('config-gone', { path });
  requireSmallFile(path, found);
  const bytes = await (reading ?? read());
  if (bytes.includes(0)) throw new CoreError('config-not-text', { path });
  if (!isUtf8(bytes)) throw new CoreError('config-encoding', { path, line: firstOddLine(bytes) });
  const { mode, uid, gid, mtimeMs } = found;
  const version = { sha256: digestOf(bytes), mtimeMs, sizeBytes: bytes.length };
  return { path, text: bytes.toString('utf8'), version, writable, access: { mode, uid, gid } };
}

/**
 * Throws `config-unwritable`, and what reading throws. Nothing is written when the file is another than `base`: of two
 * saves over the same version the second one is a conflict.
 */
export async function saveConfigText(
  machine: Machine,
  path: string,
  text: string,
  base: FileVersion,
): Promise<SaveOutcome> {
  const real = await machine.files.realPath(path).catch(() => path);
  return saves.take(`${machine.id}:${real}`, async () => saveOver(machine, path, text, base));
}

/**
 * Makes a file anew that was removed under the editor, for whom the old one was (null: not known). Throws
 * `config-unwritable`; a conflict when there is one again.
 */
export async function makeConfigText(
  machine: Machine,
  path: string,
  text: string,
  access: FileAccess | null,
): Promise<SaveOutcome> {
  return saves.take(`${machine.id}:${path}`, async () => {
    if (!(await writing(path, async () => machine.saver.create(path, text, access)))) {
      const disk = await readConfigText(machine, path).catch(() => null);
      if (disk !== null) return { status: 'conflict', disk };
      throw new CoreError('config-unwritable', { path, reason: 'something else is in its place' });
    }
    return { status: 'saved', file: await readConfigText(machine, path) };
  });
}

async function saveOver(machine: Machine, path: string, text: string, base: FileVersion): Promise<SaveOutcome> {
  const disk = await readUnlessGone(machine, path);
  if (disk === null) return { status: 'gone' };
  if (disk.version.sha256 !== base.sha256) {
    // A save whose answer was lost with the connection: it had been carried out.
    return disk.text === text && !machine.isLocal ? { status: 'saved', file: disk } : { status: 'conflict', disk };
  }
  // Renaming over it would pass by the permissions of a file that may not be written.
  if (!disk.writable) throw new CoreError('config-unwritable', { path, reason: 'permission denied' });
  const isReplaced = await writing(path, async () => {
    const real = await machine.files.realPath(path);
    return machine.saver.replace({ path, real, before: disk.text, after: text });
  });
  const file = await readConfigText(machine, path);
  return isReplaced ? { status: 'saved', file } : { status: 'conflict', disk: file };
}

/** null: the file is gone and its folder is there, so that it can be made anew. */
async function readUnlessGone(machine: Machine, path: string): Promise<ConfigText | null> {
  try {
    return await readConfigText(machine, path);
  } catch (error) {
    if (!(error instanceof CoreError) || error.code !== 'config-gone') throw error;
    const folder = await machine.files.stat(dirname(path)).catch(() => null);
    if (folder?.kind !== 'folder') throw error;
    return null;
  }
}

function requireSmallFile(path: string, { kind, sizeBytes }: FileStat): void {
  if (kind === 'folder') throw new CoreError('config-unreadable', { path, reason: 'it is a folder' });
  if (kind !== 'file') throw new CoreError('config-unreadable', { path, reason: 'it is not a file' });
  if (sizeBytes > LARGEST_CONFIG) throw tooLarge(path);
}

/** What the machine says about any file, said of a configuration file. */
async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    if (error.code === 'file-too-large') throw tooLarge(path);
    if (error.code !== 'files-unreadable') throw error;
    throw new CoreError('config-unreadable', { path, reason: error.values['reason'] ?? '' }, { cause: error });
  }
}

function tooLarge(path: string): CoreError {
  return new CoreError('config-too-large', { path, megabytes: LARGEST_CONFIG / 1_000_000 });
}

/** An error of the link has its own next step. */
async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof CoreError && error.code !== 'files-unreadable') throw error;
    const reason = error instanceof CoreError ? (error.values['reason'] ?? '') : describe(error);
    throw new CoreError('config-unwritable', { path, reason }, { cause: error });
  }
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

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
