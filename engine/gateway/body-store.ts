/**
 * Holds a request's body until it is complete, so that a slow upload never occupies a worker: in memory up to
 * MEMORY_BYTES, beyond that in a temporary file that the worker opens by its path.
 */
import { SpoolFile } from './spool-file.ts';

export const MEMORY_BYTES = 1024 * 1024;
/** More than this waiting for the disk: stop reading from the client. */
const CONGESTED_BYTES = 4 * 1024 * 1024;

/** What a client is told whose body could not be stored: that the disk is full, or no more than that it failed. */
export function statusOfStorageError(error: unknown): 507 | 500 {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'ENOSPC' || code === 'EDQUOT' ? 507 : 500;
}

export class BodyStore {
  length = 0;
  readonly #folder: string;
  #parts: Buffer[] = [];
  #file: SpoolFile | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Copies `chunk[start, end)`. */
  append(chunk: Buffer, start: number, end: number): void {
    const part = Buffer.from(chunk.subarray(start, end));
    this.length += part.length;
    if (this.#file === null && this.length > MEMORY_BYTES) {
      this.#file = new SpoolFile(this.#folder, 'body');
      for (const earlier of this.#parts) this.#file.append(earlier);
      this.#parts = [];
    }
    if (this.#file === null) this.#parts.push(part);
    else this.#file.append(part);
  }

  /** Is the disk slower than the client? */
  get isCongested(): boolean {
    return this.#file !== null && this.#file.queuedBytes > CONGESTED_BYTES;
  }

  /** Null: it is in memory. */
  get file(): SpoolFile | null {
    return this.#file;
  }

  /** The pieces in memory, in order. */
  get parts(): readonly Buffer[] {
    return this.#parts;
  }

  dispose(): void {
    this.#parts = [];
    this.#file?.dispose();
  }
}
