/**
 * Listens where a thread will, until the first client comes: most instances never need that thread, which takes 10 MB and
 * 50 ms of a processor. Nobody is served here: clients find their connection ended once the thread listens, and connect
 * anew (reeve_commons.py, commons.mjs).
 */
import { createServer, type Server, type Socket } from 'node:net';

export class Doorbell {
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `rung` is called once. Throws when the path can not be listened on. */
  static async open(path: string, rung: () => void): Promise<Doorbell> {
    const server = createServer();
    const bell = new Doorbell(server);
    server.once('connection', rung);
    server.on('connection', (socket) => {
      bell.#waiting.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => bell.#waiting.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    return bell;
  }

  /** Its path is free for another one. */
  takeDown(): void {
    this.#server.close();
  }

  /** Those who came meanwhile may try again. */
  letGo(): void {
    for (const socket of this.#waiting) socket.destroy();
  }
}
