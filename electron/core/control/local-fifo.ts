/**
 * The FIFO of a master of this machine. Writes commands into a master's FIFO without being able to harm the master. uWSGI removes and makes the FIFO anew
 * each time a writer closes it, and ends when it finds something else there: a shell redirect that comes in between
 * leaves a plain file and takes the server down. So: never create, never block, only write into what is a FIFO, one
 * writer at a time, all letters in one write, and a short retry while the FIFO is being made anew.
 * That the command was carried out is only seen at the workers (watch-machine.ts).
 */
import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreError, describe, type ErrorCode, errnoOf } from '../errors.ts';

const RETRY_FOR_MS = 600;
const RETRY_EVERY_MS = 15;

/** Throws a `fifo-…` error; unless that is `fifo-failed`, nothing was written. One at a time: see control.ts. */
export async function writeLocalFifo(path: string, letters: string): Promise<void> {
  const giveUpAt = performance.now() + RETRY_FOR_MS;
  for (;;) {
    const failure = await tryWrite(path, letters);
    if (failure === null) return;
    const transient = failure.code === 'fifo-no-reader' || failure.code === 'fifo-missing';
    if (!transient || performance.now() >= giveUpAt) throw failure;
    await sleep(RETRY_EVERY_MS);
  }
}

/** null: written. */
async function tryWrite(path: string, letters: string): Promise<CoreError | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    return openError(path, error);
  }
  try {
    const opened = await handle.stat();
    if (!opened.isFIFO()) return new CoreError('fifo-not-fifo', { path });
    const { bytesWritten } = await handle.write(Buffer.from(letters, 'latin1'));
    if (bytesWritten !== letters.length) {
      return new CoreError('fifo-failed', {
        path,
        reason: `only ${bytesWritten} of ${letters.length} letters were taken`,
      });
    }
    return null;
  } catch (error) {
    if (errnoOf(error) === 'EPIPE') return new CoreError('fifo-no-reader', { path });
    return new CoreError('fifo-failed', { path, reason: describe(error) }, { cause: error });
  } finally {
    await handle.close();
  }
}

const OPEN_CODES: Record<string, ErrorCode> = {
  ENXIO: 'fifo-no-reader',
  EPIPE: 'fifo-no-reader',
  ENOENT: 'fifo-missing',
  ENOTDIR: 'fifo-missing',
  EACCES: 'fifo-permission',
  EPERM: 'fifo-permission',
  EISDIR: 'fifo-not-fifo',
};

/** Words of the catalogue for an error of opening, by the system's name of it. */
export function fifoError(path: string, errno: string, reason: string): CoreError {
  return new CoreError(OPEN_CODES[errno] ?? 'fifo-failed', { path, reason });
}

function openError(path: string, error: unknown): CoreError {
  const code = OPEN_CODES[errnoOf(error) ?? ''] ?? 'fifo-failed';
  return new CoreError(code, { path, reason: describe(error) }, { cause: error });
}

export type FifoCheck =
  /** `mode` as `prw-------`; `readBy` null: a process reads it, which one can't be seen. */
  { status: 'ready'; mode: string; uid: number; readBy: number | null } | { status: 'unusable'; error: CoreError };

/**
 * Looks at a FIFO without disturbing its master: whether `masterPid` reads it is seen in /proc where that can be
 * read; only elsewhere it is opened and closed, which makes uWSGI make it anew.
 */
export async function checkLocalFifo(path: string, masterPid: number | null): Promise<FifoCheck> {
  let found: Stats;
  let real: string;
  try {
    found = await stat(path);
    if (!found.isFIFO()) return { status: 'unusable', error: new CoreError('fifo-not-fifo', { path }) };
    await access(path, constants.W_OK);
    real = await realpath(path);
  } catch (error) {
    return { status: 'unusable', error: openError(path, error) };
  }
  const readByMaster = masterPid === null ? null : await readsFile(masterPid, real);
  const seen = { status: 'ready' as const, mode: formatMode(found.mode), uid: found.uid };
  if (readByMaster === true) return { ...seen, readBy: masterPid };
  const failure = await tryOpen(path);
  if (failure !== null) return { status: 'unusable', error: failure };
  return { ...seen, readBy: null };
}

async function tryOpen(path: string): Promise<CoreError | null> {
  try {
    const handle = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    await handle.close();
    return null;
  } catch (error) {
    return openError(path, error);
  }
}

/** null: this system does not tell. */
async function readsFile(pid: number, path: string): Promise<boolean | null> {
  const folder = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return null;
  }
  const links = await Promise.all(names.map(async (name) => readlink(`${folder}/${name}`).catch(() => '')));
  return links.includes(path);
}

/** As `ls -l` writes it. */
export function formatMode(mode: number): string {
  const letters = Array.from('rwxrwxrwx', (letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-'));
  return `p${letters.join('')}`;
}
