/**
 * The queue: a ring of slots with two places in it. `push` writes at the first place and moves it on, over what stands
 * there; `pop` takes what was pushed last; `pull` takes at the second place, which moves on only when there was something.
 * As on uWSGI (seen on 2.0.21) `pop` of an empty slot moves the place back nevertheless.
 */

/** uWSGI keeps length and time of an item in its block. */
const ITEM_HEAD_BYTES = 16;

export interface QueueChange {
  /** What now stands in a slot; null: nothing changed but the places. */
  slot: number | null;
  value: Buffer | null;
}

export class Queue {
  readonly blockBytes: number;
  readonly #slots: (Buffer | null)[];
  readonly #changed: (change: QueueChange) => void;
  #position = 0;
  #pullPosition = 0;

  constructor(slots: number, blockBytes: number, changed: (change: QueueChange) => void = () => undefined) {
    this.blockBytes = blockBytes;
    this.#slots = Array.from({ length: slots }, () => null);
    this.#changed = changed;
  }

  get size(): number {
    return this.#slots.length;
  }

  /** Where the next push goes. */
  get position(): number {
    return this.#position;
  }

  get pullPosition(): number {
    return this.#pullPosition;
  }

  push(value: Uint8Array): boolean {
    if (!this.#fits(value)) return false;
    const slot = this.#position;
    this.#position = (slot + 1) % this.size;
    this.#put(slot, value);
    return true;
  }

  pop(): Buffer | null {
    this.#position = (this.#position + this.size - 1) % this.size;
    return this.#takeOut(this.#position);
  }

  pull(): Buffer | null {
    const slot = this.#pullPosition;
    if (this.get(slot) === null) return null;
    this.#pullPosition = (slot + 1) % this.size;
    return this.#takeOut(slot);
  }

  get(slot: number): Buffer | null {
    return this.#slots[slot] ?? null;
  }

  /** The places stay. */
  set(slot: number, value: Uint8Array): boolean {
    if (!(slot < this.size) || !this.#fits(value)) return false;
    this.#put(slot, value);
    return true;
  }

  /** So many, the one that was pushed last first; each is null where there is nothing. */
  last(count: number): (Buffer | null)[] {
    return Array.from({ length: Math.min(count, this.size) }, (_, back) =>
      this.get((this.#position + 2 * this.size - 1 - back) % this.size),
    );
  }

  /** From a store. */
  restore(position: number, pullPosition: number): void {
    this.#position = position % this.size;
    this.#pullPosition = pullPosition % this.size;
  }

  restoreSlot(slot: number, value: Uint8Array | null): void {
    if (slot >= this.size || (value !== null && !this.#fits(value))) return;
    this.#slots[slot] = value === null ? null : Buffer.from(value);
  }

  #fits(value: Uint8Array): boolean {
    return value.length > 0 && value.length <= this.blockBytes - ITEM_HEAD_BYTES;
  }

  #put(slot: number, value: Uint8Array): void {
    const copy = Buffer.allocUnsafeSlow(value.length);
    copy.set(value);
    this.#slots[slot] = copy;
    this.#changed({ slot, value: copy });
  }

  #takeOut(slot: number): Buffer | null {
    const value = this.get(slot);
    this.#slots[slot] = null;
    this.#changed({ slot: value === null ? null : slot, value: null });
    return value;
  }
}
