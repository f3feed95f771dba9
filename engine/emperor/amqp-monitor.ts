/**
 * Vassals that are announced on RabbitMQ: a queue of this emperor's own on uWSGI's exchange. The connection is made with
 * the first look and again after it was lost; what was announced until then stays. What is announced meanwhile is lost,
 * as with uWSGI. The library is loaded with the first look: few emperors need it.
 */
import { type Stats, statSync } from 'node:fs';
import type { ChannelModel } from 'amqplib';
import type { AmqpConnection } from '../config/monitor-values.ts';
import { AnnouncedVassals } from './announced-vassals.ts';
import type { Monitor } from './monitors.ts';
import { reasonOf, withoutSecret } from './query-monitor.ts';
import { printable, type RowRules } from './vassal-rows.ts';
import type { FoundVassal } from './vassal-state.ts';

/** As uWSGI declares it: a fanout exchange that does not outlive the broker. */
const EXCHANGE = 'uwsgi.emperor';
const CONNECT_TIMEOUT_MS = 10_000;
/** A broker that is gone without a word is noticed after twice this time. */
const HEARTBEAT_SECONDS = 30;

export interface AmqpMonitorOptions {
  connection: AmqpConnection;
  /** For the log, without a password. */
  text: string;
  rules: RowRules;
  log: (text: string) => void;
}

export class AmqpMonitor implements Monitor {
  readonly #options: AmqpMonitorOptions;
  readonly #vassals: AnnouncedVassals;
  #link: ChannelModel | null = null;
  #trouble = '';
  #isDisposed = false;

  constructor(options: AmqpMonitorOptions) {
    this.#options = options;
    this.#vassals = new AnnouncedVassals({ ...options.rules, statsOf });
  }

  async scan(): Promise<FoundVassal[]> {
    if (this.#link === null && !this.#isDisposed) {
      try {
        await this.#connect();
        this.#say(this.#trouble === '' ? 'subscribed, waiting for messages' : 'is there again, waiting for messages');
        this.#trouble = '';
      } catch (error) {
        this.#fail(error);
      }
    }
    return this.#vassals.list();
  }

  dispose(): void {
    this.#isDisposed = true;
    if (this.#link !== null) close(this.#link);
    this.#link = null;
  }

  async #connect(): Promise<void> {
    const { connect } = await import('amqplib');
    const { host: hostname, port, user: username, password, vhost } = this.#options.connection;
    const link = await connect(
      { protocol: 'amqp', hostname, port, username, password, vhost, heartbeat: HEARTBEAT_SECONDS },
      { timeout: CONNECT_TIMEOUT_MS },
    );
    link.on('error', (error: unknown) => this.#fail(error));
    link.on('close', () => {
      if (this.#link !== link) return;
      this.#link = null;
      if (!this.#isDisposed) this.#fail(new Error('the connection was closed'));
    });
    try {
      await this.#subscribe(link);
    } catch (error) {
      close(link);
      throw error;
    }
    this.#link = link;
    if (this.#isDisposed) this.dispose();
  }

  async #subscribe(link: ChannelModel): Promise<void> {
    const channel = await link.createChannel();
    // The connection's own error tells the same; without a listener this one would end the process.
    channel.on('error', (error: unknown) => this.#fail(error));
    await channel.assertExchange(EXCHANGE, 'fanout', { durable: false });
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
    await channel.bindQueue(queue, EXCHANGE, '');
    await channel.consume(queue, (message) => {
      // The broker has taken the queue away: it is made anew with the next look.
      if (message === null) return close(link);
      const why = this.#vassals.take({
        routingKey: message.fields.routingKey,
        content: message.content,
        atMs: Date.now(),
      });
      if (why !== null) this.#say(`a message for '${printable(message.fields.routingKey)}' is passed over: ${why}`);
      channel.ack(message);
    });
  }

  #fail(error: unknown): void {
    const trouble = withoutSecret(reasonOf(error), this.#options.connection.password);
    if (this.#trouble === '') this.#say(`${trouble}; its vassals stay as they are`);
    this.#trouble = trouble;
  }

  #say(text: string): void {
    this.#options.log(`[emperor] ${this.#options.text}: ${text}`);
  }
}

function close(link: ChannelModel): void {
  // It may be closed already, or lost: then there is nothing to say goodbye to.
  link.close().catch(() => undefined);
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    // Gone, or not for us to see.
    return null;
  }
}
