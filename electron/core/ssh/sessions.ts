/**
 * Session channels (commands, SFTP) of one connection. A server allows few at a time (`MaxSessions`, 10 unless
 * configured); what is refused for that waits until one of ours has ended. Forwarding channels are no sessions.
 */
import { CoreError } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** Below OpenSSH's 10: the server still counts channels that are just being closed. */
const MOST_AT_ONCE = 8;
const LONGEST_WAIT_MS = 10_000;
const AGAIN_MS = 300;

export interface SessionsOptions {
  hostName: string;
  clock: Clock;
  /** The server refused a channel, as opposed to any other failure. */
  isRefusal: (error: unknown) => boolean;
}

export class Sessions {
  readonly #options: SessionsOptions;
  #open = 0;
  /** Learnt from a refusal. */
  #limit = MOST_AT_ONCE;
  #hasOpened = false;
  readonly #waiting = new Set<() => void>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get openCount(): number {
    return this.#open;
  }

  /**
   * Opens a channel as soon as one is free. `start` is given a function to call once when the channel has ended.
   * Throws what `start` throws, or `ssh-sessions-used` after ten seconds.
   */
  async open<T>(start: (onEnded: () => void) => Promise<T>): Promise<T> {
    const giveUpAtMs = this.#options.clock.monotonicMs() + LONGEST_WAIT_MS;
    for (;;) {
      while (this.#open >= this.#limit) await this.#waitForFree(giveUpAtMs);
      this.#open += 1;
      const end = once(() => {
        this.#open -= 1;
        this.#wakeOne();
      });
      try {
        const opened = await start(end);
        this.#hasOpened = true;
        return opened;
      } catch (error) {
        end();
        // Refused with none open, now and ever: the server allows no session at all, and waiting changes nothing.
        if (!this.#options.isRefusal(error) || (this.#open === 0 && !this.#hasOpened)) throw error;
        this.#limit = Math.max(1, this.#open);
        // Those that it was refused for have ended meanwhile; the server may still count them.
        if (this.#open === 0) await this.#waitForFree(giveUpAtMs);
      }
    }
  }

  async #waitForFree(giveUpAtMs: number): Promise<void> {
    const { clock, hostName } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leftMs = giveUpAtMs - clock.monotonicMs();
    const cancel = clock.setTimer(
      () => {
        this.#waiting.delete(resolve);
        if (leftMs <= 0)
          reject(new CoreError('ssh-sessions-used', { host: hostName, seconds: LONGEST_WAIT_MS / 1000 }));
        // A refusal may have been for one that was just being closed.
        this.#limit = Math.min(MOST_AT_ONCE, this.#open + 1);
        resolve();
      },
      Math.max(0, Math.min(leftMs, AGAIN_MS)),
    );
    this.#waiting.add(resolve);
    try {
      await promise;
    } finally {
      cancel();
    }
  }

  #wakeOne(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#waiting.delete(first);
    first();
  }
}

function once(callback: () => void): () => void {
  let called = false;
  return () => {
    if (called) return;
    called = true;
    callback();
  };
}
