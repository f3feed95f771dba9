/**
 * Listens for the processes of the instance and carries their requests to the operations. A connection begins with HELLO,
 * which has the token; whatever is malformed ends the connection it came on and nothing else. A client that does not read
 * its answers is not read either, so that none can take more memory than a request and a few answers.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { operations } from './operations.ts';
import { RequestBuffer, type RequestFrame } from './request-buffer.ts';
import type { Session } from './session.ts';
import type { CommonsState } from './state.ts';
import { encodeAnswer, Op, RequestReader, Status, TOKEN_BYTES, WireError } from './wire.ts';

const HELLO_WAIT_MS = 5000;
/** Answers that wait for a client to read them; with more its next requests wait. */
const MAX_UNREAD_BYTES = 256 * 1024;
const MAX_HELLO_BYTES = 256;

export interface CommonsServerHost {
  state: CommonsState;
  /** Hex of the bytes that clients show. */
  token: string;
  log: (text: string) => void;
}

export class CommonsServer {
  /** Requests so far. */
  handled = 0;
  readonly #host: CommonsServerHost;
  readonly #token: Buffer;
  readonly #server: Server;
  readonly #clients = new Set<Client>();

  constructor(host: CommonsServerHost) {
    this.#host = host;
    this.#token = Buffer.from(host.token, 'hex');
    this.#server = createServer({ noDelay: true }, (socket) => {
      const client = new Client(socket, {
        state: host.state,
        isToken: (bytes) => bytes.length === this.#token.length && timingSafeEqual(bytes, this.#token),
        log: host.log,
        handled: () => this.handled++,
        ended: () => this.#clients.delete(client),
      });
      this.#clients.add(client);
    });
  }

  /** On a unix socket's path or on `host:port`; resolves to the endpoint for clients. */
  async listen(endpoint: string): Promise<string> {
    const tcp = /^(?<host>[^/]*):(?<port>\d+)$/.exec(endpoint)?.groups;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(tcp ? { host: tcp.host, port: Number(tcp.port) } : { path: endpoint }, () => {
        this.#server.off('error', reject);
        // One that can not be accepted (no descriptor is free, say) sees its connection end and says so.
        this.#server.on('error', (error) => this.#host.log(`a process can not reach the commons: ${error.message}`));
        const address = this.#server.address();
        resolve(address !== null && typeof address === 'object' ? `${address.address}:${address.port}` : endpoint);
      });
    });
  }

  dispose(): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }
}

interface ClientHost {
  state: CommonsState;
  isToken: (bytes: Buffer) => boolean;
  log: (text: string) => void;
  handled: () => void;
  ended: () => void;
}

class Client implements Session {
  pid = 0;
  thread = 0n;
  whenEnded: (() => void) | null = null;
  readonly #socket: Socket;
  readonly #host: ClientHost;
  readonly #requests: RequestBuffer;
  readonly #helloTimer: NodeJS.Timeout;
  #hasGreeted = false;
  /** The present request is answered later; those behind it wait. */
  #isWaiting = false;

  constructor(socket: Socket, host: ClientHost) {
    this.#socket = socket;
    this.#host = host;
    this.#requests = new RequestBuffer(() => (this.#hasGreeted ? host.state.maxRequestBytes : MAX_HELLO_BYTES));
    this.#helloTimer = setTimeout(() => socket.destroy(), HELLO_WAIT_MS);
    socket.on('data', (chunk) => {
      this.#requests.feed(chunk);
      // Only a pipeline grows behind a request that waits.
      if (this.#isWaiting && this.#requests.length > host.state.maxRequestBytes) socket.destroy();
      this.#work();
    });
    socket.on('drain', () => {
      socket.resume();
      this.#work();
    });
    socket.on('error', () => {
      // 'close' follows.
    });
    socket.on('close', () => this.#close());
  }

  answer(frame: Buffer): void {
    this.#isWaiting = false;
    this.#socket.write(frame);
    this.#work();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #work(): void {
    while (!this.#isWaiting && !this.#socket.destroyed) {
      if (this.#socket.writableLength > MAX_UNREAD_BYTES) {
        this.#socket.pause();
        return;
      }
      try {
        const request = this.#requests.next();
        if (request === null) return;
        this.#host.handled();
        this.#handle(request);
      } catch (error) {
        const text = error instanceof WireError ? error.message : `*** BUG: ${stackOf(error)}`;
        this.#host.log(`the connection of process ${this.pid} to the commons is ended: ${text}`);
        this.#socket.destroy();
      }
    }
  }

  #handle({ operation, bytes, start, end }: RequestFrame): void {
    const request = new RequestReader(bytes, start, end);
    if (!this.#hasGreeted) return this.#greet(operation, request);
    const handler = operations.get(operation);
    if (handler === undefined) throw new WireError(`there is no operation ${operation}`);
    // Before: it may be answered while it is handled.
    this.#isWaiting = true;
    const answer = handler(this.#host.state, this, request);
    if (answer === null) return;
    this.#isWaiting = false;
    this.#socket.write(answer);
  }

  #greet(operation: number, request: RequestReader): void {
    const token = request.bytes(TOKEN_BYTES);
    if (operation !== Op.hello || !this.#host.isToken(token)) throw new WireError('it does not know the token');
    this.pid = request.u32();
    this.thread = request.i64();
    this.#hasGreeted = true;
    clearTimeout(this.#helloTimer);
    const longest = Buffer.alloc(4);
    longest.writeUInt32LE(this.#host.state.maxRequestBytes);
    this.#socket.write(encodeAnswer(Status.done, longest));
  }

  #close(): void {
    clearTimeout(this.#helloTimer);
    this.#host.ended();
    this.whenEnded?.();
    this.whenEnded = null;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
