/**
 * Whether the worker has had enough: asked at the end of each request, answered with the flags for the answer's last
 * frame. The limits are RecyclingSettings of engine/config/settings.ts; how the flags are meant, engine/gateway/frames.ts.
 */
import { readFileSync } from 'node:fs';
import { RETIRING, WORN } from './frames.mjs';

const PAGE_BYTES = 4096;

export class Recycling {
  #limits;
  #isReplacedFirst;
  #maxRequests;
  #oldEnoughMs;
  #served = 0;
  #flags = 0;

  constructor({ recycling, retirement, wid }) {
    this.#limits = recycling;
    this.#isReplacedFirst = retirement === 'when-replaced';
    this.#maxRequests =
      recycling.maxRequests > 0 ? recycling.maxRequests + (wid - 1) * recycling.maxRequestsDelta : Infinity;
    this.#oldEnoughMs = performance.now() + recycling.minLifetimeSeconds * 1000;
  }

  /** @param error what the application threw; null when it did not */
  endFlags(error) {
    this.#served += 1;
    if (this.#flags === RETIRING) return RETIRING;
    if (error !== null && this.#isWatchedFor(error)) {
      // Whatever the exception broke: nothing more is served by this process.
      this.#giveUp(`exception ${nameOf(error)}`, RETIRING);
    } else if (this.#flags === 0) {
      const reason = this.#reason();
      if (reason !== null) this.#giveUp(reason, this.#isReplacedFirst ? WORN : RETIRING);
    }
    return this.#flags;
  }

  #giveUp(reason, flags) {
    this.#flags = flags;
    process.stderr.write(`...The work of process ${process.pid} is done (${reason}). Seeya!\n`);
  }

  #reason() {
    const { onRssBytes, onAsBytes } = this.#limits;
    const isFull = this.#served >= this.#maxRequests;
    if (!isFull && onRssBytes === 0 && onAsBytes === 0) return null;
    if (performance.now() < this.#oldEnoughMs) return null;
    if (isFull) return `max requests reached (${this.#served} >= ${this.#maxRequests})`;
    const rss = onRssBytes > 0 ? process.memoryUsage.rss() : 0;
    if (onRssBytes > 0 && rss >= onRssBytes) return `memory limit reached (rss ${rss} >= ${onRssBytes})`;
    const space = onAsBytes > 0 ? addressSpaceBytes() : 0;
    if (onAsBytes > 0 && space >= onAsBytes) {
      return `memory limit reached (address space ${space} >= ${onAsBytes})`;
    }
    return null;
  }

  #isWatchedFor(error) {
    const { onException, onExceptionTypes, onExceptionValues, onExceptionReprs } = this.#limits;
    const name = nameOf(error);
    const text = error instanceof Error ? error.message : String(error);
    return (
      onException ||
      onExceptionTypes.includes(name) ||
      onExceptionValues.includes(text) ||
      onExceptionReprs.includes(`${name}: ${text}`)
    );
  }
}

function nameOf(error) {
  return error instanceof Error ? error.name : typeof error;
}

/** From proc(5); 0 where there is no /proc. */
function addressSpaceBytes() {
  try {
    return Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[0]) * PAGE_BYTES;
  } catch {
    // Not Linux.
    return 0;
  }
}
