/**
 * One client's connection: requests in, answers out, one at a time and in order. It owns the socket's deadlines and the
 * body while it is collected; which worker runs the request is the dispatcher's business, what the bytes mean and how
 * answers are framed is its protocol's (protocol.ts).
 */
import type { Socket } from 'node:net';
import type { ListenerKind } from '../config/settings.ts';
import { CONTINUE } from './answer.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { ConnectionContext } from './connection-context.ts';
import { findOverdue, type Phase } from './deadlines.ts';
import type { ResponseHead } from './frames.ts';
import type { InputWindow } from './input-window.ts';
import { Outbox } from './outbox.ts';
import type { Peer } from './peers.ts';
import { type ClientProtocol, createProtocol, type ProtocolSink } from './protocol.ts';
import { ProtocolError } from './protocol-error.ts';
import { ProxyHeader } from './proxy-header.ts';
import { ReadAhead } from './read-ahead.ts';
import type { AnswerSize, GatewayRequest, RequestFacts, ResponseTarget } from './request.ts';
import { RequestIntake } from './request-intake.ts';
import { readShared } from './socket-reads.ts';
import { TunnelStream } from './tunnel-stream.ts';
import { SocketClient, type StreamEnd, type UpgradedStream } from './upgraded-stream.ts';
import { WebSocketStream } from './websocket-stream.ts';
import { WorkerBrake } from './worker-brake.ts';

export class ClientConnection implements ResponseTarget, ProtocolSink {
  readonly kind: ListenerKind;
  readonly listenerId: number;
  readonly #client: string;
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #protocol: ClientProtocol;
  /** The PROXY header that may come first; null: none is read, or it has been. */
  #proxyHeader: ProxyHeader | null = null;
  readonly #outbox: Outbox;
  readonly #answer: AnswerWriter;
  #phase: Phase = 'idle';
  #request: GatewayRequest | null = null;
  readonly #intake: RequestIntake;
  #continueAsked = false;
  readonly #ahead = new ReadAhead();
  readonly #brake = new WorkerBrake();
  /** What is spoken since the upgrade; null: there was none. */
  #stream: UpgradedStream | null = null;
  #clientEnded = false;
  #isLast = false;
  /** Monotonic milliseconds; checked by `tick`. */
  #activityMs = performance.now();
  #readingSinceMs = 0;
  #isFirst = true;

