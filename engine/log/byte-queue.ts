/**
 * Text on its way to a descriptor that may not take it at once (a pipe whose reader is slow): what does not fit is kept
 * up to a limit and tried again; beyond it lines are dropped and counted, and a line says how many. Never throws: a log that
 * can not be written must not stop the server.
 */
import { writeSync } from 'node:fs';

const RETRY_MS = 20;
const LIMIT_BYTES = 1024 * 1024;
/** Written at once: a reader that takes nothing shall not cost a copy of all that waits at each try. */
const WRITE_BYTES = 64 * 1024;

export class ByteQueue {
  fd: number;
  #waiting = '';
  #dropped = 0;
  #retry: NodeJS.Timeout | null = null;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** `line` is a latin-1 string of bytes, with its line end. */
  write(line: string): void {
    if (this.#waiting.length + line.length > LIMIT_BYTES) {
      this.#dropped++;
      return;
    }
    this.#waiting += line;
    if (this.#retry === null) this.flush();
  }

  /** Writes what can be written now. */
  flush(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    try {
      while (this.#waiting !== '') {
        const written = writeSync(this.fd, Buffer.from(this.#waiting.slice(0, WRITE_BYTES), 'latin1'));
        this.#waiting = this.#waiting.slice(written);
        if (this.#waiting === '') this.#tellDropped();
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') {
        this.#retry = setTimeout(() => this.flush(), RETRY_MS);
        this.#retry.unref();
        return;
      }
      // Nobody reads it any more (EPIPE), or the disk is full: the server goes on without these lines.
      this.#dropped += this.#waiting.split('\n').length - 1;
      this.#waiting = '';
    }
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    this.#waiting = `*** ${this.#dropped} lines of the log were dropped: nothing took them ***\n`;
    this.#dropped = 0;
  }

  dispose(): void {
    this.flush();
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }
}
