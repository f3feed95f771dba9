/**
 * The gentle load on the sample, about four requests a second, so that the first charts live; and its one slow
 * request. A request that is not answered yet keeps the next ones from piling up behind it.
 */
import { Agent, get } from 'node:http';
import type { Clock } from '../ports.ts';

const EVERY_MS = 250;
const MOST_IN_FLIGHT = 3;
const PATHS = ['/', '/', '/logo.svg', '/'];

export class SampleLoad {
  readonly #clock: Clock;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MOST_IN_FLIGHT });
  #url: string | null = null;
  #cancelTimer: (() => void) | null = null;
  #inFlight = 0;
  #sent = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOn(): boolean {
    return this.#url !== null;
  }

  /** null: off. */
  aim(url: string | null): void {
    if (url === this.#url) return;
    this.#url = url;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (url !== null) this.#tick();
  }

  dispose(): void {
    this.aim(null);
    this.#agent.destroy();
  }

  #tick(): void {
    // A little uneven, as visitors are.
    const nextMs = EVERY_MS * (0.7 + ((this.#sent * 7) % 10) / 16);
    this.#cancelTimer = this.#clock.setTimer(() => this.#tick(), nextMs);
    if (this.#url === null || this.#inFlight >= MOST_IN_FLIGHT) return;
    const path = PATHS[this.#sent % PATHS.length] ?? '/';
    this.#sent += 1;
    this.#inFlight += 1;
    sendAndForget(`${this.#url}${path}`, this.#agent, () => {
      this.#inFlight -= 1;
    });
  }
}

/** One request whose answer nobody waits for. */
export function sendAndForget(url: string, agent: Agent | undefined, onEnd: () => void): void {
  let ended = false;
  const end = (): void => {
    if (!ended) onEnd();
    ended = true;
  };
  const request = get(url, agent === undefined ? {} : { agent }, (response) => {
    response.resume();
    response.on('close', end);
  });
  // Whether it was answered shows on the charts; a refused one means that the sample is starting or stopping.
  request.on('error', end);
  request.on('close', end);
}
