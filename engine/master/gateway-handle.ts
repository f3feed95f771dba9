/**
 * The master's end of one gateway thread: starts it, sends it messages, starts it again when it crashes. What is
 * bound and which generation serves is said again after a restart by the listeners and the master.
 */
import { Worker } from 'node:worker_threads';
import { withCompileCache } from '../compile-cache.ts';
import type { GatewayBoot, GatewayToMaster, MasterToGateway } from '../gateway/messages.ts';

export interface GatewayHandlers {
  said: (message: GatewayToMaster) => void;
  /** The thread died. Returns after how many milliseconds a new one shall take its place; null: none shall. */
  crashed: (reason: string) => number | null;
  /** The new one is starting; it takes messages. */
  restarted: () => void;
  stopped: () => void;
}

const STOP_WAIT_MS = 2000;
/**
 * Bytes that were read and handed on are garbage at once. The smaller the space for the young, the sooner they are
 * collected: with Node's own 48 MB a long answer to a slow reader costs 35 MB and more for a while, with 24 up to 25,
 * with this one up to 12. CPU time per request grows by 1 per cent.
 */
const YOUNG_GENERATION_MB = 6;

export class GatewayHandle {
  boot: GatewayBoot;
  readonly #script: URL | undefined;
  readonly #handlers: GatewayHandlers;
  #thread: Worker;
  #restart: NodeJS.Timeout | null = null;
  #isStopping = false;

  /** `script`: what the thread runs, where it is not the gateway. */
  constructor(boot: GatewayBoot, handlers: GatewayHandlers, script?: URL) {
    this.boot = boot;
    this.#script = script;
    this.#handlers = handlers;
    this.#thread = this.#start();
  }

  send(message: MasterToGateway): void {
    // A thread that takes the place of this one starts with the options of now.
    if (message.type === 'options') this.boot = { ...this.boot, options: message.options };
    this.#thread.postMessage(message, []);
  }

  /** Asks it to end, and ends it when it does not. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    if (this.#restart !== null) {
      clearTimeout(this.#restart);
      this.#handlers.stopped();
      return;
    }
    const thread = this.#thread;
    thread.postMessage({ type: 'stop' } satisfies MasterToGateway, []);
    const timer = setTimeout(() => void thread.terminate(), STOP_WAIT_MS);
    thread.once('exit', () => clearTimeout(timer));
  }

  #start(): Worker {
    const options = {
      workerData: this.boot,
      name: `gateway ${this.boot.gatewayId}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      // A thread has a compile cache of its own, and takes it from its environment only.
      env: withCompileCache(process.env),
    };
    // The build finds the thread by this very expression and makes it a file of its own.
    const thread = this.#script
      ? new Worker(this.#script, options)
      : new Worker(new URL('../gateway/gateway-thread.ts', import.meta.url), options);
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
      const delayMs = this.#handlers.crashed(reason);
      if (delayMs === null) return;
      this.#restart = setTimeout(() => {
        this.#restart = null;
        this.#thread = this.#start();
        this.#handlers.restarted();
      }, delayMs);
    });
    return thread;
  }
}
