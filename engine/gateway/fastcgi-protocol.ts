/**
 * FastCGI on a front server's connection: answers travel in STDOUT records and end with END_REQUEST, after which the
 * connection serves the next request when the front server asked for that (FCGI_KEEP_CONN).
 */
import type { Envelope } from './answer.ts';
import { CgiConversation, limitsOf } from './cgi-protocol.ts';
import type { CgiVars } from './cgi-vars.ts';
import type { EncodedPeer } from './environ.ts';
import { type FastCgiHandler, FastCgiParser } from './fastcgi-parser.ts';
import {
  encodeEnd,
  encodeEndRequest,
  encodeStdout,
  encodeUnknownType,
  encodeValues,
  type ProtocolStatus,
} from './fastcgi-records.ts';
import type { ClientProtocol, ProtocolContext, ProtocolSink } from './protocol.ts';

export class FastCgiProtocol extends CgiConversation implements ClientProtocol, FastCgiHandler, Envelope {
  readonly whileBusy = 'parse';
  protected readonly parser: FastCgiParser;

  constructor(isNph: boolean, peer: EncodedPeer, context: ProtocolContext, sink: ProtocolSink) {
    super(isNph ? 'raw' : 'cgi', peer, context, sink);
    this.parser = new FastCgiParser(limitsOf(context), this);
    this.answer.envelope = this;
  }

  override requestEnded(): void {
    this.parser.requestEnded();
  }

  // Envelope

  get isOpen(): boolean {
    return this.parser.requestId !== 0;
  }

  wrap(bytes: Buffer): Buffer {
    return encodeStdout(this.parser.requestId, bytes);
  }

  end(): Buffer {
    return encodeEnd(this.parser.requestId);
  }

  // Parser events

  override onVars(vars: CgiVars): void {
    this.answer.keepAlive = this.parser.keepConnection;
    // A body without CONTENT_LENGTH ends with its stream.
    this.needsLength = vars.contentLength < 0;
    super.onVars(vars);
  }

  onValues(names: string[]): void {
    // As many requests may wait as `listen` says; each connection carries one at a time.
    const most = String(this.context.options.listen);
    const known = new Map([
      ['FCGI_MAX_CONNS', most],
      ['FCGI_MAX_REQS', most],
      ['FCGI_MPXS_CONNS', '0'],
    ]);
    this.sink.onReply(encodeValues([...known].filter(([name]) => names.includes(name))));
  }

  onUnknownType(type: number): void {
    this.sink.onReply(encodeUnknownType(type));
  }

  onRefused(requestId: number, status: ProtocolStatus, keepConnection: boolean): void {
    this.sink.onReply(encodeEndRequest(requestId, status));
    if (!keepConnection) this.sink.onHangUp();
  }

  onAbort(): void {
    this.sink.onAbort();
  }
}
