/** Which instances run something else than what is on the disk, by group. Pure. */
import type { ConfigDrift } from '../../electron/contract/desk-model.ts';
import type { Health, Instance } from '../../electron/contract/model.ts';
import { byGroupName, type GroupBy, groupOf } from '../stores/instances.ts';

/** What was found for an instance; `failed`: it could not be read. */
export type DriftFound = { type: 'found'; drift: ConfigDrift } | { type: 'failed'; reason: string };

export interface DriftLine {
  instance: Instance;
  level: Health['level'];
  words: string;
}

export interface DriftGroup {
  title: string;
  /** How many of its instances have drift. */
  drifted: number;
  /** Those with drift first, then those that are not known. */
  lines: readonly DriftLine[];
}

/** Groups with drift first. */
export function driftGroups(
  instances: readonly Instance[],
  found: ReadonlyMap<string, DriftFound>,
  groupBy: GroupBy,
): DriftGroup[] {
  return [...Map.groupBy(instances, (instance) => groupOf(instance, groupBy))]
    .map(([title, members]): DriftGroup => {
      const lines = members.map((instance) => lineOf(instance, found.get(instance.id)));
      return {
        title,
        drifted: lines.filter(({ level }) => level === 'warn').length,
        lines: lines.sort((a, b) => RANK[a.level] - RANK[b.level] || a.instance.name.localeCompare(b.instance.name)),
      };
    })
    .sort((a, b) => Number(b.drifted > 0) - Number(a.drifted > 0) || byGroupName(a.title, b.title));
}

const RANK: Record<Health['level'], number> = { crit: 0, warn: 1, lost: 2, off: 3, ok: 4 };
const MOST_NAMES = 4;

function lineOf(instance: Instance, found: DriftFound | undefined): DriftLine {
  if (found === undefined) return { instance, level: 'off', words: 'not looked at yet' };
  if (found.type === 'failed') return { instance, level: 'lost', words: found.reason };
  const { status, changes, basis } = found.drift;
  if (status === 'drift') return { instance, level: 'warn', words: `not in effect: ${names(changes)}` };
  if (status === 'same') return { instance, level: 'ok', words: 'runs what is on the disk' };
  return { instance, level: 'lost', words: basis };
}

function names(changes: ConfigDrift['changes']): string {
  const all = [...new Set(changes.map(({ name }) => name))];
  const shown = all.slice(0, MOST_NAMES).join(', ');
  return all.length > MOST_NAMES ? `${shown} and ${all.length - MOST_NAMES} more` : shown;
}

/** `2 of 6 instances in 1 group have drift`. */
export function driftWords(groups: readonly DriftGroup[], looked: number, total: number): string {
  if (looked < total) return `Reading ${looked + 1} of ${total}`;
  const drifted = groups.reduce((sum, group) => sum + group.drifted, 0);
  const inGroups = groups.filter((group) => group.drifted > 0).length;
  const unknown = groups.flatMap(({ lines }) => lines).filter(({ level }) => level === 'lost').length;
  const rest = unknown === 0 ? '' : ` ${unknown} of them ${unknown === 1 ? 'is' : 'are'} not known.`;
  if (drifted === 0) return `No drift was found.${rest}`;
  return `${drifted} of ${total} have drift, in ${inGroups === 1 ? '1 group' : `${inGroups} groups`}.${rest}`;
}
