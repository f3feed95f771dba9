/** What follows a source (file-tail.ts, command-tail.ts) and what it tells of it. */

export interface RawLine {
  text: string;
  /** When the source says it was written; null: only the line itself may say. */
  atMs: number | null;
}

export interface TailSink {
  /** `isBacklog`: they were there before the tail began, so now is not when they were written. */
  onLines(lines: RawLine[], isBacklog: boolean): void;
  /** Something to know about the source: rotated, cut, left out. */
  onNote(text: string): void;
  onFollowing(): void;
  /** It can't be read now and is tried again. */
  onWaiting(reason: string, hint: string | null): void;
  onBytes(count: number): void;
  /** Minutes east of UTC of the machine's clock. */
  onZone(minutes: number): void;
}

export interface LogTail {
  /** Nothing of it is left there after that, at the latest a second later. */
  dispose(): void;
}

/** Waits after failures in a row. */
export function retryAfterMs(failures: number): number {
  return Math.min(1_000 * 2 ** Math.min(failures, 4), 15_000);
}
