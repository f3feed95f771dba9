/**
 * The life of workers that accept connections themselves (`worker-accept`): when they may, who still has to finish
 * before a graceful stop goes on, and that a worker which is killed for an overdue request can answer it before.
 */
import { isLive, type MasterState } from './machine-state.ts';
import type { RuntimePool } from './runtime-pool.ts';

export interface DirectHost {
  runtimes: Pick<RuntimePool, 'tellWorker'>;
  state: () => MasterState;
  /** The answer to `retire`. */
  retired: (spawnId: number) => void;
  /** After `drain`: all have finished. */
  drained: () => void;
}

/** A worker that holds its interpreter for itself does not answer: it is killed after this time. */
const GIVE_UP_MS = 250;

export class DirectWorkers {
  readonly #host: DirectHost;
  readonly #connected = new Set<number>();
  /** Those that a drain waits for; null: none is under way. */
  #draining: Set<number> | null = null;
  /** Workers that were told of overdue requests, and what is to be done when they have answered them all. */
  readonly #givingUp = new Map<number, { timer: NodeJS.Timeout; unanswered: number; actions: (() => void)[] }>();

  constructor(host: DirectHost) {
    this.#host = host;
  }

  connected(spawnId: number): void {
    this.#connected.add(spawnId);
    this.#tellWhether(spawnId);
  }

  /** Its control connection stands: that may be seen after those to the gateways. */
  greeted(spawnId: number): void {
    if (this.#connected.has(spawnId)) this.#tellWhether(spawnId);
  }

  /** Another generation serves, or it was paused or resumed. */
  changed(): void {
    for (const spawnId of this.#connected) this.#tellWhether(spawnId);
  }

  retire(spawnId: number): void {
    const isTold = this.#host.runtimes.tellWorker(spawnId, { type: 'retire', drain: false });
    if (!isTold) this.#finished(spawnId);
  }

  retired(spawnId: number): void {
    this.#host.retired(spawnId);
    this.#finished(spawnId);
  }

  gone(spawnId: number): void {
    this.#connected.delete(spawnId);
    this.#endWait(spawnId);
    this.#finished(spawnId);
  }

  /** What waits in the sockets is served, and then no more. */
  drain(): void {
    this.#draining = new Set(this.#connected);
    for (const spawnId of this.#connected) {
      if (!this.#host.runtimes.tellWorker(spawnId, { type: 'retire', drain: true })) this.#draining.delete(spawnId);
    }
    this.#checkDrained();
  }

  harakiri(spawnId: number, core: number, requestId: number): void {
    if (!this.#host.runtimes.tellWorker(spawnId, { type: 'harakiri', core, requestId })) return;
    const before = this.#givingUp.get(spawnId);
    if (before !== undefined) {
      before.unanswered++;
      return;
    }
    const timer = setTimeout(() => this.#endWait(spawnId), GIVE_UP_MS);
    this.#givingUp.set(spawnId, { timer, unanswered: 1, actions: [] });
  }

  /** The answer to `harakiri`. */
  gaveUp(spawnId: number): void {
    const waiting = this.#givingUp.get(spawnId);
    if (waiting !== undefined && --waiting.unanswered === 0) this.#endWait(spawnId);
  }

  /** Does it now, or when the worker has answered the request that it is ended for. */
  afterAnswer(spawnId: number, action: () => void): void {
    const waiting = this.#givingUp.get(spawnId);
    if (waiting === undefined) action();
    else waiting.actions.push(action);
  }

  dispose(): void {
    for (const { timer } of this.#givingUp.values()) clearTimeout(timer);
  }

  #endWait(spawnId: number): void {
    const waiting = this.#givingUp.get(spawnId);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#givingUp.delete(spawnId);
    // A process that is gone is not signalled: its number may be another's.
    if (this.#connected.has(spawnId)) for (const action of waiting.actions) action();
  }

  #tellWhether(spawnId: number): void {
    const state = this.#host.state();
    const worker = state.workers.get(spawnId);
    const on = worker !== undefined && isLive(worker) && worker.generation === state.active && !state.paused;
    this.#host.runtimes.tellWorker(spawnId, { type: 'accept', on });
  }

  #finished(spawnId: number): void {
    this.#draining?.delete(spawnId);
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#draining === null || this.#draining.size > 0) return;
    this.#draining = null;
    this.#host.drained();
  }
}
