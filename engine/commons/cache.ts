/**
 * One cache: items by key, with the limits of `cache2` and uWSGI's ways at them (seen on 2.0.21). Of `items` one is never
 * used. An item is at most a block long, with `bitmap` as long as there are free blocks. `full` counts the times that there
 * was no room, also when room was made then (`purge_lru`, `clear_on_full`, `sweep_on_full`). Only `get` counts hits and
 * misses. Unlike there an item whose time is over is gone at once, not when the next sweep finds it.
 */
import type { StatsCache } from '../api/stats.ts';
import type { CacheSetting } from '../config/commons-settings.ts';

interface Item {
  value: Buffer;
  /** Epoch milliseconds; 0: never. */
  expiresMs: number;
}

/** `new`: only when there is none under this key. */
export type SetMode = 'new' | 'update';
export type Calculation = 'add' | 'subtract' | 'multiply' | 'divide';

/** What happens to a cache; a store writes it down. `value` null: the key was removed; `key` null: all were. */
export type CacheChanged = (key: string | null, value: Buffer | null, expiresMs: number) => void;

export interface CacheHost {
  nowMs: () => number;
  log: (text: string) => void;
  changed?: CacheChanged | undefined;
}

const NUMBER_BYTES = 8;

export class Cache {
  readonly setting: CacheSetting;
  readonly #host: CacheHost;
  /** In the order of their last use with `purge_lru`, otherwise of their making. */
  readonly #items = new Map<string, Item>();
  #usedBlocks = 0;
  #hits = 0;
  #misses = 0;
  #full = 0;
  #lastModifiedMs = 0;

  constructor(setting: CacheSetting, host: CacheHost) {
    this.setting = setting;
    this.#host = host;
  }

  get count(): number {
    return this.#items.size;
  }

  /** The value, which belongs to the cache: it may be overwritten later. */
  get(key: string): Buffer | null {
    const item = this.#find(key);
    if (item === null) {
      this.#misses++;
      return null;
    }
    this.#hits++;
    this.#touch(key, item);
    return item.value;
  }

  has(key: string): boolean {
    return this.#find(key) !== null;
  }

