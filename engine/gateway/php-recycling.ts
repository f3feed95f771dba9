/**
 * When a worker of PHP has had enough (RecyclingSettings), which php-cgi can not tell itself: asked at the end of each
 * request. As with other languages without a zygote it serves on until its replacement is ready, unless the end of a
 * script by an exception is the reason.
 */
import type { RecyclingSettings } from '../config/settings.ts';
import { readMemory } from '../process-memory.ts';
import { FrameFlag } from './frames.ts';
import type { PhpException } from './php-errors.ts';

export class PhpRecycling {
  readonly #settings: RecyclingSettings;
  readonly #worker: { pid: number; wid: number };
  readonly #log: (text: string) => void;
  readonly #clock: () => number;
  readonly #oldEnoughMs: number;
  #flags = 0;

  constructor(
    settings: RecyclingSettings,
    worker: { pid: number; wid: number },
    log: (text: string) => void,
    clock: () => number = () => performance.now(),
  ) {
    this.#settings = settings;
    this.#worker = worker;
    this.#log = log;
    this.#clock = clock;
    this.#oldEnoughMs = clock() + settings.minLifetimeSeconds * 1000;
  }

  /**
   * Flags for the end of an answer.
   * @param served requests that the process has served, this one included
   */
  endFlags(served: number, exception: PhpException | null): number {
    const raised = exception === null ? 0 : FrameFlag.EXCEPTION;
    if (exception !== null && this.#flags !== FrameFlag.RETIRING && this.#isWatched(exception)) {
      this.#giveUp(`exception ${exception.name === '' ? 'Error' : exception.name}`, FrameFlag.RETIRING);
    } else if (this.#flags === 0) {
      const reason = this.#reason(served);
      if (reason !== null) this.#giveUp(reason, FrameFlag.WORN);
    }
    return this.#flags | raised;
  }

  #isWatched({ name, text }: PhpException): boolean {
    const { onException, onExceptionTypes, onExceptionValues, onExceptionReprs } = this.#settings;
    const short = name.slice(name.lastIndexOf('\\') + 1);
    return (
      onException ||
      onExceptionTypes.some((type) => type === name || type === short) ||
      onExceptionValues.includes(text) ||
      onExceptionReprs.some((repr) => repr === `${name}: ${text}` || repr === `${short}: ${text}`)
    );
  }

  #reason(served: number): string | null {
    const { maxRequests, maxRequestsDelta, onRssBytes, onAsBytes } = this.#settings;
    if (this.#clock() < this.#oldEnoughMs) return null;
    const most = maxRequests === 0 ? 0 : maxRequests + maxRequestsDelta * (this.#worker.wid - 1);
    if (most > 0 && served >= most) return `max requests reached (${served} >= ${most})`;
    if (onRssBytes === 0 && onAsBytes === 0) return null;
    const { rssBytes, vszBytes } = readMemory(this.#worker.pid);
    if (onRssBytes > 0 && rssBytes >= onRssBytes) return `memory limit reached (rss ${rssBytes} >= ${onRssBytes})`;
    if (onAsBytes > 0 && vszBytes >= onAsBytes) {
      return `memory limit reached (address space ${vszBytes} >= ${onAsBytes})`;
    }
    return null;
  }

  #giveUp(reason: string, flags: number): void {
    this.#flags = flags;
    this.#log(`...The work of process ${this.#worker.pid} is done (${reason}). Seeya!`);
  }
}
