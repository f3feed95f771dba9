/**
 * The load of the rows about websockets: many connections, each with one message on its way, which comes back before the
 * next one leaves. Frames are made once and counted by their length, so that the client costs little.
 */
import { connect, type Socket } from 'node:net';

const HANDSHAKE =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const TEXT = Buffer.from('x'.repeat(100));
/** Masked with zeros. */
const MESSAGE = Buffer.concat([Buffer.from([0x81, 0x80 | TEXT.length, 0, 0, 0, 0]), TEXT]);
const ECHO_BYTES = 2 + TEXT.length;
/** Connections that shake hands at the same time. */
const AT_ONCE = 50;

export class WebSocketLoad {
  /** Messages that came back. */
  echoes = 0;
  /** Connections that were refused or lost. */
  errors = 0;
  readonly #sockets: Socket[] = [];
  #isRunning = true;

  /** Opens so many connections; nothing is sent yet. */
  static async open(port: number, connections: number): Promise<WebSocketLoad> {
    const load = new WebSocketLoad();
    for (let left = connections; left > 0; left -= AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => load.#open(port)));
    }
    return load;
  }

  /** The first message of each connection. */
  start(): void {
    for (const socket of this.#sockets) socket.write(MESSAGE);
  }

  close(): void {
    this.#isRunning = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  async #open(port: number): Promise<void> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#sockets.push(socket);
    return new Promise((resolve) => {
      let head: string | null = '';
      let bytes = 0;
      socket.on('data', (chunk: Buffer) => {
        if (head !== null) {
          head += chunk.toString('latin1');
          if (!head.includes('\r\n\r\n')) return;
          if (!head.startsWith('HTTP/1.1 101 ')) this.errors++;
          head = null;
          resolve();
          return;
        }
        bytes += chunk.length;
        for (; bytes >= ECHO_BYTES; bytes -= ECHO_BYTES) {
          this.echoes++;
          if (this.#isRunning) socket.write(MESSAGE);
        }
      });
      socket.on('error', () => resolve());
      socket.on('close', () => {
        if (this.#isRunning) this.errors++;
        resolve();
      });
      socket.write(HANDSHAKE);
    });
  }
}
