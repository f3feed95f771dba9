/**
 * One worker of PHP as the dispatcher sees it: a core's connection. Behind it a php-cgi process speaks FastCGI (FastCGI
 * 1.0) and serves one request at a time, so frames become records here, and what comes back becomes frames.
 *
 * A single gateway keeps its connection. With several each makes one for each request, since the process listens to
 * one connection only as long as that stands. A client that goes has its connection closed: PHP ends the script when
 * that writes next, as it does on uWSGI, and the core is free when the process answers again.
 */
import { createReadStream } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { cgiHeadEnd, encodeCgiHead, encodeHead, MAX_CGI_HEAD_BYTES } from './cgi-head.ts';
import type { Core, CoreWire } from './core-choice.ts';
import { eachNameValue } from './environ-fastcgi.ts';
import { FastcgiAnswer } from './fastcgi-answer.ts';
import { encodeGetValues, encodeRequest, encodeStdinHeader, MAX_CONTENT_BYTES } from './fastcgi-records.ts';
import { FrameFlag, FrameType, requestBody, requestEnviron, requestIdOf } from './frames.ts';
import { PhpErrors, type PhpException } from './php-errors.ts';
import type { PhpScripts, ScriptAnswer, ScriptQuestion } from './php-scripts.ts';

export interface PhpWorkerHost {
  readonly scripts: PhpScripts;
  /** Variables of every request, as pairs. */
  readonly variables: Buffer;
  /** There are several gateways. */
  readonly isShared: boolean;
  /** It answers: for the first time, or after a client has gone. */
  ready(): void;
  /** Its connection has ended, or none can be made: then the request with this id has not begun; 0: it has, or there is none. */
  lost(unbegunId: number): void;
  frame(core: Core, type: number, flags: number, requestId: number, payload: Buffer, start: number, end: number): void;
  /** Flags for the end of an answer: has the worker had enough? */
  endFlags(exception: PhpException | null): number;
  log(text: string): void;
}

/** How often a connection is tried while the process starts. */
const RETRY_MS = 10;
const NOTHING = Buffer.alloc(0);
/** Larger pieces of a body that is in a file would be more than one record. */
const FILE_PIECE_BYTES = MAX_CONTENT_BYTES;

export class PhpWorker implements CoreWire {
  readonly core: Core;
  readonly #endpoint: string;
  readonly #host: PhpWorkerHost;
  readonly #errors: PhpErrors;
  #socket: Socket | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isDisposed = false;
  /** Of the request that runs; 0: none. */
  #requestId = 0;
  #beganMs = 0;
  /** Nobody wants the rest of the answer: the end of the script is waited for. */
  #isCancelled = false;
  /** What it has sent is no answer. */
  #isBroken = false;
  #head: Buffer = NOTHING;
  #isHeadSent = false;
  #lastHead: { text: Buffer; encoded: Buffer } | null = null;
  /** Head and pieces of the body that wait for the end of what was read, to leave as one answer if that is all. */
  #answer: Buffer | null = null;
  #pieces: Buffer[] = [];

  constructor(core: Core, endpoint: string, host: PhpWorkerHost) {
    this.core = core;
    this.#endpoint = endpoint;
    this.#host = host;
    this.#errors = new PhpErrors((text) => host.log(text));
  }

  /** Waits until the process answers. */
  greet(): void {
    const socket = this.#open(true);
    socket.write(encodeGetValues('FCGI_MPXS_CONNS'));
  }

  // The dispatcher's side

