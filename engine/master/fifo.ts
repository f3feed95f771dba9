/**
 * The master FIFO: a named pipe where each byte is one command. Made with mkfifo(1), mode 0600, opened for reading
 * and writing so that it never comes to an end; one that was removed or replaced is made again within a cycle. With
 * several `master-fifo`, the digits 0 to 9 choose which one is listened to, as in uWSGI. Whoever may write to it may write
 * too much: beyond MAX_LETTERS in a cycle bytes are counted and thrown away.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, fstatSync, lstatSync, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { EngineError, formatEngineError } from '../errors.ts';
import { errorCode } from './engine-log.ts';

const FIFO_MODE = 0o600;
const MAX_LETTERS = 100;

export interface FifoHandlers {
  letter: (letter: string) => void;
  log: (text: string) => void;
}

export class MasterFifo {
  #paths: readonly string[];
  readonly #handlers: FifoHandlers;
  #slot = 0;
  #fd = -1;
  #socket: Socket | null = null;
  /** Letters obeyed, and bytes thrown away, in this cycle. */
  #obeyed = 0;
  #dropped = 0;
  /** What was said last about a FIFO that can not be made again. */
  #trouble = '';

  /** Makes the FIFOs that are not there and listens to the first. Throws EngineError. */
  constructor(paths: readonly string[], handlers: FifoHandlers) {
    this.#paths = paths;
    this.#handlers = handlers;
    for (const path of paths) makeFifo(path);
    if (paths.length > 0) this.#open();
  }

  /** Goes over to other paths: makes the new ones, stays with the present one if it is among them. `vacuum`: as at the end. */
  adopt(paths: readonly string[], vacuum: boolean): void {
    const [before, present] = [this.#paths, this.#path];
    if (before.join('\0') === paths.join('\0')) return;
    for (const path of paths) if (!before.includes(path)) makeFifo(path);
    this.#paths = paths;
    this.#slot = Math.max(0, paths.indexOf(present));
    if (this.#path !== present) {
      this.#socket?.destroy();
      this.#socket = null;
      if (paths.length > 0) this.#open();
    }
    if (vacuum) removeFifos(before.filter((path) => !paths.includes(path)));
  }

  /** Once a cycle: a FIFO that is gone comes back, and letters are obeyed again. */
  tick(): void {
    if (this.#dropped > 0) {
      this.#handlers.log(`master-fifo: more than ${MAX_LETTERS} bytes at once; ${this.#dropped} were thrown away`);
    }
    this.#obeyed = 0;
    this.#dropped = 0;
    if (this.#paths.length === 0 || this.#isSound()) return;
    if (this.#trouble === '') this.#handlers.log(`*** master-fifo ${this.#path} is gone; making it again ***`);
    this.#makeAgain();
  }

  /** `vacuum` removes the files. */
  dispose(vacuum: boolean): void {
    this.#socket?.destroy();
    this.#socket = null;
    if (vacuum) removeFifos(this.#paths);
  }

  get #path(): string {
    return this.#paths[this.#slot] ?? '';
  }

  /** What is open is what lies at the path. */
  #isSound(): boolean {
    if (this.#socket === null || this.#socket.destroyed) return false;
    return lstatSync(this.#path, { throwIfNoEntry: false })?.ino === fstatSync(this.#fd).ino;
  }

  /** What hinders it is said once; the next cycle tries again. */
  #makeAgain(): void {
    this.#socket?.destroy();
    this.#socket = null;
    try {
      makeFifo(this.#path);
      this.#open();
      this.#trouble = '';
    } catch (error) {
      const text = error instanceof EngineError ? formatEngineError(error) : `${this.#path}: ${errorCode(error)}`;
      if (text !== this.#trouble) this.#handlers.log(`*** ${text} ***`);
      this.#trouble = text;
    }
  }

  #open(): void {
    const fd = openSync(this.#path, constants.O_RDWR | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    this.#fd = fd;
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      for (const letter of bytes.toString('latin1')) this.#read(letter, socket);
    });
    socket.on('error', () => socket.destroy());
  }

  #read(letter: string, from: Socket): void {
    // A line end is what `echo r > fifo` adds.
    if (from !== this.#socket || letter === '\n' || letter === '\r') return;
    if (this.#obeyed >= MAX_LETTERS) {
      this.#dropped += 1;
      return;
    }
    this.#obeyed += 1;
    if (letter >= '0' && letter <= '9') this.#choose(Number(letter));
    else this.#handlers.letter(letter);
  }

  #choose(slot: number): void {
    const path = this.#paths[slot];
    if (slot === this.#slot) return;
    if (path === undefined) {
      this.#handlers.log(`master-fifo '${slot}': there is no such master-fifo (0 to ${this.#paths.length - 1})`);
      return;
    }
    this.#slot = slot;
    this.#handlers.log(`master-fifo: listening to ${path} now`);
    this.#makeAgain();
  }
}

function removeFifos(paths: readonly string[]): void {
  for (const path of paths) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFIFO() !== true) continue;
    try {
      unlinkSync(path);
    } catch (error) {
      // After `uid` the folder may be another user's: the FIFO stays, and the next start takes it.
      if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') throw error;
    }
  }
}

function makeFifo(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) {
    if (!found.isFIFO()) throw new EngineError('fifo-occupied', `master-fifo ${path} is not a FIFO.`);
    if (hasReader(path)) throw new EngineError('fifo-in-use', `master-fifo ${path} is in use.`);
    chmodSync(path, FIFO_MODE);
    return;
  }
  try {
    execFileSync('mkfifo', ['-m', FIFO_MODE.toString(8), '--', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : errorCode(error);
    throw new EngineError('fifo-not-made', `master-fifo ${path} can not be made (${reason}).`, null, { cause: error });
  }
}

/** A writer can open it at once only when somebody reads. */
function hasReader(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENXIO') return false;
    throw new EngineError('fifo-not-made', `master-fifo ${path} can not be opened (${errorCode(error)}).`, null, {
      cause: error,
    });
  }
}
