/** Which page may see secrets of what, and until when: a minute after it was asked for. */
import type { Connection } from '../../rpc/server.ts';
import type { Clock } from '../ports.ts';

export const SHOWN_FOR_MS = 60_000;

export class SecretViews {
  readonly #clock: Clock;
  readonly #until = new WeakMap<Connection, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(connection: Connection, subject: string): void {
    const views = this.#until.get(connection) ?? new Map<string, number>();
    this.#until.set(connection, views.set(subject, this.#clock.now() + SHOWN_FOR_MS));
  }

  /** 0: it may not. */
  untilMs(connection: Connection, subject: string): number {
    const untilMs = this.#until.get(connection)?.get(subject) ?? 0;
    return untilMs > this.#clock.now() ? untilMs : 0;
  }
}
