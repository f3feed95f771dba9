/** Geometry of the small charts beside the worker bars: a zero based scale in nice steps, a path broken at gaps. Pure. */

export interface MiniPoint {
  atMs: number;
  value: number | null;
}

const STEPS = [1, 2, 4, 6, 8, 10];

/** The least round number at or above `value` that halves into a round number. */
export function niceMax(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((step) => step * power >= value * 0.999_999) ?? 10;
  return step * power;
}

export interface MiniScale {
  widthPx: number;
  heightPx: number;
  lengthMs: number;
  max: number;
}

/** Lines through the points; a null or a hole longer than `gapMs` breaks them. */
export function linePath(points: readonly MiniPoint[], scale: MiniScale, gapMs: number): string {
  return runsOf(points, gapMs)
    .map((run) => pathOf(run, scale))
    .join('');
}

/** The same as closed areas down to zero. */
export function areaPath(points: readonly MiniPoint[], scale: MiniScale, gapMs: number): string {
  return runsOf(points, gapMs)
    .map((run) => {
      const from = xAt(scale, run[0]?.atMs ?? 0);
      const to = xAt(scale, run.at(-1)?.atMs ?? 0);
      return `${pathOf(run, scale)}L${to} ${scale.heightPx}L${from} ${scale.heightPx}Z`;
    })
    .join('');
}

/** Points with a gap on both sides, which no line would show: to be stroked with round ends. */
export function dotPath(points: readonly MiniPoint[], scale: MiniScale, gapMs: number): string {
  return runsOf(points, gapMs)
    .filter((run) => run.length === 1)
    .map((run) => `${pathOf(run, scale)}h0`)
    .join('');
}

interface KnownPoint {
  atMs: number;
  value: number;
}

function runsOf(points: readonly MiniPoint[], gapMs: number): KnownPoint[][] {
  const runs: KnownPoint[][] = [];
  let lastMs: number | null = null;
  for (const { atMs, value } of points) {
    if (value === null) {
      lastMs = null;
      continue;
    }
    if (lastMs === null || atMs - lastMs > gapMs) runs.push([]);
    runs.at(-1)?.push({ atMs, value });
    lastMs = atMs;
  }
  return runs;
}

function pathOf(run: readonly KnownPoint[], scale: MiniScale): string {
  return run
    .map(({ atMs, value }, index) => `${index === 0 ? 'M' : 'L'}${xAt(scale, atMs)} ${yAt(scale, value)}`)
    .join('');
}

function xAt({ widthPx, lengthMs }: MiniScale, atMs: number): number {
  return round(Math.min(Math.max(atMs / lengthMs, 0), 1) * widthPx);
}

function yAt({ heightPx, max }: MiniScale, value: number): number {
  return round(heightPx - (Math.min(value, max) / max) * heightPx);
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