  send(frame: Buffer): void {
    this.#requestId = requestIdOf(frame);
    this.#beganMs = performance.now();
    const { question, environ } = readEnviron(requestEnviron(frame));
    const found = this.#host.scripts.find(question);
    if (found instanceof Promise) void found.then((answer) => this.#begin(answer, environ, frame));
    else if (found.type === 'script') this.#begin(found, environ, frame);
    // The dispatcher has not yet noted that it runs.
    else setImmediate(() => this.#begin(found, environ, frame));
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** What it sent made no sense. */
  destroy(): void {
    this.#socket?.destroy();
  }

  /** The client of this request has gone. */
  cancel(requestId: number): void {
    if (requestId !== this.#requestId || this.#isCancelled) return;
    this.#giveUp();
  }

  /** Goes on when the script has noticed. */
  #giveUp(): void {
    this.#isCancelled = true;
    this.#answer = null;
    this.#pieces = [];
    this.#drop();
    this.greet();
  }

  /** Lets go of the process: nothing runs there. */
  dispose(): void {
    this.#isDisposed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#drop();
  }

  // The process's side

  /** @param isPatient the process may be starting: tries again */
  #open(isPatient: boolean): Socket {
    const socket = connect({ path: this.#endpoint });
    this.#socket = socket;
    const reader = new FastcgiAnswer({
      stdout: (bytes, start, end) => this.#stdout(bytes.subarray(start, end)),
      stderr: (bytes, start, end) => this.#errors.add(bytes.subarray(start, end)),
      ended: () => this.#ended(),
      values: () => this.#answers(),
    });
    let isConnected = false;
    socket.on('connect', () => {
      isConnected = true;
    });
    socket.on('data', (chunk: Buffer) => {
      if (this.#socket !== socket) return;
      if (reader.feed(chunk)) this.#passOn();
      else socket.destroy();
    });
    socket.on('error', () => {
      // What it means is decided when it closes.
    });
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      if (isPatient && !isConnected) this.#retry = setTimeout(() => this.greet(), RETRY_MS);
      else this.#host.lost(isConnected ? 0 : this.#requestId);
    });
    return socket;
  }

  /** Closes the connection without a word to anybody. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  /** It has answered GET_VALUES. */
  #answers(): void {
    if (this.#host.isShared) this.#drop();
    if (this.#isCancelled) this.#finish();
    else this.#host.ready();
  }

  #begin(found: ScriptAnswer, environ: Buffer, frame: Buffer): void {
    if (this.#isDisposed || this.#isCancelled || this.#requestId !== requestIdOf(frame)) return;
    if (found.type === 'refusal') return this.#refuse(found);
    const { isShared, variables } = this.#host;
    const socket = isShared ? this.#open(false) : this.#socket;
    // It has just ended; that is on its way here.
    if (socket === null) return;
    const params = [environ, variables, found.params];
    const body = requestBody(frame);
    if ('bytes' in body && body.bytes.length <= MAX_CONTENT_BYTES) {
      socket.write(encodeRequest(!isShared, params, body.bytes));
      return;
    }
    socket.write(encodeRequest(!isShared, params, null));
    if ('path' in body) void this.#sendFile(socket, body.path);
    else sendBytes(socket, body.bytes);
  }

  async #sendFile(socket: Socket, path: string): Promise<void> {
    try {
      for await (const piece of createReadStream(path, { highWaterMark: FILE_PIECE_BYTES })) {
        if (socket.destroyed) return;
        if (!Buffer.isBuffer(piece)) continue;
        socket.cork();
        socket.write(encodeStdinHeader(piece.length));
        const isRoom = socket.write(piece);
        socket.uncork();
        if (!isRoom) await drained(socket);
      }
      if (!socket.destroyed) socket.write(encodeStdinHeader(0));
    } catch (error) {
      this.#host.log(
        `*** a request's body could not be read: ${error instanceof Error ? error.message : String(error)} ***`,
      );
      socket.destroy();
    }
  }

  #refuse({ status, location, log }: Extract<ScriptAnswer, { type: 'refusal' }>): void {
    if (log !== null) this.#host.log(log);
    const lines = location === null ? ['Content-Type: text/plain'] : [`Location: ${location}`];
    this.#answer = encodeHead(status, null, lines, -1);
    if (location === null) this.#pieces.push(Buffer.from(status === 403 ? 'Forbidden' : 'Not Found'));
    this.#finish();
  }

  #stdout(bytes: Buffer): void {
    if (this.#isCancelled) return;
    if (this.#isHeadSent || this.#answer !== null) {
      this.#pieces.push(bytes);
      return;
    }
    const whole = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = cgiHeadEnd(whole);
    if (end < 0) {
      this.#head = whole;
      if (whole.length > MAX_CGI_HEAD_BYTES) this.#brokenHead('is longer than 256 KB');
      return;
    }
    this.#head = NOTHING;
    this.#answer = this.#encodeHead(whole.subarray(0, end));
    if (this.#answer === null) return this.#brokenHead('is malformed');
    if (end < whole.length) this.#pieces.push(whole.subarray(end));
  }

  /** Many answers have the head of the one before. */
  #encodeHead(head: Buffer): Buffer | null {
    if (this.#lastHead !== null && head.equals(this.#lastHead.text)) return this.#lastHead.encoded;
    const encoded = encodeCgiHead(head);
    if (encoded !== null) this.#lastHead = { text: Buffer.from(head), encoded };
    return encoded;
  }

  #brokenHead(what: string): void {
    this.#host.log(`*** PHP has sent a head that ${what}; the request is given up ***`);
    this.#isBroken = true;
    this.#giveUp();
  }

  /** Everything of a piece that was read has been seen, and the answer goes on. */
  #passOn(): void {
    const answer = this.#answer;
    const pieces = this.#pieces;
    if (answer === null && pieces.length === 0) return;
    this.#answer = null;
    this.#pieces = [];
    if (answer !== null) this.#frame(FrameType.HEAD, answer);
    this.#isHeadSent = true;
    this.#errors.pass();
    for (const piece of pieces) this.#frame(FrameType.DATA, piece);
  }

