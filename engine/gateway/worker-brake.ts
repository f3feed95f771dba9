/** Makes a worker wait whose answer comes faster than its client and the disk take it. */
import type { GatewayRequest, WorkerWire } from './request.ts';

export class WorkerBrake {
  #wire: WorkerWire | null = null;

  /** The worker of this request waits. */
  pull(request: GatewayRequest | null): void {
    this.#wire = request?.wire ?? null;
    this.#wire?.pause();
  }

  /** It goes on; also when its answer is complete: the worker's connection serves other clients next. */
  release(): void {
    this.#wire?.resume();
    this.#wire = null;
  }
}
