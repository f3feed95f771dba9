/**
 * From the ring of samples to what a chart draws: at most MOST_POINTS points a series, smallest and largest of each bucket
 * so that spikes survive, null where nothing is known. Buckets are aligned to the clock, so that a line does not shimmer
 * while time passes. Pure apart from reading the ring.
 */
import type { SampleColumn } from '../../electron/contract/model.ts';
import type { SampleRing } from '../stores/sample-ring.ts';

export const MOST_POINTS = 300;

/** One point: its time before the right edge (0 or less, so that the axis never changes) and a value a column. */
export type ChartPoint = { t: number } & Partial<Record<SampleColumn, number | null>>;

export interface Span {
  fromMs: number;
  toMs: number;
}

type Ring = Pick<SampleRing, 'length' | 'at' | 'timeAt' | 'indexFrom'>;

/** Points of lines: raw while there are few, otherwise two a bucket (smallest and largest, in their order of time). */
export function linePoints(ring: Ring, span: Span, columns: readonly SampleColumn[], most = MOST_POINTS): ChartPoint[] {
  if (ring.length - ring.indexFrom(span.fromMs) <= most) return rawPoints(ring, span, columns);
  return bucketed(ring, span, Math.max(1, Math.floor(most / 2)), (first, end, startMs, widthMs) =>
    extremes(ring, span, columns, first, end, startMs, widthMs),
  );
}

/** Points of stacked areas: one row a bucket, the one where `leading` is largest, so that parts always add up. */
export function stackPoints(
  ring: Ring,
  span: Span,
  columns: readonly SampleColumn[],
  leading: SampleColumn,
  most = MOST_POINTS,
): ChartPoint[] {
  if (ring.length - ring.indexFrom(span.fromMs) <= most) return rawPoints(ring, span, columns);
  return bucketed(ring, span, most, (first, end) => {
    let best = first;
    for (let index = first; index < end; index += 1) {
      if ((ring.at(leading, index) ?? -1) > (ring.at(leading, best) ?? -1)) best = index;
    }
    return [pointAt(ring, span, best, columns)];
  });
}

/** Lowest and highest known value; null when nothing is known. */
export function rangeOf(
  ring: Ring,
  { fromMs, toMs }: Span,
  columns: readonly SampleColumn[],
): { lowest: number; highest: number } | null {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = ring.indexFrom(fromMs); index < ring.length && ring.timeAt(index) <= toMs; index += 1) {
    for (const column of columns) {
      const value = ring.at(column, index);
      if (value === null) continue;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
  return highest === Number.NEGATIVE_INFINITY ? null : { lowest, highest };
}

/** Mean of the known values; null when there are none. */
export function meanOf(ring: Ring, { fromMs, toMs }: Span, column: SampleColumn): number | null {
  let sum = 0;
  let count = 0;
  for (let index = ring.indexFrom(fromMs); index < ring.length && ring.timeAt(index) <= toMs; index += 1) {
    const value = ring.at(column, index);
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/** Longer between two samples than this is a gap, even if no empty poll says so. */
const LONGEST_INTERVAL_MS = 3_500;

/** Spans without data: polls that brought nothing, and times without polls. */
export function gapsIn(ring: Ring, { fromMs, toMs }: Span): Span[] {
  const gaps: Span[] = [];
  // Number of workers that are busy is in every sample that brought data.
  let lastDataMs: number | null = null;
  let isEmpty = false;
  const close = (untilMs: number) => {
    if (lastDataMs !== null && (isEmpty || untilMs - lastDataMs > LONGEST_INTERVAL_MS)) {
      gaps.push({ fromMs: Math.max(fromMs, lastDataMs), toMs: untilMs });
    }
    isEmpty = false;
  };
  for (
    let index = Math.max(0, ring.indexFrom(fromMs) - 1);
    index < ring.length && ring.timeAt(index) <= toMs;
    index += 1
  ) {
    const at = ring.timeAt(index);
    if (ring.at('busy', index) === null) {
      lastDataMs ??= at;
      isEmpty = true;
      continue;
    }
    close(at);
    lastDataMs = at;
  }
  close(toMs);
  return gaps;
}

function rawPoints(ring: Ring, span: Span, columns: readonly SampleColumn[]): ChartPoint[] {
  // One row before the window, so that the line enters at its edge.
  const first = Math.max(0, ring.indexFrom(span.fromMs) - 1);
  const points: ChartPoint[] = [];
  for (let index = first; index < ring.length; index += 1) {
    if (index > first && isHole(ring, index)) points.push(breakBefore(ring, span, index));
    points.push(pointAt(ring, span, index, columns));
  }
  return points;
}

function bucketed(
  ring: Ring,
  span: Span,
  buckets: number,
  fill: (first: number, end: number, startMs: number, widthMs: number) => ChartPoint[],
): ChartPoint[] {
  const widthMs = (span.toMs - span.fromMs) / buckets;
  const points: ChartPoint[] = [];
  let first = ring.indexFrom(Math.floor(span.fromMs / widthMs) * widthMs);
  while (first < ring.length) {
    if (points.length > 0 && isHole(ring, first)) points.push(breakBefore(ring, span, first));
    const bucket = Math.floor(ring.timeAt(first) / widthMs);
    let end = first + 1;
    while (end < ring.length && Math.floor(ring.timeAt(end) / widthMs) === bucket && !isHole(ring, end)) end += 1;
    points.push(...fill(first, end, bucket * widthMs, widthMs));
    first = end;
  }
  return points;
}

/** True when there were no polls for a while before this row. */
function isHole(ring: Ring, index: number): boolean {
  return ring.timeAt(index) - ring.timeAt(index - 1) > LONGEST_INTERVAL_MS;
}

/** A point without values: lines end before it and begin after it. */
function breakBefore(ring: Ring, { toMs }: Span, index: number): ChartPoint {
  return { t: (ring.timeAt(index) + ring.timeAt(index - 1)) / 2 - toMs };
}

function extremes(
  ring: Ring,
  { toMs }: Span,
  columns: readonly SampleColumn[],
  first: number,
  end: number,
  startMs: number,
  widthMs: number,
): ChartPoint[] {
  const early: ChartPoint = { t: startMs + widthMs / 4 - toMs };
  // The newest bucket is not full yet: its second point is no later than now.
  const late: ChartPoint = { t: Math.min(0, startMs + (widthMs * 3) / 4 - toMs) };
  for (const column of columns) {
    let low = -1;
    let high = -1;
    for (let index = first; index < end; index += 1) {
      const value = ring.at(column, index);
      if (value === null) continue;
      if (low === -1 || value < (ring.at(column, low) ?? value)) low = index;
      if (high === -1 || value > (ring.at(column, high) ?? value)) high = index;
    }
    early[column] = low === -1 ? null : ring.at(column, Math.min(low, high));
    late[column] = low === -1 ? null : ring.at(column, Math.max(low, high));
  }
  return early.t < late.t ? [early, late] : [late];
}

function pointAt(ring: Ring, { toMs }: Span, index: number, columns: readonly SampleColumn[]): ChartPoint {
  const point: ChartPoint = { t: ring.timeAt(index) - toMs };
  for (const column of columns) point[column] = ring.at(column, index);
  return point;
}
