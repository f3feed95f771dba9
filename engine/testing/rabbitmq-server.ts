/**
 * A real RabbitMQ for process tests: a node of its own in a folder of its own, with its own port mapper (epmd), all on
 * 127.0.0.1, run as the user `rabbitmq` where the tests run as root. It takes seconds to start: one for a file.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, connect } from 'amqplib';
import { descendants, freePort, isRunning, waitFor } from './engine-process.ts';
import { asUser, giveTo } from './service-user.ts';

const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const USER = 'rabbitmq';
const START_MS = 90_000;
export const EXCHANGE = 'uwsgi.emperor';

/** Why it can not be started here; null: it can. */
export function whyNoRabbitmq(): string | null {
  return existsSync(PROGRAM) ? null : `RabbitMQ is not installed (no ${PROGRAM})`;
}

export class RabbitmqServer {
  readonly folder: string;
  readonly port: number;
  readonly #env: NodeJS.ProcessEnv;
  #epmd: ChildProcess | null = null;
  #child: ChildProcess | null = null;
  #publisher: ChannelModel | null = null;
  #said = '';

  private constructor(folder: string, [port, distribution, mapper]: readonly number[]) {
    this.folder = folder;
    this.port = port ?? 0;
    const at = (name: string): string => join(folder, name);
    this.#env = {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      HOME: folder,
      ERL_EPMD_PORT: String(mapper),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: `reeve${this.port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_MNESIA_BASE: at('mnesia'),
      RABBITMQ_LOG_BASE: at('log'),
      RABBITMQ_PID_FILE: at('pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: at('plugins'),
      RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
      // One scheduler that does not spin: it shares its processor with the tests.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
    };
  }

  static async start(): Promise<RabbitmqServer> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-rabbit-'));
    chmodSync(folder, 0o755);
    const server = new RabbitmqServer(folder, [await freePort(), await freePort(), await freePort()]);
    // uWSGI's plugin asks for connections without a limit of channels, which RabbitMQ grants on demand only.
    writeFileSync(join(folder, 'rabbitmq.conf'), 'channel_max = 0\n');
    for (const name of ['mnesia', 'log']) mkdirSync(join(folder, name));
    giveTo(USER, folder, join(folder, 'mnesia'), join(folder, 'log'));
    try {
      server.#epmd = server.#spawn('epmd', ['-port', String(server.#env['ERL_EPMD_PORT']), '-address', '127.0.0.1']);
      await server.begin();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  /** Starts its node again on the same data and port. */
  async begin(): Promise<void> {
    const child = this.#spawn(PROGRAM, []);
    this.#child = child;
    this.#said = '';
    const isUp = (): boolean => {
      if (child.exitCode !== null) throw new Error(`RabbitMQ ended: ${this.#said}`);
      return /completed with \d+ plugins/.test(this.#said);
    };
    await waitFor('RabbitMQ', isUp, START_MS);
  }

  /** A message on uWSGI's exchange, which an emperor has made. */
  async publish(routingKey: string, content: string): Promise<void> {
    this.#publisher ??= await connect(`amqp://127.0.0.1:${this.port}`);
    this.#publisher.on('error', () => undefined);
    const channel = await this.#publisher.createConfirmChannel();
    channel.publish(EXCHANGE, routingKey, Buffer.from(content));
    await channel.waitForConfirms();
    await channel.close();
  }

  /** Kills its node: connections end without a word. */
  async kill(): Promise<void> {
    const publisher = this.#publisher;
    this.#publisher = null;
    await publisher?.close().catch(() => undefined);
    await endAll(this.#child);
    this.#child = null;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await endAll(this.#epmd);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(program: string, words: readonly string[]): ChildProcess {
    const [file, args] = asUser(USER, program, words);
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.folder, env: this.#env });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString();
      });
    }
    return child;
  }
}

/** The script that starts the node, the node, and its helpers. */
async function endAll(child: ChildProcess | null): Promise<void> {
  if (child?.pid === undefined) return;
  const family = [child.pid, ...descendants(child.pid)];
  const exited = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit');
  for (const pid of family) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
  await exited;
  await waitFor('the end of all its processes', () => family.every((pid) => !isRunning(pid)));
}
