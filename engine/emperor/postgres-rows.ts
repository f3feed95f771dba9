/**
 * Rows of a PostgreSQL database, over one connection that is kept from look to look and made anew when it was lost.
 * Values come as the server writes them. The library is loaded with the first look: few emperors need it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import type { Client, ClientConfig } from 'pg';
import type { PostgresConnection } from '../config/monitor-values.ts';
import type { RowSource } from './query-monitor.ts';
import type { VassalRow } from './vassal-rows.ts';

/** Of a query; the server gives up by itself a little sooner. */
const QUERY_TIMEOUT_MS = 10_000;
const SERVER_TIMEOUT_MS = 9_000;
const DEFAULT_PORT = 5432;
/** Where servers of the machine have their socket: Debian's place, then PostgreSQL's own. */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp'];

export function postgresRows(connection: PostgresConnection, query: string, env: NodeJS.ProcessEnv): RowSource {
  return new PostgresRows(connection, query, env);
}

class PostgresRows implements RowSource {
  readonly #connection: PostgresConnection;
  readonly #query: string;
  readonly #env: NodeJS.ProcessEnv;
  #client: Client | null = null;
  #isDisposed = false;

  constructor(connection: PostgresConnection, query: string, env: NodeJS.ProcessEnv) {
    this.#connection = connection;
    this.#query = query;
    this.#env = env;
  }

  async rows(): Promise<readonly VassalRow[]> {
    const { DatabaseError } = await import('pg');
    this.#client ??= await this.#connect();
    const client = this.#client;
    try {
      const types = { getTypeParser: () => (value: unknown) => value };
      const { rows } = await client.query<unknown[]>({ text: this.#query, rowMode: 'array', types });
      return rows;
    } catch (error) {
      // What the server says of the query leaves the connection as it was.
      if (!(error instanceof DatabaseError)) this.#drop(client);
      throw error;
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    if (this.#client !== null) this.#drop(this.#client);
  }

  async #connect(): Promise<Client> {
    const { host, sslMode } = this.#connection;
    if (sslMode !== 'prefer' || host?.startsWith('/') === true) return this.#open(tlsOf(this.#connection));
    try {
      return await this.#open({ rejectUnauthorized: false });
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('does not support SSL')) throw error;
      return this.#open(false);
    }
  }

  async #open(ssl: ConnectionOptions | false): Promise<Client> {
    const { Client } = await import('pg');
    const client = new Client({ ...this.#config(), ssl });
    // A connection that is lost between two looks is made anew by the next one.
    client.on('error', () => this.#drop(client));
    try {
      await client.connect();
    } catch (error) {
      this.#drop(client);
      throw error;
    }
    if (this.#isDisposed) this.#drop(client);
    return client;
  }

  #config(): ClientConfig {
    const { host, port, user, password, database, applicationName, connectTimeoutSeconds } = this.#connection;
    const usedPort = port ?? (Number(this.#env['PGPORT']) || DEFAULT_PORT);
    const name = user ?? this.#env['PGUSER'] ?? userInfo().username;
    return {
      host: host ?? this.#env['PGHOST'] ?? socketFolder(usedPort) ?? 'localhost',
      port: usedPort,
      user: name,
      ...(password === null ? {} : { password }),
      database: database ?? this.#env['PGDATABASE'] ?? name,
      application_name: applicationName ?? 'reeve emperor',
      connectionTimeoutMillis: connectTimeoutSeconds * 1000,
      query_timeout: QUERY_TIMEOUT_MS,
      statement_timeout: SERVER_TIMEOUT_MS,
      keepAlive: true,
    };
  }

  #drop(client: Client): void {
    if (this.#client === client) this.#client = null;
    // It is of no use any more, whether its server hears of the end or not.
    client.end().catch(() => undefined);
    client.connection.stream.destroy();
  }
}

function socketFolder(port: number): string | undefined {
  return SOCKET_FOLDERS.find((folder) => existsSync(`${folder}/.s.PGSQL.${port}`));
}

/** As libpq: `require` encrypts without a check of the certificate, `verify-ca` checks who has signed it. */
function tlsOf({ sslMode, sslRootCert }: PostgresConnection): ConnectionOptions | false {
  if (sslMode === 'disable' || sslMode === 'allow' || sslMode === 'prefer') return false;
  const ca = sslRootCert === null ? {} : { ca: readFileSync(sslRootCert) };
  if (sslMode === 'require') return { ...ca, rejectUnauthorized: sslRootCert !== null };
  return sslMode === 'verify-ca' ? { ...ca, checkServerIdentity: () => undefined } : ca;
}
