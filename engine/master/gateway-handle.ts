/**
 * The master's end of one gateway thread: starts it, sends it messages, starts it again when it crashes. What is
 * bound and which generation serves is said again after a restart by the listeners and the master.
 */
import { Worker } from 'node:worker_threads';
import type { GatewayBoot, GatewayToMaster, MasterToGateway } from '../gateway/messages.ts';

export interface GatewayHandlers {
  said: (message: GatewayToMaster) => void;
  /** The thread died; a new one is starting in its place. */
  crashed: (reason: string) => void;
  stopped: () => void;
}

const STOP_WAIT_MS = 2000;

export class GatewayHandle {
  readonly boot: GatewayBoot;
  readonly #handlers: GatewayHandlers;
  #thread: Worker;
  #isStopping = false;

  constructor(boot: GatewayBoot, handlers: GatewayHandlers) {
    this.boot = boot;
    this.#handlers = handlers;
    this.#thread = this.#start();
  }

  send(message: MasterToGateway): void {
    this.#thread.postMessage(message, []);
  }

  /** Asks it to end, and ends it when it does not. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const thread = this.#thread;
    thread.postMessage({ type: 'stop' } satisfies MasterToGateway, []);
    const timer = setTimeout(() => void thread.terminate(), STOP_WAIT_MS);
    thread.once('exit', () => clearTimeout(timer));
  }

  #start(): Worker {
    const thread = new Worker(new URL('../gateway/gateway-thread.ts', import.meta.url), {
      workerData: this.boot,
      name: `gateway ${this.boot.gatewayId}`,
    });
    let reason = 'it ended by itself';
    thread.on('message', (message: GatewayToMaster) => this.#handlers.said(message));
    thread.on('error', (error) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    thread.on('exit', () => {
      if (this.#isStopping) {
        this.#handlers.stopped();
        return;
      }
      this.#thread = this.#start();
      this.#handlers.crashed(reason);
    });
    return thread;
  }
}
