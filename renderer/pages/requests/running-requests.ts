/**
 * What runs now, as rows of the lane: ages at one moment for all of them, the longest on top, filtered and counted.
 * Times are in the core's clock: an age is what the poll said plus the time since that poll, so that a poll that
 * arrives late does not make a request younger. Pure.
 */
import type { RequestRow } from '../../../electron/contract/model.ts';
import { isOpenConnection } from '../../../electron/contract/open-connection.ts';
import { shortTimeText } from '../../format/time.ts';
import { isLong, LONG_MS } from './lane-scale.ts';

export interface RunningRequest {
  /** The same request keeps its key; the next one on that core has another. */
  key: string;
  request: RequestRow;
  elapsedMs: number | null;
  leftMs: number | null;
  isLong: boolean;
}

export type AgeFilter = 'all' | 'over1' | 'over10';

export function keyOf({ wid, core, startedAtMs }: RequestRow): string {
  return `${wid}.${core} ${startedAtMs ?? ''}`;
}

export function runningAt(
  requests: readonly RequestRow[],
  polledAtMs: number,
  nowMs: number,
  harakiriMs: number | null,
): RunningRequest[] {
  const sincePollMs = Math.max(nowMs - polledAtMs, 0);
  return requests
    .map((request): RunningRequest => {
      const elapsedMs = elapsedAt(request, sincePollMs, nowMs);
      const leftMs =
        request.leftMs === null ? leftOf(elapsedMs, harakiriMs) : Math.max(request.leftMs - sincePollMs, 0);
      const long = elapsedMs !== null && isLong(elapsedMs, harakiriMs) && !isOpenConnection(request);
      return { key: keyOf(request), request, elapsedMs, leftMs, isLong: long };
    })
    .sort(
      (a, b) =>
        (b.elapsedMs ?? -1) - (a.elapsedMs ?? -1) || a.request.wid - b.request.wid || a.request.core - b.request.core,
    );
}

function elapsedAt({ elapsedMs, startedAtMs }: RequestRow, sincePollMs: number, nowMs: number): number | null {
  if (elapsedMs !== null) return elapsedMs + sincePollMs;
  return startedAtMs === null ? null : Math.max(nowMs - startedAtMs, 0);
}

function leftOf(elapsedMs: number | null, harakiriMs: number | null): number | null {
  return elapsedMs === null || harakiriMs === null ? null : Math.max(harakiriMs - elapsedMs, 0);
}

const LEAST_MS: Record<AgeFilter, number> = { all: 0, over1: 1000, over10: LONG_MS };

export function filterRunning(running: readonly RunningRequest[], age: AgeFilter, text: string): RunningRequest[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return running.filter(({ request, elapsedMs }) => {
    if (age !== 'all' && (elapsedMs ?? 0) < LEAST_MS[age]) return false;
    const haystack =
      `${request.method} ${request.path} ${request.remoteAddr ?? ''} ${request.wid}.${request.core}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

export function countByAge(running: readonly RunningRequest[]): Record<AgeFilter, number> {
  const over = (ms: number) => running.filter(({ elapsedMs }) => (elapsedMs ?? 0) >= ms).length;
  return { all: running.length, over1: over(LEAST_MS.over1), over10: over(LEAST_MS.over10) };
}

export function hasQuery(request: RequestRow): boolean {
  return request.vars.some(([name, value]) => name === 'QUERY_STRING' && value !== '');
}

/** What can be said when nothing stands out. */
export function calmWords(running: readonly RunningRequest[]): string {
  const [slowest] = running;
  if (!slowest) return 'No request is running now.';
  if ((slowest.elapsedMs ?? 0) >= 1000) return 'No running request matches the filter.';
  const count = running.length === 1 ? '1 request' : `${running.length} requests`;
  return `Nothing running longer than 1 s. ${count} in flight, slowest ${shortTimeText(slowest.elapsedMs)}.`;
}
