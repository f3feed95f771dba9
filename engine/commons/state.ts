/** All that the processes share, and how it follows the settings: what keeps its shape keeps its content over a reload. */
import type { StatsCache } from '../api/stats.ts';
import type { CacheSetting, CommonsSettings, QueueSetting } from '../config/commons-settings.ts';
import { Cache } from './cache.ts';
import { LockTable } from './locks.ts';
import { Mailboxes } from './mailboxes.ts';
import { Metrics } from './metrics.ts';
import { Queue } from './queue.ts';
import type { Session } from './session.ts';

export interface CommonsHost {
  nowMs: () => number;
  log: (text: string) => void;
}

/** For the stats document. */
export interface CommonsReport {
  locks: [name: string, pid: number][];
  caches: StatsCache[];
  /** Those that the application can change. */
  metrics: [name: string, value: number][];
  /** Messages that wait. */
  mailboxes: [name: string, count: number][];
}

/** Locks that the application has no part in; the engine needs none of them, uWSGI's document shows them. */
const SYSTEM_LOCKS = ['signal', 'filemon', 'timer', 'rbtimer', 'cron', 'rpc', 'snmp'];
/** The fields of a request beside its value, and a longest key. */
const FIELD_BYTES = 2 * 65_536 + 64;
const LEAST_VALUE_BYTES = 1024 * 1024;

export class CommonsState {
  readonly locks = new LockTable<Session>();
  readonly metrics = new Metrics();
  readonly mailboxes = new Mailboxes();
  queue: Queue | null = null;
  readonly #host: CommonsHost;
  /** In the order of the settings: the first one is the default. */
  #caches = new Map<string, Cache>();
  #maxRequestBytes = FIELD_BYTES + LEAST_VALUE_BYTES;

  constructor(host: CommonsHost) {
    this.#host = host;
  }

  /** The longest request that can make sense. */
  get maxRequestBytes(): number {
    return this.#maxRequestBytes;
  }

  nowMs(): number {
    return this.#host.nowMs();
  }

  /** The cache of this name; the first one without a name; null: there is none. */
  cache(name: string): Cache | null {
    if (name !== '') return this.#caches.get(name) ?? null;
    for (const cache of this.#caches.values()) return cache;
    return null;
  }

  caches(): Iterable<Cache> {
    return this.#caches.values();
  }

  adopt(settings: CommonsSettings): void {
    const caches = new Map<string, Cache>();
    for (const setting of settings.caches) {
      const before = this.#caches.get(setting.name);
      const isKept = before !== undefined && isSame(before.setting, setting);
      caches.set(setting.name, isKept ? before : new Cache(setting, this.#host));
    }
    this.#caches = caches;
    this.#adoptQueue(settings.queue);
    this.locks.name([
      ...Array.from({ length: settings.locks + 1 }, (_, number) => `user ${number}`),
      ...SYSTEM_LOCKS,
      ...(settings.queue === null ? [] : ['queue']),
      ...settings.caches.map(({ name }) => `cache_${name}`),
    ]);
    const values = [LEAST_VALUE_BYTES, ...settings.caches.map(({ maxItemBytes }) => maxItemBytes)];
    this.#maxRequestBytes = FIELD_BYTES + Math.max(...values);
  }

  #adoptQueue(setting: QueueSetting | null): void {
    const isKept = this.queue?.size === setting?.slots && this.queue?.blockBytes === setting?.blockBytes;
    if (!isKept) this.queue = setting === null ? null : new Queue(setting.slots, setting.blockBytes);
  }

  report(): CommonsReport {
    return {
      locks: this.locks.report(),
      caches: [...this.#caches.values()].map((cache) => cache.report()),
      metrics: this.metrics.report(),
      mailboxes: this.mailboxes.report(),
    };
  }
}

function isSame(a: CacheSetting, b: CacheSetting): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
