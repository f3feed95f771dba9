/**
 * Locks by name: each has at most one holder, and others wait in the order in which they asked. Whose turn it is decides
 * this table; telling the one who waited, and noticing that a holder is gone, is the business of the operations.
 */

/** Whoever can hold a lock: a thread of a process, by one connection for each lock that it holds. */
export interface LockHolder {
  readonly pid: number;
  /** Tells one thread from another of a process. */
  readonly thread: bigint;
}

interface Lock<Holder> {
  holder: Holder | null;
  waiting: Holder[];
}

export class LockTable<Holder extends LockHolder> {
  readonly #locks = new Map<string, Lock<Holder>>();

  /** There shall be exactly these locks; those that are held stay until they are released. */
  name(names: readonly string[]): void {
    const wanted = new Set(names);
    for (const [name, lock] of this.#locks) {
      if (!wanted.has(name) && lock.holder === null) this.#locks.delete(name);
    }
    for (const name of names) {
      // Anew, so that they stand in this order.
      const lock = this.#locks.get(name) ?? { holder: null, waiting: [] };
      this.#locks.delete(name);
      this.#locks.set(name, lock);
    }
  }

  has(name: string): boolean {
    return this.#locks.has(name);
  }

  /** The pid of the holder; 0: it is free. */
  holderPid(name: string): number {
    return this.#locks.get(name)?.holder?.pid ?? 0;
  }

  isHeldBy(name: string, { pid, thread }: LockHolder): boolean {
    const holder = this.#locks.get(name)?.holder;
    return holder?.pid === pid && holder.thread === thread;
  }

  /** True: it is the holder's now; false: it waits for its turn. */
  acquire(name: string, holder: Holder): boolean {
    const lock = this.#locks.get(name);
    if (lock === undefined) throw new RangeError(`no lock '${name}'`);
    if (lock.holder === null) {
      lock.holder = holder;
      return true;
    }
    lock.waiting.push(holder);
    return false;
  }

  /** Gives it back, or gives up waiting for it. Returns whose it is now, if it has gone to one who waited. */
  release(name: string, holder: Holder): Holder | null {
    const lock = this.#locks.get(name);
    if (lock === undefined) return null;
    lock.waiting = lock.waiting.filter((waiting) => waiting !== holder);
    if (lock.holder !== holder) return null;
    lock.holder = lock.waiting.shift() ?? null;
    return lock.holder;
  }

  /** `[name, pid of the holder or 0]`, in the order in which they were named. */
  report(): [name: string, pid: number][] {
    return [...this.#locks].map(([name, { holder }]) => [name, holder?.pid ?? 0]);
  }
}
