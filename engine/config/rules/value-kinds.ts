/**
 * Values of the wrong kind or unit: what uWSGI makes of them, and what was meant where that is beyond doubt (`30s` of
 * an option in seconds is 30, `10M` of one in bytes is 10485760). Pure; about one line.
 */
import { nearestNames } from '../nearest.ts';
import type { OptionInfo } from '../option-table.ts';
import { isFlagWord, leadingInteger, wholeNumber } from '../values.ts';

export interface KindFault {
  code: 'kind' | 'choice';
  message: string;
  /** The value that was meant; null: it can not be known. */
  meant: string | null;
}

const NUMBER_KINDS: ReadonlySet<string> = new Set(['int', 'mb', 'bytes', 'seconds']);
const MEBIBYTE = 1024 * 1024;

/** null: there is nothing wrong with the value. `key`: as it was written. */
export function findKindFault(key: string, value: string, option: OptionInfo): KindFault | null {
  // A magic variable such as %k, or what comes from elsewhere.
  if (/%|[$@]\(/.test(value) || value === '') return null;
  if (NUMBER_KINDS.has(option.kind)) return findNumberFault(key, value, option);
  if (option.kind === 'flag' && !isFlagWord(value)) {
    const message = `'${key}' is a switch; uWSGI takes '${value}' as true. Write true or false.`;
    return { code: 'kind', message, meant: nearestNames(value, ['true', 'false'], 1)[0] ?? null };
  }
  if (option.kind === 'mode' && !/^0?[0-7]{3}$|^[0-7]{4}$|^(true|1)$/.test(value)) {
    const message = `'${key}' takes an octal mode such as 660; uWSGI does not take '${value}'.`;
    return { code: 'kind', message, meant: null };
  }
  // The algorithms of 'cheaper' have a rule of their own, with what uWSGI does instead.
  if (option.choices !== null && option.name !== 'cheaper-algo' && !option.choices.includes(value)) {
    const choices = option.choices.join(', ');
    const meant = nearestNames(value, option.choices, 1)[0] ?? null;
    return { code: 'choice', message: `'${key}' has no '${value}'. Choose one of: ${choices}.`, meant };
  }
  return null;
}

function findNumberFault(key: string, value: string, option: OptionInfo): KindFault | null {
  if (wholeNumber(value) !== null || (option.argument !== 'required' && isFlagWord(value))) return null;
  // A negative number, or one in an option that means more than it, ends the start or is meant so.
  if (/^[+-]\d+$/.test(value)) return null;
  const reads = leadingInteger(value) ?? 0;
  const meant = numberMeant(value, option);
  const unit = option.unit === null ? 'a whole number' : `a whole number of ${option.unit}`;
  const next = meant === null ? 'Write the number alone.' : `Write ${meant}.`;
  return { code: 'kind', message: `'${key}' takes ${unit}; uWSGI reads '${value}' as ${reads}. ${next}`, meant };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const BYTES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: MEBIBYTE, g: 1024 * MEBIBYTE };

function numberMeant(value: string, { kind, unit }: OptionInfo): string | null {
  const [, digits = '', word = ''] = /^(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]+)$/i.exec(value) ?? [];
  if (digits === '') return null;
  const number = Number(digits);
  const letter = word[0]?.toLowerCase() ?? '';
  if (kind === 'seconds' || unit === 'seconds') {
    const factor = /^(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)$/i.test(word) ? SECONDS[letter] : undefined;
    return factor === undefined ? null : whole(number * factor);
  }
  const isSize = /^(b|bytes?|[kmg](i?b)?)$/i.test(word);
  const factor = isSize ? BYTES[letter] : undefined;
  // `4 workers`: a word that is no unit changes nothing.
  if (factor === undefined)
    return isSize || /^(s|secs?|seconds?|m|mins?|h|d)$/i.test(word) || !/\s/.test(value) ? null : whole(number);
  if (kind === 'bytes' || unit === 'bytes') return whole(number * factor);
  return kind === 'mb' || unit === 'MiB' ? whole(Math.ceil((number * factor) / MEBIBYTE)) : null;
}

function whole(value: number): string | null {
  return Number.isSafeInteger(value) ? String(value) : null;
}
