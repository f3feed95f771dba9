/**
 * The master's end of the control wire (control.ts): accepts runtimes, checks their token, and turns what they say
 * into callbacks with the runtime it concerns. Malformed bytes end the connection, nothing else.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { SocketAddress } from '../config/settings.ts';
import type { MasterToRuntime, RuntimeToMaster } from './control.ts';
import { parseRuntimeMessage } from './control-messages.ts';
import { listenOn } from './listen-on.ts';

/** Who speaks: a generation's zygote, a worker, or one of the processes beside the workers. */
export type RuntimeId = { role: 'zygote'; generation: number } | { role: 'worker' | 'companion'; spawnId: number };

export interface ControlHandlers {
  said: (from: RuntimeId, message: RuntimeToMaster) => void;
  ended: (from: RuntimeId) => void;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;
const HELLO_WAIT_MS = 10_000;

export class ControlServer {
  readonly #token: Buffer;
  readonly #handlers: ControlHandlers;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #runtimes = new Map<string, Socket>();

  constructor(token: string, handlers: ControlHandlers) {
    this.#token = Buffer.from(token);
    this.#handlers = handlers;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Resolves to what runtimes are to connect to. */
  async listen(address: SocketAddress): Promise<string> {
    await listenOn(this.#server, address);
    const bound = this.#server.address();
    return bound !== null && typeof bound === 'object' ? `${bound.address}:${bound.port}` : String(bound);
  }

  /** False when it is not connected (any more). */
  send(to: RuntimeId, message: MasterToRuntime): boolean {
    const socket = this.#runtimes.get(keyOf(to));
    if (socket === undefined || socket.destroyed) return false;
    socket.write(encodeMessage(message));
    return true;
  }

  broadcast(message: MasterToRuntime): void {
    for (const socket of this.#runtimes.values()) socket.write(encodeMessage(message));
  }

  dispose(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    let id: RuntimeId | null = null;
    let received = Buffer.alloc(0);
    this.#sockets.add(socket);
    const helloTimer = setTimeout(() => socket.destroy(), HELLO_WAIT_MS);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(helloTimer);
      this.#sockets.delete(socket);
      if (id === null || this.#runtimes.get(keyOf(id)) !== socket) return;
      this.#runtimes.delete(keyOf(id));
      this.#handlers.ended(id);
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4) {
        const length = received.readUInt32LE(0);
        if (length > MAX_MESSAGE_BYTES) {
          socket.destroy();
          return;
        }
        if (received.length < 4 + length) return;
        const message = parseRuntimeMessage(received.toString('utf8', 4, 4 + length));
        received = received.subarray(4 + length);
        if (message === null) {
          socket.destroy();
          return;
        }
        if (id !== null) {
          this.#handlers.said(id, message);
          continue;
        }
        if (message.type === 'lifeline' && this.#isToken(message.token)) {
          clearTimeout(helloTimer);
          continue;
        }
        id = this.#greet(message);
        if (id === null) {
          socket.destroy();
          return;
        }
        clearTimeout(helloTimer);
        this.#runtimes.set(keyOf(id), socket);
        this.#handlers.said(id, message);
      }
    });
  }

  #greet(message: RuntimeToMaster): RuntimeId | null {
    if (message.type !== 'hello' || !this.#isToken(message.token)) return null;
    const { role, generation, spawnId } = message;
    if (role === 'zygote') return { role, generation };
    return { role: role === 'worker' ? role : 'companion', spawnId };
  }

  #isToken(text: string): boolean {
    const token = Buffer.from(text);
    return token.length === this.#token.length && timingSafeEqual(token, this.#token);
  }
}

function keyOf(id: RuntimeId): string {
  return id.role === 'zygote' ? `z${id.generation}` : `w${id.spawnId}`;
}

function encodeMessage(message: MasterToRuntime): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(payload.length);
  return Buffer.concat([head, payload]);
}
