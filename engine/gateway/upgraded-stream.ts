/**
 * What is spoken on a client's connection after its upgrade: a websocket (websocket-stream.ts) or a tunnel
 * (tunnel-stream.ts). The connection keeps the socket, its outbox and the request, and hands both sides' words on.
 */
import type { Socket } from 'node:net';
import type { Outbox } from './outbox.ts';

/** The connection, as what is spoken on it sees it. */
export type UpgradedClient = Pick<SocketClient, keyof SocketClient>;

export class SocketClient {
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #finish: () => void;

  constructor(socket: Socket, outbox: Outbox, finish: () => void) {
    this.#socket = socket;
    this.#outbox = outbox;
    this.#finish = finish;
  }

  /** Has it not yet taken everything? */
  get isPending(): boolean {
    return this.#outbox.isPending;
  }

  /** Takes over the bytes: they must not change afterwards. */
  write(bytes: Buffer): void {
    this.#outbox.cork();
    this.#outbox.write(bytes);
  }

  /** Reads no more, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends what is left and ends the connection. */
  finish(): void {
    this.#finish();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Why the worker's side has ended: the request is over, or its worker (`replaced`: it was told to go). */
export type StreamEnd = 'complete' | 'failed' | 'replaced' | 'stopped';

export interface UpgradedStream {
  /** From the client. */
  received(chunk: Buffer): void;
  /** The client has closed its side. */
  clientEnded(): void;
  /** The connection is gone. */
  clientGone(): void;
  /** From the worker; `flags` are those of its DATA frame. */
  data(bytes: Buffer, flags: number): void;
  workerEnded(how: StreamEnd): void;
  tick(nowMs: number): void;
}
