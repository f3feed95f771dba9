/**
 * Slow hashes of passwords take the gateway a part of its time and no more, however many are tried: they are made one at
 * a time, and after each one everything else has its turn for a multiple of the time that it took.
 */

/** A quarter of the gateway's time at most. */
const REST = 3;
const MOST_WAITING = 64;

export class PasswordTurns {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Resolves to what `check` says when it is its turn, or to what `refuse` says when too many wait. */
  async take<T>(check: () => T, refuse: () => T): Promise<T> {
    if (this.#waiting >= MOST_WAITING) return refuse();
    this.#waiting++;
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    this.#waiting--;
    const beganMs = performance.now();
    try {
      return check();
    } finally {
      setTimeout(resolve, (performance.now() - beganMs) * REST).unref();
    }
  }
}
