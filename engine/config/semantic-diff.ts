/**
 * The difference of two configurations by what they mean: comments, the order of lines where it means nothing, aliases,
 * includes and the spelling of flags and numbers make none. Lists are compared value by value; where uWSGI goes through
 * a list in its order (routes, mounts, static maps, import paths) another order is a change. Pure.
 */
import type { CheckTarget } from './diagnostics.ts';
import { type EffectiveOption, effectOf, plainValue } from './effective.ts';
import { findOption, type OptionEffect } from './option-table.ts';
import type { Origin } from './settings.ts';

export interface SettingValue {
  /** The option it was written with. */
  key: string;
  value: string;
  origin: Origin;
}

export interface SemanticChange {
  /** Main name of the option; `env NAME` for one variable, `route` for a chain of routes. */
  name: string;
  type: 'added' | 'removed' | 'changed' | 'reordered';
  /** The values that are no more (`reordered`: all, in their order); empty for `added`. */
  before: SettingValue[];
  after: SettingValue[];
  /** What it takes until it is in effect. */
  effect: OptionEffect;
}

interface Setting extends SettingValue {
  /** What is compared. */
  plain: string;
}

/** One chain of rules each, whatever options its rules are written with. */
const CHAINS = ['final-route', 'error-route', 'response-route', 'route'] as const;

/** Lists whose order means nothing: each value stands for itself. */
const UNORDERED =
  /^(touch-|fs-|cron|unique-cron|legion-cron|unique-legion-cron|spooler$|alarm|trusted-proxy|static-safe|stats$|stats-push|metric|reload-on-exception-|.*-log$|master-fifo$|ignore-|unenv$|snmp)/;

/** What changed from one to the other, file by file in the order of lines; `server` says whose reload brings it in. */
export function compareEffective(
  before: readonly EffectiveOption[],
  after: readonly EffectiveOption[],
  server: CheckTarget['server'] = 'uwsgi',
): SemanticChange[] {
  const socketsInOrder = [...before, ...after].some(({ name }) => name === 'map-socket');
  const old = settingsOf(before);
  const now = settingsOf(after);
  const changes: SemanticChange[] = [];
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const option = findOption(name);
    const isSocket = option?.kind === 'address' && option.repeatable;
    const isOrdered = isSocket ? socketsInOrder : !UNORDERED.test(name);
    const first = findOption(name.split(' ', 1)[0] ?? name);
    const effect = effectOf(first, server);
    changes.push(...compareSetting(name, old.get(name) ?? [], now.get(name) ?? [], { isOrdered, effect }));
  }
  const files = [...new Set([...after, ...before].map(({ origin }) => origin.file))];
  const placeOf = ({ before: [gone], after: [fresh] }: SemanticChange): [file: number, line: number] => {
    const origin = (fresh ?? gone)?.origin;
    return origin === undefined ? [0, 0] : [files.indexOf(origin.file), origin.line];
  };
  return changes
    .map((change) => ({ change, place: placeOf(change) }))
    .sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1])
    .map(({ change }) => change);
}

function settingsOf(options: readonly EffectiveOption[]): Map<string, Setting[]> {
  const settings = new Map<string, Setting[]>();
  for (const { name, key, value, origin, option, status } of options) {
    if (status === 'overridden' || status === 'placeholder') continue;
    const plain = plainValue(option, value);
    // Switched off is as if it were not there: no flag of uWSGI is on by itself.
    if (option?.kind === 'flag' && plain === 'false') continue;
    const variable = name === 'env' ? /^([^=]*)=/.exec(value)?.[1] : undefined;
    const chain = CHAINS.find((prefix) => name === prefix || name.startsWith(`${prefix}-`));
    const group = variable !== undefined ? `env ${variable}` : (chain ?? name);
    const setting: Setting = { key, value, origin, plain: chain === undefined ? plain : `${name} ${plain}` };
    const known = settings.get(group);
    if (known === undefined || variable !== undefined) settings.set(group, [setting]);
    else known.push(setting);
  }
  return settings;
}

function compareSetting(
  name: string,
  old: Setting[],
  now: Setting[],
  { isOrdered, effect }: { isOrdered: boolean; effect: OptionEffect },
): SemanticChange[] {
  const gone = without(old, now);
  const fresh = without(now, old);
  const changes: SemanticChange[] = [];
  if (gone.length > 0 || fresh.length > 0) {
    const type = gone.length === 0 ? 'added' : fresh.length === 0 ? 'removed' : 'changed';
    changes.push({ name, type, before: gone.map(toValue), after: fresh.map(toValue), effect });
  }
  if (isOrdered && !isSameOrder(without(old, gone), without(now, fresh))) {
    changes.push({ name, type: 'reordered', before: old.map(toValue), after: now.map(toValue), effect });
  }
  return changes;
}

/** Those of `list` that `other` does not have, one for one. */
function without(list: readonly Setting[], other: readonly Setting[]): Setting[] {
  const counts = new Map<string, number>();
  for (const { plain } of other) counts.set(plain, (counts.get(plain) ?? 0) + 1);
  return list.filter(({ plain }) => {
    const count = counts.get(plain) ?? 0;
    counts.set(plain, count - 1);
    return count <= 0;
  });
}

function isSameOrder(a: readonly Setting[], b: readonly Setting[]): boolean {
  return a.every(({ plain }, i) => plain === b[i]?.plain);
}

function toValue({ key, value, origin }: Setting): SettingValue {
  return { key, value, origin };
}
