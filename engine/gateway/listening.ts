/**
 * The listeners of a gateway, by the numbers that the master gave them: binds, closes and renews them and says how it
 * went. What becomes of a connection is for the gateway to say.
 */
import type { Socket } from 'node:net';
import { type Listener, listen } from './listener.ts';
import type { GatewayToMaster, MasterToGateway } from './messages.ts';
import { isHttpKind } from './peers.ts';
import type { SecureFacts } from './tls-certificates.ts';

export type ListenMessage = Extract<MasterToGateway, { type: 'listen' }>;

export interface ListeningHandlers {
  accepted: (socket: Socket, listener: ListenMessage, secure: SecureFacts) => void;
  handshakeBegins: (socket: Socket) => void;
  handshakeEnds: (socket: Socket) => void;
  post: (message: GatewayToMaster) => void;
}

export class Listening {
  /** Null: it is being bound. */
  readonly #listeners = new Map<number, Listener | null>();
  readonly #handlers: ListeningHandlers;

  constructor(handlers: ListeningHandlers) {
    this.#handlers = handlers;
  }

  async open(message: ListenMessage): Promise<void> {
    const { listenerId, kind, address, binding, tls } = message;
    const { accepted, handshakeBegins, handshakeEnds, post } = this.#handlers;
    this.#listeners.set(listenerId, null);
    try {
      const isHttp = isHttpKind(kind);
      const listener = await listen(address, binding, tls, isHttp, {
        accepted: (socket, secure) => accepted(socket, message, secure),
        handshakeBegins,
        handshakeEnds,
        trouble: (text) => post({ type: 'trouble', text }),
      });
      // Taken back while it was being bound.
      if (!this.#listeners.has(listenerId)) {
        listener.server.close();
        return;
      }
      this.#listeners.set(listenerId, listener);
      post({ type: 'listening', listenerId, address: listener.address });
    } catch (error) {
      this.#listeners.delete(listenerId);
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const text = error instanceof Error ? error.message : String(error);
      post({ type: 'listen-failed', listenerId, code, message: text });
    }
  }

  close(listenerId: number): void {
    this.#listeners.get(listenerId)?.server.close();
    this.#listeners.delete(listenerId);
  }

  renew({ listenerId, tls }: Extract<MasterToGateway, { type: 'renew' }>): void {
    try {
      this.#listeners.get(listenerId)?.renew(tls);
    } catch (error) {
      const text = `new certificates can not be used, the old ones stay: ${String(error)}`;
      this.#handlers.post({ type: 'trouble', text });
    }
  }

  /** Accepts no more. */
  closeAll(): void {
    for (const listenerId of this.#listeners.keys()) this.close(listenerId);
  }

  dispose(): void {
    for (const listener of this.#listeners.values()) listener?.dispose();
    this.closeAll();
  }
}
