/**
 * Requests that wait at a worker behind another one, and what to do about it: they are asked back when they had better
 * run elsewhere. The worker's answer comes to the dispatcher.
 */
import { type Core, type DispatchWorker, isSlow, SLOW_MS } from './core-choice.ts';
import type { GatewayRequest } from './request.ts';

/** Asks for everything that waits behind the request that runs. */
export function askBackBehind({ worker, outstanding, index }: Core): void {
  askBack(worker, outstanding.slice(1), index);
}

/** Asks for these requests, sent to this core, as far as they have not begun there. */
export function askBack({ takeBack }: DispatchWorker, requests: readonly GatewayRequest[], index: number): void {
  if (takeBack === null) return;
  for (const request of requests) {
    if (request.takeBack !== 'none') continue;
    request.takeBack = 'asked';
    takeBack(request.id, index);
  }
}

/** Nobody waits for the answer: a request that runs may end when it next sends something, one that waits need not run. */
export function cancelRequest(workers: Iterable<DispatchWorker>, request: GatewayRequest): void {
  for (const worker of workers) {
    for (const core of worker.cores) {
      const at = core.outstanding.indexOf(request);
      if (at === 0) worker.cancel?.(request.id, core.index);
      else if (at > 0 && request.takeBack === 'none' && worker.takeBack !== null) {
        request.takeBack = 'asked';
        worker.takeBack(request.id, core.index);
      }
      if (at >= 0) return;
    }
  }
}

/**
 * Looks again while requests wait at busy cores. Those behind a request that turned out slow are asked back at once,
 * idle core or not: the queue gives them to the first core that is quick, which under load is never idle.
 */
export class SlowWatch {
  readonly #workers: () => Iterable<DispatchWorker>;
  readonly #clock: () => number;
  #timer: NodeJS.Timeout | null = null;

  constructor(workers: () => Iterable<DispatchWorker>, clock: () => number) {
    this.#workers = workers;
    this.#clock = clock;
  }

  /** A request waits behind another one now. */
  begin(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#look();
    }, SLOW_MS);
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #look(): void {
    let isWaiting = false;
    for (const worker of this.#workers()) {
      for (const core of worker.cores) {
        if (core.outstanding.length < 2) continue;
        isWaiting = true;
        if (isSlow(core, this.#clock())) askBackBehind(core);
      }
    }
    if (isWaiting) this.begin();
  }
}
