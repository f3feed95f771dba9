/**
 * One log of one instance while somebody follows it: its newest lines, the tail that brings more, and the batches that
 * go to those who follow. Pages get the newest of a batch; a gap in the numbers tells them to read again.
 */
import type { LogLine, LogState } from '../../contract/logs-model.ts';
import type { Connection } from '../../rpc/server.ts';
import type { Clock } from '../ports.ts';
import { type RequestParser } from './log-format.ts';
import { LogRing } from './log-ring.ts';
import type { LogTail, RawLine, TailSink } from './log-tail.ts';

export interface LogFeedOptions {
  instanceId: string;
  source: string;
  clock: Clock;
  /** Lines that are kept elsewhere: those of the engine. Then `openTail` brings none, it only tells of them. */
  ring?: LogRing;
  parser: RequestParser | null;
  showsSecrets: boolean;
  openTail: (sink: TailSink, feed: LogFeed) => LogTail;
}

const SEND_EVERY_MS = 100;
const MOST_LINES_AT_ONCE = 1_000;
const RATE_EVERY_MS = 2_000;
/** The first answer waits so long for lines that are there already. */
const FIRST_LINES_MS = 3_000;

export class LogFeed {
  readonly ring: LogRing;
  readonly #options: LogFeedOptions;
  readonly #followers = new Set<Connection>();
  readonly #tail: LogTail;
  readonly #begun = Promise.withResolvers<undefined>();
  #state: LogState = { status: 'starting', reason: null, hint: null, bytesPerSec: null };
  #unsent: LogLine[] = [];
  #cancelSend: (() => void) | null = null;
  #cancelRate: () => void;
  #bytes = 0;
  #zoneMinutes: number;
  #lastBacklogMs: number | null = null;

  constructor(options: LogFeedOptions) {
    this.#options = options;
    const { clock } = options;
    this.ring = options.ring ?? new LogRing();
    if (options.ring === undefined) {
      this.ring.parser = options.parser;
      this.ring.showsSecrets = options.showsSecrets;
    }
    this.#zoneMinutes = -new Date(clock.now()).getTimezoneOffset();
    this.#cancelRate = clock.setTimer(() => this.#measure(), RATE_EVERY_MS);
    this.#tail = options.openTail(this.#sink(), this);
  }

  get state(): LogState {
    return this.#state;
  }

  get followerCount(): number {
    return this.#followers.size;
  }

  /** Resolves once there are lines, or it is known that none come yet. */
  async untilBegun(): Promise<void> {
    const cancel = this.#options.clock.setTimer(() => this.#begun.resolve(undefined), FIRST_LINES_MS);
    await this.#begun.promise;
    cancel();
  }

  follow(connection: Connection): void {
    this.#followers.add(connection);
  }

  unfollow(connection: Connection): void {
    this.#followers.delete(connection);
  }

  /** Tells its followers of lines that are in the ring. */
  tell(lines: readonly LogLine[]): void {
    this.#unsent.push(...lines);
    // Beyond what is sent at once only the numbers count.
    if (this.#unsent.length > 2 * MOST_LINES_AT_ONCE) this.#unsent = this.#unsent.slice(-MOST_LINES_AT_ONCE);
    this.#cancelSend ??= this.#options.clock.setTimer(() => this.#send(), SEND_EVERY_MS);
  }

  dispose(): void {
    this.#tail.dispose();
    this.#cancelSend?.();
    this.#cancelRate();
    this.#begun.resolve(undefined);
    this.#followers.clear();
  }

  #sink(): TailSink {
    const { clock } = this.#options;
    return {
      onLines: (lines, isBacklog) => {
        const now = clock.now();
        this.tell(lines.map((line) => this.#keep(line, isBacklog, now)));
      },
      onNote: (text) => this.tell([this.ring.note(text, clock.now())]),
      onFollowing: () => this.#setState({ status: 'following', reason: null, hint: null }),
      onWaiting: (reason, hint) => this.#setState({ status: 'waiting', reason, hint }),
      onBytes: (count) => {
        this.#bytes += count;
      },
      onZone: (minutes) => {
        this.#zoneMinutes = minutes;
      },
    };
  }

  /** A line that was there before and has no time of its own is as old as the one before it. */
  #keep({ text, atMs }: RawLine, isBacklog: boolean, now: number): LogLine {
    if (atMs !== null) return this.ring.add(text, atMs);
    const line = this.ring.addDated(text, isBacklog ? (this.#lastBacklogMs ?? now) : now, this.#zoneMinutes);
    if (isBacklog && line.atMs !== now) this.#lastBacklogMs = line.atMs;
    return line;
  }

  #send(): void {
    this.#cancelSend = null;
    const lines = this.#unsent.slice(-MOST_LINES_AT_ONCE);
    this.#unsent = [];
    const { instanceId, source } = this.#options;
    for (const connection of this.#followers) connection.emit('log.lines', { instanceId, source, lines });
  }

  #measure(): void {
    const { clock } = this.#options;
    this.#cancelRate = clock.setTimer(() => this.#measure(), RATE_EVERY_MS);
    const bytesPerSec = this.#bytes / (RATE_EVERY_MS / 1000);
    this.#bytes = 0;
    if (bytesPerSec !== this.#state.bytesPerSec) this.#setState({ bytesPerSec });
  }

  #setState(change: Partial<LogState>): void {
    const next = { ...this.#state, ...change };
    if (next.status !== 'starting') {
      // Lines of the same look come in this turn, before anyone is told.
      queueMicrotask(() => this.#begun.resolve(undefined));
    }
    const isSame =
      next.status === this.#state.status &&
      next.reason === this.#state.reason &&
      next.bytesPerSec === this.#state.bytesPerSec;
    this.#state = next;
    if (isSame) return;
    const { instanceId, source } = this.#options;
    for (const connection of this.#followers) connection.emit('log.state', { instanceId, source, state: next });
  }
}
