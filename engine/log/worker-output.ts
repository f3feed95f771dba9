/**
 * What workers print, on its way through the master: a FIFO whose writing end is their standard output and error, one
 * for all of them. The master reads it whatever happens to the log, so a reader of the log that is slow never holds a
 * worker up. It stays in the engine's folder, so that workers which run already can be sent there.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { LineReader } from './line-reader.ts';

/** A line without its end is given out when nothing has followed for so long. */
const PARTIAL_MS = 200;
const CHUNK_BYTES = 64 * 1024;
/** Read at once at most, so that a worker that prints without end does not hold the master up. */
const MOST_AT_ONCE = 16;

export class WorkerOutput {
  /** The writing end: blocks its writers when it is full, as a terminal does. */
  readonly fd: number;
  readonly path: string;
  readonly #readFd: number;
  readonly #socket: Socket;
  readonly #lines: LineReader;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #partial: NodeJS.Timeout | null = null;

  /** `path`: where the FIFO is made. @throws when the system has no FIFOs */
  constructor(path: string, onLine: (line: string) => void) {
    execFileSync('mkfifo', ['-m', '600', '--', path], { stdio: 'ignore' });
    this.#readFd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.fd = openSync(path, constants.O_WRONLY);
    this.path = path;
    this.#lines = new LineReader(onLine);
    this.#socket = new Socket({ fd: this.#readFd, readable: true, writable: false });
    this.#socket.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.unref();
  }

  /** Reads what is there now: called before the master writes a line of its own, so that lines keep their order. */
  drain(): void {
    if (this.#socket.destroyed) return;
    try {
      for (let i = 0; i < MOST_AT_ONCE; i++) {
        const length = readSync(this.#readFd, this.#chunk);
        if (length === 0) return;
        this.#take(this.#chunk.subarray(0, length));
      }
    } catch {
      // EAGAIN: it is empty.
    }
  }

  dispose(): void {
    this.drain();
    this.#lines.flush();
    if (this.#partial !== null) clearTimeout(this.#partial);
    this.#socket.destroy();
    closeSync(this.fd);
  }

  #take(bytes: Buffer): void {
    this.#lines.feed(bytes);
    if (this.#partial !== null) clearTimeout(this.#partial);
    this.#partial = this.#lines.isPartial ? setTimeout(() => this.#lines.flush(), PARTIAL_MS) : null;
    this.#partial?.unref();
  }
}
