/**
 * Values with nothing known beside them: a line between them and their neighbours does not exist, so they are drawn as
 * dots. A server that gets a request every few seconds has little else in its response times. Pure.
 */
import type { SampleColumn } from '../../electron/contract/model.ts';
import type { ChartPoint } from './points.ts';

export interface LonePoint {
  t: number;
  value: number;
}

/** Runs of one value, or of one value that a bucket gives as its smallest and its largest. */
export function lonePoints(points: readonly ChartPoint[], column: SampleColumn): LonePoint[] {
  const lone: LonePoint[] = [];
  let length = 0;
  for (const [index, point] of points.entries()) {
    const value = point[column] ?? null;
    if (value === null) {
      length = 0;
      continue;
    }
    length += 1;
    const isLast = (points[index + 1]?.[column] ?? null) === null;
    const isOneValue = length === 1 || (length === 2 && points[index - 1]?.[column] === value);
    if (isLast && isOneValue) lone.push({ t: point.t, value });
  }
  return lone;
}
