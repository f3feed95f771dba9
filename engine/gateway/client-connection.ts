/**
 * One client's connection: requests in, answers out, one at a time and in order. It owns the socket's deadlines, the
 * body while it is collected, and the framing of the answer; which worker runs the request is the dispatcher's
 * business. HTTP and uwsgi connections differ in the parser and in that uwsgi ends with the answer.
 */
import type { Socket } from 'node:net';
import type { ListenerKind } from '../config/settings.ts';
import { type AnswerContext, CONTINUE } from './answer.ts';
import { AnswerWriter } from './answer-writer.ts';
import { BodyStore, statusOfStorageError } from './body-store.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EncodedPeer, EnvironEncoder } from './environ.ts';
import { FrameFlag, REQUEST_PREFIX_BYTES, type ResponseHead, sealRequestFrame } from './frames.ts';
import type { HttpHead } from './http-head.ts';
import { type HttpHandler, HttpParser } from './http-parser.ts';
import type { GatewayOptions } from './messages.ts';
import { Outbox, type OutboxLimits } from './outbox.ts';
import { ProtocolError } from './protocol-error.ts';
import { type AnswerSize, GatewayRequest, type RequestFacts, type ResponseTarget, type WorkerWire } from './request.ts';
import type { SpoolFile } from './spool-file.ts';
import { type UwsgiHandler, UwsgiParser, type UwsgiVars } from './uwsgi-parser.ts';

/** What all connections of a gateway share. */
export interface ConnectionContext {
  options: GatewayOptions;
  readonly bodyFolder: string;
  readonly encoder: EnvironEncoder;
  readonly dispatcher: Dispatcher;
  readonly outboxLimits: OutboxLimits;
  nextSerial(): number;
  /** A line for the log: something that the operator should know. */
  trouble(text: string): void;
  closed(connection: ClientConnection): void;
}

/**
 * idle: between requests · reading: a request is coming · waiting: it is with the dispatcher ·
 * answering: its answer has begun · closing: the last bytes are on their way out · closed
 */
type Phase = 'idle' | 'reading' | 'waiting' | 'answering' | 'closing' | 'closed';

const HTTP_LIMITS = { chunkLineBytes: 1024, trailerBytes: 8192 };
/** Read ahead of a pipelining client while its present request runs. */
const AHEAD_BYTES = 64 * 1024;
/** How long to go on reading after an answer that came before the request's end, so that the client sees the answer. */
const LINGER_MS = 2000;
/** No head may take longer than this, however it trickles in. */
const HEAD_LIMIT_MS = 60_000;
const PONG = Buffer.from([100, 0, 0, 1]);
const FIRST_CONTEXT: AnswerContext = { protocol: 'HTTP/1.1', isHttp: true, isHead: false, keepAlive: false };

export class ClientConnection implements ResponseTarget, HttpHandler, UwsgiHandler {
  readonly kind: ListenerKind;
  readonly listenerId: number;
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #peer: EncodedPeer;
  readonly #parser: HttpParser | UwsgiParser;
  readonly #outbox: Outbox;
  readonly #answer: AnswerWriter;
  #phase: Phase = 'idle';
  #request: GatewayRequest | null = null;
  #facts: RequestFacts | null = null;
  /** Environ of a request whose body is still coming. */
  #environ: Buffer | null = null;
  /** The body came in chunks: the application is told its length. */
  #needsLength = false;
  #continueAsked = false;
  #body: BodyStore | null = null;
  #ahead: Buffer[] = [];
  #aheadBytes = 0;
  /** The worker whose answer comes faster than the client and the disk take it. */
  #pausedWire: WorkerWire | null = null;
  #clientEnded = false;
  #isLast = false;
  /** Monotonic milliseconds; checked by `tick`. */
  #activityMs = performance.now();
  #readingSinceMs = 0;
  #isFirst = true;