  constructor(socket: Socket, listenerId: number, peer: Peer, context: ConnectionContext) {
    this.kind = peer.kind;
    this.#client = peer.remoteAddress;
    this.listenerId = listenerId;
    this.#socket = socket;
    this.#context = context;
    this.#protocol = createProtocol(peer.kind, context.encoder.encodePeer(peer), context, this);
    this.#intake = new RequestIntake(context.encoder, context.bodyFolder, {
      congested: () => socket.pause(),
      relieved: () => this.#readOn(),
      lost: (status, error) => this.#refuseUnstored(status, error),
    });
    this.#proxyHeader = ProxyHeader.expectedFrom(peer, context.options.protocols);
    this.#outbox = new Outbox(
      socket,
      context.bodyFolder,
      context.outboxLimits,
      (congested) => (congested ? this.#brake.pull(this.#request) : this.#brake.release()),
      (error) => context.trouble(`an answer to a slow client was cut: ${String(error)}`),
    );
    this.#answer = new AnswerWriter(this.#outbox, this.#protocol.answer);
    readShared(socket, (chunk) => this.#received(chunk));
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
    // The last words of a websocket; they leave at once, or not at all.
    if (this.#request !== null) this.#stream?.workerEnded('stopped');
    this.#socket.destroy();
  }

  /** Called a few times a second: ends what takes too long. */
  tick(nowMs: number): void {
    this.#stream?.tick(nowMs);
    const times = {
      phase: this.#phase,
      kind: this.kind,
      isHttp: this.#protocol.isHttp,
      isFirst: this.#isFirst,
      inBody: this.#protocol.inBody,
      silenceMs: nowMs - this.#activityMs,
      readingMs: nowMs - this.#readingSinceMs,
      isPending: this.#outbox.isPending,
      untakenMs: nowMs - this.#outbox.progressMs,
    };
    switch (findOverdue(times, this.#context.options)) {
      case 'finish':
        this.#finishSocket();
        break;
      case 'refuse':
        this.#turnAway(408);
        break;
      case 'give-up':
        this.#giveUp();
        break;
      case 'destroy':
        this.#socket.destroy();
        break;
      case null:
        break;
    }
  }

  // Reading

  /** The chunk is valid during the call only. */
  #received(chunk: Buffer): void {
    if (this.#stream !== null && this.#phase === 'answering') {
      this.#stream.received(chunk);
      return;
    }
    switch (this.#phase) {
      case 'idle':
      case 'reading':
        // What came before it may still wait for its turn.
        if (!this.#ahead.isEmpty) this.#ahead.push(chunk);
        else if (this.#proxyHeader === null) this.#feed(chunk);
        else this.#feedProxyHeader(this.#proxyHeader, chunk);
        break;
      case 'waiting':
      case 'answering':
        if (this.#protocol.whileBusy === 'hold') {
          this.#ahead.push(chunk);
          if (this.#ahead.isFull) this.#socket.pause();
        } else if (this.#protocol.whileBusy === 'parse') {
          this.#feedBusy(chunk);
        }
        break;
      case 'closing':
        this.#activityMs = performance.now();
        break;
      case 'closed':
        break;
    }
  }

  #feedProxyHeader(header: ProxyHeader, chunk: Buffer): void {
    try {
      const rest = header.feed(chunk);
      if (rest === null) return;
      this.#proxyHeader = null;
      this.#protocol.peer = this.#context.encoder.encodePeer(header.peer);
      if (rest.length > 0) this.#feed(rest);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#turnAway(error.status, error.message);
    }
  }

  /** What comes while a request runs: it may be taken back. */
  #feedBusy(chunk: Buffer): void {
    try {
      this.#protocol.feed(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // In the middle of an answer nothing else can be said.
      this.#socket.destroy();
    }
  }

  #feed(chunk: Buffer): void {
    const protocol = this.#protocol;
    const nowMs = performance.now();
    const activityMs = this.#activityMs;
    this.#activityMs = nowMs;
    if (this.#phase === 'idle') this.#readingSinceMs = nowMs;
    let at = 0;
    try {
      at = protocol.feed(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#turnAway(error.status, error.message);
      return;
    }
    if (this.#phase === 'idle') {
      if (protocol.idle) this.#activityMs = activityMs;
      else this.#phase = 'reading';
    } else if (this.#phase === 'reading' && protocol.idle) {
      // It was nothing but what may stand between two requests.
      this.#phase = 'idle';
    }
    if (this.#continueAsked && this.#phase === 'reading' && protocol.inBody) {
      this.#continueAsked = false;
      this.#outbox.write(CONTINUE);
    }
    if (at < chunk.length && this.#phase !== 'closing' && protocol.whileBusy === 'hold') {
      this.#ahead.putBack(chunk.subarray(at));
    }
  }

  #ended(): void {
    this.#clientEnded = true;
    this.#stream?.clientEnded();
    if (this.#phase === 'idle') {
      // What it sent before still gets its answers.
      if (this.#ahead.isEmpty) this.#finishSocket();
    }
    // The client closed its side before the request was complete.
    else if (this.#phase === 'reading') this.#turnAway(400, 'the connection ended before the request did');
    else this.#request?.wire?.inputEnded?.();
  }

  #closed(): void {
    const request = this.#request;
    this.#stream?.clientGone();
    this.#phase = 'closed';
    this.#request = null;
    this.#intake.dispose();
    this.#outbox.dispose();
    this.#brake.release();
    this.#ahead.clear();
    if (request !== null) this.#context.dispatcher.abandon(request);
    this.#context.closed(this);
  }

  // Protocol events

  onRequest(facts: RequestFacts, hasBody: boolean): void {
    this.#continueAsked = this.#protocol.expectsContinue;
    this.#intake.begin(facts, hasBody);
  }

  onBody(chunk: Buffer, start: number, end: number): void {
    this.#continueAsked = false;
    this.#intake.append(chunk, start, end);
  }

  onComplete(): void {
    this.#phase = 'waiting';
    this.#isFirst = false;
    this.#intake.whenStored(() => {
      // It may have been taken back meanwhile.
      if (this.#phase === 'waiting') this.#submit();
    });
  }

  /** The disk does not take the body (full, mostly). */
  #refuseUnstored(status: number, error: unknown): void {
    if (this.#phase !== 'reading' && this.#phase !== 'waiting') return;
    this.#context.trouble(`a request body could not be stored: ${String(error)}`);
    this.#refuse(status, 'the request body could not be stored');
  }

  #submit(): void {
    const { dispatcher, options } = this.#context;
    const request = this.#intake.finish(this.#protocol, this.#context.nextSerial(), this);
    this.#request = request;
    if (request === null || dispatcher.submit(request, options.listen)) return;
    request.release();
    this.#request = null;
    this.#turnAway(503);
  }

  onReply(bytes: Buffer): void {
    this.#outbox.write(bytes);
  }

  onHangUp(): void {
    this.#finishSocket();
  }

  onAbort(): void {
    const request = this.#request;
    this.#intake.dispose();
    this.#answer.cancel();
    this.#answered(this.#protocol.answer.keepAlive);
    if (request !== null) this.#context.dispatcher.abandon(request);
  }

  // The answer

  respond(head: ResponseHead, body: Buffer): void {
    this.#protocol.answer.keepAlive &&= !this.#isLast;
    this.#answered(this.#answer.respond(head, body));
  }

  upgrade(head: ResponseHead, isWebSocket: boolean, input: InputWindow): void {
    this.#phase = 'answering';
    const client = new SocketClient(this.#socket, this.#outbox, () => this.#finishSocket());
    const { answer, upgrade } = this.#protocol;
    this.#stream = isWebSocket
      ? new WebSocketStream(client, input, head, upgrade?.websocketKey ?? '', this.#context.options.websockets)
      : new TunnelStream(client, input, head, answer.protocol);
    if (!this.#ahead.isEmpty) this.#stream.received(this.#ahead.take());
    if (this.#clientEnded) this.#stream.clientEnded();
  }

  begin(head: ResponseHead): void {
    this.#phase = 'answering';
    this.#protocol.answer.keepAlive &&= !this.#isLast;
    this.#answer.begin(head);
  }

  data(bytes: Buffer, flags = 0): void {
    if (this.#stream === null) this.#answer.data(bytes);
    else this.#stream.data(bytes, flags);
  }

  whenRoom(callback: () => void): boolean {
    return this.#outbox.whenRoom(callback);
  }

  end(): void {
    if (this.#stream === null) this.#answered(this.#answer.end());
    else this.#streamEnded(this.#stream, 'complete');
  }

  #streamEnded(stream: UpgradedStream, how: StreamEnd): void {
    this.#request = null;
    this.#brake.release();
    stream.workerEnded(how);
  }

  abort(isReplaced = false): void {
    if (this.#stream !== null) {
      this.#streamEnded(this.#stream, this.#isLast ? 'stopped' : isReplaced ? 'replaced' : 'failed');
      return;
    }
    this.#request = null;
    this.#brake.release();
    // Without the end that its framing promised: the client sees that the answer is cut.
    this.#finishSocket();
  }

  fail(status: number): AnswerSize {
    this.#request = null;
    const { envelope, keepAlive } = this.#protocol.answer;
    if (envelope === null || !keepAlive) return this.#refuse(status);
    // FastCGI has no word for "this connection ends": a client that keeps it would send its next request into the end.
    const size = this.#answer.refuse(status);
    this.#answered(true);
    return size;
  }

  /** Refuses what no worker has seen: the log hears of it here. */
  #turnAway(status: number, reason?: string): void {
    this.#context.refused(status, reason, this.#client || (this.#socket.remoteAddress ?? ''));
    this.#refuse(status, reason);
  }

  /** Answers with an error of the gateway's own and closes the connection. */
  #refuse(status: number, reason?: string): AnswerSize {
    this.#intake.dispose();
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
    this.#protocol.requestEnded();
    this.#brake.release();
    // A client that has closed its side still gets answers to what it sent before.
    if (!keepAlive || this.#isLast || (this.#clientEnded && this.#ahead.isEmpty)) {
      this.#finishSocket();
      return;
    }
    this.#phase = 'idle';
    this.#activityMs = performance.now();
    if (!this.#ahead.isEmpty) setImmediate(() => this.#nextAhead());
  }

  /** Continues with what a pipelining client sent while its last request ran. */
  #nextAhead(): void {
    if (this.#phase !== 'idle' || this.#ahead.isEmpty) return;
    this.#feed(this.#ahead.take());
    this.#readOn();
    if (this.#clientEnded && this.#ahead.isEmpty) this.#ended();
  }

  /** Reads on from the client, unless what it sent already waits for its turn or for the disk. */
  #readOn(): void {
    if (this.#ahead.isFull || this.#intake.isCongested) return;
    this.#socket.resume();
  }

  /** Sends what is left and ends the connection; what the client still sends is read and dropped. */
  #finishSocket(): void {
    if (this.#phase === 'closed' || this.#phase === 'closing') return;
    // A front server's one request has come whole: once the kernel has the answer there is nothing to wait for.
    const isOver = this.#protocol.whileBusy === 'drop' && (this.#phase === 'waiting' || this.#phase === 'answering');
    this.#phase = 'closing';
    this.#activityMs = performance.now();
    this.#readingSinceMs = this.#activityMs;
    this.#ahead.clear();
    this.#outbox.whenUnspooled(() => {
      if (isOver && this.#socket.writableLength === 0) this.#socket.destroy();
      else this.#socket.end();
    });
    this.#socket.resume();
  }
}
