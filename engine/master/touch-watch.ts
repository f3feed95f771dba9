/**
 * `touch-reload`: looks at the files' modification times once a second, as uWSGI does. A file that is missing
 * counts as touched when it is made; one that vanishes does not.
 */
import { stat } from 'node:fs/promises';

export class TouchWatch {
  readonly #paths: readonly string[];
  readonly #seen = new Map<string, number>();
  #isLooking = false;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Notes how the files are now: only what changes from here on counts. */
  async begin(): Promise<void> {
    for (const path of this.#paths) this.#seen.set(path, await modifiedMs(path));
  }

  /** The first file that was touched since the last look; null: none, or a look is still under way. */
  async look(): Promise<string | null> {
    if (this.#isLooking) return null;
    this.#isLooking = true;
    let touched: string | null = null;
    for (const path of this.#paths) {
      const nowMs = await modifiedMs(path);
      if (nowMs !== 0 && nowMs !== (this.#seen.get(path) ?? nowMs)) touched ??= path;
      this.#seen.set(path, nowMs);
    }
    this.#isLooking = false;
    return touched;
  }
}

/** 0: there is no such file. */
async function modifiedMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    // Missing or unreadable: the same to a watcher.
    return 0;
  }
}
