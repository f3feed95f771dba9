/**
 * The watched files (`touch-reload` and its kin, `fs-reload`): looks at their modification times once a cycle, as
 * uWSGI does. A file that is missing counts as touched when it is made; one that vanishes does not. A file that was
 * replaced by an older one counts, too.
 */
import { stat } from 'node:fs/promises';
import type { TouchSetting } from '../config/settings.ts';

const MISSING = '';

export class TouchWatch {
  #touches: readonly TouchSetting[] = [];
  /** What each file looked like at the last look. */
  readonly #seen = new Map<string, string>();
  #isLooking = false;

  /** From here on these files are watched. Only what changes from now on counts; of those watched already nothing is missed. */
  async watch(touches: readonly TouchSetting[]): Promise<void> {
    const paths = new Set(touches.map(({ path }) => path));
    for (const path of this.#seen.keys()) if (!paths.has(path)) this.#seen.delete(path);
    for (const path of paths) if (!this.#seen.has(path)) this.#seen.set(path, await mark(path));
    this.#touches = touches;
  }

  /** What was touched since the last look, in the order of the configuration; nothing while a look is under way. */
  async look(): Promise<TouchSetting[]> {
    if (this.#isLooking || this.#touches.length === 0) return [];
    this.#isLooking = true;
    const touched = new Set<string>();
    for (const path of this.#seen.keys()) {
      const now = await mark(path);
      if (now !== MISSING && now !== this.#seen.get(path)) touched.add(path);
      this.#seen.set(path, now);
    }
    this.#isLooking = false;
    return this.#touches.filter(({ path }) => touched.has(path));
  }
}

async function mark(path: string): Promise<string> {
  try {
    const { mtimeMs, ino } = await stat(path);
    return `${mtimeMs} ${ino}`;
  } catch {
    // Missing or unreadable: the same to a watcher.
    return MISSING;
  }
}