  /** Copies the value. `seconds` 0: it stays. False: it is there already, too large, or there is no room. */
  set(key: string, value: Uint8Array, seconds: number, mode: SetMode): boolean {
    const old = this.#find(key);
    if (old !== null && mode === 'new') return false;
    const { maxItemBytes, keyBytes } = this.setting;
    if (value.length === 0 || value.length > maxItemBytes || key === '' || key.length > keyBytes) return false;
    if (!this.#makeRoom(key, value.length, old)) return false;
    this.#put(key, copyOf(value), seconds > 0 ? this.#host.nowMs() + seconds * 1000 : 0);
    return true;
  }

  delete(key: string): boolean {
    if (this.#find(key) === null) return false;
    this.#remove(key);
    this.#modified();
    return true;
  }

  clear(): void {
    this.#items.clear();
    this.#usedBlocks = 0;
    this.#host.changed?.(null, null, 0);
    this.#modified();
  }

  /** On a 64-bit integer, little endian; other values count as far as they have bytes. Division by 0 gives 0. */
  calculate(key: string, calculation: Calculation, amount: bigint, seconds: number): boolean {
    const old = this.#find(key);
    const before = old === null ? BigInt(this.setting.mathInitial) : integerOf(old.value);
    const value = Buffer.allocUnsafeSlow(NUMBER_BYTES);
    value.writeBigInt64LE(BigInt.asIntN(64, calculated(before, calculation, amount)));
    return this.set(key, value, seconds, 'update');
  }

  keys(): string[] {
    this.sweep();
    return [...this.#items.keys()];
  }

  /** Removes items whose time is over; returns how many. */
  sweep(): number {
    if (this.setting.noExpire) return 0;
    const nowMs = this.#host.nowMs();
    let removed = 0;
    for (const [key, { expiresMs }] of this.#items) {
      if (expiresMs === 0 || expiresMs > nowMs) continue;
      this.#remove(key);
      removed++;
    }
    return removed;
  }

  /** Every item, as a store writes it. */
  *entries(): Generator<[key: string, value: Buffer, expiresMs: number]> {
    for (const [key, { value, expiresMs }] of this.#items) yield [key, value, expiresMs];
  }

  /** An item from a store. False: there is no room for it, or its time is over. */
  restore(key: string, value: Uint8Array, expiresMs: number): boolean {
    const isOver = expiresMs !== 0 && expiresMs <= this.#host.nowMs() && !this.setting.noExpire;
    const { maxItemBytes, keyBytes } = this.setting;
    if (isOver || value.length === 0 || value.length > maxItemBytes || key === '' || key.length > keyBytes)
      return false;
    if (!this.#hasRoom(value.length, this.#items.get(key) ?? null)) return false;
    this.#put(key, copyOf(value), expiresMs);
    return true;
  }

  report(): StatsCache {
    const { name, hash, hashSize, keyBytes, maxItems, blocks, blockBytes } = this.setting;
    return {
      name,
      hash,
      hashsize: hashSize,
      keysize: keyBytes,
      max_items: maxItems,
      blocks,
      blocksize: blockBytes,
      items: this.#items.size,
      hits: this.#hits,
      miss: this.#misses,
      full: this.#full,
      last_modified_at: Math.floor(this.#lastModifiedMs / 1000),
    };
  }

  #find(key: string): Item | null {
    const item = this.#items.get(key);
    if (item === undefined) return null;
    if (item.expiresMs === 0 || this.setting.noExpire || item.expiresMs > this.#host.nowMs()) return item;
    this.#remove(key);
    return null;
  }

  #touch(key: string, item: Item): void {
    if (!this.setting.purgeLru) return;
    this.#items.delete(key);
    this.#items.set(key, item);
  }

  #put(key: string, value: Buffer, expiresMs: number): void {
    const old = this.#items.get(key);
    if (old !== undefined) this.#usedBlocks -= this.#blocksOf(old.value.length);
    const item = { value, expiresMs };
    this.#touch(key, item);
    this.#items.set(key, item);
    this.#usedBlocks += this.#blocksOf(value.length);
    this.#host.changed?.(key, value, expiresMs);
    this.#modified();
  }

  #remove(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    this.#items.delete(key);
    this.#usedBlocks -= this.#blocksOf(item.value.length);
    this.#host.changed?.(key, null, 0);
  }

  /** Room for so many bytes, by the means that the setting allows. */
  #makeRoom(key: string, bytes: number, old: Item | null): boolean {
    if (this.#hasRoom(bytes, old)) return true;
    this.#full++;
    const { name, ignoreFull, purgeLru, clearOnFull, sweepOnFull } = this.setting;
    if (purgeLru) {
      for (const [oldest] of this.#items) {
        if (this.#hasRoom(bytes, old)) break;
        if (oldest !== key) this.#remove(oldest);
      }
      return this.#hasRoom(bytes, old);
    }
    if (!ignoreFull) this.#host.log(`*** DANGER cache "${name}" is FULL !!! ***`);
    if (sweepOnFull) this.sweep();
    else if (clearOnFull && old === null) this.clear();
    return this.#hasRoom(bytes, old);
  }

  #hasRoom(bytes: number, old: Item | null): boolean {
    const { maxItems, blocks, bitmap } = this.setting;
    if (old === null && this.#items.size >= maxItems - 1) return false;
    if (!bitmap) return true;
    const given = old === null ? 0 : this.#blocksOf(old.value.length);
    return this.#usedBlocks - given + this.#blocksOf(bytes) <= blocks;
  }

  #blocksOf(bytes: number): number {
    return this.setting.bitmap ? Math.ceil(bytes / this.setting.blockBytes) : 1;
  }

  #modified(): void {
    if (this.setting.lastModified) this.#lastModifiedMs = this.#host.nowMs();
  }
}

/** With memory of its own: a piece of a larger buffer would keep all of it. */
function copyOf(value: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(value.length);
  copy.set(value);
  return copy;
}

function integerOf(value: Buffer): bigint {
  if (value.length >= NUMBER_BYTES) return value.readBigInt64LE(0);
  const padded = Buffer.alloc(NUMBER_BYTES);
  value.copy(padded);
  return padded.readBigInt64LE(0);
}

function calculated(before: bigint, calculation: Calculation, amount: bigint): bigint {
  switch (calculation) {
    case 'add':
      return before + amount;
    case 'subtract':
      return before - amount;
    case 'multiply':
      return before * amount;
    case 'divide':
      return amount === 0n ? 0n : before / amount;
  }
}
