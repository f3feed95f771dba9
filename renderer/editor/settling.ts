/**
 * Tells of changes when typing pauses for a moment, and now and then while it goes on: what a key costs is then the
 * editor's own work, whatever the page around it draws from the text. `flush` tells at once what was not told yet.
 */

export interface Settling {
  touch(): void;
  flush(): void;
}

const QUIET_MS = 180;
/** While typing goes on without a pause. */
const MOST_MS = 700;

/** `setTimer` runs a function after a time and gives one that takes it back. */
export function createSettling(
  tell: () => void,
  setTimer: (fire: () => void, afterMs: number) => () => void,
  now: () => number,
): Settling {
  let cancel: (() => void) | null = null;
  let sinceMs = 0;
  const flush = (): void => {
    if (cancel === null) return;
    cancel();
    cancel = null;
    tell();
  };
  return {
    touch: () => {
      if (cancel === null) sinceMs = now();
      cancel?.();
      const leftMs = Math.max(0, sinceMs + MOST_MS - now());
      cancel = setTimer(flush, Math.min(QUIET_MS, leftMs));
    },
    flush,
  };
}
