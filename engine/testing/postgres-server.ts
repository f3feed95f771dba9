/**
 * A real PostgreSQL for process tests: a cluster in a folder of its own, on 127.0.0.1 and on a unix socket in that
 * folder, run as the user `postgres` where the tests run as root, whom it refuses.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { freePort, waitFor } from './engine-process.ts';
import { asUser, giveTo } from './service-user.ts';

const VERSIONS = '/usr/lib/postgresql';
const USER = 'postgres';
const START_MS = 30_000;

/** Why it can not be started here; null: it can. */
export function whyNoPostgres(): string | null {
  return programs() === null ? `PostgreSQL is not installed (no programs in ${VERSIONS})` : null;
}

export class PostgresServer {
  /** Its data, and where its unix socket is. */
  readonly folder: string;
  readonly port: number;
  #child: ChildProcess | null = null;
  #said = '';

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  /** Starts one with a user `ann`, whose password is `hush-hush`; over the unix socket everybody is who he says. */
  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-pg-'));
    chmodSync(folder, 0o755);
    const server = new PostgresServer(folder, await freePort());
    try {
      mkdirSync(server.#data);
      giveTo(USER, folder, server.#data);
      const [file, args] = asUser(USER, `${programs()}/initdb`, ['-D', server.#data, '-U', USER, '--no-sync']);
      execFileSync(file, args, { stdio: 'ignore', cwd: '/' });
      writeFileSync(
        join(server.#data, 'pg_hba.conf'),
        'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
      );
      await server.begin();
      await server.sql(`CREATE ROLE ann LOGIN PASSWORD 'hush-hush'; GRANT pg_read_all_data TO ann`);
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  /** Starts it again on the same data and port. */
  async begin(): Promise<void> {
    const options = ['-D', this.#data, '-k', this.folder, '-p', String(this.port)];
    const quick = ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'max_connections=20'];
    const [file, args] = asUser(USER, `${programs()}/postgres`, [...options, ...quick]);
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    this.#child = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    const isUp = async (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${this.#said}`);
      return this.sql('SELECT 1').then(
        () => true,
        () => false,
      );
    };
    await waitFor('PostgreSQL', isUp, START_MS);
  }

  /** Gives it a certificate of `localhost`; what vouches for that is in `folder`/authority.crt. */
  async useTls(): Promise<void> {
    makeAuthority(this.folder, 'authority');
    makeCertificate(this.folder, 'authority', 'data/server', 'localhost');
    const files = ['server.crt', 'server.key'].map((name) => join(this.#data, name));
    for (const file of files) chmodSync(file, 0o600);
    giveTo(USER, ...files);
    await this.sql('ALTER SYSTEM SET ssl = on');
    await this.end();
    await this.begin();
  }

  /** One connection for some statements, as the superuser. */
  async sql(statements: string): Promise<void> {
    const client = new Client({ host: this.folder, port: this.port, user: USER, database: USER });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(statements);
    } finally {
      await client.end();
    }
  }

  /** Ends it at once, and all its connections. */
  async end(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGQUIT');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(timer);
  }

  async dispose(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.folder, 'data');
  }
}

/** Folder of the newest version's programs. */
function programs(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const versions = readdirSync(VERSIONS).filter((name) => existsSync(join(VERSIONS, name, 'bin', 'initdb')));
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(VERSIONS, newest, 'bin');
}
