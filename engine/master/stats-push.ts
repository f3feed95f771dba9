/**
 * `stats-push`: sends the statistics at intervals, as a document appended to a file or as metrics over UDP. What can not
 * be delivered is lost; it is said once in the log until it works again.
 */
import { createSocket } from 'node:dgram';
import { appendFile } from 'node:fs/promises';
import { type Metric, MetricType, metricList } from '../api/metric-list.ts';
import type { StatsDocument } from '../api/stats.ts';
import type { StatsPushSetting } from '../config/stats-settings.ts';
import { waitable } from '../longest-wait.ts';

export interface PushSource {
  document: () => StatsDocument;
  /** The document as the stats address gives it. */
  text: () => string;
  log: (text: string) => void;
  /** The metrics have been sent: some begin anew (`reset_after_push`), with the values that this gives. */
  pushed: () => [name: string, value: number][];
}

/** Metrics of one datagram; they are a few dozen bytes each. */
const METRICS_EACH = 20;

export class StatsPush {
  readonly #setting: StatsPushSetting;
  readonly #source: PushSource;
  readonly #timer: NodeJS.Timeout;
  readonly #socket;
  /** Counters at the last push: statsd wants what was added since. */
  readonly #before = new Map<string, number>();
  #isFailing = false;
  #isWriting = false;

  constructor(setting: StatsPushSetting, defaultSeconds: number, source: PushSource) {
    this.#setting = setting;
    this.#source = source;
    this.#socket = setting.type === 'file' ? null : createSocket(setting.address.host.includes(':') ? 'udp6' : 'udp4');
    this.#socket?.on('error', (error) => this.#failed(error));
    this.#timer = setInterval(() => this.push(), waitable((setting.everySeconds ?? defaultSeconds) * 1000));
  }

  push(): void {
    if (this.#setting.type === 'file') void this.#append(this.#setting.path, this.#setting.separator);
    else this.#send(this.#setting);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#socket?.close();
  }

  async #append(path: string, separator: string): Promise<void> {
    // A disk that is slow gets the next document, not one more beside this.
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      await appendFile(path, this.#source.text() + separator);
      this.#isFailing = false;
    } catch (error) {
      this.#failed(error);
    }
    this.#isWriting = false;
  }

  #send({ type, address, prefix }: Exclude<StatsPushSetting, { type: 'file' }>): void {
    const lines = metricList(this.#source.document()).flatMap((metric) =>
      type === 'statsd' ? this.#statsdLine(prefix, metric) : `${prefix}.${metric.name} ${metric.value}`,
    );
    for (const [name, value] of this.#source.pushed()) this.#before.set(name, value);
    for (let at = 0; at < lines.length; at += METRICS_EACH) {
      const text = lines.slice(at, at + METRICS_EACH).join('\n');
      this.#socket?.send(`${text}\n`, address.port, address.host === '' ? '127.0.0.1' : address.host, (error) => {
        if (error !== null) this.#failed(error);
        else this.#isFailing = false;
      });
    }
  }

  /** Counters as what was added; uWSGI sends their whole value each time, which statsd then adds up. */
  #statsdLine(prefix: string, { name, type, value }: Metric): string | [] {
    if (type === MetricType.gauge) return `${prefix}.${name}:${value}|g`;
    const before = this.#before.get(name) ?? 0;
    this.#before.set(name, value);
    const added = value >= before ? value - before : value;
    return added === 0 ? [] : `${prefix}.${name}:${added}|c`;
  }

  #failed(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#source.log(
      `stats-push ${this.#setting.text} fails: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
