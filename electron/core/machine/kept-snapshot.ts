/**
 * Remembers what a machine behind a link told about its files, so that checking a text at each pause of its user makes
 * no round trip. How old an answer may be is up to who asks; what is no longer quite new is given at once and asked for
 * again behind that. While the link is lost, who takes old answers gets them whatever their age.
 */

import type { ReadResult } from '../../../engine/config/host.ts';
import type { MachineFacts, Snapshot, Stat } from './snapshot-host.ts';

/** An answer older than that is asked for again. */
const NEW_MS = 3_000;
const MOST_ANSWERS = 2_000;

export class KeptSnapshot {
  readonly #stats: Answers<Stat>;
  readonly #reads: Answers<ReadResult>;
  readonly #lists: Answers<string[]>;
  readonly #reals: Answers<string | null>;
  readonly #facts: Answers<MachineFacts>;

  constructor(source: Snapshot, nowMs: () => number) {
    this.#stats = new Answers(nowMs, async (path) => source.stat(path));
    this.#reads = new Answers(nowMs, async (path) => source.read(path));
    this.#lists = new Answers(nowMs, async (path) => source.list(path));
    this.#reals = new Answers(nowMs, async (path) => source.real(path));
    this.#facts = new Answers(nowMs, async () => source.facts());
  }

  /** The same machine, with answers that may be so old; 0: as it is now, which serves those who ask after that. */
  within(ageMs: number): Snapshot {
    return {
      stat: async (path) => this.#stats.get(path, ageMs),
      read: async (path) => this.#reads.get(path, ageMs),
      list: async (path) => this.#lists.get(path, ageMs),
      real: async (path) => this.#reals.get(path, ageMs),
      facts: async () => this.#facts.get('', Math.max(ageMs, NEW_MS)),
    };
  }

  /** Something was changed there from here. */
  forget(): void {
    for (const answers of [this.#stats, this.#reads, this.#lists, this.#reals]) answers.clear();
  }
}

interface Answer<T> {
  atMs: number;
  value: Promise<T>;
  isAskedAgain: boolean;
}

class Answers<T> {
  readonly #nowMs: () => number;
  readonly #ask: (path: string) => Promise<T>;
  readonly #known = new Map<string, Answer<T>>();

  constructor(nowMs: () => number, ask: (path: string) => Promise<T>) {
    this.#nowMs = nowMs;
    this.#ask = ask;
  }

  async get(path: string, ageMs: number): Promise<T> {
    const known = this.#known.get(path);
    if (known === undefined || ageMs <= 0) return this.#begin(path).value;
    const age = this.#nowMs() - known.atMs;
    if (age > ageMs) return this.#begin(path).value.catch(async () => known.value);
    if (age > NEW_MS && !known.isAskedAgain) {
      known.isAskedAgain = true;
      void this.#renew(path, known);
    }
    return known.value;
  }

  clear(): void {
    this.#known.clear();
  }

  /** What fails is not kept; an older answer is, and serves for a little while without being asked for again. */
  #begin(path: string): Answer<T> {
    const before = this.#known.get(path);
    const answer = { atMs: this.#nowMs(), value: this.#ask(path), isAskedAgain: false };
    this.#keep(path, answer);
    answer.value.catch(() => {
      if (this.#known.get(path) !== answer) return;
      if (before === undefined) this.#known.delete(path);
      else this.#known.set(path, { ...before, atMs: this.#nowMs() });
    });
    return answer;
  }

  async #renew(path: string, known: Answer<T>): Promise<void> {
    const atMs = this.#nowMs();
    try {
      const value = Promise.resolve(await this.#ask(path));
      if (this.#known.get(path) === known) this.#known.set(path, { atMs, value, isAskedAgain: false });
    } catch {
      // The link may be lost: the next one who asks tries again.
      known.isAskedAgain = false;
    }
  }

  #keep(path: string, answer: Answer<T>): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST_ANSWERS && oldest !== undefined) this.#known.delete(oldest);
    this.#known.delete(path);
    this.#known.set(path, answer);
  }
}
