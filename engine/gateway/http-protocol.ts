/** HTTP/1.1 on a client's connection: http-parser.ts reads, answers are framed by length or chunks. */
import type { ListenerKind } from '../config/settings.ts';
import type { AnswerContext } from './answer.ts';
import type { EncodedPeer } from './environ.ts';
import type { HttpHead } from './http-head.ts';
import { type HttpHandler, HttpParser } from './http-parser.ts';
import type { ClientProtocol, ProtocolContext, ProtocolSink } from './protocol.ts';
import { ProtocolError } from './protocol-error.ts';
import { readUpgrade, type Upgrade } from './websocket-handshake.ts';

const CHUNK_LIMITS = { chunkLineBytes: 1024, trailerBytes: 8192 };

export class HttpProtocol implements ClientProtocol, HttpHandler {
  readonly isHttp = true;
  readonly whileBusy = 'hold';
  readonly answer: AnswerContext = {
    style: 'http',
    protocol: 'HTTP/1.1',
    isHead: false,
    keepAlive: false,
    acceptsGzip: false,
    envelope: null,
  };
  needsLength = false;
  expectsContinue = false;
  upgrade: Upgrade | null = null;
  peer: EncodedPeer;
  readonly #isRouter: boolean;
  readonly #context: ProtocolContext;
  readonly #sink: ProtocolSink;
  readonly #parser: HttpParser;

  constructor(kind: ListenerKind, peer: EncodedPeer, context: ProtocolContext, sink: ProtocolSink) {
    const { bufferSizeBytes, limitPostBytes } = context.options;
    this.peer = peer;
    this.#isRouter = kind === 'http';
    this.#context = context;
    this.#sink = sink;
    this.#parser = new HttpParser({ headBytes: bufferSizeBytes, bodyBytes: limitPostBytes, ...CHUNK_LIMITS }, this);
  }

  get idle(): boolean {
    return this.#parser.idle;
  }

  get inBody(): boolean {
    return this.#parser.inBody;
  }

  feed(chunk: Buffer): number {
    return this.#parser.feed(chunk);
  }

  requestEnded(): void {
    // The parser goes on with the next head by itself.
  }

  onHead(head: HttpHead): void {
    const { options, encoder } = this.#context;
    const { answer } = this;
    const facts = encoder.encodeHttp(head, this.peer);
    answer.protocol = facts.protocol;
    answer.isHead = facts.method === 'HEAD';
    answer.keepAlive = head.keepAlive && options.httpKeepaliveSeconds > 0;
    if (this.#isRouter) this.#routerHead(head);
    this.upgrade = head.upgradeSeen ? readUpgrade(head) : null;
    this.needsLength = head.chunked;
    this.expectsContinue = head.expectContinue;
    this.#sink.onRequest(facts, head.chunked || head.contentLength > 0);
  }

  /** Options that only the router has. */
  #routerHead(head: HttpHead): void {
    const { protocols } = this.#context.options;
    const limit = protocols.expectLimitBytes;
    if (limit > 0 && head.expectContinue && head.contentLength > limit) throw new ProtocolError('body-too-large', 0);
    this.answer.acceptsGzip = protocols.autoGzip && head.accepts('gzip');
  }

  onBody(chunk: Buffer, start: number, end: number): void {
    this.#sink.onBody(chunk, start, end);
  }

  onComplete(): void {
    this.#sink.onComplete();
  }
}
