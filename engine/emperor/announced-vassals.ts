/**
 * What messages on uWSGI's exchange say of vassals. With a routing key, that is the vassal's name and the message is its
 * configuration; an empty one takes the vassal away. Without a key the message is the path of a configuration file: one
 * that is there is started or reloaded, one that is gone is taken away. Pure but for the look at that file.
 */
import type { Stats } from 'node:fs';
import { MOST_VASSALS } from './query-monitor.ts';
import { type RowRules, whyNotConfigured, whyNotNamed, whyNotTyrant } from './vassal-rows.ts';
import type { FoundVassal } from './vassal-state.ts';

export interface Announcement {
  routingKey: string;
  content: Buffer;
  atMs: number;
}

export type AnnouncedRules = RowRules & {
  /** null: no such file. */
  statsOf: (path: string) => Stats | null;
};

export class AnnouncedVassals {
  readonly #rules: AnnouncedRules;
  readonly #vassals = new Map<string, FoundVassal>();
  #count = 0;

  constructor(rules: AnnouncedRules) {
    this.#rules = rules;
  }

  list(): FoundVassal[] {
    return [...this.#vassals.values()];
  }

  /** Why the message means nothing; null: it was taken. */
  take({ routingKey, content, atMs }: Announcement): string | null {
    this.#count += 1;
    const text = content.toString('utf8');
    return routingKey === '' ? this.#takePath(text.trim(), atMs) : this.#takeConfig(routingKey, text, atMs);
  }

  #takeConfig(name: string, config: string, atMs: number): string | null {
    if (config === '') {
      this.#vassals.delete(name);
      return null;
    }
    const { extraExtensions, isTyrant, uid, gid } = this.#rules;
    const why = whyNotNamed(name, extraExtensions);
    if (why !== null) return why;
    const refusal = whyNotConfigured(config) ?? (isTyrant ? whyNotTyrant(null, null) : null);
    return this.#put({ ...this.#anything(name, atMs), config, uid, gid, refusal });
  }

  #takePath(path: string, atMs: number): string | null {
    if (/^https?:\/\//.test(path)) return 'it names an address: reading a configuration asks no other machine';
    if (!path.startsWith('/') || /[\0\n]/.test(path)) return 'it has no routing key and is no absolute path';
    const why = whyNotNamed(path.slice(path.lastIndexOf('/') + 1), this.#rules.extraExtensions);
    if (why !== null) return why;
    const stats = this.#rules.statsOf(path);
    if (stats?.isFile() !== true) {
      this.#vassals.delete(path);
      return null;
    }
    const { uid, gid } = stats;
    const refusal = this.#rules.isTyrant ? whyNotTyrant(uid, gid) : null;
    return this.#put({ ...this.#anything(path, atMs), file: path, config: null, uid, gid, refusal });
  }

  #anything(id: string, atMs: number): Omit<FoundVassal, 'config' | 'uid' | 'gid' | 'refusal'> {
    return { id, file: '', folder: this.#rules.folder, mtimeMs: atMs, mark: String(this.#count), onDemand: '' };
  }

  #put(vassal: FoundVassal): string | null {
    if (!this.#vassals.has(vassal.id) && this.#vassals.size >= MOST_VASSALS) {
      return `there are ${MOST_VASSALS} vassals already`;
    }
    this.#vassals.set(vassal.id, vassal);
    return null;
  }
}
