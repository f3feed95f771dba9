/**
 * Follows a log file from its present end: what is appended is read twice a second. A file that is cut, rotated or
 * not there yet is followed from its beginning.
 */
import { open, stat } from 'node:fs/promises';
import type { Clock } from '../ports.ts';
import { Turns } from '../turns.ts';

export interface FileTailOptions {
  path: string;
  clock: Clock;
  onBytes: (chunk: Uint8Array) => void;
}

const LOOK_EVERY_MS = 500;
const MOST_BYTES_A_LOOK = 1024 * 1024;

export class FileTail {
  readonly #options: FileTailOptions;
  readonly #looks = new Turns();
  #inode: number | null = null;
  #offset = 0;
  #cancelTimer: (() => void) | null = null;
  #disposed = false;

  private constructor(options: FileTailOptions) {
    this.#options = options;
  }

  static async open(options: FileTailOptions): Promise<FileTail> {
    const tail = new FileTail(options);
    const found = await stat(options.path).catch(() => null);
    if (found !== null) {
      tail.#inode = found.ino;
      tail.#offset = found.size;
    }
    tail.#schedule();
    return tail;
  }

  /** Reads what has come since the last look, each byte once however many look at a time. */
  async look(): Promise<void> {
    await this.#looks.take('look', async () => this.#read());
  }

  async #read(): Promise<void> {
    const { path, onBytes } = this.#options;
    const found = await stat(path).catch(() => null);
    if (found === null || !found.isFile()) return;
    if (found.ino !== this.#inode || found.size < this.#offset) {
      this.#inode = found.ino;
      this.#offset = 0;
    }
    if (found.size === this.#offset) return;
    // Far behind: the newest part is what its reader wants.
    this.#offset = Math.max(this.#offset, found.size - MOST_BYTES_A_LOOK);
    const handle = await open(path, 'r').catch(() => null);
    if (handle === null) return;
    try {
      const wanted = found.size - this.#offset;
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, this.#offset);
      this.#offset += bytesRead;
      if (bytesRead > 0 && !this.#disposed) onBytes(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #schedule(): void {
    if (this.#disposed) return;
    this.#cancelTimer = this.#options.clock.setTimer(() => void this.#lookAgain(), LOOK_EVERY_MS);
  }

  async #lookAgain(): Promise<void> {
    try {
      await this.look();
    } catch {
      // A file that can't be read at this moment is looked at again.
    }
    this.#schedule();
  }
}
