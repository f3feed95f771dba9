/**
 * One clock for all rows, in the time of the stats document rather than of its arrival: a late poll does not make
 * a request look younger. The offset is the quickest arrival among the last polls. Pure; requests/use-clock.ts ticks.
 */

export interface ServerClock {
  /** Local time minus stats time of the last polls, newest last. */
  lagsMs: readonly number[];
}

const KEEP = 10;

export const unsetClock: ServerClock = { lagsMs: [] };

export function seePoll(clock: ServerClock, statsAtMs: number, localNowMs: number): ServerClock {
  return { lagsMs: [...clock.lagsMs.slice(1 - KEEP), localNowMs - statsAtMs] };
}

/** Now, in stats time. Before the first poll it is the local time. */
export function serverNow(clock: ServerClock, localNowMs: number): number {
  return clock.lagsMs.length === 0 ? localNowMs : localNowMs - Math.min(...clock.lagsMs);
}

/**
 * How long a request runs at `nowMs`: from its start where it is known, else from what the poll said plus the time since.
 * null when neither is known.
 */
export function elapsedAt(
  request: { startedAtMs: number | null; elapsedMs: number | null },
  polledAtMs: number,
  nowMs: number,
): number | null {
  const sincePollMs = Math.max(nowMs - polledAtMs, 0);
  if (request.elapsedMs !== null) return request.elapsedMs + sincePollMs;
  return request.startedAtMs === null ? null : Math.max(nowMs - request.startedAtMs, 0);
}
