/** All that the processes share, and how it follows the settings: what keeps its shape keeps its content over a reload. */
import type { StatsCache } from '../api/stats.ts';
import type { CacheSetting, CommonsSettings, QueueSetting } from '../config/commons-settings.ts';
import type { Cache } from './cache.ts';
import { fillCaches } from './cache-items.ts';
import { StoreError } from './journal.ts';
import { lockNames } from './lock-names.ts';
import { LockTable } from './locks.ts';
import { Mailboxes } from './mailboxes.ts';
import { Metrics } from './metrics.ts';
import type { Queue } from './queue.ts';
import type { Session } from './session.ts';
import { openCache, openQueue, type Stored } from './stored.ts';

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

/** The fields of a request beside its value, and a longest key. */
const FIELD_BYTES = 2 * 65_536 + 64;
const LEAST_VALUE_BYTES = 1024 * 1024;

type KeptCache = Stored<Cache> & { setting: CacheSetting };

export class CommonsState {
  readonly locks = new LockTable<Session>();
  readonly metrics = new Metrics();
  readonly mailboxes = new Mailboxes();
  readonly #host: CommonsHost;
  /** In the order of the settings: the first one is the default. */
  #caches = new Map<string, KeptCache>();
  #queue: (Stored<Queue> & { setting: QueueSetting }) | null = null;
  #maxRequestBytes = FIELD_BYTES + LEAST_VALUE_BYTES;

  constructor(host: CommonsHost) {
    this.#host = host;
  }

  /** The longest request that can make sense. */
  get maxRequestBytes(): number {
    return this.#maxRequestBytes;
  }

  get queue(): Queue | null {
    return this.#queue?.content ?? null;
  }

  /** The cache of this name; the first one without a name; null: there is none. */
  cache(name: string): Cache | null {
    if (name !== '') return this.#caches.get(name)?.content ?? null;
    return this.caches()[0] ?? null;
  }

  caches(): Cache[] {
    return [...this.#caches.values()].map(({ content }) => content);
  }

  /** Returns what is not as the settings say: stores that can not be used, items that have no room. */
  adopt(settings: CommonsSettings): string[] {
    this.locks.name(lockNames(settings));
    const queueBytes = settings.queue?.blockBytes ?? 0;
    const values = [LEAST_VALUE_BYTES, queueBytes, ...settings.caches.map(({ maxItemBytes }) => maxItemBytes)];
    this.#maxRequestBytes = FIELD_BYTES + Math.max(...values);
    const problems = this.#adoptQueue(settings.queue);
    const before = new Set(this.caches());
    problems.push(...this.#adoptCaches(settings.caches));
    const newCache = (name: string): Cache | null => {
      const cache = this.cache(name);
      return cache === null || before.has(cache) ? null : cache;
    };
    return [...problems, ...fillCaches(settings.cacheItems, newCache)];
  }

  /** Writes what the stores do not have yet. */
  dispose(): void {
    for (const { journal } of this.#caches.values()) journal?.dispose();
    this.#queue?.journal?.dispose();
  }

  report(): CommonsReport {
    return {
      locks: this.locks.report(),
      caches: this.caches().map((cache) => cache.report()),
      metrics: this.metrics.report(),
      mailboxes: this.mailboxes.report(),
    };
  }

  #adoptCaches(settings: readonly CacheSetting[]): string[] {
    const problems: string[] = [];
    const isKept = (setting: CacheSetting): boolean => isSame(this.#caches.get(setting.name)?.setting, setting);
    const kept = new Set(settings.filter(isKept).map(({ name }) => name));
    // First: the one that takes its place may use the same file.
    for (const [name, { journal }] of this.#caches) if (!kept.has(name)) journal?.dispose();
    const caches = new Map<string, KeptCache>();
    for (const setting of settings) {
      const present = kept.has(setting.name) ? this.#caches.get(setting.name) : undefined;
      const open = (one: CacheSetting): Stored<Cache> => openCache(one, this.#host);
      caches.set(setting.name, present ?? { ...openOr(setting, open, problems), setting });
    }
    this.#caches = caches;
    return problems;
  }

  #adoptQueue(setting: QueueSetting | null): string[] {
    if (isSame(this.#queue?.setting ?? null, setting)) return [];
    this.#queue?.journal?.dispose();
    const problems: string[] = [];
    const open = (one: QueueSetting): Stored<Queue> => openQueue(one, this.#host.log);
    this.#queue = setting === null ? null : { ...openOr(setting, open, problems), setting };
    return problems;
  }
}

/** Without its store when that can not be used. */
function openOr<Setting extends { store: unknown }, Content>(
  setting: Setting,
  open: (setting: Setting) => Stored<Content>,
  problems: string[],
): Stored<Content> {
  try {
    return open(setting);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    problems.push(error.message);
    return open({ ...setting, store: null });
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
