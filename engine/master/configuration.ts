/**
 * The configuration in effect, and the one that a reload has read and that is not in effect yet.
 */
import type { EngineSettings } from '../config/settings.ts';
import type { Plan } from './events.ts';
import { objectionTo, planOf } from './interpretation.ts';
import type { RuntimePlace } from './runtimes.ts';

export class Configuration {
  #current: EngineSettings;
  #candidate: EngineSettings;
  readonly #read: () => EngineSettings | string;

  /** `read` reads the configuration again; a text says why it can not be used. */
  constructor(first: EngineSettings, read: () => EngineSettings | string) {
    this.#current = first;
    this.#candidate = first;
    this.#read = read;
  }

  get current(): EngineSettings {
    return this.#current;
  }

  /** Read for a reload that is under way; otherwise the one in effect. */
  get candidate(): EngineSettings {
    return this.#candidate;
  }

  /** Reads it again as the candidate. A text says why it can not take the place of the present one. */
  read(place: RuntimePlace): Plan | string {
    const read = this.#read();
    const objection = typeof read === 'string' ? read : objectionTo(read, this.#current, place);
    if (typeof read === 'string' || objection !== null) return objection ?? '';
    this.#candidate = read;
    return planOf(read);
  }

  discard(): void {
    this.#candidate = this.#current;
  }

  /** Puts the candidate into effect; false: it has been all along (the first start). */
  adopt(): boolean {
    const isNew = this.#candidate !== this.#current;
    this.#current = this.#candidate;
    return isNew;
  }
}
