/**
 * The writing half of a connection to a worker. Frames are collected during a turn of the event loop and leave in one
 * write. While the worker has enough to go on with, further requests wait here until it has less, and then leave
 * together: a write and a read for several of them, where each would wake the worker otherwise.
 */
import type { Duplex } from 'node:stream';
import type { CoreWire } from './core-choice.ts';
import { FrameType } from './frames.ts';

/** Frames up to this size are copied together; larger ones are written as they are. */
const JOIN_BYTES = 65536;
/** So many requests are enough: the worker has them at hand while the gateway hears of its answers. */
const ENOUGH = 3;

/** A core, as far as it counts here how many requests it has. */
interface Loaded {
  readonly outstanding: { readonly length: number };
}

/** The writing half of a core's connection. */
export class CoreConnection implements CoreWire {
  readonly socket: Duplex;
  readonly #core: Loaded | null;
  #frames: Buffer[] = [];
  #bytes = 0;
  #isScheduled = false;

  /** @param core whose requests it carries; null: several, which run beside each other */
  constructor(socket: Duplex, core: Loaded | null = null) {
    this.socket = socket;
    this.#core = core;
  }

  send(frame: Buffer): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (frame[4] !== FrameType.REQUEST || !this.#hasEnough) this.#schedule();
  }

  /** The worker may have less to do than before. */
  goOn(): void {
    if (this.#frames.length > 0 && !this.#hasEnough) this.#schedule();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Without those that wait here. */
  get #hasEnough(): boolean {
    return this.#core !== null && this.#core.outstanding.length - this.#frames.length > ENOUGH;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    const frames = this.#frames;
    const bytes = this.#bytes;
    this.#frames = [];
    this.#bytes = 0;
    if (this.socket.destroyed) return;
    const [first] = frames;
    if (frames.length === 1 && first !== undefined) this.socket.write(first);
    else if (bytes <= JOIN_BYTES) this.socket.write(Buffer.concat(frames, bytes));
    else for (const frame of frames) this.socket.write(frame);
  }
}

/**
 * Node drops unread input when a write fails. A worker that dies may have answered one request and begun the next, and
 * that answer is all that tells which one was begun: so a failed write is not an error here, reading goes on
 * to the end. Were that ever not to work, the connection closes without its end having been seen, and the dispatcher
 * takes no request behind it for unbegun.
 */
export function ignoreWriteErrors(socket: Duplex): void {
  /* oxlint-disable no-underscore-dangle -- the names that node:stream gives to what implementers provide */
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, callback) => write(chunk, encoding, () => callback());
  const writev = socket._writev?.bind(socket);
  if (writev !== undefined) socket._writev = (chunks, callback) => writev(chunks, () => callback());
  /* oxlint-enable no-underscore-dangle */
}
