/**
 * Work that must not overlap: pieces with one key run one after the other, in the order they were asked for, whether
 * the ones before them worked or failed.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves or fails as `work` does. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = runAfter(this.#last.get(key), work);
    const settled = settle(mine);
    this.#last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }

  /** Resolves when all that was asked for so far is over. */
  async idle(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}

async function runAfter<T>(before: Promise<void> | undefined, work: () => Promise<T>): Promise<T> {
  await before;
  return work();
}

/** How it went is for whoever asked. */
async function settle(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}
