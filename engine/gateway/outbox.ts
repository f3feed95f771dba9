/**
 * What a client has still to receive. A worker's answer is taken at the worker's speed: up to MEMORY_BYTES wait in
 * memory, the rest in a temporary file, so that a slow client never holds a worker. Only when the file
 * grows beyond FILE_BYTES, or the disk is slower than the worker, is the worker told to wait.
 */
import type { Socket } from 'node:net';
import { SpoolFile } from './spool-file.ts';

export interface OutboxLimits {
  memoryBytes: number;
  fileBytes: number;
}

export const OUTBOX_LIMITS: OutboxLimits = { memoryBytes: 512 * 1024, fileBytes: 1024 * 1024 * 1024 };
const DISK_QUEUE_BYTES = 1024 * 1024;
const READ_BYTES = 128 * 1024;
/**
 * The socket is given no more at once: each piece that leaves shows that the client still reads, slowly perhaps. Who has
 * taken the last one in no time gets larger ones, which cost less.
 */
const PIECE_BYTES = 64 * 1024;
const QUICK_PIECE_BYTES = 256 * 1024;
const QUICK_MS = 50;
const NOTHING = Buffer.alloc(0);

export class Outbox {
  /** Monotonic milliseconds of the last time the client took something. */
  progressMs = 0;
  readonly #socket: Socket;
  readonly #folder: string;
  readonly #limits: OutboxLimits;
  readonly #onCongestion: (congested: boolean) => void;
  readonly #onLost: (error: unknown) => void;
  /** What waits for the socket to have room, in order; behind it comes the file. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #file: SpoolFile | null = null;
  #isPumping = false;
  /** What the file is read into; used again when the client has taken what is in it. */
  #page: Buffer | null = null;
  #isCongested = false;
  #onEmptied: (() => void) | null = null;
  #onRoom: (() => void) | null = null;
  #pieceBytes = PIECE_BYTES;

  /** `onLost`: the file can not be written or read; the client sees that the answer is cut. */
  constructor(
    socket: Socket,
    folder: string,
    limits: OutboxLimits,
    onCongestion: (congested: boolean) => void,
    onLost: (error: unknown) => void,
  ) {
    this.#socket = socket;
    this.#folder = folder;
    this.#limits = limits;
    this.#onCongestion = onCongestion;
    this.#onLost = onLost;
  }

  /** Has the client not yet taken everything? */
  get isPending(): boolean {
    return this.#file !== null || this.#waitingBytes > 0 || this.#socket.writableLength > 0;
  }

  /** Takes over the bytes: they must not change afterwards. */
  write(bytes: Buffer): void {
    if (this.#file !== null) {
      this.#file.append(bytes);
      this.#checkCongestion();
      return;
    }
    if (this.#socket.writableLength === 0) this.progressMs = performance.now();
    const fits = bytes.length <= this.#pieceBytes;
    if (this.#waitingBytes === 0 && fits && this.#socket.write(bytes)) return;
    if (this.#waitingBytes > 0) this.#wait(bytes);
    else if (!fits) this.#wait(this.#send(bytes));
    const waitingBytes = this.#waitingBytes + this.#socket.writableLength;
    if (waitingBytes > this.#limits.memoryBytes) this.#file = new SpoolFile(this.#folder, 'answer');
  }

  #wait(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  /** Gives the socket pieces until it has no more room; returns the rest. */
  #send(bytes: Buffer): Buffer {
    let at = 0;
    while (at < bytes.length) {
      const piece = bytes.subarray(at, at + this.#pieceBytes);
      at += piece.length;
      if (!this.#socket.write(piece)) break;
    }
    return bytes.subarray(at);
  }

  /** Collects the small writes of this turn of the event loop into one. */
  cork(): void {
    if (this.#file !== null || this.#socket.writableCorked > 0) return;
    this.#socket.cork();
    process.nextTick(() => this.#socket.uncork());
  }

  /** Calls back as soon as all has been given to the socket: what follows may be written there. */
  whenUnspooled(callback: () => void): void {
    if (this.#file === null && this.#waitingBytes === 0) callback();
    else this.#onEmptied = callback;
  }

  /** True: the client has taken all. False: `callback` is called, once, when it has. */
  whenRoom(callback: () => void): boolean {
    const isWaiting = this.#file !== null || this.#waitingBytes > 0;
    if (!isWaiting && this.#socket.writableLength === 0) return true;
    this.#onRoom = callback;
    // Too little for the socket to say that it has left.
    if (!isWaiting && !this.#socket.writableNeedDrain) this.#socket.write(NOTHING, () => this.#roomAgain());
    return false;
  }

  /** The socket has room again. */
  drained(): void {
    const nowMs = performance.now();
    this.#pieceBytes = nowMs - this.progressMs < QUICK_MS ? QUICK_PIECE_BYTES : PIECE_BYTES;
    this.progressMs = nowMs;
    this.#sendWaiting();
    if (this.#waitingBytes > 0) return;
    if (this.#file === null) {
      this.#emptied();
      this.#roomAgain();
    } else if (!this.#isPumping) this.#pump(this.#file).catch((error: unknown) => this.#lost(error));
  }

  #sendWaiting(): void {
    while (!this.#socket.writableNeedDrain) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) return;
      const rest = this.#send(bytes);
      this.#waitingBytes -= bytes.length - rest.length;
      if (rest.length > 0) this.#waiting.unshift(rest);
    }
  }

  dispose(): void {
    this.#file?.dispose();
    this.#file = null;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#onEmptied = null;
    this.#onRoom = null;
    this.#setCongested(false);
  }

  /** Moves the file to the client until one of them has no more to give or take. */
  async #pump(file: SpoolFile): Promise<void> {
    this.#isPumping = true;
    try {
      while (this.#file === file && !this.#socket.destroyed) {
        if (this.#page === null || this.#socket.writableLength > 0) this.#page = Buffer.allocUnsafeSlow(READ_BYTES);
        const bytes = await file.read(this.#page);
        if (this.#file !== file || this.#socket.destroyed) return;
        this.progressMs = performance.now();
        this.#checkCongestion();
        if (bytes.length > 0) {
          if (!this.#socket.write(bytes)) return;
        } else if (file.readBytes === file.totalBytes) {
          file.dispose();
          this.#file = null;
          this.#page = null;
          this.#emptied();
          this.#roomAgain();
        }
      }
    } finally {
      this.#isPumping = false;
    }
  }

  #roomAgain(): void {
    if (this.#onRoom === null || this.#file !== null || this.#waitingBytes > 0 || this.#socket.writableLength > 0)
      return;
    const callback = this.#onRoom;
    this.#onRoom = null;
    callback();
  }

  #emptied(): void {
    this.#setCongested(false);
    const callback = this.#onEmptied;
    this.#onEmptied = null;
    callback?.();
  }

  #checkCongestion(): void {
    const file = this.#file;
    if (file === null) return;
    const waiting = file.totalBytes - file.readBytes;
    this.#setCongested(file.queuedBytes > DISK_QUEUE_BYTES || waiting > this.#limits.fileBytes);
    if (this.#isCongested) {
      file.written().then(
        () => this.#checkCongestion(),
        (error: unknown) => this.#lost(error),
      );
    }
  }

  #lost(error: unknown): void {
    if (this.#socket.destroyed) return;
    this.#onLost(error);
    this.#socket.destroy();
  }

  #setCongested(congested: boolean): void {
    if (congested === this.#isCongested) return;
    this.#isCongested = congested;
    this.#onCongestion(congested);
  }
}
