/**
 * The open connections of a gateway. Deadlines are looked at in turns, so that thousands of idle connections cost next
 * to nothing: each is looked at about once a second. Beyond the limit of open files connections are refused; TLS
 * handshakes, which cost a client nothing to begin, count too, and the oldest one gives way.
 */
import type { Socket } from 'node:net';

/** A client's connection, whatever is spoken on it. */
export interface Connection {
  readonly listenerId: number;
  /** Does a request of it run or wait? */
  readonly isBusy: boolean;
  /** No more requests: ends it now if nothing happens on it, otherwise after its present answer. */
  endAfterAnswer(): void;
  destroy(): void;
  /** Ends what takes too long. */
  tick(nowMs: number): void;
}

/** Each tick looks at one group. */
const GROUPS = 4;
/** Refused connections are reported once in this time. */
const REPORT_MS = 10_000;

export class Connections {
  /** 0: no limit. */
  limit = 0;
  readonly #groups: readonly Set<Connection>[] = Array.from({ length: GROUPS }, () => new Set<Connection>());
  readonly #report: (text: string) => void;
  /** Connections that are in their TLS handshake, the oldest first. */
  readonly #handshakes = new Set<Pick<Socket, 'destroy'>>();
  #turn = 0;
  #added = 0;
  #size = 0;
  #refused = 0;
  #reportedMs = Number.NEGATIVE_INFINITY;

  /** `report` gets a line for the log. */
  constructor(report: (text: string) => void) {
    this.#report = report;
  }

  get size(): number {
    return this.#size;
  }

  /** Is there room for one more? When not, it is counted as refused. */
  hasRoom(): boolean {
    if (this.limit === 0 || this.#size < this.limit) return true;
    this.#refused++;
    return false;
  }

  /** A TLS handshake begins; when there is no room for it, the oldest one ends, which has had the most time. */
  handshakeBegins(socket: Pick<Socket, 'destroy'>): void {
    this.#handshakes.add(socket);
    if (this.limit === 0 || this.#size + this.#handshakes.size <= this.limit) return;
    for (const oldest of this.#handshakes) {
      this.#refused++;
      this.#handshakes.delete(oldest);
      oldest.destroy();
      return;
    }
  }

  /** It is complete, or the client is gone. */
  handshakeEnds(socket: Pick<Socket, 'destroy'>): void {
    this.#handshakes.delete(socket);
  }

  add(connection: Connection): void {
    this.#groups[this.#added++ % GROUPS]?.add(connection);
    this.#size++;
  }

  /** False: it was not there. */
  delete(connection: Connection): boolean {
    const isDeleted = this.#groups.some((group) => group.delete(connection));
    if (isDeleted) this.#size--;
    return isDeleted;
  }

  *[Symbol.iterator](): Generator<Connection> {
    for (const group of this.#groups) yield* group;
  }

  /** Looks at the deadlines of the next group. */
  tick(nowMs: number): void {
    this.#turn = (this.#turn + 1) % GROUPS;
    for (const connection of this.#groups[this.#turn] ?? []) connection.tick(nowMs);
    if (this.#refused === 0 || nowMs - this.#reportedMs < REPORT_MS) return;
    this.#reportedMs = nowMs;
    this.#report(
      `${this.#refused} connections were refused: ${this.limit} are open, and the limit of open files allows no more (raise it with 'ulimit -n' or 'max-fd')`,
    );
    this.#refused = 0;
  }
}
