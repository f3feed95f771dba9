/**
 * What a client's connection needs of the protocol that is spoken on it: bytes go in, requests come out, and the
 * protocol says how their answers are framed. One implementation a protocol (http-protocol.ts, cgi-protocol.ts,
 * fastcgi-protocol.ts) around its parser; the connection keeps deadlines, bodies and the order of things.
 */
import type { ListenerKind, ProtocolSettings } from '../config/settings.ts';
import type { AnswerContext } from './answer.ts';
import { ScgiProtocol, UwsgiProtocol } from './cgi-protocol.ts';
import type { EncodedPeer, EnvironEncoder } from './environ.ts';
import { FastCgiProtocol } from './fastcgi-protocol.ts';
import { HttpProtocol } from './http-protocol.ts';
import type { RequestFacts } from './request.ts';
import type { Upgrade } from './websocket-handshake.ts';

/** The connection, as its protocol sees it. */
export interface ProtocolSink {
  /** A head is complete: its variables stand in the encoder. `hasBody`: bytes may follow before `onComplete`. */
  onRequest(facts: RequestFacts, hasBody: boolean): void;
  /** Body bytes `chunk[start, end)`, valid during the call only. */
  onBody(chunk: Buffer, start: number, end: number): void;
  onComplete(): void;
  /** Bytes that are no answer to a request: they go out as they are. */
  onReply(bytes: Buffer): void;
  /** Nothing more is to come from this client. */
  onHangUp(): void;
  /** The request that runs is taken back; its answer is not wanted any more. */
  onAbort(): void;
}

/** What all connections of a gateway share with their protocols. */
export interface ProtocolContext {
  /** Replaced when options change. */
  options: {
    bufferSizeBytes: number;
    limitPostBytes: number;
    httpKeepaliveSeconds: number;
    listen: number;
    requestModifiers: readonly number[];
    protocols: ProtocolSettings;
  };
  readonly encoder: EnvironEncoder;
}

export interface ClientProtocol {
  /** Speaks HTTP with the client itself; otherwise a front server stands between. */
  readonly isHttp: boolean;
  /** Bytes that come while a request runs: `hold` them for their turn, `drop` them, or `parse` them at once. */
  readonly whileBusy: 'hold' | 'drop' | 'parse';
  /** Not one byte of a request has come. */
  readonly idle: boolean;
  /** Is the present request's head complete and its body not? */
  readonly inBody: boolean;
  /** How the answer to the present request is framed. */
  readonly answer: AnswerContext;
  /** The body came without its length: the application is told. */
  readonly needsLength: boolean;
  /** The client waits for 100 Continue before it sends the body. */
  readonly expectsContinue: boolean;
  /** What the client asks its connection to become; null: nothing else. */
  readonly upgrade: Upgrade | null;
  /** Constant variables of the connection. */
  peer: EncodedPeer;
  /**
   * Parses `chunk`, at most to the end of the present request; returns how far it came.
   * @throws {ProtocolError} what came is malformed or over a limit
   */
  feed(chunk: Buffer): number;
  /** The present request is over. */
  requestEnded(): void;
}

export function createProtocol(
  kind: ListenerKind,
  peer: EncodedPeer,
  context: ProtocolContext,
  sink: ProtocolSink,
): ClientProtocol {
  switch (kind) {
    case 'http':
    case 'http-socket':
    case 'http11-socket':
      return new HttpProtocol(kind, peer, context, sink);
    case 'uwsgi':
      return new UwsgiProtocol(peer, context, sink);
    case 'fastcgi':
    case 'fastcgi-nph':
      return new FastCgiProtocol(kind === 'fastcgi-nph', peer, context, sink);
    case 'scgi':
    case 'scgi-nph':
      return new ScgiProtocol(kind === 'scgi-nph', peer, context, sink);
  }
}
