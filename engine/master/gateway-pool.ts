/**
 * The gateways as one: every message goes to all of them, and an answer that all must give counts when all have given
 * it. A gateway that crashes is started again: at once the first time, later and later when it goes on.
 */
import type { GatewayBoot, GatewayToMaster, MasterToGateway } from '../gateway/messages.ts';
import { GatewayHandle } from './gateway-handle.ts';

export interface GatewayPoolHandlers {
  said: (message: GatewayToMaster) => void;
  /** One died; it is started again after `delayMs`. */
  crashed: (reason: string, delayMs: number) => void;
  restarted: () => void;
  stopped: () => void;
}

/** Crashes count as long as they are not older than this. */
const CRASH_WINDOW_MS = 60_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5000;

export class GatewayPool {
  /** Where workers connect, in the order of the gateways. */
  readonly endpoints: string[] = [];
  readonly #handlers: GatewayPoolHandlers;
  readonly #script: URL | undefined;
  readonly #gateways: GatewayHandle[] = [];
  readonly #stopped = new Set<number>();
  #crashes: number[] = [];

  /** `script`: what the threads run, where it is not the gateway. */
  constructor(handlers: GatewayPoolHandlers, script?: URL) {
    this.#handlers = handlers;
    this.#script = script;
  }

  /** Starts one more; resolves when it listens for workers. @throws when it crashes before it does */
  async start(boot: Omit<GatewayBoot, 'gatewayId'>): Promise<void> {
    const gatewayId = this.#gateways.length;
    await new Promise<void>((resolve, reject) => {
      let isReady = false;
      const gateway = new GatewayHandle(
        { ...boot, gatewayId },
        {
          said: (message) => {
            if (message.type === 'ready') {
              this.endpoints[gatewayId] = message.workerEndpoint;
              isReady = true;
              resolve();
            }
            this.#handlers.said(message);
          },
          crashed: (reason) => {
            if (!isReady) reject(new Error(`The gateway does not start: ${reason}`));
            return isReady ? this.#crashed(reason) : null;
          },
          restarted: () => this.#handlers.restarted(),
          stopped: () => {
            this.#stopped.add(gatewayId);
            if (this.#stopped.size === this.#gateways.length) this.#handlers.stopped();
          },
        },
        this.#script,
      );
      this.#gateways.push(gateway);
    });
  }

  tell(message: MasterToGateway): void {
    for (const gateway of this.#gateways) gateway.send(message);
  }

  stop(): void {
    for (const gateway of this.#gateways) gateway.stop();
  }

  /** Returns when to start it again. */
  #crashed(reason: string): number {
    const nowMs = Date.now();
    this.#crashes = [...this.#crashes.filter((atMs) => nowMs - atMs < CRASH_WINDOW_MS), nowMs];
    const { length } = this.#crashes;
    const delayMs = length === 1 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (length - 2));
    this.#handlers.crashed(reason, delayMs);
    return delayMs;
  }
}
