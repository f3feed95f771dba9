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

/** An axis without data, or with almost none, ends at least here: below, figures are noise. */
const LEAST_MAX: Record<ScaleKind, number> = { decimal: 1, integer: 2, binary: 1024, time: 0.2 };

/** The smallest nice scale that holds `value`. */
export function niceScale(value: number, kind: ScaleKind): Scale {
  const wanted = Math.max(value, LEAST_MAX[kind]);
  const unit = kind === 'binary' ? 1024 ** Math.floor(Math.log(wanted) / Math.log(1024) + 1e-9) : 1;
  const step = niceStep(wanted / unit, kind) * unit;
  const intervals = Math.max(2, Math.ceil(wanted / step - 1e-9));
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
  return kind === 'binary' ? Math.max(1, step) : step;
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
