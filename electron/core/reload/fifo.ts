/**
 * Writes commands into a master's FIFO without being able to harm the master. uWSGI removes and makes the FIFO anew
 * each time a writer closes it, and ends when it finds something else there: a shell redirect that comes in between
 * leaves a plain file and takes the server down. So: never create, never block, only write into what is a FIFO, one
 * writer at a time, all letters in one write, and a short retry while the FIFO is being made anew.
 * That the command was carried out is only seen at the workers (watch-machine.ts).
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreError, describe, type ErrorCode, errnoOf } from '../errors.ts';
import { Turns } from '../turns.ts';

const RETRY_FOR_MS = 600;
const RETRY_EVERY_MS = 15;
/** The letters of uWSGI 2.0 that this console ever sends. */
const LETTERS = /^[rRwcqQpsPlL+-]{1,8}$/;

const turns = new Turns();

/** Throws a `fifo-…` error; unless that is `fifo-failed`, nothing was written. */
export async function writeFifo(path: string, letters: string): Promise<void> {
  if (!LETTERS.test(letters)) throw new RangeError(`"${letters}" is no command of a master FIFO`);
  await turns.take(path, async () => writeWithRetries(path, letters));
}

async function writeWithRetries(path: string, letters: string): Promise<void> {
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
    const stat = await handle.stat();
    if (!stat.isFIFO()) return new CoreError('fifo-not-fifo', { path });
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
  ENOENT: 'fifo-missing',
  EACCES: 'fifo-permission',
  EPERM: 'fifo-permission',
  EISDIR: 'fifo-not-fifo',
};

function openError(path: string, error: unknown): CoreError {
  const code = OPEN_CODES[errnoOf(error) ?? ''] ?? 'fifo-failed';
  return new CoreError(code, { path, reason: describe(error) }, { cause: error });
}

export type FifoCheck =
  /** `mode` as `prw-------`. */
  { status: 'ready'; mode: string; readBy: number | null } | { status: 'unusable'; error: CoreError };

/**
 * Looks at a FIFO without disturbing its master: whether `masterPid` reads it is seen in /proc where that can be
 * read; only elsewhere it is opened and closed, which makes uWSGI make it anew.
 */
export async function checkFifo(path: string, masterPid: number | null): Promise<FifoCheck> {
  let mode: number;
  try {
    const stat = await lstat(path);
    const target = stat.isSymbolicLink() ? await lstat(await realpath(path)) : stat;
    if (!target.isFIFO()) return { status: 'unusable', error: new CoreError('fifo-not-fifo', { path }) };
    mode = target.mode;
  } catch (error) {
    return { status: 'unusable', error: openError(path, error) };
  }
  const readByMaster = masterPid === null ? null : await readsFile(masterPid, await realpath(path));
  if (readByMaster === true) return { status: 'ready', mode: formatMode(mode), readBy: masterPid };
  const failure = await tryOpen(path);
  if (failure !== null) return { status: 'unusable', error: failure };
  return { status: 'ready', mode: formatMode(mode), readBy: null };
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
function formatMode(mode: number): string {
  const letters = Array.from('rwxrwxrwx', (letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-'));
  return `p${letters.join('')}`;
}
