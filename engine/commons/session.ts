/** One connection of a client as the operations see it: who it is, its answers, and what happens when it ends. */
import type { LockHolder } from './locks.ts';

export interface Session extends LockHolder {
  /** The answer to the request that waits. */
  answer: (frame: Buffer) => void;
  /** Called once, when the connection has ended; setting it anew replaces it. */
  whenEnded: (() => void) | null;
}