  #ended(): void {
    if (this.#requestId === 0 || this.#isCancelled) return;
    if (this.#host.isShared) this.#drop();
    this.#finish();
  }

  #finish(): void {
    const why = this.#isBroken ? FrameFlag.EXCEPTION : this.#isCancelled ? FrameFlag.ABORTED : 0;
    const flags = this.#host.endFlags(this.#errors.end()) | why;
    const answer = this.#answer;
    if (answer === null) this.#passOn();
    const micros = Buffer.allocUnsafe(4);
    micros.writeUInt32LE(Math.min(Math.round((performance.now() - this.#beganMs) * 1000), 0xffffffff));
    const payload = answer === null ? micros : Buffer.concat([micros, answer, ...this.#pieces]);
    const requestId = this.#requestId;
    this.#requestId = 0;
    this.#answer = null;
    this.#pieces = [];
    this.#head = NOTHING;
    this.#isHeadSent = false;
    this.#isCancelled = false;
    this.#isBroken = false;
    const type = answer === null ? FrameType.END : FrameType.RESPONSE;
    // The next request may come while this is handled.
    this.#host.frame(this.core, type, flags, requestId, payload, 0, payload.length);
  }

  #frame(type: number, payload: Buffer): void {
    this.#host.frame(this.core, type, 0, this.#requestId, payload, 0, payload.length);
  }
}

function sendBytes(socket: Socket, bytes: Buffer): void {
  socket.cork();
  for (let from = 0; from < bytes.length; from += MAX_CONTENT_BYTES) {
    const piece = bytes.subarray(from, from + MAX_CONTENT_BYTES);
    socket.write(encodeStdinHeader(piece.length));
    socket.write(piece);
  }
  socket.write(encodeStdinHeader(0));
  socket.uncork();
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

/** What names the script; and the variables as PHP gets them. */
function readEnviron(environ: Buffer): { question: ScriptQuestion; environ: Buffer } {
  const question: ScriptQuestion = { path: '', documentRoot: null, query: '' };
  let start = 0;
  let kept: Buffer[] | null = null;
  let keptUntil = 0;
  eachNameValue(environ, (nameStart, nameEnd, valueEnd) => {
    switch (nameEnd - nameStart) {
      case 9:
        if (isName(environ, nameStart, 'PATH_INFO')) question.path = environ.toString('latin1', nameEnd, valueEnd);
        break;
      case 10:
        if (isName(environ, nameStart, 'HTTP_PROXY')) {
          // A client's header must not become the proxy of what the script fetches (CVE-2016-5385).
          kept ??= [];
          kept.push(environ.subarray(keptUntil, start));
          keptUntil = valueEnd;
        }
        break;
      case 12:
        if (isName(environ, nameStart, 'QUERY_STRING')) question.query = environ.toString('latin1', nameEnd, valueEnd);
        break;
      case 13:
        if (isName(environ, nameStart, 'DOCUMENT_ROOT')) {
          question.documentRoot = environ.toString('latin1', nameEnd, valueEnd);
        }
        break;
    }
    start = valueEnd;
  });
  if (keptUntil === 0 || kept === null) return { question, environ };
  return { question, environ: Buffer.concat([...kept, environ.subarray(keptUntil)]) };
}

function isName(bytes: Buffer, start: number, name: string): boolean {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name.charCodeAt(at)) return false;
  return true;
}
