/**
 * The writing half of a connection to a worker. Frames are collected during a turn of the event loop and leave in one
 * write.
 */
import type { Socket } from 'node:net';
import type { CoreWire } from './core-choice.ts';

/** Frames up to this size are copied together; larger ones are written as they are. */
const JOIN_BYTES = 65536;

/** The writing half of a core's connection. */
export class CoreConnection implements CoreWire {
  readonly socket: Socket;
  #frames: Buffer[] = [];
  #bytes = 0;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  send(frame: Buffer): void {
    if (this.#frames.length === 0) setImmediate(() => this.#flush());
    this.#frames.push(frame);
    this.#bytes += frame.length;
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

  #flush(): void {
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
export function ignoreWriteErrors(socket: Socket): void {
  /* oxlint-disable no-underscore-dangle -- the names that node:stream gives to what implementers provide */
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, callback) => write(chunk, encoding, () => callback());
  const writev = socket._writev?.bind(socket);
  if (writev !== undefined) socket._writev = (chunks, callback) => writev(chunks, () => callback());
  /* oxlint-enable no-underscore-dangle */
}
