/**
 * The engine's own lines of the log. Standard error, or the file of `logto`, opened for appending and shared with
 * the gateways and the runtimes by its descriptor. Never blocks for long and never throws: a log that can not be
 * written must not stop the server.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { EngineError } from '../errors.ts';

const LOG_MODE = 0o640;
const RETRY_MS = 20;
const MAX_WAITING_BYTES = 1024 * 1024;

export class EngineLog {
  /** What requests and runtimes write to. */
  errorFd: number;
  outputFd: number;
  logDate = false;
  readonly #standard: { errorFd: number; outputFd: number };
  #path: string | null = null;
  #waiting = '';
  #retry: NodeJS.Timeout | null = null;

  constructor(outputFd: number, errorFd: number) {
    this.#standard = { errorFd, outputFd };
    this.errorFd = errorFd;
    this.outputFd = outputFd;
  }

  get path(): string | null {
    return this.#path;
  }

  /** Goes over to this file (null: standard error) and closes the one before. Throws EngineError. */
  open(path: string | null): void {
    const fd = path === null ? null : openForAppend(path);
    this.#closeFile();
    this.#path = path;
    this.errorFd = fd ?? this.#standard.errorFd;
    this.outputFd = fd ?? this.#standard.outputFd;
  }

  write(text: string): void {
    const prefix = this.logDate ? `${formatLogDate(new Date())} - ` : '';
    this.#put(`${prefix}${text.replaceAll('\n', `\n${prefix}`)}\n`);
  }

  dispose(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#flush();
    this.#closeFile();
  }

  #put(text: string): void {
    if (this.#waiting.length + text.length > MAX_WAITING_BYTES) return;
    this.#waiting += text;
    if (this.#retry === null) this.#flush();
  }

  /** A pipe whose reader is slow takes nothing for a while (EAGAIN): the rest is kept and tried again. */
  #flush(): void {
    this.#retry = null;
    try {
      while (this.#waiting !== '') {
        const bytes = Buffer.from(this.#waiting);
        const written = writeSync(this.errorFd, bytes);
        this.#waiting = bytes.subarray(written).toString();
      }
    } catch (error) {
      if (errorCode(error) === 'EAGAIN') {
        this.#retry = setTimeout(() => this.#flush(), RETRY_MS);
        this.#retry.unref();
      } else {
        // Nobody reads it any more (EPIPE), or the disk is full: the server goes on without these lines.
        this.#waiting = '';
      }
    }
  }

  #closeFile(): void {
    if (this.#path !== null) closeSync(this.errorFd);
  }
}

function openForAppend(path: string): number {
  try {
    return openSync(path, 'a', LOG_MODE);
  } catch (error) {
    throw new EngineError('log-not-opened', `The log file ${path} can not be opened (${errorCode(error)}).`, null, {
      cause: error,
    });
  }
}

/** `ENOENT` and the like; the message of whatever else was thrown. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sun Nov 22 06:40:40 2026`, local time, as `log-date` writes it. */
export function formatLogDate(date: Date): string {
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const day = String(date.getDate()).padStart(2, ' ');
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${time} ${date.getFullYear()}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
