/**
 * The engine of one rehearsal as a process: its log, its end as a promise, and a stop that leaves nothing of it. What it
 * is started with and what its figures mean is rehearsal.ts's business.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { LogRing } from '../logs/log-ring.ts';
import { LOCAL } from '../machine/machine.ts';
import type { Clock, EngineChild, EngineExit, EngineSpawn } from '../ports.ts';
import { pollStats } from '../stats/stats-client.ts';
import type { StatsTarget } from '../stats/target.ts';
import { reasonIn } from './rehearsal-reason.ts';

const POLL_MS = 100;
const STOP_MERCY_MS = 6_000;

export interface RehearsalEngineOptions {
  clock: Clock;
  spawn: (what: EngineSpawn) => EngineChild;
  what: EngineSpawn;
  statsSocket: string;
  onLines: () => void;
}

export class RehearsalEngine {
  readonly log = new LogRing();
  readonly #clock: Clock;
  readonly #child: EngineChild;
  readonly #target: StatsTarget;
  readonly #end = Promise.withResolvers<EngineExit>();
  #exit: EngineExit | null = null;

  constructor({ clock, spawn, what, statsSocket, onLines }: RehearsalEngineOptions) {
    this.#clock = clock;
    this.#target = {
      text: statsSocket,
      address: statsSocket,
      machine: LOCAL,
      connect: { type: 'unix', path: statsSocket },
      httpPath: null,
    };
    this.#child = spawn(what);
    this.#child.onOutput = (chunk) => {
      if (this.log.push(chunk, clock.now()).length > 0) onLines();
    };
    this.#child.onExit = (exit) => {
      this.log.end(clock.now());
      // What it left in its process group goes with it.
      this.#child.kill('SIGKILL');
      this.#exit = exit;
      this.#end.resolve(exit);
    };
  }

  get pid(): number | null {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#exit !== null;
  }

  /** Why it ended by itself, or has no application, as it said it. */
  get reason(): string {
    if (this.#exit?.error) return `The engine could not be started: ${this.#exit.error}`;
    const said = reasonIn(this.log.read(500));
    return said === '' ? `The engine ended without saying why (exit code ${this.#exit?.code ?? 'unknown'}).` : said;
  }

  /** The first document that `isReady`; null when it ended, or `signal` was aborted, before that. */
  async waitFor(isReady: (document: StatsDocument) => boolean, signal: AbortSignal): Promise<StatsDocument | null> {
    while (this.#exit === null && !signal.aborted) {
      const poll = await pollStats(this.#target);
      if (poll.ok && isReady(poll.document)) return poll.document;
      await this.#pause(POLL_MS, signal);
    }
    return null;
  }

  /** Gracefully, and by force after its mercy. Resolves when it and its workers have ended. */
  async stop(): Promise<void> {
    if (this.#exit !== null) return;
    this.#child.kill('SIGINT');
    const cancel = this.#clock.setTimer(() => this.#child.kill('SIGKILL'), STOP_MERCY_MS);
    await this.#end.promise;
    cancel();
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = (): void => resolve(undefined);
    const cancel = this.#clock.setTimer(wake, ms);
    signal.addEventListener('abort', wake, { once: true });
    await Promise.race([promise, this.#end.promise]);
    cancel();
    signal.removeEventListener('abort', wake);
  }
}
