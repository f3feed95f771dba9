/**
 * Times of cron as uWSGI writes them: a number in each field, -1 for any, -N for every Nth (a value that N divides), 7
 * for Sunday as well as 0. Where both the day and the weekday are given, one of them is enough. Times are local. Pure.
 */

/** The fields of `cron`, and of `crons` in the stats document. */
export interface CronTime {
  minute: number;
  hour: number;
  day: number;
  /** 1 to 12. */
  month: number;
  /** 0 or 7 is Sunday. */
  week: number;
}

export const MINUTE_MS = 60_000;
/** A 29 February can be eight years away. */
const MONTHS_AHEAD = 9 * 12;

/** Whether a minute of the local clock is one of its times. */
export function isDue(time: CronTime, at: Date): boolean {
  return isItsMinute(time, at) && isItsHour(time, at) && isItsDay(time, at) && isItsMonth(time, at);
}

/** The first of its times after this moment, in epoch milliseconds; null: it never comes (30 February). */
export function nextRunMs(time: CronTime, afterMs: number): number | null {
  if (!canMatch(time.minute, 0, 59) || !canMatch(time.hour, 0, 23) || !canMatch(time.month, 1, 12)) return null;
  let ms = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const start = new Date(ms);
  const lastMonth = start.getFullYear() * 12 + start.getMonth() + MONTHS_AHEAD;
  for (;;) {
    const at = new Date(ms);
    if (at.getFullYear() * 12 + at.getMonth() > lastMonth) return null;
    if (!isItsMonth(time, at)) ms = later(ms, new Date(at.getFullYear(), at.getMonth() + 1));
    else if (!isItsDay(time, at)) ms = later(ms, new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1));
    // In steps of the clock on the wall: where it is put forward or back, what it shows then counts.
    else if (!isItsHour(time, at)) ms += (60 - at.getMinutes()) * MINUTE_MS;
    else if (!isItsMinute(time, at)) ms += MINUTE_MS;
    else return ms;
  }
}

/** `59 2 -1 -1 -1` as numbers; null: these are not five of them. */
export function parseCronTime(fields: readonly string[]): CronTime | null {
  const numbers = fields.map((field) => (/^[+-]?\d{1,9}$/.test(field) ? Number(field) : null));
  const [minute, hour, day, month, week] = numbers;
  if (numbers.length !== 5 || minute == null || hour == null || day == null || month == null || week == null)
    return null;
  return { minute, hour, day, month, week };
}

export function formatCronTime({ minute, hour, day, month, week }: CronTime): string {
  return [minute, hour, day, month, week].join(' ');
}

function isItsMinute({ minute }: CronTime, at: Date): boolean {
  return matches(minute, at.getMinutes());
}

function isItsHour({ hour }: CronTime, at: Date): boolean {
  return matches(hour, at.getHours());
}

function isItsMonth({ month }: CronTime, at: Date): boolean {
  return matches(month, at.getMonth() + 1);
}

function isItsDay({ day, week }: CronTime, at: Date): boolean {
  const isDay = matches(day, at.getDate());
  const isWeekday = matches(week === 7 ? 0 : week, at.getDay());
  return day === -1 || week === -1 ? isDay && isWeekday : isDay || isWeekday;
}

/** -1 divides everything. */
function matches(wanted: number, value: number): boolean {
  return wanted < 0 ? value % -wanted === 0 : value === wanted;
}

/** Whether any of these values can be meant: a minute of 60 never comes. */
function canMatch(wanted: number, least: number, most: number): boolean {
  if (wanted < 0) return least === 0 || -wanted <= most;
  return wanted >= least && wanted <= most;
}

/** Where a clock was put forward at midnight, a date may begin before it did. */
function later(ms: number, date: Date): number {
  return Math.max(ms + MINUTE_MS, date.getTime());
}
