/**
 * When a log line says that it was written. uWSGI's own dates have no time zone: the caller gives the one of the
 * machine. Pure.
 */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ISO = /^\W{0,2}(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?\d*\s?(Z|[+-]\d\d:?\d\d)?/;
/** asctime, with which uWSGI dates request lines and, with `log-date`, others: `Sun Nov 22 06:40:40 2026`. */
const ASCTIME = /(?:^|\[| )(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})\b/;
const APACHE = /\[(\d\d)\/(\w{3})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\]/;

/** Epoch milliseconds; null: the line has no date that is known. `zoneMinutes`: east of UTC. */
export function timeOfLine(text: string, zoneMinutes: number): number | null {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, year, month, day, hours, minutes, seconds, fraction = '', zone] = iso;
    const ms = Number(`0.${fraction === '' ? '0' : fraction}`) * 1000;
    return instant([year, Number(month) - 1, day, hours, minutes, seconds], zone, zoneMinutes) + Math.floor(ms);
  }
  const plain = ASCTIME.exec(text);
  if (plain !== null) {
    const [, month = '', day, hours, minutes, seconds, year] = plain;
    const index = MONTHS.indexOf(month);
    return index < 0 ? null : instant([year, index, day, hours, minutes, seconds], undefined, zoneMinutes);
  }
  const apache = APACHE.exec(text);
  if (apache === null) return null;
  const [, day, month = '', year, hours, minutes, seconds, zone] = apache;
  const index = MONTHS.indexOf(month);
  return index < 0 ? null : instant([year, index, day, hours, minutes, seconds], zone, zoneMinutes);
}

/** `+0130`, `-05:00`, `Z` in minutes east of UTC; null: it is none. */
export function parseZone(zone: string): number | null {
  if (zone === 'Z') return 0;
  const found = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (found === null) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return found[1] === '-' ? -minutes : minutes;
}

function instant(parts: readonly (string | number | undefined)[], zone: string | undefined, fallback: number): number {
  const [year = 0, month = 0, day = 1, hours = 0, minutes = 0, seconds = 0] = parts.map(Number);
  const east = zone === undefined ? fallback : (parseZone(zone) ?? fallback);
  return Date.UTC(year, month, day, hours, minutes, seconds) - east * 60_000;
}
