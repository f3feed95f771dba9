/**
 * What a store (journal.ts) says about a cache and about the queue. The payload of a record, little endian:
 *
 *   u8 1 set    | f64 epoch ms it ends, 0 never | u16 length of the key | key | value
 *   u8 2 remove | key
 *   u8 3 clear
 *   u8 4 slot   | u32 position | u32 pull position | u32 slot | value (empty: nothing stands there)
 *   u8 5 places | u32 position | u32 pull position
 */
import type { CacheSetting, QueueSetting } from '../config/commons-settings.ts';
import { Cache, type CacheHost } from './cache.ts';
import { Journal } from './journal.ts';
import { Queue } from './queue.ts';

const Kind = { set: 1, remove: 2, clear: 3, slot: 4, places: 5 } as const;
const SET_HEAD_BYTES = 11;
const SLOT_HEAD_BYTES = 13;

export interface Stored<Content> {
  content: Content;
  /** Null: it lives as long as the engine. */
  journal: Journal | null;
}

/** A cache with what its store has. Throws StoreError. */
export function openCache(setting: CacheSetting, host: CacheHost): Stored<Cache> {
  if (setting.store === null) return { content: new Cache(setting, host), journal: null };
  let isRestoring = true;
  const cache = new Cache(setting, {
    ...host,
    changed: (key, value, expiresMs) => {
      if (!isRestoring) journal.append(encodeChange(key, value, expiresMs));
    },
  });
  const journal = new Journal(setting.store, {
    log: host.log,
    restore: (payload) => restoreItem(cache, payload),
    *snapshot() {
      for (const [key, value, expiresMs] of cache.entries()) yield encodeChange(key, value, expiresMs);
    },
  });
  journal.open();
  isRestoring = false;
  if (cache.count > 0) host.log(`cache "${setting.name}": ${cache.count} items restored from ${setting.store.path}`);
  return { content: cache, journal };
}

/** The queue with what its store has. Throws StoreError. */
export function openQueue(setting: QueueSetting, log: (text: string) => void): Stored<Queue> {
  const { slots, blockBytes, store } = setting;
  if (store === null) return { content: new Queue(slots, blockBytes), journal: null };
  const queue = new Queue(slots, blockBytes, ({ slot, value }) => {
    journal.append(slot === null ? encodePlaces(queue) : encodeSlot(queue, slot, value));
  });
  const journal = new Journal(store, {
    log,
    restore: (payload) => restoreSlot(queue, payload),
    *snapshot() {
      for (let slot = 0; slot < slots; slot++) {
        const value = queue.get(slot);
        if (value !== null) yield encodeSlot(queue, slot, value);
      }
      yield encodePlaces(queue);
    },
  });
  journal.open();
  return { content: queue, journal };
}

function encodeChange(key: string | null, value: Buffer | null, expiresMs: number): Buffer {
  if (key === null) return Buffer.of(Kind.clear);
  const keyBytes = Buffer.from(key, 'latin1');
  if (value === null) return Buffer.concat([Buffer.of(Kind.remove), keyBytes]);
  const head = Buffer.allocUnsafe(SET_HEAD_BYTES);
  head.writeUInt8(Kind.set, 0);
  head.writeDoubleLE(expiresMs, 1);
  head.writeUInt16LE(keyBytes.length, 9);
  return Buffer.concat([head, keyBytes, value]);
}

function restoreItem(cache: Cache, payload: Buffer): void {
  const kind: number = payload[0] ?? 0;
  switch (kind) {
    case Kind.set: {
      const expiresMs = payload.readDoubleLE(1);
      const keyEnd = SET_HEAD_BYTES + payload.readUInt16LE(9);
      const key = payload.toString('latin1', SET_HEAD_BYTES, keyEnd);
      cache.restore(key, payload.subarray(keyEnd), expiresMs);
      return;
    }
    case Kind.remove:
      cache.delete(payload.toString('latin1', 1));
      return;
    case Kind.clear:
      cache.clear();
      return;
    default:
      // Of a later engine.
      return;
  }
}

function encodePlaces(queue: Queue): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes.writeUInt8(Kind.places, 0);
  bytes.writeUInt32LE(queue.position, 1);
  bytes.writeUInt32LE(queue.pullPosition, 5);
  return bytes;
}

function encodeSlot(queue: Queue, slot: number, value: Buffer | null): Buffer {
  const head = Buffer.allocUnsafe(SLOT_HEAD_BYTES);
  head.writeUInt8(Kind.slot, 0);
  head.writeUInt32LE(queue.position, 1);
  head.writeUInt32LE(queue.pullPosition, 5);
  head.writeUInt32LE(slot, 9);
  return value === null ? head : Buffer.concat([head, value]);
}

function restoreSlot(queue: Queue, payload: Buffer): void {
  if (payload[0] !== Kind.slot && payload[0] !== Kind.places) return;
  queue.restore(payload.readUInt32LE(1), payload.readUInt32LE(5));
  if (payload[0] === Kind.places) return;
  const value = payload.subarray(SLOT_HEAD_BYTES);
  queue.restoreSlot(payload.readUInt32LE(9), value.length === 0 ? null : value);
}
