/** The state of the link between this page and Reeve itself (not between Reeve and an instance). Set by `host.ts`. */
export type LinkState =
  | { status: 'connecting' }
  | { status: 'open' }
  | { status: 'lost'; reason: string; sinceMs: number; nextTryAtMs: number; tries: number }
  /** The host refuses this page; trying again won't help. */
  | { status: 'denied'; reason: string };

export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 10_000;

/** Wait before try number `tries` (1: the first), doubling up to the longest. */
export function retryDelayMs(tries: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(tries - 1, 10));
}
