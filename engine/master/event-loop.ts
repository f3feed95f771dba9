/**
 * One queue, one timer. Events are handled one after the other, each by one step of the machine (machine.ts); the timer
 * is set to the next moment at which something is due: a deadline of the machine, a request's harakiri, a cycle of the
 * books. What an effect means and what else watches the state is the master's business.
 */
import type { EngineSettings } from '../config/settings.ts';
import { waitable } from '../longest-wait.ts';
import { HeaderField, headerTotal, type Scoreboard } from '../scoreboard.ts';
import type { Accounts } from './accounts.ts';
import type { Effect } from './effects.ts';
import type { MasterEvent } from './events.ts';
import { findTooLarge } from './evil-reload.ts';
import { nextDeadlineMs, type Step, step } from './machine.ts';
import type { MasterState } from './machine-state.ts';
import { observe } from './observe.ts';
import { OverdueScanner, type Scan } from './overdue.ts';

export interface EventLoopHost {
  board: Scoreboard;
  accounts: Accounts;
  /** The configuration in effect. */
  settings: () => EngineSettings;
  /** Brings the scoreboard up to now. */
  refresh: () => void;
  /** An event is about to change this state. */
  saw: (event: MasterEvent, state: MasterState) => void;
  perform: (effect: Effect) => void;
  /** The queue is empty. */
  settled: (state: MasterState) => void;
  /** Once a `check-interval`; `waiting` requests are in the listen queue. */
  cycle: (waiting: number) => void;
}

export class EventLoop {
  readonly #host: EventLoopHost;
  readonly #overdue = new OverdueScanner();
  readonly #queue: MasterEvent[] = [];
  #state: MasterState;
  #isHandling = false;
  #timer: NodeJS.Timeout | null = null;
  #lastCycleMs = 0;

  constructor(state: MasterState, host: EventLoopHost) {
    this.#state = state;
    this.#host = host;
  }

  get state(): MasterState {
    return this.#state;
  }

  start({ state, effects }: Step): void {
    this.#state = state;
    for (const effect of effects) this.#host.perform(effect);
    this.#schedule();
  }

  enqueue(event: MasterEvent): void {
    this.#queue.push(event);
    if (this.#isHandling) return;
    this.#isHandling = true;
    this.#host.refresh();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#host.saw(next, this.#state);
      const { state, effects } = step(this.#state, next, Date.now());
      this.#state = state;
      for (const effect of effects) this.#host.perform(effect);
    }
    this.#isHandling = false;
    this.#host.settled(this.#state);
    this.#schedule();
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.dispose();
    this.#timer = null;
    if (this.#state.phase === 'stopped') return;
    const nowMs = Date.now();
    const scan = this.#scanOverdue(nowMs);
    const nextMs = Math.min(
      this.#lastCycleMs + this.#host.settings().checkIntervalSeconds * 1000,
      nextDeadlineMs(this.#state) ?? Number.POSITIVE_INFINITY,
      scan.nextMs ?? Number.POSITIVE_INFINITY,
    );
    this.#timer = setTimeout(() => this.#tick(), scan.events.length > 0 ? 0 : waitable(Math.max(1, nextMs - nowMs)));
    for (const event of scan.events) this.#queue.push(event);
  }

  #scanOverdue(nowMs: number): Scan {
    const waiting = headerTotal(this.#host.board, HeaderField.listenQueue);
    const threshold = this.#host.settings().harakiri.queueThreshold;
    return this.#overdue.scan(this.#state, this.#host.accounts, nowMs, { waiting, threshold });
  }

  #tick(): void {
    const nowMs = Date.now();
    // A request whose deadline has come may have been answered since the board was last read.
    this.#host.refresh();
    // Before the tick: it may end a worker whose last request is overdue at this very moment.
    for (const event of this.#scanOverdue(nowMs).events) this.enqueue(event);
    const cycleMs = this.#host.settings().checkIntervalSeconds * 1000;
    if (nowMs - this.#lastCycleMs >= cycleMs || nowMs < this.#lastCycleMs) this.#cycle(nowMs);
    this.enqueue({ type: 'tick' });
  }

  #cycle(nowMs: number): void {
    const { accounts, board, settings } = this.#host;
    this.#lastCycleMs = nowMs;
    accounts.tick(nowMs);
    for (const event of findTooLarge(this.#state, settings().recycling)) this.enqueue(event);
    const waiting = headerTotal(board, HeaderField.listenQueue);
    this.#host.cycle(waiting);
    this.enqueue({ type: 'cycle', seen: observe(this.#state, accounts, waiting, nowMs) });
  }
}
