/** The longest time that a timer of Node can wait; with a longer one it would ring at once, again and again. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** The time as a timer can take it. For waits that are looked at anew when they end, and for times that only must be long. */
export function waitable(ms: number): number {
  return Math.min(ms, LONGEST_WAIT_MS);
}
