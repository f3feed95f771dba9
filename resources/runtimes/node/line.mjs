/**
 * A connection to a gateway. What a turn of the event loop has to say leaves in one write at its end; what comes is read
 * into the same memory again and again.
 */
import { connect } from 'node:net';
import { FrameReader, FrameWriter } from './frames.mjs';

const READ_BYTES = 64 * 1024;

/** How to connect to `host:port` or to a unix socket's path. */
export function endpointOf(text) {
  const tcp = /^(?<host>[^/]*):(?<port>\d+)$/.exec(text)?.groups;
  return tcp ? { host: tcp.host, port: Number(tcp.port), noDelay: true } : { path: text };
}

export class Line {
  writer;
  #socket;
  #isScheduled = false;
  /** Answers whose head or data wait for the end of this turn; those that have ended meanwhile have nothing to flush. */
  #open = [];
  #drained = [];
  #flushLater = () => {
    this.#isScheduled = false;
    this.flush();
  };

  /** @param core which one it is for; SHARED_CORES or CONTROL_CORE */
  constructor(endpoint, { spawnId, token }, core, onFrame, onEnd = () => {}) {
    const reader = new FrameReader(onFrame);
    const onread = {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (bytes, buffer) => {
        reader.feed(buffer.subarray(0, bytes));
        return true;
      },
    };
    this.#socket = connect({ ...endpointOf(endpoint), onread });
    this.writer = new FrameWriter((bytes) => this.#socket.write(bytes));
    this.#socket.on('error', () => {
      // `close` follows.
    });
    this.#socket.on('drain', () => this.#tellDrained());
    this.#socket.on('close', () => {
      this.#tellDrained();
      onEnd();
    });
    this.writer.hello(spawnId, core, Buffer.from(token, 'hex'));
    this.flush();
  }

  /** More waits to be sent than is good. */
  get isFull() {
    return this.#socket.writableNeedDrain;
  }

  get isEmpty() {
    return this.writer.isEmpty && this.#open.length === 0 && this.#socket.writableLength === 0;
  }

  /** Sends what has been written at the end of this turn of the event loop. */
  schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flushLater);
  }

  /** Has the answer's `flush` called at the end of this turn, unless it is forgotten before. */
  flushAtEnd(answer) {
    this.#open.push(answer);
    this.schedule();
  }

  flush() {
    if (this.#open.length > 0) {
      const open = this.#open;
      this.#open = [];
      for (const answer of open) answer.flushOpen();
    }
    this.writer.flush();
  }

  /** Calls back when there is room again, or nobody reads any more. */
  whenDrained(callback) {
    if (this.isFull && !this.#socket.destroyed) this.#drained.push(callback);
    else setImmediate(() => callback());
  }

  #tellDrained() {
    for (const callback of this.#drained.splice(0)) callback();
  }
}
