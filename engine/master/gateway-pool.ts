/**
 * The gateways as one: every message goes to all of them, and an answer that all must give counts when all have given
 * it. A gateway that crashes is started again; when that happens too often the engine stops.
 */
import type { GatewayBoot, GatewayToMaster, MasterToGateway } from '../gateway/messages.ts';
import { GatewayHandle } from './gateway-handle.ts';

export interface GatewayPoolHandlers {
  said: (message: GatewayToMaster) => void;
  crashed: (reason: string, isHopeless: boolean) => void;
  stopped: () => void;
}

/** More crashes than this in one minute are no accident. */
const MAX_CRASHES = 5;
const CRASH_WINDOW_MS = 60_000;

export class GatewayPool {
  /** Where workers connect, in the order of the gateways. */
  readonly endpoints: string[] = [];
  readonly #handlers: GatewayPoolHandlers;
  readonly #gateways: GatewayHandle[] = [];
  readonly #stopped = new Set<number>();
  #crashes: number[] = [];

  constructor(handlers: GatewayPoolHandlers) {
    this.#handlers = handlers;
  }

  /** Starts one more; resolves when it listens for workers. */
  async start(boot: Omit<GatewayBoot, 'gatewayId'>): Promise<void> {
    const gatewayId = this.#gateways.length;
    await new Promise<void>((resolve) => {
      const gateway = new GatewayHandle(
        { ...boot, gatewayId },
        {
          said: (message) => {
            if (message.type === 'ready') {
              this.endpoints[gatewayId] = message.workerEndpoint;
              resolve();
            }
            this.#handlers.said(message);
          },
          crashed: (reason) => this.#crashed(reason),
          stopped: () => {
            this.#stopped.add(gatewayId);
            if (this.#stopped.size === this.#gateways.length) this.#handlers.stopped();
          },
        },
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

  #crashed(reason: string): void {
    const nowMs = Date.now();
    this.#crashes = [...this.#crashes.filter((atMs) => nowMs - atMs < CRASH_WINDOW_MS), nowMs];
    this.#handlers.crashed(reason, this.#crashes.length > MAX_CRASHES);
  }
}
