/**
 * The part of the settings that is about what all processes of an instance share: locks, caches, the queue, shared
 * memory. What they do: engine/commons/.
 */

export interface CommonsSettings {
  /** `locks`: locks 0 to this number. */
  locks: number;
  caches: CacheSetting[];
  /** `cache-expire-freq` */
  sweepSeconds: number;
  /** `cache-no-expire`: for all caches. */
  neverExpire: boolean;
  /** `cache-report-freed-items` */
  reportsFreed: boolean;
  /** `add-cache-item`, `load-file-in-cache`: put in at the start. */
  cacheItems: CacheItemSetting[];
  /** Null: there is none. */
  queue: QueueSetting | null;
}

export interface CacheSetting {
  name: string;
  /** One of them is never used. */
  maxItems: number;
  blockBytes: number;
  blocks: number;
  /** An item may take several blocks. */
  bitmap: boolean;
  /** The largest item. */
  maxItemBytes: number;
  keyBytes: number;
  /** Only shown: the engine has its own hash table. */
  hash: string;
  hashSize: number;
  store: StoreSetting | null;
  lastModified: boolean;
  /** What a missing number counts as before it is changed. */
  mathInitial: number;
  ignoreFull: boolean;
  purgeLru: boolean;
  sweepOnFull: boolean;
  clearOnFull: boolean;
  noExpire: boolean;
}

/** A file that keeps something over a restart. */
export interface StoreSetting {
  path: string;
  /** It reaches the disk at least so often; 0: when the system writes it. */
  syncSeconds: number;
  /** A file of another shape is replaced by an empty one, instead of ending the start. */
  replaces: boolean;
}

export interface CacheItemSetting {
  /** Empty: the first one. */
  cache: string;
  key: string;
  source: { type: 'text'; text: string } | { type: 'file'; path: string; gzip: boolean };
}

export interface QueueSetting {
  slots: number;
  blockBytes: number;
  store: StoreSetting | null;
}

/** Without `queue` there are no slots, and thus no queue. */
export function defaultQueue(): QueueSetting {
  return { slots: 0, blockBytes: 8192, store: null };
}

export function defaultCommons(): CommonsSettings {
  return {
    locks: 0,
    caches: [],
    sweepSeconds: 3,
    neverExpire: false,
    reportsFreed: false,
    cacheItems: [],
    queue: null,
  };
}
