/**
 * The master FIFO: a named pipe where each byte is one command. Made with mkfifo(1), mode 0600, opened for reading
 * and writing so that it never comes to an end, and never made again while the engine runs. With several
 * `master-fifo`, the digits 0 to 9 choose which one is listened to, as in uWSGI.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, lstatSync, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { EngineError } from '../errors.ts';
import { errorCode } from './engine-log.ts';

const FIFO_MODE = 0o600;

export class MasterFifo {
  readonly paths: readonly string[];
  readonly #onLetter: (letter: string) => void;
  #slot = 0;
  #socket: Socket | null = null;

  /** Makes the FIFOs that are not there and listens to the first. Throws EngineError. */
  constructor(paths: readonly string[], onLetter: (letter: string) => void) {
    this.paths = paths;
    this.#onLetter = onLetter;
    for (const path of paths) makeFifo(path);
    this.#open();
  }

  /** `vacuum` removes the files. */
  dispose(vacuum: boolean): void {
    this.#socket?.destroy();
    this.#socket = null;
    if (!vacuum) return;
    for (const path of this.paths) {
      if (lstatSync(path, { throwIfNoEntry: false })?.isFIFO() === true) unlinkSync(path);
    }
  }

  #open(): void {
    this.#socket?.destroy();
    const path = this.paths[this.#slot];
    if (path === undefined) return;
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      for (const letter of bytes.toString('latin1')) this.#read(letter, socket);
    });
    socket.on('error', () => socket.destroy());
  }

  #read(letter: string, from: Socket): void {
    if (from !== this.#socket) return;
    if (letter >= '0' && letter <= '9') {
      const slot = Number(letter);
      if (slot === this.#slot || this.paths[slot] === undefined) return;
      this.#slot = slot;
      this.#open();
    } else if (letter !== '\n' && letter !== '\r') {
      // A line end is what `echo r > fifo` adds.
      this.#onLetter(letter);
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
