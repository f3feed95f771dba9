/**
 * A log file: opened for appending, opened anew when it was moved away, renamed when it has got too large. The
 * descriptor is the one that gateways and workers write to as well, so an old one is closed only a while after they have been
 * told of the new one: its number must not mean something else meanwhile.
 */
import { chmodSync, closeSync, constants, fstatSync, openSync, renameSync } from 'node:fs';
import { EngineError } from '../errors.ts';
import { ByteQueue } from './byte-queue.ts';

export interface LogFileOptions {
  path: string;
  /** 0: it is not rotated by its size. */
  maxSizeBytes: number;
  /** What it is renamed to; null: its path with the time. */
  backupName: string | null;
  /** null: 640. */
  mode: number | null;
  truncate: boolean;
}

const DEFAULT_MODE = 0o640;
const KEEP_OPEN_MS = 10_000;
const AFTER_FAILURE_MS = 60_000;

export class LogFile {
  readonly options: LogFileOptions;
  readonly #trouble: (text: string) => void;
  readonly #queue: ByteQueue;
  /** One that failed is not tried again before this. */
  #rotateAfterMs = 0;
  readonly #closing = new Map<number, NodeJS.Timeout>();

  /** Throws EngineError when it can not be opened. */
  constructor(options: LogFileOptions, trouble: (text: string) => void) {
    this.options = options;
    this.#trouble = trouble;
    this.#queue = new ByteQueue(openLog(options, options.truncate));
  }

  get fd(): number {
    return this.#queue.fd;
  }

  write(line: string): void {
    this.#queue.write(line);
  }

  flush(): void {
    this.#queue.flush();
  }

  /** Keeps the file it has when the new one can not be opened. */
  reopen(): void {
    this.#attempt(() => this.#exchange(openLog(this.options, false)));
  }

  /** As uWSGI: renamed to `log-backupname`, or to its name with the time. */
  rotate(): void {
    const { path, backupName } = this.options;
    this.#attempt(() => {
      renameSync(path, backupName ?? `${path}.${Math.floor(Date.now() / 1000)}`);
      this.#exchange(openLog(this.options, false));
    });
  }

  /** True when it was rotated because of its size. */
  tick(): boolean {
    const { maxSizeBytes, path } = this.options;
    if (maxSizeBytes === 0 || performance.now() < this.#rotateAfterMs) return false;
    const { size } = fstatSync(this.fd);
    if (size <= maxSizeBytes) return false;
    this.write(`logsize: ${size}, triggering rotation to ${this.options.backupName ?? path}...\n`);
    this.rotate();
    return true;
  }

  /** Others write to it still: it is closed when they have been told of another. */
  disposeLater(): void {
    this.#queue.flush();
    setTimeout(() => this.dispose(), KEEP_OPEN_MS).unref();
  }

  dispose(): void {
    this.#queue.dispose();
    for (const [fd, timer] of this.#closing) {
      clearTimeout(timer);
      closeSync(fd);
    }
    this.#closing.clear();
    closeSync(this.#queue.fd);
  }

  #exchange(fd: number): void {
    const old = this.#queue.fd;
    this.#queue.flush();
    this.#queue.fd = fd;
    const timer = setTimeout(() => {
      this.#closing.delete(old);
      closeSync(old);
    }, KEEP_OPEN_MS);
    timer.unref();
    this.#closing.set(old, timer);
  }

  #attempt(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#rotateAfterMs = performance.now() + AFTER_FAILURE_MS;
      const reason = error instanceof Error ? error.message : String(error);
      this.#trouble(`*** the log ${this.options.path} goes on as it is: ${reason} ***`);
    }
  }
}

function openLog({ path, mode }: LogFileOptions, isEmptied: boolean): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (isEmptied ? constants.O_TRUNC : 0);
  try {
    const fd = openSync(path, flags, mode ?? DEFAULT_MODE);
    if (mode !== null) chmodSync(path, mode);
    return fd;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new EngineError('log-not-opened', `The log file ${path} can not be opened (${code}).`, null, {
      cause: error,
    });
  }
}
