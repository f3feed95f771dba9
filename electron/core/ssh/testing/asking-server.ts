/**
 * An SSH server that asks what a test wants it to ask (ssh2's own server): sshd without PAM has no questions of its own.
 * It gives nothing but the sign-in.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2, { type AuthContext, type AuthenticationType, type Connection } from 'ssh2';

export class AskingServer {
  readonly port: number;
  /** `user method` of all tries, in order. */
  readonly tries: string[];
  readonly #server: InstanceType<typeof ssh2.Server>;
  readonly #connections: Set<Connection>;

  private constructor(
    server: InstanceType<typeof ssh2.Server>,
    port: number,
    tries: string[],
    connections: Set<Connection>,
  ) {
    this.#server = server;
    this.port = port;
    this.tries = tries;
    this.#connections = connections;
  }

  /** `judge` accepts or rejects each try. */
  static async start(judge: (context: AuthContext) => void): Promise<AskingServer> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const hostKey = privateKey.export({ type: 'sec1', format: 'pem' });
    const tries: string[] = [];
    const connections = new Set<Connection>();
    const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
      connections.add(connection);
      connection.on('error', () => {});
      connection.on('close', () => connections.delete(connection));
      connection.on('authentication', (context) => {
        tries.push(`${context.username} ${context.method}`);
        judge(context);
      });
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new AskingServer(server, address.port, tries, connections);
  }

  async dispose(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const connection of this.#connections) connection.end();
    await promise;
  }
}

/** Rejects a try and says what else may be tried. */
export function allowOnly(context: AuthContext, methods: AuthenticationType[], isPartial = false): void {
  context.reject(methods, isPartial);
}
