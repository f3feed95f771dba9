/**
 * Domains and ticks of charts. Zero based, nice steps, three to five grid lines. A domain grows at once and shrinks only
 * when there is clear room below, so that the axis does not jump. Pure.
 */
export interface Scale {
  max: number;
  /** From 0 to `max`, evenly. */
  ticks: readonly number[];
}

/** `integer`: no fractions of things; `binary`: steps are whole in KiB, MiB, …; `time`: milliseconds. */
export type ScaleKind = 'decimal' | 'integer' | 'binary' | 'time';

const MANTISSAS = [1, 2, 2.5, 3, 4, 5, 10];
const MOST_INTERVALS = 4;
/** Room that must be free below the smaller domain before it is taken. */
const SHRINK_ROOM = 1.1;

/** The smallest nice scale that holds `value`. */
export function niceScale(value: number, kind: ScaleKind): Scale {
  const unit = kind === 'binary' ? 1024 ** Math.max(0, Math.floor(Math.log(Math.max(1, value)) / Math.log(1024))) : 1;
  const step = niceStep(Math.max(value, Number.MIN_VALUE) / unit, kind) * unit;
  const intervals = Math.max(2, Math.ceil(value / step - 1e-9));
  const ticks = Array.from({ length: intervals + 1 }, (_, index) => round(index * step));
  return { max: round(intervals * step), ticks };
}

/** The scale to draw now, given the one drawn before (null: the first). */
export function keepScale(before: Scale | null, value: number, kind: ScaleKind): Scale {
  const needed = niceScale(value, kind);
  if (before === null || needed.max > before.max) return needed;
  const withRoom = niceScale(value * SHRINK_ROOM, kind);
  return withRoom.max < before.max ? withRoom : before;
}

function niceStep(value: number, kind: ScaleKind): number {
  const least = value / MOST_INTERVALS;
  const power = 10 ** Math.floor(Math.log10(least) - 1e-9);
  const mantissa = MANTISSAS.find((candidate) => candidate * power >= least - 1e-12) ?? 10;
  const step = mantissa * power;
  if (kind === 'integer' && !Number.isInteger(step)) return step < 1 ? 1 : Math.ceil(step);
  // An axis that says 0.00004 says nothing; the smallest unit of each kind is enough.
  const smallest = kind === 'time' ? 0.1 : kind === 'decimal' ? 0.5 : 1;
  return Math.max(step, kind === 'binary' && value < 1 ? 0.25 : smallest);
}

/** Takes the dust of binary fractions off. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

const TIME_STEPS_MS = [5, 10, 15, 30, 60, 120, 180, 300, 600].map((seconds) => seconds * 1000);

/** Distance of time ticks: about five in the window, on round minutes. */
export function timeStepMs(windowMs: number): number {
  return TIME_STEPS_MS.find((step) => windowMs / step <= 5.01) ?? 600_000;
}

/** Round times within [fromMs, toMs]. */
export function timeTicks(fromMs: number, toMs: number): number[] {
  const step = timeStepMs(toMs - fromMs);
  const first = Math.ceil(fromMs / step) * step;
  const ticks: number[] = [];
  for (let at = first; at <= toMs; at += step) ticks.push(at);
  return ticks;
}
