/**
 * The worker bars of a reload as geometry: one time axis from its start, spans as pixels, ticks on round seconds,
 * and where a worker was killed. Pure.
 */
import type { ReloadRun } from '../../../electron/contract/reload-model.ts';

type ReloadWorker = ReloadRun['workers'][number];
export type SpanState = ReloadWorker['spans'][number]['state'];

export interface TimelineScale {
  fromMs: number;
  toMs: number;
  widthPx: number;
}

export interface Bar {
  x: number;
  widthPx: number;
  state: SpanState;
  durationMs: number;
  /** A draining span that lasts: the worker waits for its request. */
  long: boolean;
  /** It ended in death, not in a clean exit. */
  killed: boolean;
}

/** A worker that drains for longer than this is drawn as a warning, and says for how long. */
export const LONG_DRAIN_MS = 10_000;
/** The axis is at least this long: while it runs, so that it does not jump, and afterwards. */
const LEAST_RUNNING_MS = 5000;
const LEAST_MS = 1000;
const TICK_STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

/** While it runs the axis has room for the forecast, so that the bars do not shrink at every tick. */
export function timelineScale(run: ReloadRun, nowMs: number, widthPx: number): TimelineScale {
  const endMs = run.finishedAtMs ?? nowMs;
  const expectedMs = run.finishedAtMs === null ? (run.forecast.durationMs ?? 0) : 0;
  const leastMs = run.finishedAtMs === null ? LEAST_RUNNING_MS : LEAST_MS;
  const lengthMs = Math.max(endMs - run.startedAtMs, expectedMs, leastMs) * 1.08;
  return { fromMs: run.startedAtMs, toMs: run.startedAtMs + lengthMs, widthPx };
}

export function xOf({ fromMs, toMs, widthPx }: TimelineScale, atMs: number): number {
  return Math.min(Math.max(((atMs - fromMs) / (toMs - fromMs)) * widthPx, 0), widthPx);
}

/** The bars of one worker, left to right; an open span reaches to `untilMs`. */
export function barsOf(worker: ReloadWorker, scale: TimelineScale, untilMs: number): Bar[] {
  return worker.spans.flatMap((span, index) => {
    const endMs = span.toMs ?? untilMs;
    const x = xOf(scale, span.fromMs);
    const widthPx = xOf(scale, endMs) - x;
    if (widthPx <= 0 && span.toMs !== null) return [];
    const durationMs = Math.max(endMs - span.fromMs, 0);
    const long = span.state === 'draining' && durationMs >= LONG_DRAIN_MS;
    return [{ x, widthPx, state: span.state, durationMs, long, killed: worker.spans[index + 1]?.state === 'down' }];
  });
}

export function secondTicks(scale: TimelineScale): { x: number; seconds: number }[] {
  const lengthS = (scale.toMs - scale.fromMs) / 1000;
  const step = TICK_STEPS_S.find((step) => lengthS / step <= 6) ?? 3600;
  const ticks: { x: number; seconds: number }[] = [];
  for (let seconds = 0; seconds <= lengthS; seconds += step) {
    ticks.push({ x: xOf(scale, scale.fromMs + seconds * 1000), seconds });
  }
  return ticks;
}

/** The workers of a run in numbers, for the step bar and for screen readers. */
export function countWorkers(run: ReloadRun): { running: number; renewed: number } {
  const running = run.workers.filter((worker) => worker.oldPid !== 0 || worker.newPid !== null);
  return { running: running.length, renewed: running.filter((worker) => isNew(worker)).length };
}

function isNew(worker: ReloadWorker): boolean {
  const last = worker.spans.at(-1)?.state;
  return last === 'new' || (last === 'cheap' && worker.newPid === null);
}
