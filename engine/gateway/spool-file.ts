/**
 * A temporary file for bytes that are too many for memory: request bodies on their way to a worker, answers on
 * their way to a slow client. Appends are written one after the other; reading follows behind. `dispose`
 * removes the file, whatever state it is in.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';

let serial = 0;

export class SpoolFile {
  readonly path: string;
  /** Bytes appended and not yet in the file. */
  queuedBytes = 0;
  /** Bytes appended in all. */
  totalBytes = 0;
  readBytes = 0;
  readonly #opened: Promise<FileHandle>;
  #tail: Promise<void>;
  #disposed = false;

  constructor(folder: string, kind: 'body' | 'answer') {
    serial++;
    this.path = `${folder}/${kind}-${process.pid}-${threadId}-${serial}`;
    this.#opened = open(this.path, 'wx+', 0o600);
    this.#tail = this.#opened.then(() => undefined);
    // Reported by whoever waits for `written` or `read`.
    this.#tail.catch(() => undefined);
  }

  /** Takes over the bytes: they must not change afterwards. */
  append(bytes: Buffer): void {
    const position = this.totalBytes;
    this.totalBytes += bytes.length;
    this.queuedBytes += bytes.length;
    this.#tail = this.#write(this.#tail, bytes, position);
    this.#tail.catch(() => undefined);
  }

  async #write(before: Promise<void>, bytes: Buffer, position: number): Promise<void> {
    await before;
    const file = await this.#opened;
    for (let at = 0; at < bytes.length; ) {
      at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
    }
    this.queuedBytes -= bytes.length;
  }

  /** Resolves when all that was appended is in the file. @throws the error of the file system */
  async written(): Promise<void> {
    return this.#tail;
  }

  /** Fills `buffer` with the next bytes, as far as there are any; returns what was read, nothing at the end. */
  async read(buffer: Buffer): Promise<Buffer> {
    await this.#tail;
    const file = await this.#opened;
    const wanted = Math.min(buffer.length, this.totalBytes - this.readBytes);
    const { bytesRead } = await file.read(buffer, 0, wanted, this.readBytes);
    this.readBytes += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const close = async (): Promise<void> => {
      const file = await this.#opened;
      await this.#tail.catch(() => undefined);
      await file.close();
      await rm(this.path, { force: true });
    };
    // The folder itself is removed at the end; a file that can't be removed now goes with it.
    close().catch(() => undefined);
  }
}
