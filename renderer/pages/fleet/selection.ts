/** What is chosen in the fleet, and in which order it would be reloaded. Pure. */
import type { Instance } from '../../../electron/contract/model.ts';

/** All rows from one to another, in the order they are shown in. */
export function rangeOf(shown: readonly string[], from: string, to: string): readonly string[] {
  const a = shown.indexOf(from);
  const b = shown.indexOf(to);
  if (a < 0 || b < 0) return b < 0 ? [] : [to];
  return shown.slice(Math.min(a, b), Math.max(a, b) + 1);
}

export function toggled(selected: readonly string[], ids: readonly string[]): string[] {
  const areAllIn = ids.every((id) => selected.includes(id));
  return areAllIn ? selected.filter((id) => !ids.includes(id)) : [...new Set([...selected, ...ids])];
}

/** The one that does least first: it is the canary. Unknown rates come last. */
export function rollingOrder(instances: readonly Instance[]): Instance[] {
  return [...instances].sort((a, b) => rateOf(a) - rateOf(b) || a.name.localeCompare(b.name));
}

function rateOf({ figures, link }: Instance): number {
  return link.status === 'attached' ? (figures?.reqPerSec ?? Number.MAX_VALUE) : Number.MAX_VALUE;
}

/** `Canary sessions, then 2 at a time, stop when a check fails`. */
export function planWords(names: readonly string[], isCanary: boolean, waveSize: number): string {
  const [first = ''] = names;
  if (names.length <= 1) return `Only ${first}, watched until its workers are new`;
  const rest = waveSize === 1 ? 'one after another' : `${waveSize} at a time`;
  return `${isCanary ? `Canary ${first}, then ${rest}` : rest.replace(/^o/, 'O')}, stop when a check fails`;
}

/** Two at a time for a few, a tenth of many. */
export function usualWaveSize(count: number): number {
  return Math.max(1, Math.min(10, count <= 2 ? 1 : Math.max(2, Math.round(count / 10))));
}
