/**
 * Serves the stats document: connect, read one document, end. A slow reader costs a buffer until its deadline and
 * nothing else, and the one that came first makes room when there are many. What clients send is thrown away, except
 * that `stats-http` waits for a request's head.
 */
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { SocketAddress } from '../config/settings.ts';
import { listenOn } from './listen-on.ts';

export interface StatsSource {
  /** The whole answer, HTTP head included. */
  render: () => string;
  isHttp: () => boolean;
}

const MAX_CLIENTS = 64;
const DEADLINE_MS = 10_000;
const REQUEST_WAIT_MS = 1000;

export class StatsServer {
  readonly address: SocketAddress;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #source: StatsSource;

  private constructor(address: SocketAddress, server: Server, source: StatsSource) {
    this.address = address;
    this.#server = server;
    this.#source = source;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** `mode` is that of a unix socket, null the umask's. Throws EngineError when the address can not be had. */
  static async open(address: SocketAddress, mode: number | null, source: StatsSource): Promise<StatsServer> {
    const server = createServer();
    await listenOn(server, address);
    if (address.type === 'unix' && mode !== null) chmodSync(address.path, mode);
    return new StatsServer(address, server, source);
  }

  dispose(): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }

  #accept(socket: Socket): void {
    // Those that do not read make room for those that come.
    if (this.#clients.size >= MAX_CLIENTS) for (const oldest of [...this.#clients].slice(0, 1)) oldest.destroy();
    this.#clients.add(socket);
    const deadline = setTimeout(() => socket.destroy(), DEADLINE_MS);
    socket.on('close', () => {
      clearTimeout(deadline);
      this.#clients.delete(socket);
    });
    // A client that hangs up early is its own business.
    socket.on('error', () => socket.destroy());
    if (!this.#source.isHttp()) {
      socket.resume();
      socket.end(this.#source.render());
      return;
    }
    const answer = (): void => {
      clearTimeout(wait);
      socket.off('data', onData);
      socket.resume();
      socket.end(this.#source.render());
    };
    const wait = setTimeout(answer, REQUEST_WAIT_MS);
    let head = '';
    const onData = (chunk: Buffer): void => {
      head = (head + chunk.toString('latin1')).slice(-4096);
      if (head.includes('\n\r\n') || head.includes('\n\n')) answer();
    };
    socket.on('data', onData);
    socket.on('close', () => clearTimeout(wait));
  }
}
