/**
 * What the rail shows, as data: groups with their instances, trouble first, at most twelve a group.
 * Pure, so that order and the keyboard of the tree are tested without a page.
 */
import type { Instance } from '../../electron/contract/model.ts';
import { byGroupName, byTrouble, type GroupBy, groupOf } from '../stores/instances.ts';

export const MOST_PER_GROUP = 12;

export interface RailGroup {
  name: string;
  count: number;
  isFolded: boolean;
  instances: readonly Instance[];
  /** How many are not shown. */
  hidden: number;
}

/** One line of the tree, in the order of the arrow keys. */
export type RailLine =
  | { type: 'group'; key: string; group: string; isFolded: boolean }
  | { type: 'instance'; key: string; group: string; instanceId: string }
  | { type: 'more'; key: string; group: string };

export function railGroups(
  instances: readonly Instance[],
  folded: readonly string[],
  groupBy: GroupBy = 'tag',
): RailGroup[] {
  const byGroup = Map.groupBy(instances, (instance) => groupOf(instance, groupBy));
  return [...byGroup]
    .sort(([a], [b]) => byGroupName(a, b))
    .map(([name, members]) => {
      const isFolded = folded.includes(name);
      const shown = [...members].sort(byTrouble).slice(0, MOST_PER_GROUP);
      return {
        name,
        count: members.length,
        isFolded,
        instances: isFolded ? [] : shown,
        hidden: isFolded ? 0 : members.length - shown.length,
      };
    });
}

export function railLines(groups: readonly RailGroup[]): RailLine[] {
  return groups.flatMap((group): RailLine[] => [
    { type: 'group', key: `group:${group.name}`, group: group.name, isFolded: group.isFolded },
    ...group.instances.map(
      (instance): RailLine => ({
        type: 'instance',
        key: `instance:${instance.id}`,
        group: group.name,
        instanceId: instance.id,
      }),
    ),
    ...(group.hidden > 0 ? [{ type: 'more', key: `more:${group.name}`, group: group.name } as const] : []),
  ]);
}

export type TreeMove = { type: 'focus'; key: string } | { type: 'fold'; group: string; folded: boolean };

/** What a key does in the tree; null when it is none of the tree's keys or leads nowhere. */
export function treeMove(lines: readonly RailLine[], focused: string, key: string): TreeMove | null {
  const index = lines.findIndex((line) => line.key === focused);
  const line = lines[index];
  if (!line) return null;
  const focusAt = (target: number): TreeMove | null => {
    const found = lines[target];
    return found ? { type: 'focus', key: found.key } : null;
  };
  switch (key) {
    case 'ArrowDown':
      return focusAt(index + 1);
    case 'ArrowUp':
      return focusAt(index - 1);
    case 'Home':
      return focusAt(0);
    case 'End':
      return focusAt(lines.length - 1);
    case 'ArrowRight':
      if (line.type !== 'group') return null;
      return line.isFolded ? { type: 'fold', group: line.group, folded: false } : focusAt(index + 1);
    case 'ArrowLeft':
      if (line.type === 'group') return line.isFolded ? null : { type: 'fold', group: line.group, folded: true };
      return { type: 'focus', key: `group:${line.group}` };
    default:
      return null;
  }
}
