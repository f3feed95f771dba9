/**
 * The state raster as data: which state each worker shows in each pixel column of a time window.
 * A pixel that holds several samples shows the one that matters most, so a short stall is not lost.
 * Pure; raster-paint.ts puts it on a canvas.
 */

/** One poll: when, and one character a worker in wid order (contract: stateStringSchema); empty when it brought no data. */
export interface StateSample {
  atMs: number;
  states: string;
}

export interface RasterWindow {
  fromMs: number;
  toMs: number;
  widthPx: number;
}

/** Pixels `[from, to)` of one row that show `state`. */
export interface RasterRun {
  from: number;
  to: number;
  state: string;
}

/** From what may be covered to what must be seen. A blank is "no data". */
const WEIGHT = ' cipbsnld';
/** A sample holds for at most this many polls; beyond it there is a gap. */
const HOLDS_POLLS = 2.5;

export function columnOf(window: RasterWindow, atMs: number): number {
  const share = (atMs - window.fromMs) / (window.toMs - window.fromMs);
  return Math.round(share * window.widthPx);
}

/** Which pixel columns each sample covers, `[from, to)`: the same for every row, so it is worked out once. */
export interface SampleColumns {
  from: Int32Array;
  to: Int32Array;
}

export function sampleColumns(
  samples: readonly StateSample[],
  window: RasterWindow,
  intervalMs: number,
): SampleColumns {
  const columns = { from: new Int32Array(samples.length), to: new Int32Array(samples.length) };
  for (const [index, { atMs }] of samples.entries()) {
    const nextMs = samples[index + 1]?.atMs ?? atMs + intervalMs;
    const from = Math.max(columnOf(window, atMs), 0);
    const to = columnOf(window, Math.min(nextMs, atMs + intervalMs * HOLDS_POLLS));
    columns.from[index] = from;
    columns.to[index] = Math.min(Math.max(to, from + 1), window.widthPx);
  }
  return columns;
}

/** Runs of one row (0 is the first worker), left to right; where nothing is known there is no run. */
export function rasterRuns(
  samples: readonly StateSample[],
  { from, to }: SampleColumns,
  row: number,
  widthPx: number,
): RasterRun[] {
  const columns = new Uint8Array(widthPx);
  for (let index = 0; index < samples.length; index += 1) {
    const weight = WEIGHT.indexOf(samples[index]?.states[row] ?? ' ');
    if (weight <= 0) continue;
    const end = to[index] ?? 0;
    for (let x = from[index] ?? 0; x < end; x += 1) if (weight > (columns[x] ?? 0)) columns[x] = weight;
  }
  return runsOf(columns);
}

function runsOf(columns: Uint8Array): RasterRun[] {
  const runs: RasterRun[] = [];
  let from = 0;
  for (let x = 1; x <= columns.length; x += 1) {
    if (x < columns.length && columns[x] === columns[from]) continue;
    const weight = columns[from] ?? 0;
    if (weight > 0) runs.push({ from, to: x, state: WEIGHT.charAt(weight) });
    from = x;
  }
  return runs;
}

/** Bands without data inside the window, as pixels: before the first sample, between samples that are far apart, after the last. */
export function rasterGaps(
  samples: readonly StateSample[],
  window: RasterWindow,
  intervalMs: number,
): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let knownUntilMs: number | null = null;
  for (const sample of samples) {
    if (sample.atMs > window.toMs) break;
    if (sample.states === '') {
      knownUntilMs = knownUntilMs === null ? null : Math.min(knownUntilMs, sample.atMs);
      continue;
    }
    if (knownUntilMs !== null && sample.atMs > knownUntilMs) addGap(knownUntilMs, sample.atMs);
    knownUntilMs = sample.atMs + intervalMs * HOLDS_POLLS;
  }
  if (knownUntilMs !== null && window.toMs > knownUntilMs) addGap(knownUntilMs, window.toMs);
  return gaps;

  function addGap(fromMs: number, toMs: number): void {
    const from = Math.max(columnOf(window, fromMs), 0);
    const to = Math.min(columnOf(window, toMs), window.widthPx);
    if (to > from) gaps.push({ from, to });
  }
}

const TICK_STEPS_MS = [10_000, 30_000, 60_000, 120_000, 180_000, 300_000, 600_000, 1_800_000, 3_600_000];

/** Instants of the time axis: round in local time, about five of them. */
export function timeTicks(fromMs: number, toMs: number, offsetMinutes: number): number[] {
  const step = TICK_STEPS_MS.find((step) => (toMs - fromMs) / step <= 5.5) ?? 7_200_000;
  const offsetMs = offsetMinutes * 60_000;
  const first = Math.ceil((fromMs - offsetMs) / step) * step + offsetMs;
  const ticks: number[] = [];
  for (let at = first; at <= toMs; at += step) ticks.push(at);
  return ticks;
}

/** States of the newest sample counted, for the sentence that describes the picture. */
export function describeRaster(samples: readonly StateSample[], minutes: number): string {
  const states = samples.at(-1)?.states ?? '';
  const count = (letters: string) => states.split('').filter((letter) => letters.includes(letter)).length;
  return (
    `State of each of ${states.length} workers, last ${minutes} min: now ${count('bl')} busy, ${count('l')} of them ` +
    `over 10 s, ${count('i')} idle, ${count('c')} cheap, ${count('d')} down.`
  );
}
