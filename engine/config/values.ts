/**
 * Values as uWSGI reads them: which words switch a flag off, and numbers by their leading digits (atoi). Whether a
 * sloppy value is good enough for the engine is for build-settings.ts to say.
 */

/** A flag is on unless it says `false`, `off`, `no` or `0`; an empty value is on. */
export function isOn(value: string): boolean {
  return !/^(false|off|no|0)$/i.test(value);
}

/** True for the words that people write for flags. */
export function isFlagWord(value: string): boolean {
  return /^(|true|false|on|off|yes|no|1|0)$/i.test(value);
}

/** The number a value begins with; null when it begins with none (uWSGI then takes 0). */
export function leadingInteger(value: string): number | null {
  const digits = /^\s*[+-]?\d+/.exec(value)?.[0];
  return digits === undefined ? null : Number(digits);
}

/** The number when the value is nothing else; null otherwise. */
export function wholeNumber(value: string): number | null {
  return /^\d{1,15}$/.test(value) ? Number(value) : null;
}
