/**
 * The lane of running requests: one linear axis for all rows from 0 to the harakiri deadline, or to the longest
 * request when no harakiri is set. Pure geometry, in pixels.
 */

import { type Quantity, UNKNOWN } from '../../format/quantity.ts';
import { formatLongTime } from '../../format/time.ts';

export interface LaneScale {
  widthPx: number;
  /** End of the axis. */
  endMs: number;
  /** Harakiri; null: none is set. */
  deadlineMs: number | null;
}

export interface LaneTick {
  x: number;
  label: string;
}

/** From here on a request counts as long (or from half of harakiri on, whichever is less). */
export const LONG_MS = 10_000;

const NICE_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];

export function laneScale(widthPx: number, harakiriMs: number | null, elapsedMs: readonly number[]): LaneScale {
  if (harakiriMs !== null) return { widthPx, endMs: harakiriMs, deadlineMs: harakiriMs };
  const longestS = Math.max(1, ...elapsedMs.map((elapsed) => elapsed / 1000));
  const endS = NICE_S.find((step) => step >= longestS) ?? Math.ceil(longestS / 3600) * 3600;
  return { widthPx, endMs: endS * 1000, deadlineMs: null };
}

/** Width of a bar: never less than 2 px, so that a request that has just begun is seen, never beyond the deadline. */
export function barWidth(scale: LaneScale, elapsedMs: number): number {
  return Math.min(Math.max((elapsedMs / scale.endMs) * scale.widthPx, 2), scale.widthPx);
}

/** Where the tick at 10 s stands; null when it is beyond the axis or at its end. */
export function longTick(scale: LaneScale): number | null {
  return scale.endMs > LONG_MS ? (LONG_MS / scale.endMs) * scale.widthPx : null;
}

export function isLong(elapsedMs: number, harakiriMs: number | null): boolean {
  return elapsedMs >= Math.min(LONG_MS, harakiriMs === null ? LONG_MS : harakiriMs / 2);
}

/** Labels of the head that do not touch the one at the end (`harakiri 60 s`, which takes `endLabelPx`). */
export function headTicks(scale: LaneScale, endLabelPx: number): LaneTick[] {
  const labelPx = 18;
  const ticks: LaneTick[] = [{ x: 0, label: '0' }];
  for (const atS of [10, 30, 60, 120, 300]) {
    const x = (atS * 1000 * scale.widthPx) / scale.endMs;
    const last = ticks.at(-1)?.x ?? 0;
    if (x - last >= labelPx + 4 && x + labelPx <= scale.widthPx - endLabelPx) ticks.push({ x, label: String(atS) });
  }
  return ticks;
}

/** Elapsed and left as they count: whole ms below 1 s, tenths of a second up to a minute, then two units. */
export function laneTime(ms: number | null): Quantity {
  if (ms === null) return UNKNOWN;
  if (ms < 999.5) return { text: String(Math.max(Math.round(ms), 0)), unit: 'ms', isZero: ms <= 0 };
  if (ms < 59_950) return { text: (ms / 1000).toFixed(1), unit: 's', isZero: false };
  return { text: formatLongTime(ms), unit: '', isZero: false };
}

/** A deadline as it is set, in seconds: `60 s`, not `1 m`; long ones in two units. */
export function deadlineText(ms: number): string {
  return ms < 600_000 ? `${Math.round(ms / 100) / 10} s` : formatLongTime(ms);
}
