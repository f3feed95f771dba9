/**
 * Sends the parts of a file to a client as it takes them: while one piece is on its way the next is read, and no more, so
 * that a slow client holds two pieces and no worker. A client that is quick gets larger ones, one at a time, read at once
 * as long as the kernel has them in memory: the way through the thread pool costs as much again.
 */
import { read, readSync } from 'node:fs';
import type { BodyPart, ByteRange } from './byte-ranges.ts';

/** Where the parts go. */
export interface FileSink {
  /** Called before the first data: the answer can be made now. */
  begin(): void;
  data(bytes: Buffer): void;
  end(): void;
  /** The rest can not be had: the client must see that. `hasBegun`: it has a part of the answer. */
  failed(hasBegun: boolean): void;
  /** True: the client has taken all that it was given. False: `callback` is called when it has. */
  whenRoom(callback: () => void): boolean;
  /** The file is needed no more. Called once, after anything else. */
  close(): void;
}

const SLOW_BYTES = 64 * 1024;
const FAST_BYTES = 256 * 1024;
/** Where there are so many clients that their pieces would take more than this altogether, pieces get smaller. */
const MEMORY_BYTES = 64 * 1024 * 1024;
const LEAST_BYTES = 16 * 1024;
/** A piece that is taken within this time shows a quick client. */
const FAST_MS = 50;
/** What one client gets before others have their turn. */
const TURN_BYTES = 1024 * 1024;
/** A read that took longer came from a disk: as many that follow go through the thread pool. */
const DISK_MS = 1;
const READS_AFTER_DISK = 32;

/** Senders of this gateway that are not over. */
let senders = 0;

export class FileSender {
  readonly #fd: number;
  readonly #parts: readonly BodyPart[];
  readonly #sink: FileSink;
  #index = 0;
  /** Up to where the present range has been read; 0: its begin. */
  #position = 0;
  #pieceBytes = SLOW_BYTES;
  #isQuick = false;
  #turnBytes = 0;
  /** So many reads are not to wait for. */
  #elsewhere = 0;
  #isReading = false;
  #isOver = false;
  #hasBegun = false;
  /** Read, or made, and not given to the client. */
  #ready: { bytes: Buffer; page: Buffer | null } | null = null;
  /** What the piece on its way was read into. */
  #givenPage: Buffer | null = null;
  #givenMs = Number.NEGATIVE_INFINITY;
  #spare: Buffer | null = null;
  readonly #room = (): void => this.#pump();

  constructor(fd: number, parts: readonly BodyPart[], sink: FileSink) {
    this.#fd = fd;
    this.#parts = parts;
    this.#sink = sink;
  }

  start(): void {
    senders++;
    this.#pieceBytes = pieceBytes(false);
    this.#pump();
  }

  /** The client is gone. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    senders--;
    this.#ready = null;
    // A descriptor that is read from must not become another file's.
    if (!this.#isReading) this.#sink.close();
  }

  #pump(): void {
    while (!this.#isOver) {
      if (this.#ready === null) {
        const part = this.#parts[this.#index];
        if (part === undefined) {
          if (this.#isReading) return;
          if (!this.#hasBegun) this.#sink.begin();
          this.#sink.end();
          this.stop();
        } else if (part instanceof Uint8Array) {
          this.#ready = { bytes: part, page: null };
          this.#index++;
        } else if (this.#isReading || (this.#readsAtOnce && !this.#hasRoom()) || !this.#read(part)) {
          return;
        }
      } else if (!this.#hasRoom()) {
        return;
      } else {
        this.#give(this.#ready.bytes, this.#ready.page);
      }
    }
  }

  /** Is the next piece read without waiting? Then there is no use in having it before the client has room. */
  get #readsAtOnce(): boolean {
    return this.#isQuick && this.#elsewhere === 0;
  }

  /** True: the piece before is with the client, its page is free. False: `#pump` goes on when it is. */
  #hasRoom(): boolean {
    if (this.#hasBegun && !this.#sink.whenRoom(this.#room)) return false;
    this.#spare = this.#givenPage ?? this.#spare;
    this.#givenPage = null;
    return true;
  }

  #give(bytes: Buffer, page: Buffer | null): void {
    const nowMs = performance.now();
    this.#isQuick = nowMs - this.#givenMs < FAST_MS;
    this.#pieceBytes = pieceBytes(this.#isQuick);
    this.#givenMs = nowMs;
    this.#givenPage = page;
    this.#ready = null;
    if (!this.#hasBegun) this.#sink.begin();
    this.#hasBegun = true;
    this.#sink.data(bytes);
  }

  /** True: the next piece is ready. False: it will be, or not, and `#pump` goes on then. */
  #read(range: ByteRange): boolean {
    const start = this.#position === 0 ? range.start : this.#position;
    const length = Math.min(this.#pieceBytes, range.end - start);
    if (this.#readsAtOnce) {
      if (this.#turnBytes >= TURN_BYTES) {
        this.#yield();
        return false;
      }
      return this.#readNow(range, start, length);
    }
    this.#elsewhere = Math.max(0, this.#elsewhere - 1);
    const page = this.#page(length);
    this.#isReading = true;
    read(this.#fd, page, 0, length, start, (error, count) => {
      this.#isReading = false;
      if (this.#isOver) this.#sink.close();
      else if (this.#take(range, start, page, error === null ? count : 0)) this.#pump();
    });
    return false;
  }

  #yield(): void {
    this.#isReading = true;
    setImmediate(() => {
      this.#isReading = false;
      this.#turnBytes = 0;
      if (this.#isOver) this.#sink.close();
      else this.#pump();
    });
  }

  #readNow(range: ByteRange, start: number, length: number): boolean {
    const page = this.#page(length);
    const beganMs = performance.now();
    let count = 0;
    try {
      count = readSync(this.#fd, page, 0, length, start);
    } catch {
      // The disk fails: as a file that ends here.
    }
    if (performance.now() - beganMs > DISK_MS) this.#elsewhere = READS_AFTER_DISK;
    this.#turnBytes += count;
    return this.#take(range, start, page, count);
  }

  /** Takes what was read; false: that is nothing, and the answer is over. */
  #take(range: ByteRange, start: number, page: Buffer, count: number): boolean {
    if (count === 0) {
      // The disk fails, or the file has become shorter.
      this.#sink.failed(this.#hasBegun);
      this.stop();
      return false;
    }
    this.#ready = { bytes: page.subarray(0, count), page };
    this.#position = start + count;
    if (this.#position === range.end) {
      this.#position = 0;
      this.#index++;
    }
    return true;
  }

  #page(length: number): Buffer {
    const spare = this.#spare;
    this.#spare = null;
    if (spare !== null && spare.length >= length && spare.length <= this.#pieceBytes) return spare;
    return Buffer.allocUnsafeSlow(length);
  }
}

function pieceBytes(isQuick: boolean): number {
  const share = Math.max(LEAST_BYTES, Math.floor(MEMORY_BYTES / senders));
  return Math.min(isQuick ? FAST_BYTES : SLOW_BYTES, share);
}
