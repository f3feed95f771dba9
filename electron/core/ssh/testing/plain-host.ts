/**
 * A host of the bench by one plain ssh2 connection, made when it is needed: for tests of what runs over a connection,
 * not of how it comes about. With `delayMs` every byte takes so long each way, as on a far network.
 */
import { readFile } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { HostState } from '../../../contract/hosts-model.ts';
import { CoreError } from '../../errors.ts';
import { systemClock } from '../../node-ports.ts';
import type { SshHost, SshTransport } from '../ssh-transport.ts';
import { Ssh2Transport } from '../ssh2-transport.ts';
import type { Sshd } from './sshd.ts';

export class PlainHost implements SshHost {
  readonly id: string;
  readonly state: HostState;
  readonly #sshd: Sshd;
  readonly #delayMs: number;
  #proxy: Server | null = null;
  #transport: Promise<SshTransport> | null = null;

  constructor(sshd: Sshd, delayMs = 0) {
    this.#sshd = sshd;
    this.#delayMs = delayMs;
    this.id = sshd.destination;
    this.state = {
      id: this.id,
      status: 'ready',
      reason: null,
      hint: null,
      code: null,
      nextTryAtMs: null,
      hops: [],
      transport: 'ssh2',
      offersSystem: false,
      readBy: null,
      connectedSinceMs: null,
      tries: [],
    };
  }

  async transport(): Promise<SshTransport> {
    this.#transport ??= this.#connect();
    return this.#transport;
  }

  /** Ends the connection from this side; what runs over it finds its end. */
  cut(): void {
    const transport = this.#transport;
    this.#transport = null;
    void transport?.then((open) => open.close());
  }

  begin(): void {
    // It connects when its connection is asked for.
  }

  async reached(): Promise<void> {
    await this.transport();
  }

  connect(): void {
    // It connects when its connection is asked for.
  }

  listen(): () => void {
    return () => {};
  }

  noteReadBy(readBy: HostState['readBy']): void {
    this.state.readBy = readBy;
  }

  async dispose(): Promise<void> {
    const transport = await this.#transport?.catch(() => null);
    transport?.close();
    this.#proxy?.close();
  }

  async #connect(): Promise<SshTransport> {
    const client = new ssh2.Client();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    client.once('ready', () => {
      client.setNoDelay(true);
      resolve();
    });
    client.on('error', (error: Error) => reject(lost(this.id, error.message)));
    const port = this.#delayMs === 0 ? this.#sshd.port : await this.#delayingPort();
    const { user: username, keyPath } = this.#sshd;
    client.connect({ host: '127.0.0.1', port, username, privateKey: await readFile(keyPath) });
    try {
      await promise;
    } catch (error) {
      this.#transport = null;
      throw error;
    }
    const hop = {
      name: '127.0.0.1',
      user: username,
      hostName: '127.0.0.1',
      port,
      proxyCommand: null,
      algorithms: {},
      connectTimeoutMs: null,
      keepAliveMs: null,
      identity: '',
    };
    const transport = new Ssh2Transport(client, hop, systemClock);
    transport.onClosed = () => {
      this.#transport = null;
    };
    return transport;
  }

  async #delayingPort(): Promise<number> {
    const server = createServer((near) => {
      const far = createConnection(this.#sshd.port, '127.0.0.1');
      this.#pass(near, far);
      this.#pass(far, near);
    });
    this.#proxy = server;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #pass(from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      setTimeout(() => to.write(chunk), this.#delayMs);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}

function lost(host: string, reason: string): CoreError {
  return new CoreError('ssh-lost', { host, reason });
}
