/**
 * A file that keeps something over a restart and a `kill -9`: records that are appended as things change, read again in
 * order at the next start. When most of it is out of date it is written anew, beside itself, and takes its own place.
 *
 *   header   "REEVE-STORE-1\n"
 *   record   u32 length of the payload | u32 CRC-32 of the payload | payload
 *
 * What is appended in one turn of the event loop is written in one piece, right after it; a record that was cut off by a
 * crash ends the file. This is not the format of uWSGI, whose stores are its memory as it is.
 */
import { closeSync, fdatasync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { StoreSetting } from '../config/commons-settings.ts';
import { waitable } from '../longest-wait.ts';

const HEADER = Buffer.from('REEVE-STORE-1\n');
const RECORD_HEAD_BYTES = 8;
/** Below this a file is never worth writing anew. */
const LEAST_GARBAGE_BYTES = 1024 * 1024;

export interface JournalHost {
  log: (text: string) => void;
  /** Called for each record when the file is read. */
  restore: (payload: Buffer) => void;
  /** All that is to be kept, as records; what the file is written anew with. */
  snapshot: () => Iterable<Buffer>;
}

/** The file can not be used; `message` is for the operator. */
export class StoreError extends Error {}

export class Journal {
  readonly setting: StoreSetting;
  readonly #host: JournalHost;
  #fd = -1;
  #bytes = 0;
  /** Bytes of the file after it was last written anew. */
  #freshBytes = 0;
  #pending: Buffer[] = [];
  #flush: NodeJS.Immediate | null = null;
  #sync: NodeJS.Timeout | null = null;
  #isDirty = false;
  #hasFailed = false;

  constructor(setting: StoreSetting, host: JournalHost) {
    this.setting = setting;
    this.#host = host;
  }

  /** Reads the file, if there is one, and gets ready to append. Throws StoreError. */
  open(): void {
    const { path, replaces } = this.setting;
    const bytes = readStore(path);
    if (bytes !== null && bytes.length > 0) {
      const isOurs = bytes.subarray(0, HEADER.length).equals(HEADER.subarray(0, bytes.length));
      if (isOurs) this.#read(bytes);
      else if (!replaces) {
        throw new StoreError(`${path} is no store of this engine (uWSGI's own stores can not be read); remove it.`);
      }
    }
    try {
      this.#writeAnew();
    } catch (error) {
      throw new StoreError(`The store ${path} can not be written (${textOf(error)}).`, { cause: error });
    }
    this.#sync = setInterval(() => this.#toDisk(), waitable(this.setting.syncSeconds * 1000));
    this.#sync.unref();
  }

  append(payload: Buffer): void {
    if (this.#fd === -1) return;
    this.#pending.push(record(payload));
    this.#flush ??= setImmediate(() => this.#write());
  }

  /** Writes what has not been written yet. */
  dispose(): void {
    if (this.#flush !== null) this.#write();
    if (this.#sync !== null) clearInterval(this.#sync);
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
  }

  #read(bytes: Buffer): void {
    let at = HEADER.length;
    while (at + RECORD_HEAD_BYTES <= bytes.length) {
      const start = at + RECORD_HEAD_BYTES;
      const end = start + bytes.readUInt32LE(at);
      if (end > bytes.length) break;
      const payload = bytes.subarray(start, end);
      if (crc32(payload) !== bytes.readUInt32LE(at + 4)) break;
      this.#host.restore(payload);
      at = end;
    }
    const left = bytes.length - at;
    if (left > 0)
      this.#host.log(`the last ${left} bytes of the store ${this.setting.path} are incomplete and left out`);
  }

  #write(): void {
    if (this.#flush !== null) clearImmediate(this.#flush);
    this.#flush = null;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    if (this.#fd === -1) return;
    try {
      if (this.#hasFailed || this.#bytes > 2 * this.#freshBytes + LEAST_GARBAGE_BYTES) this.#writeAnew();
      else {
        writeAll(this.#fd, bytes);
        this.#bytes += bytes.length;
      }
      if (this.#hasFailed) this.#host.log(`the store ${this.setting.path} is written again`);
      this.#hasFailed = false;
      this.#isDirty = true;
    } catch (error) {
      // Behind a record that was written in part nothing would be read: the next try writes the whole file anew.
      if (!this.#hasFailed)
        this.#host.log(`*** the store ${this.setting.path} can not be written: ${textOf(error)} ***`);
      this.#hasFailed = true;
    }
  }

  #writeAnew(): void {
    const { path } = this.setting;
    const beside = `${path}.new-${process.pid}`;
    let fd = -1;
    try {
      fd = openSync(beside, 'w', 0o600);
      let bytes = HEADER.length;
      writeAll(fd, HEADER);
      for (const payload of this.#host.snapshot()) {
        const piece = record(payload);
        writeAll(fd, piece);
        bytes += piece.length;
      }
      fsyncSync(fd);
      renameSync(beside, path);
      if (this.#fd !== -1) closeSync(this.#fd);
      this.#fd = fd;
      this.#bytes = bytes;
      this.#freshBytes = bytes;
    } catch (error) {
      if (fd !== -1) closeSync(fd);
      rmSync(beside, { force: true });
      throw error;
    }
  }

  #toDisk(): void {
    if (!this.#isDirty || this.#fd === -1) return;
    this.#isDirty = false;
    fdatasync(this.#fd, (error) => {
      // EBADF: it was written anew meanwhile, and is on the disk by that.
      if (error !== null && error.code !== 'EBADF') this.#host.log(`the store ${this.setting.path}: ${error.message}`);
    });
  }
}

function readStore(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new StoreError(`The store ${path} can not be read (${textOf(error)}).`, { cause: error });
  }
}

function record(payload: Buffer): Buffer {
  const head = Buffer.allocUnsafe(RECORD_HEAD_BYTES);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([head, payload]);
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
