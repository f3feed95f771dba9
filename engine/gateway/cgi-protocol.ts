/**
 * The uwsgi protocol and SCGI on a front server's connection: one request, one answer, the end of the connection ends
 * the body. uwsgi answers with an HTTP status line, SCGI with CGI's `Status:` header (RFC 3875 section 6.3.3) or, on
 * an `-nph` socket, with the status line too.
 */
import type { AnswerContext, AnswerStyle } from './answer.ts';
import type { CgiVars } from './cgi-vars.ts';
import type { EncodedPeer } from './environ.ts';
import type { ClientProtocol, ProtocolContext, ProtocolSink } from './protocol.ts';
import { ScgiParser } from './scgi-parser.ts';
import { type CgiLimits, type UwsgiHandler, UwsgiParser } from './uwsgi-parser.ts';

const PONG = Buffer.from([100, 0, 0, 1]);

/** What each parser of theirs can say and do. */
type CgiParser = Pick<ClientProtocol, 'idle' | 'inBody' | 'feed'>;

/** What the protocols of front servers have in common. */
export abstract class CgiConversation {
  readonly isHttp = false;
  readonly expectsContinue = false;
  readonly upgrade = null;
  readonly answer: AnswerContext;
  needsLength = false;
  peer: EncodedPeer;
  protected abstract readonly parser: CgiParser;
  protected readonly sink: ProtocolSink;
  protected readonly context: ProtocolContext;

  constructor(style: AnswerStyle, peer: EncodedPeer, context: ProtocolContext, sink: ProtocolSink) {
    this.answer = {
      style,
      protocol: style === 'cgi' ? 'Status:' : 'HTTP/1.0',
      isHead: false,
      keepAlive: false,
      acceptsGzip: false,
      envelope: null,
    };
    this.peer = peer;
    this.context = context;
    this.sink = sink;
  }

  get idle(): boolean {
    return this.parser.idle;
  }

  get inBody(): boolean {
    return this.parser.inBody;
  }

  feed(chunk: Buffer): number {
    return this.parser.feed(chunk);
  }

  onVars(vars: CgiVars): void {
    const facts = this.context.encoder.encodeVars(vars, this.peer);
    // As uWSGI the status line names the protocol that the front server speaks with the client.
    if (this.answer.style === 'raw') {
      this.answer.protocol = isHttpVersion(facts.protocol) ? facts.protocol : 'HTTP/1.0';
    }
    // The protocol, a blank, three digits and another blank; CRLF at the end.
    facts.statusBytes = this.answer.protocol.length + 7;
    this.sink.onRequest(facts, this.needsLength || vars.contentLength > 0);
  }

  onBody(chunk: Buffer, start: number, end: number): void {
    this.sink.onBody(chunk, start, end);
  }

  onComplete(): void {
    this.sink.onComplete();
  }

  requestEnded(): void {
    // The connection ends with the answer.
  }
}

export class UwsgiProtocol extends CgiConversation implements ClientProtocol, UwsgiHandler {
  readonly whileBusy = 'drop';
  protected readonly parser: UwsgiParser;

  constructor(peer: EncodedPeer, context: ProtocolContext, sink: ProtocolSink) {
    super('raw', peer, context, sink);
    const { requestModifiers, protocols } = context.options;
    this.parser = new UwsgiParser({ ...limitsOf(context), modifiers: protocols.modifiers, requestModifiers }, this);
  }

  /** A worker answers it as it does a request, with bytes that go out as they are. */
  onPacket(packet: Buffer): void {
    this.answer.style = 'packet';
    this.sink.onRequest(this.context.encoder.encodeNothing(), true);
    this.sink.onBody(packet, 0, packet.length);
    this.sink.onComplete();
  }

  onPing(): void {
    this.sink.onReply(PONG);
    this.sink.onHangUp();
  }

  onOther(): void {
    this.sink.onHangUp();
  }
}

export class ScgiProtocol extends CgiConversation implements ClientProtocol {
  readonly whileBusy = 'drop';
  protected readonly parser: ScgiParser;

  constructor(isNph: boolean, peer: EncodedPeer, context: ProtocolContext, sink: ProtocolSink) {
    super(isNph ? 'raw' : 'cgi', peer, context, sink);
    this.parser = new ScgiParser(limitsOf(context), this);
  }
}

export function limitsOf({ options }: ProtocolContext): CgiLimits {
  return { blockBytes: options.bufferSizeBytes, bodyBytes: options.limitPostBytes };
}

function isHttpVersion(text: string): boolean {
  return text === 'HTTP/1.1' || text === 'HTTP/1.0' || /^HTTP\/\d(\.\d)?$/.test(text);
}
