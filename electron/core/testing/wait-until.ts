/**
 * Waits for a condition, at most so long: the only way in which tests of this folder wait.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with the first value that is not null, undefined or false; fails with `what` after `timeoutMs`. */
export async function waitUntil<T>(
  what: string,
  look: () => T | Promise<T>,
  timeoutMs = 40_000,
): Promise<Exclude<T, null | undefined | false>> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (isThere(value)) return value;
    if (performance.now() >= giveUpAt) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
    await sleep(20);
  }
}

function isThere<T>(value: T): value is Exclude<T, null | undefined | false> {
  return value !== null && value !== undefined && value !== false;
}
