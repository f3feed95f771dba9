/**
 * The gateways as one: every message goes to all of them, and an answer that all must give counts when all have given
 * it. A gateway that crashes is started again: at once the first time, later and later when it goes on.
 */
import type { GatewayBoot, GatewayToMaster, MasterToGateway } from '../gateway/messages.ts';
import { Agreement } from './gateway-agreement.ts';
import { GatewayHandle } from './gateway-handle.ts';

export interface GatewayPoolHandlers {
  /** What all gateways must say is passed on when the last one has said it. */
  said: (gatewayId: number, message: GatewayToMaster) => void;
  /** One died; it is started again after `delayMs`. */
  crashed: (gatewayId: number, reason: string, delayMs: number) => void;
  restarted: (gatewayId: number) => void;
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
  readonly #agreement = new Agreement();
  #crashes: number[] = [];

  /** `script`: what the threads run, where it is not the gateway. */
  constructor(handlers: GatewayPoolHandlers, script?: URL) {
    this.#handlers = handlers;
    this.#script = script;
  }

  get count(): number {
    return this.#gateways.length;
  }

  /** Starts as many as there are boots; resolves when all listen for workers. @throws when one crashes before it does */
  async start(boots: readonly Omit<GatewayBoot, 'gatewayId' | 'gatewayCount'>[]): Promise<void> {
    this.#agreement.parties = boots.length;
    for (const boot of boots) await this.#start({ ...boot, gatewayId: this.count, gatewayCount: boots.length });
  }

  async #start(boot: GatewayBoot): Promise<void> {
    const { gatewayId } = boot;
    await new Promise<void>((resolve, reject) => {
      let isReady = false;
      const gateway = new GatewayHandle(
        boot,
        {
          said: (message) => {
            if (message.type === 'ready') {
              this.endpoints[gatewayId] = message.workerEndpoint;
              isReady = true;
              resolve();
            }
            this.#said(gatewayId, message);
          },
          crashed: (reason) => {
            if (!isReady) reject(new Error(`The gateway does not start: ${reason}`));
            return isReady ? this.#crashed(gatewayId, reason) : null;
          },
          restarted: () => this.#handlers.restarted(gatewayId),
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

  tellOne(gatewayId: number, message: MasterToGateway): void {
    this.#gateways[gatewayId]?.send(message);
  }

  stop(): void {
    for (const gateway of this.#gateways) gateway.stop();
  }

  #said(gatewayId: number, message: GatewayToMaster): void {
    const agreed = this.#agreement.said(gatewayId, message);
    if (agreed !== null) this.#handlers.said(gatewayId, agreed);
  }

  /** Returns when to start it again. */
  #crashed(gatewayId: number, reason: string): number {
    const nowMs = Date.now();
    this.#agreement.forget();
    this.#crashes = [...this.#crashes.filter((atMs) => nowMs - atMs < CRASH_WINDOW_MS), nowMs];
    const { length } = this.#crashes;
    const delayMs = length === 1 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (length - 2));
    this.#handlers.crashed(gatewayId, reason, delayMs);
    return delayMs;
  }
}
