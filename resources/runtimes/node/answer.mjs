/**
 * One answer on its way to the gateway. What is written within one turn of the event loop is collected: an answer
 * that is complete by then leaves as one frame, anything else streams.
 */
import { ABORTED, EXCEPTION, encodeData, encodeEnd, encodeHead, encodeResponse } from './frames.mjs';

/** Headers that speak about one connection belong to the gateway. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** More than this is not worth copying into one frame. */
const JOIN_BYTES = 128 * 1024;
/** Larger pieces are cut, so that no frame is large. */
const MAX_DATA_BYTES = 256 * 1024;

/** @param headers an iterable of [name, value] */
export function makeHead(status, reason, headers) {
  let block = `${reason}\r\n`;
  let headerCount = 0;
  let contentLength = -1;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower)) continue;
    if (lower === 'content-length') {
      // One that is no length, or a second one, would contradict the real one.
      if (contentLength >= 0 || !/^\d{1,15}$/.test(value)) continue;
      contentLength = Number(value);
    }
    block += `${name}: ${value}\r\n`;
    headerCount++;
  }
  return { status, headerCount, contentLength, block: Buffer.from(block, 'latin1') };
}

export class Answer {
  #socket;
  #requestId;
  #endFlags;
  #startedMs = performance.now();
  #head = null;
  #isHeadSent = false;
  #parts = [];
  #bytes = 0;
  #isScheduled = false;
  #isEnded = false;

  /** @param endFlags asked once, just before the end, for what the worker adds to the end's flags */
  constructor(socket, requestId, endFlags) {
    this.#socket = socket;
    this.#requestId = requestId;
    this.#endFlags = endFlags;
  }

  get isEnded() {
    return this.#isEnded;
  }

  head(head) {
    this.#head ??= head;
    this.#schedule();
  }

  /** False: the gateway reads slower than this; wait for `drained`. */
  data(chunk) {
    if (chunk.length === 0) return true;
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > JOIN_BYTES) this.#flush();
    else this.#schedule();
    return !this.#socket.writableNeedDrain;
  }

  async drained() {
    while (this.#socket.writableNeedDrain && !this.#socket.destroyed) {
      await new Promise((resolve) => {
        this.#socket.once('drain', resolve);
        this.#socket.once('close', resolve);
      });
    }
  }

  end() {
    this.#finish(0);
  }

  /** The application raised: reported, and the client gets a 500 or sees the answer cut. */
  fail(error) {
    if (this.#isEnded) return;
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    if (!this.#isHeadSent) {
      this.#head = null;
      this.#parts = [];
    }
    this.#finish(EXCEPTION);
  }

  #finish(flags) {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const micros = Math.round((performance.now() - this.#startedMs) * 1000);
    const all = flags | this.#endFlags();
    if (!this.#isHeadSent && this.#head !== null && flags === 0 && this.#bytes <= JOIN_BYTES) {
      this.#socket.write(encodeResponse(this.#requestId, all, micros, this.#head, this.#parts, this.#bytes));
      return;
    }
    this.#flush();
    const cut = (flags & EXCEPTION) !== 0 && this.#isHeadSent ? ABORTED : 0;
    this.#socket.write(encodeEnd(this.#requestId, all | cut, micros));
  }

  #schedule() {
    if (this.#isScheduled || this.#isEnded) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isEnded) this.#flush();
    });
  }

  #flush() {
    if (this.#head === null) return;
    if (!this.#isHeadSent) {
      this.#isHeadSent = true;
      this.#socket.write(encodeHead(this.#requestId, this.#head));
    }
    for (const part of this.#parts) {
      for (let at = 0; at < part.length; at += MAX_DATA_BYTES) {
        this.#socket.write(encodeData(this.#requestId, part.subarray(at, at + MAX_DATA_BYTES)));
      }
    }
    this.#parts = [];
    this.#bytes = 0;
  }
}