  constructor(socket: Socket, kind: ListenerKind, listenerId: number, peer: EncodedPeer, context: ConnectionContext) {
    this.kind = kind;
    this.listenerId = listenerId;
    this.#socket = socket;
    this.#context = context;
    this.#peer = peer;
    const { bufferSizeBytes, limitPostBytes } = context.options;
    this.#parser =
      kind === 'uwsgi'
        ? new UwsgiParser({ blockBytes: bufferSizeBytes, bodyBytes: limitPostBytes }, this)
        : new HttpParser({ headBytes: bufferSizeBytes, bodyBytes: limitPostBytes, ...HTTP_LIMITS }, this);
    this.#outbox = new Outbox(
      socket,
      context.bodyFolder,
      context.outboxLimits,
      (congested) => (congested ? this.#pauseWorker() : this.#resumeWorker()),
      (error) => context.trouble(`an answer to a slow client was cut: ${String(error)}`),
    );
    this.#answer = new AnswerWriter(this.#outbox, { ...FIRST_CONTEXT, isHttp: kind !== 'uwsgi' });
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('end', () => this.#ended());
    socket.on('drain', () => this.#outbox.drained());
    socket.on('error', () => {
      // A client that goes away is no error of ours; `close` follows.
    });
    socket.on('close', () => this.#closed());
  }

  /** Does a request of this connection run or wait? */
  get isBusy(): boolean {
    return (
      this.#phase === 'reading' || this.#phase === 'waiting' || this.#phase === 'answering' || this.#outbox.isPending
    );
  }

  /** No more requests: ends the connection now if nothing happens on it, otherwise after its present answer. */
  endAfterAnswer(): void {
    this.#isLast = true;
    if (this.#phase === 'idle') this.#finishSocket();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Called a few times a second: ends what takes too long. */
  tick(nowMs: number): void {
    const { options } = this.#context;
    const silenceMs = nowMs - this.#activityMs;
    const patienceMs = (this.kind === 'http' ? options.httpTimeoutSeconds : options.socketTimeoutSeconds) * 1000;
    switch (this.#phase) {
      case 'idle': {
        const limitMs = this.#isFirst ? patienceMs : options.httpKeepaliveSeconds * 1000;
        // Idle begins when the client has taken the last answer, not when the worker has given it.
        if (Math.min(silenceMs, nowMs - this.#outbox.progressMs) > limitMs && !this.#outbox.isPending) {
          this.#finishSocket();
        }
        break;
      }
      case 'reading':
        if (silenceMs > patienceMs || (!this.#parser.inBody && nowMs - this.#readingSinceMs > HEAD_LIMIT_MS)) {
          this.#refuse(408);
        }
        break;
      case 'waiting':
        if (this.kind === 'http' && silenceMs > patienceMs) this.#giveUp();
        break;
      case 'closing':
        if (silenceMs > LINGER_MS && !this.#outbox.isPending) this.#socket.destroy();
        break;
      case 'answering':
      case 'closed':
        break;
    }
    const writeMs = Math.max(options.httpTimeoutSeconds, options.socketTimeoutSeconds) * 1000;
    if (this.#outbox.isPending && nowMs - this.#outbox.progressMs > writeMs) this.#socket.destroy();
  }

  // Reading

  #received(chunk: Buffer): void {
    if (this.#phase === 'waiting' || this.#phase === 'answering') {
      if (this.kind === 'uwsgi') return;
      this.#ahead.push(chunk);
      this.#aheadBytes += chunk.length;
      if (this.#aheadBytes > AHEAD_BYTES) this.#socket.pause();
    } else if (this.#phase === 'idle' || this.#phase === 'reading') {
      this.#feed(chunk);
    }
  }

  #feed(chunk: Buffer): void {
    const nowMs = performance.now();
    this.#activityMs = nowMs;
    if (this.#phase === 'idle') this.#readingSinceMs = nowMs;
    let at = 0;
    try {
      at = this.#parser.feed(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refuse(error.status, error.message);
      return;
    }
    if (this.#phase === 'idle' && !this.#parser.idle) this.#phase = 'reading';
    if (this.#continueAsked && this.#phase === 'reading' && this.#parser.inBody) {
      this.#continueAsked = false;
      this.#outbox.write(CONTINUE);
    }
    if (at < chunk.length && this.#phase !== 'closing' && this.kind !== 'uwsgi') {
      this.#ahead.unshift(chunk.subarray(at));
      this.#aheadBytes += chunk.length - at;
    }
  }

  #ended(): void {
    this.#clientEnded = true;
    if (this.#phase === 'idle') this.#finishSocket();
    // The client closed its side before the request was complete.
    else if (this.#phase === 'reading') this.#refuse(400, 'the connection ended before the request did');
  }

  #closed(): void {
    const request = this.#request;
    this.#phase = 'closed';
    this.#request = null;
    this.#body?.dispose();
    this.#body = null;
    this.#outbox.dispose();
    this.#resumeWorker();
    this.#ahead = [];
    if (request !== null) this.#context.dispatcher.abandon(request);
    this.#context.closed(this);
  }

  // Parser events

  onHead(head: HttpHead): void {
    const { options, encoder } = this.#context;
    this.#facts = encoder.encodeHttp(head, this.#peer);
    this.#answer.context = {
      protocol: this.#facts.protocol,
      isHttp: true,
      isHead: this.#facts.method === 'HEAD',
      keepAlive: head.keepAlive && options.httpKeepaliveSeconds > 0,
    };
    this.#needsLength = head.chunked;
    this.#continueAsked = head.expectContinue;
    if (head.chunked || head.contentLength > 0) this.#awaitBody();
  }

  onVars(vars: UwsgiVars): void {
    const facts = this.#context.encoder.encodeUwsgi(vars);
    this.#facts = facts;
    this.#answer.context = {
      protocol: /^HTTP\/\d\.\d$/.test(facts.protocol) ? facts.protocol : 'HTTP/1.0',
      isHttp: false,
      isHead: false,
      keepAlive: false,
    };
    if (vars.contentLength > 0) this.#awaitBody();
  }

  onBody(chunk: Buffer, start: number, end: number): void {
    const body = this.#body;
    if (body === null) return;
    body.append(chunk, start, end);
    this.#continueAsked = false;
    const file = body.isCongested ? body.file : null;
    if (file === null) return;
    this.#socket.pause();
    file.written().then(
      () => this.#readOn(),
      (error: unknown) => this.#refuseUnstored(error),
    );
  }

  onComplete(): void {
    this.#phase = 'waiting';
    this.#isFirst = false;
    const file = this.#body?.file ?? null;
    if (file === null) {
      this.#submit(this.#body?.parts ?? [], this.#body?.length ?? 0, 0);
      return;
    }
    void this.#submitFile(file);
  }

  async #submitFile(file: SpoolFile): Promise<void> {
    try {
      await file.written();
    } catch (error) {
      this.#refuseUnstored(error);
      return;
    }
    const path = Buffer.from(file.path);
    if (this.#phase === 'waiting') this.#submit([path], path.length, FrameFlag.BODY_FILE);
  }

  /** The disk does not take the body (full, mostly). */
  #refuseUnstored(error: unknown): void {
    if (this.#body === null || (this.#phase !== 'reading' && this.#phase !== 'waiting')) return;
    this.#context.trouble(`a request body could not be stored: ${String(error)}`);
    this.#refuse(statusOfStorageError(error), 'the request body could not be stored');
  }

  onPing(): void {
    this.#outbox.write(PONG);
    this.#finishSocket();
  }

  onOther(): void {
    this.#socket.destroy();
  }

  /** Keeps the environ: the encoder serves other connections before the body is complete. */
  #awaitBody(): void {
    const { writer } = this.#context.encoder;
    this.#environ = Buffer.from(writer.bytes.subarray(0, writer.length));
    this.#body = new BodyStore(this.#context.bodyFolder);
  }

  #submit(payload: readonly Buffer[], payloadBytes: number, flags: number): void {
    const { dispatcher, options, encoder } = this.#context;
    const facts = this.#facts;
    if (facts === null) return;
    if (this.#environ !== null) {
      encoder.writer.restore(this.#environ);
      this.#environ = null;
      if (this.#needsLength) {
        facts.contentLength = this.#body?.length ?? 0;
        encoder.addContentLength(facts.contentLength);
      }
    }
    encoder.writer.finish();
    const { bytes, length } = encoder.writer;
    const frame = Buffer.allocUnsafe(REQUEST_PREFIX_BYTES + length + payloadBytes);
    bytes.copy(frame, REQUEST_PREFIX_BYTES, 0, length);
    let at = REQUEST_PREFIX_BYTES + length;
    for (const part of payload) {
      frame.set(part, at);
      at += part.length;
    }
    sealRequestFrame(frame, length, flags);
    const body = this.#body;
    this.#body = null;
    const request = new GatewayRequest(frame, facts, this.#context.nextSerial(), this, () => body?.dispose());
    this.#request = request;
    if (!dispatcher.submit(request, options.listen)) {
      request.release();
      this.#request = null;
      this.#refuse(503);
    }
  }

  // The answer

  respond(head: ResponseHead, body: Buffer): void {
    this.#answer.context.keepAlive &&= !this.#isLast;
    this.#answered(this.#answer.respond(head, body));
  }

  begin(head: ResponseHead): void {
    this.#phase = 'answering';
    this.#answer.context.keepAlive &&= !this.#isLast;
    this.#answer.begin(head);
  }

  data(bytes: Buffer): void {
    this.#answer.data(bytes);
  }

  end(): void {
    this.#answered(this.#answer.end());
  }

  abort(): void {
    this.#request = null;
    this.#resumeWorker();
    // Without the end that its framing promised: the client sees that the answer is cut.
    this.#finishSocket();
  }

  fail(status: number): AnswerSize {
    this.#request = null;
    return this.#refuse(status);
  }

  /** Answers with an error of the gateway's own and closes the connection. */
  #refuse(status: number, reason?: string): AnswerSize {
    this.#body?.dispose();
    this.#body = null;
    const size = this.#answer.refuse(status, reason);
    this.#finishSocket();
    return size;
  }

  /** The application takes longer than http-timeout: the client hears so, the worker's answer is thrown away. */
  #giveUp(): void {
    const request = this.#request;
    this.#request = null;
    this.#refuse(504);
    if (request !== null) this.#context.dispatcher.abandon(request);
  }

  #answered(keepAlive: boolean): void {
    this.#request = null;
    this.#resumeWorker();
    // A client that has closed its side still gets answers to what it sent before.
    if (!keepAlive || this.#isLast || (this.#clientEnded && this.#ahead.length === 0)) {
      this.#finishSocket();
      return;
    }
    this.#phase = 'idle';
    this.#activityMs = performance.now();
    if (this.#ahead.length > 0) setImmediate(() => this.#nextAhead());
  }

  /** Continues with what a pipelining client sent while its last request ran. */
  #nextAhead(): void {
    if (this.#phase !== 'idle' || this.#ahead.length === 0) return;
    const [first] = this.#ahead;
    const chunk =
      this.#ahead.length === 1 && first !== undefined ? first : Buffer.concat(this.#ahead, this.#aheadBytes);
    this.#ahead = [];
    this.#aheadBytes = 0;
    this.#feed(chunk);
    this.#readOn();
    if (this.#clientEnded && this.#ahead.length === 0) this.#ended();
  }

  /** Reads on from the client, unless what it sent already waits for its turn or for the disk. */
  #readOn(): void {
    if (this.#aheadBytes > AHEAD_BYTES || this.#body?.isCongested === true) return;
    this.#socket.resume();
  }

  /** Sends what is left and ends the connection; what the client still sends is read and dropped. */
  #finishSocket(): void {
    if (this.#phase === 'closed' || this.#phase === 'closing') return;
    this.#phase = 'closing';
    this.#activityMs = performance.now();
    this.#ahead = [];
    this.#outbox.whenUnspooled(() => this.#socket.end());
    this.#socket.resume();
  }

  #pauseWorker(): void {
    this.#pausedWire = this.#request?.wire ?? null;
    this.#pausedWire?.pause();
  }

  /** Also when its answer is complete: the worker's connection serves other clients next. */
  #resumeWorker(): void {
    this.#pausedWire?.resume();
    this.#pausedWire = null;
  }
}
