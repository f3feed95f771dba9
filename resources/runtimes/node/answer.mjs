/**
 * One answer on its way to the gateway. What is written within one turn of the event loop is collected: an answer
 * that is complete by then leaves as one frame, anything else streams. Handlers (node-handler.mjs, fetch-handler.mjs)
 * call `head`, `data`, `end` and `fail`, and hear in `onGone` that nobody waits for the answer any more.
 */
import { ABORTED, EXCEPTION, LOG } from './frames.mjs';

/** More than this is not worth collecting. */
const JOIN_BYTES = 128 * 1024;

export class Answer {
  requestId;
  /** The core of the worker that it runs on. */
  core;
  /** The request's variables, for what is said about it in the log. */
  variables;
  /** Called once with the reason, an Error, when the client has gone or the request has taken too long. */
  onGone = null;
  /** Called with the flags and payload of each INPUT frame, once the connection is a tunnel. */
  onInput = null;
  #ended;
  line;
  #startedMs;
  #head = null;
  #isHeadSent = false;
  #parts = [];
  #bytes = 0;
  #isEnded = false;
  #isHeld = false;
  /** The line will flush it at the end of this turn. */
  #isOpen = false;
  #isLogged = false;
  #waiting = [];

  /**
   * @param startedMs as performance.now() says it
   * @param ended called with it just before the end, and with what the application threw, or null; gives flags for the
   *   last frame
   */
  constructor(line, core, requestId, variables, startedMs, ended) {
    this.line = line;
    this.#startedMs = startedMs;
    this.core = core;
    this.requestId = requestId;
    this.variables = variables;
    this.#ended = ended;
  }

  get isEnded() {
    return this.#isEnded;
  }

  /** `{ status, headerCount, contentLength, block }`; the block is latin-1: reason CRLF, header lines with CRLF. */
  head(head) {
    if (this.#isEnded || this.#head !== null) return;
    this.#head = head;
    this.#flushAtEnd();
  }

  /** A piece of the body, text in UTF-8 or bytes. False: the gateway reads slower than this; wait for `drained`. */
  data(piece) {
    if (this.#isEnded || piece.length === 0) return true;
    this.#parts.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes > JOIN_BYTES) this.flush();
    else this.#flushAtEnd();
    return !this.#isHeld && !this.line.isFull;
  }

  /** Bytes of a connection that is a tunnel from now on; `head` as for `head`, its status 0 for a head of one's own. */
  becomeTunnel(head, flag) {
    if (this.#isEnded || this.#isHeadSent) return;
    this.#head = head;
    this.#isHeadSent = true;
    this.line.writer.head(this.requestId, flag, head);
    this.line.schedule();
  }

  /** The application has taken so many bytes of INPUT frames. */
  consumed(inputBytes) {
    if (this.#isEnded) return;
    this.line.writer.consumed(this.requestId, inputBytes);
    this.line.schedule();
  }

  /** Calls back when there is room for more, or when more is pointless. */
  whenDrained(callback) {
    if (this.#isHeld && !this.#isEnded) this.#waiting.push(callback);
    else this.line.whenDrained(callback);
  }

  drained() {
    return new Promise((resolve) => this.whenDrained(resolve));
  }

  /** The client is slow: nothing more is sent until it has caught up. */
  hold(isHeld) {
    this.#isHeld = isHeld;
    if (isHeld) return;
    if (this.#parts.length > 0) this.#flushAtEnd();
    this.#tellDrained();
  }

  logVariable(name, value) {
    if (this.#isEnded) return;
    this.line.writer.logVariable(this.requestId, name, value);
    this.line.schedule();
  }

  /** It is logged even though request logging is off. */
  logAnyway() {
    this.#isLogged = true;
  }

  end(last = null) {
    if (this.#isEnded) return;
    const { writer } = this.line;
    const head = this.#head;
    if (this.#isHeadSent || head === null || this.#parts.length + (last === null ? 0 : 1) > 1) {
      if (last !== null) this.data(last);
      this.#finish(0, null);
      return;
    }
    const body = last ?? this.#parts[0] ?? null;
    const flags = this.#close(null);
    writer.response(this.requestId, flags, this.#micros(), head, body);
    this.line.schedule();
  }

  /** The application raised: reported, and the client gets a 500 or sees the answer cut. */
  fail(error) {
    if (this.#isEnded) return;
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    this.#finish(EXCEPTION, error);
  }

  /** An answer that is not the application's, if none has begun; otherwise it is cut. */
  refuse(status, reason, why) {
    if (this.#isEnded) return;
    if (this.#isHeadSent) {
      this.abort();
      return;
    }
    this.#parts = [];
    this.#bytes = 0;
    this.#head = { status, headerCount: 1, contentLength: -1, block: `${reason}\r\nContent-Type: text/plain\r\n` };
    this.end(`${status} ${reason}\n${why}\n`);
  }

  /** It ends without having been completed, and that is nobody's fault. */
  abort() {
    if (!this.#isEnded) this.#finish(ABORTED, null);
  }

  /** Nobody waits for it any more. */
  gone(error) {
    if (this.#isEnded) return;
    const tell = this.onGone;
    this.abort();
    tell?.(error);
  }

  /** The line calls this at the end of the turn. */
  flushOpen() {
    this.#isOpen = false;
    if (!this.#isEnded) this.flush();
  }

  /** Sends what has been collected. */
  flush() {
    if (this.#head === null || this.#isHeld) return;
    const { writer } = this.line;
    if (!this.#isHeadSent) {
      this.#isHeadSent = true;
      writer.head(this.requestId, 0, this.#head);
    }
    for (const part of this.#parts) writer.data(this.requestId, typeof part === 'string' ? Buffer.from(part) : part);
    this.#parts = [];
    this.#bytes = 0;
    this.line.schedule();
  }

  #flushAtEnd() {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.line.flushAtEnd(this);
  }

  #finish(flags, error) {
    const isCut = flags !== 0;
    const more = this.#close(error);
    if (isCut && !this.#isHeadSent) {
      this.#head = null;
      this.#parts = [];
    }
    this.#isHeld = false;
    this.flush();
    const cut = isCut && this.#isHeadSent ? ABORTED : 0;
    this.line.writer.end(this.requestId, (flags & EXCEPTION) | cut | more, this.#micros());
    this.line.schedule();
    this.#tellDrained();
  }

  #close(error) {
    this.#isEnded = true;
    this.onGone = null;
    return this.#ended(this, error) | (this.#isLogged ? LOG : 0);
  }

  #micros() {
    return Math.round((performance.now() - this.#startedMs) * 1000);
  }

  #tellDrained() {
    for (const callback of this.#waiting.splice(0)) callback();
  }
}

/** Why nobody waits for an answer any more, as node:http says it. */
export function clientGone() {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}
