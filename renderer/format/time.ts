/**
 * Times as the console writes them: short and long durations, the clock, ages. Pure: "now" is always a parameter.
 * Everything here takes milliseconds; the contract has already turned uWSGI's microseconds into them.
 */
import { type Quantity, quantityText, UNKNOWN, UNKNOWN_TEXT } from './quantity.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Short time: whole ms below 1 s (one decimal below 1 ms, where whole numbers would all be 0), seconds below 60 s,
 * then two units. `live`: it counts while one looks, so seconds have a decimal below 10.
 */
export function formatShortTime(ms: number | null, { live = false }: { live?: boolean } = {}): Quantity {
  if (ms === null) return UNKNOWN;
  const isZero = ms === 0;
  if (ms < 0.95 && !isZero) return { text: ms < 0.1 ? '<0.1' : ms.toFixed(1), unit: 'ms', isZero };
  if (ms < 999.5) return { text: String(Math.round(ms)), unit: 'ms', isZero };
  if (ms < MINUTE_MS - 500) {
    const seconds = ms / SECOND_MS;
    const text =
      live && seconds < 9.95
        ? seconds.toFixed(1)
        : seconds < 9.95
          ? trimZero(seconds.toFixed(1))
          : String(Math.round(seconds));
    return { text, unit: 's', isZero };
  }
  return { text: formatLongTime(ms), unit: '', isZero };
}

export function shortTimeText(ms: number | null, options: { live?: boolean } = {}): string {
  return quantityText(formatShortTime(ms, options));
}

/** Long time in at most two units, no zero second unit: `13 m 12 s`, `2 h 14 m`, `6 d`. */
export function formatLongTime(ms: number | null): string {
  if (ms === null) return UNKNOWN_TEXT;
  const seconds = Math.max(0, Math.round(ms / SECOND_MS));
  const parts: [number, string][] =
    seconds < 60
      ? [[seconds, 's']]
      : seconds < 3600
        ? [
            [Math.floor(seconds / 60), 'm'],
            [seconds % 60, 's'],
          ]
        : seconds < 86_400
          ? [
              [Math.floor(seconds / 3600), 'h'],
              [Math.floor((seconds % 3600) / 60), 'm'],
            ]
          : [
              [Math.floor(seconds / 86_400), 'd'],
              [Math.floor((seconds % 86_400) / 3600), 'h'],
            ];
  return parts
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Age in one unit, for narrow columns: `34 d`, `13 m`; two units between one and ten hours (`5 h 12 m`). */
export function formatAge(ms: number | null): string {
  if (ms === null) return UNKNOWN_TEXT;
  if (ms >= 10 * DAY_MS) return `${Math.floor(ms / DAY_MS)} d`;
  if (ms >= MINUTE_MS && ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} m`;
  return formatLongTime(ms);
}

/** Local clock `03:12:48`; `withMs` for logs; with a date in front when it is not today. */
export function formatClock(atMs: number | null, nowMs: number, { withMs = false }: { withMs?: boolean } = {}): string {
  if (atMs === null) return UNKNOWN_TEXT;
  const at = new Date(atMs);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (withMs) return `${clock}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  if (isSameDay(at, new Date(nowMs))) return clock;
  return `${at.getDate()} ${MONTHS[at.getMonth()] ?? ''} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Time on an axis: seconds only when the ticks are closer than a minute. */
export function formatAxisClock(atMs: number, stepMs: number): string {
  const at = new Date(atMs);
  const minutes = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return stepMs < MINUTE_MS ? `${minutes}:${two(at.getSeconds())}` : minutes;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

function isSameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}
