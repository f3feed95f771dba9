/** A client's websocket for process tests: what comes is kept in order, to be waited for. */
import { type ClientOptions, WebSocket } from 'ws';
import { waitFor } from './engine-process.ts';

export interface Closed {
  code: number;
  reason: string;
}

export class TestSocket {
  readonly socket: WebSocket;
  /** Texts as they are, other messages as `0x…`. */
  readonly messages: string[] = [];
  readonly closed: Promise<Closed>;
  pings = 0;
  #taken = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
      this.messages.push(isBinary ? `0x${bytes.toString('hex')}` : bytes.toString());
    });
    socket.on('ping', () => {
      this.pings++;
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Resolves when the server has shaken hands. @param address `ws://…` or `wss://…` */
  static async open(address: string, protocols: string[] = [], options: ClientOptions = {}): Promise<TestSocket> {
    const opened = new TestSocket(new WebSocket(address, protocols, options));
    await new Promise<void>((resolve, reject) => {
      opened.socket.on('open', resolve);
      opened.socket.on('error', reject);
    });
    return opened;
  }

  /** The next message. */
  async next(): Promise<string> {
    await waitFor('a message', () => this.messages.length > this.#taken);
    return this.messages[this.#taken++] ?? '';
  }

  async ask(message: string | Buffer): Promise<string> {
    this.socket.send(message);
    return this.next();
  }

  /** Closes it politely; returns what the server answered. */
  async close(code = 1000, reason = ''): Promise<Closed> {
    this.socket.close(code, reason);
    return this.closed;
  }
}
