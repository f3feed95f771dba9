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

/** The number as a C program has it in 32 bits: 2147483648 is negative, and what has no room in 64 bits is -1 or 0. */
export function asInt(value: string): number {
  const digits = /^\s*[+-]?\d+/.exec(value)?.[0].trim();
  if (digits === undefined) return 0;
  const whole = BigInt(digits.replace('+', ''));
  const limit = 2n ** 63n;
  const held = whole >= limit ? limit - 1n : whole < -limit ? -limit : whole;
  return Number(BigInt.asIntN(32, held));
}

const NUMBER_KINDS: ReadonlySet<string> = new Set(['int', 'mb', 'bytes', 'seconds']);

/**
 * What a sloppy value of an option of this kind means to uWSGI where that is beyond doubt; null: it is not. A comment
 * behind a number, or behind the word that switches a flag on, changes nothing; a word for a flag is no number, thus 0.
 */
export function lenientValue(kind: string, value: string): { value: string; isComment: boolean } | null {
  const isNumber = NUMBER_KINDS.has(kind);
  const before = /^(\S+)\s+[;#]/.exec(value)?.[1];
  if (before !== undefined) {
    const isPlain = isNumber ? wholeNumber(before) !== null : kind === 'flag' && isFlagWord(before) && isOn(before);
    return isPlain ? { value: before, isComment: true } : null;
  }
  return isNumber && value !== '' && isFlagWord(value) ? { value: '0', isComment: false } : null;
}

/** The number when the value is nothing else; null otherwise. */
export function wholeNumber(value: string): number | null {
  return /^\d{1,15}$/.test(value) ? Number(value) : null;
}

/** A path as it is written, without `./` in front and doubled slashes. */
export function plainPath(path: string): string {
  return path.replace(/^(\.\/+)+(?=.)/, '').replaceAll(/(?<![:/])\/{2,}/g, '/');
}
