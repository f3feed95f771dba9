/**
 * How many connections are being made at a time. A server drops connections that come in while many others have not
 * signed in yet (`MaxStartups`, 10 unless configured), and a bastion sees all of ours.
 */
const MOST_PER_FIRST_HOP = 4;
const MOST = 8;

interface Waiting {
  firstHop: string;
  begin: () => void;
}

export class Handshakes {
  readonly #running = new Map<string, number>();
  #count = 0;
  readonly #waiting = new Set<Waiting>();

  /** Resolves when this one may begin, with the function that ends it; rejects when `signal` is aborted before. */
  async enter(firstHop: string, signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw signal.reason;
    if (!this.#hasRoom(firstHop)) await this.#waitForRoom(firstHop, signal);
    else this.#add(firstHop, 1);
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#add(firstHop, -1);
      this.#beginNext();
    };
  }

  #hasRoom(firstHop: string): boolean {
    return this.#count < MOST && (this.#running.get(firstHop) ?? 0) < MOST_PER_FIRST_HOP;
  }

  async #waitForRoom(firstHop: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { firstHop, begin: resolve };
    const giveUp = (): void => {
      this.#waiting.delete(waiting);
      reject(signal.reason);
    };
    this.#waiting.add(waiting);
    signal.addEventListener('abort', giveUp, { once: true });
    await promise;
    signal.removeEventListener('abort', giveUp);
  }

  #add(firstHop: string, change: 1 | -1): void {
    this.#count += change;
    const count = (this.#running.get(firstHop) ?? 0) + change;
    if (count === 0) this.#running.delete(firstHop);
    else this.#running.set(firstHop, count);
  }

  #beginNext(): void {
    for (const waiting of this.#waiting) {
      if (!this.#hasRoom(waiting.firstHop)) continue;
      this.#waiting.delete(waiting);
      // Counted here: another one may ask before the promise goes on.
      this.#add(waiting.firstHop, 1);
      waiting.begin();
    }
  }
}
