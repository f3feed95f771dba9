/**
 * What a resolved configuration comes to, line by line: which lines are in effect, which a later line of the same option
 * took the effect from, which only fill in placeholders, which no server knows. Values are compared by `plainValue`, so
 * that spelling makes no difference. Pure; comparing two of them is semantic-diff.ts.
 */
import { formatAddress, parseAddress } from './address.ts';
import type { CheckTarget } from './diagnostics.ts';
import { formatOrigin } from './errors.ts';
import { findOption, type OptionEffect, type OptionInfo } from './option-table.ts';
import { RESOLVED_OPTIONS } from './options/sections.ts';
import type { Resolved } from './resolve.ts';
import type { Origin, OriginStep } from './settings.ts';
import { isOn, leadingInteger, plainPath } from './values.ts';

export type EffectiveStatus =
  | 'in effect'
  /** A later line of the same option, of which there is one value only, wins. */
  | 'overridden'
  /** No option: it gives a value to `%(name)`. */
  | 'placeholder'
  /** No option of uWSGI's, and nothing refers to it; a plugin may know it. */
  | 'unknown';

export interface EffectiveOption {
  /** Main name of the option, whatever alias was written. */
  name: string;
  key: string;
  /** With placeholders filled in. */
  value: string;
  origin: Origin;
  status: EffectiveStatus;
  option: OptionInfo | null;
}

/** Loaders, beside what resolve.ts deals with: they only steer the reading and set nothing themselves. */
const LOADERS: ReadonlySet<string> = new Set(
  'xml yaml json config inject-before inject-after ini-paste ini-paste-logged end'.split(' '),
);

/** Every line that sets something, in the order in which it takes effect. */
export function effectiveOptions({ applied, placeholders }: Pick<Resolved, 'applied' | 'placeholders'>) {
  const last = new Map<string, EffectiveOption>();
  const found: EffectiveOption[] = [];
  for (const { key, value, origin } of applied) {
    const option = findOption(key);
    if (option !== null && isReading(option)) continue;
    const name = option?.name ?? key;
    const unset = placeholders.has(key) ? 'placeholder' : 'unknown';
    const line: EffectiveOption = { name, key, value, origin, option, status: option === null ? unset : 'in effect' };
    found.push(line);
    if (option === null || option.repeatable) continue;
    const before = last.get(name);
    if (before !== undefined) before.status = 'overridden';
    last.set(name, line);
  }
  return found;
}

/** What it takes until a changed value is in effect on that server; a name that is no option counts as its users do. */
export function effectOf(option: OptionInfo | null, server: CheckTarget['server']): OptionEffect {
  return (server === 'engine' ? option?.engineEffect : option?.effect) ?? 'reload';
}

/** The value as uWSGI reads it, in one spelling; paths as they are written but for `./` and doubled slashes. */
export function plainValue(option: OptionInfo | null, value: string): string {
  switch (option?.kind) {
    case 'flag':
      return isOn(value) ? 'true' : 'false';
    case 'int':
    case 'mb':
    case 'bytes':
    case 'seconds':
      return String(leadingInteger(value) ?? 0);
    case 'mode':
      return /^[0-7]+$/.test(value) ? Number.parseInt(value, 8).toString(8) : value;
    case 'address': {
      const parsed = parseAddress(value);
      return parsed.ok ? plainPath(formatAddress(parsed.address)) : value;
    }
    case 'path':
      return plainPath(value);
    case 'string':
    case 'list':
    case 'logic':
    case undefined:
      return value;
  }
}

/** The lines in effect as an INI text that needs no other file. */
export function effectiveIni(options: readonly Pick<EffectiveOption, 'key' | 'value' | 'status'>[]): string {
  const lines = options.filter(({ status }) => status === 'in effect' || status === 'unknown');
  return ['[uwsgi]', ...lines.map(({ key, value }) => `${key} = ${value}`), ''].join('\n');
}

/** The steps by which a line came in, innermost first: `include = common.ini` of shop.ini:3. */
export function stepsOf(origin: Origin): OriginStep[] {
  const steps: OriginStep[] = [];
  for (let step = origin.via; step !== undefined; step = step.origin.via) steps.push(step);
  return steps;
}

/** `common.ini:4, by include = common.ini in shop.ini:3`. */
export function originWords(origin: Origin): string {
  const steps = stepsOf(origin).map(
    ({ option, value, origin: at }) => `by ${option}${value === '' ? '' : ` = ${value}`} in ${formatOrigin(at)}`,
  );
  return [formatOrigin(origin), ...steps].join(', ');
}

function isReading({ name, kind }: OptionInfo): boolean {
  return kind === 'logic' || RESOLVED_OPTIONS.has(name) || LOADERS.has(name);
}
