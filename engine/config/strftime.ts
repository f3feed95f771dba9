/**
 * Dates by a format of C's strftime, in local time and the C locale, for `log-date`, `log-format` and encoders.
 * Pure. A format is checked once (`unknownConversion`), then used for every line.
 */

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const CONVERSIONS: Readonly<Record<string, (date: Date) => string>> = {
  a: (d) => (DAYS[d.getDay()] ?? '').slice(0, 3),
  A: (d) => DAYS[d.getDay()] ?? '',
  b: (d) => (MONTHS[d.getMonth()] ?? '').slice(0, 3),
  B: (d) => MONTHS[d.getMonth()] ?? '',
  c: (d) => strftime('%a %b %e %H:%M:%S %Y', d),
  C: (d) => two(Math.floor(d.getFullYear() / 100)),
  d: (d) => two(d.getDate()),
  D: (d) => strftime('%m/%d/%y', d),
  e: (d) => String(d.getDate()).padStart(2, ' '),
  F: (d) => strftime('%Y-%m-%d', d),
  h: (d) => strftime('%b', d),
  H: (d) => two(d.getHours()),
  I: (d) => two(d.getHours() % 12 || 12),
  j: (d) => String(dayOfYear(d) + 1).padStart(3, '0'),
  k: (d) => String(d.getHours()).padStart(2, ' '),
  l: (d) => String(d.getHours() % 12 || 12).padStart(2, ' '),
  m: (d) => two(d.getMonth() + 1),
  M: (d) => two(d.getMinutes()),
  n: () => '\n',
  p: (d) => (d.getHours() < 12 ? 'AM' : 'PM'),
  P: (d) => (d.getHours() < 12 ? 'am' : 'pm'),
  r: (d) => strftime('%I:%M:%S %p', d),
  R: (d) => strftime('%H:%M', d),
  s: (d) => String(Math.floor(d.getTime() / 1000)),
  S: (d) => two(d.getSeconds()),
  t: () => '\t',
  T: (d) => strftime('%H:%M:%S', d),
  u: (d) => String(d.getDay() || 7),
  w: (d) => String(d.getDay()),
  x: (d) => strftime('%m/%d/%y', d),
  X: (d) => strftime('%H:%M:%S', d),
  y: (d) => two(d.getFullYear() % 100),
  Y: (d) => String(d.getFullYear()),
  z: zone,
  Z: zoneName,
  '%': () => '%',
};

/** The date in this format; a conversion that is not known stays as it is written. */
export function strftime(format: string, date: Date): string {
  return format.replace(/%([a-zA-Z%])/g, (written, letter: string) => CONVERSIONS[letter]?.(date) ?? written);
}

/** The first conversion that `strftime` would leave as it is (`%Q`); null: there is none. */
export function unknownConversion(format: string): string | null {
  for (const [written, letter = ''] of format.matchAll(/%(.?)/g)) {
    if (!Object.hasOwn(CONVERSIONS, letter)) return written;
  }
  return null;
}

function zone(date: Date): string {
  const offset = -date.getTimezoneOffset();
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** 0 for the first of January. */
function dayOfYear(date: Date): number {
  const first = Date.UTC(date.getFullYear(), 0, 1);
  return (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - first) / 86_400_000;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
