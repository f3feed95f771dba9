/** The fleet's table as data: sort, groups, what needs attention, sums. Pure. The filter is fleet-filter.ts. */
import type { Health, Instance } from '../../../electron/contract/model.ts';
import { byGroupName, type GroupBy, groupOf } from '../../stores/instances.ts';
import { compareVersions, figureOf } from './fleet-filter.ts';

export type SortKey =
  | 'name'
  | 'host'
  | 'tags'
  | 'rps'
  | 'busy'
  | 'queue'
  | 'avg'
  | 'memory'
  | 'harakiri'
  | 'exceptions'
  | 'version'
  | 'reloaded';
export interface Sort {
  key: SortKey;
  isDescending: boolean;
}

export type FleetRow =
  | { type: 'head'; key: string; title: string; instances: readonly Instance[]; isAttention: boolean }
  | { type: 'instance'; key: string; instance: Instance }
  | { type: 'reason'; key: string; instance: Instance };

export interface RowsWish {
  sort: Sort;
  groupBy: GroupBy;
  /** Keys of the heads that are folded. */
  folded: ReadonlySet<string>;
  /** Until when the trouble of an instance is not brought to the top. */
  mutedUntilMs: Readonly<Record<string, number>>;
  nowMs: number;
}

/** Rows in the order of the table: trouble first with its reason, then groups. */
export function fleetRows(instances: readonly Instance[], wish: RowsWish): FleetRow[] {
  const { sort, groupBy, folded, mutedUntilMs, nowMs } = wish;
  const isLoud = (instance: Instance) => isTrouble(instance) && (mutedUntilMs[instance.id] ?? 0) <= nowMs;
  const attention = instances.filter(isLoud).sort(severityThen(sort));
  const rest = Map.groupBy(
    instances.filter((instance) => !isLoud(instance)),
    (instance) => groupOf(instance, groupBy),
  );
  const groups = [...rest].sort(([a], [b]) => byGroupName(a, b));
  return [
    ...(attention.length > 0 ? sectionRows('attention', 'Needs attention', attention, true, folded) : []),
    ...groups.flatMap(([group, members]) =>
      sectionRows(group, group, [...members].sort(comparator(sort)), false, folded),
    ),
  ];
}

function isTrouble({ health }: Instance): boolean {
  return health.level === 'crit' || health.level === 'warn';
}

function sectionRows(
  key: string,
  title: string,
  instances: readonly Instance[],
  isAttention: boolean,
  folded: ReadonlySet<string>,
): FleetRow[] {
  const head: FleetRow = { type: 'head', key: `head:${key}`, title, instances, isAttention };
  if (folded.has(head.key)) return [head];
  const rows = instances.flatMap((instance): FleetRow[] => [
    { type: 'instance', key: `row:${instance.id}`, instance },
    ...(isAttention && instance.health.sentence !== null
      ? [{ type: 'reason', key: `why:${instance.id}`, instance } as const]
      : []),
  ]);
  return [head, ...rows];
}

const SEVERITY: Record<Health['level'], number> = { crit: 0, warn: 1, lost: 2, ok: 3, off: 4 };

function severityThen(sort: Sort): (a: Instance, b: Instance) => number {
  const then = comparator(sort);
  return (a, b) => SEVERITY[a.health.level] - SEVERITY[b.health.level] || then(a, b);
}

/** Unknown figures come last, whatever the direction; equal ones by name. */
export function comparator({ key, isDescending }: Sort): (a: Instance, b: Instance) => number {
  const sign = isDescending ? -1 : 1;
  return (a, b) => {
    const byKey = isText(key)
      ? sign * compareVersions(textOf(a, key), textOf(b, key))
      : byFigure(sortFigure(a, key), sortFigure(b, key), sign);
    return byKey || a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
  };
}

type TextKey = 'name' | 'host' | 'tags' | 'version';

function isText(key: SortKey): key is TextKey {
  return key === 'name' || key === 'host' || key === 'tags' || key === 'version';
}

function textOf(instance: Instance, key: TextKey): string {
  switch (key) {
    case 'name':
      return instance.name;
    case 'host':
      return instance.hostName;
    case 'tags':
      return instance.tags.join(' ');
    case 'version':
      return instance.version ?? '';
  }
}

function sortFigure(instance: Instance, key: Exclude<SortKey, TextKey>): number | null {
  return key === 'reloaded' ? instance.lastReloadAtMs : figureOf(instance, key);
}

function byFigure(a: number | null, b: number | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (a - b);
}

export interface FleetTotals {
  reqPerSec: number | null;
  busy: number;
  workers: number;
  rssBytes: number | null;
  exceptionsPerMin: number | null;
  /** Within the last hour. */
  harakiri: number | null;
}

/** `23 ok, 1 lost`: how those of a group are, quiet about what is not there. */
export function healthWords(instances: readonly Instance[]): string {
  const words: [string, number][] = (['crit', 'warn', 'lost', 'ok', 'off'] as const).map((level) => [
    LEVEL_WORDS[level],
    instances.filter(({ health }) => health.level === level).length,
  ]);
  return words.flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
}

const LEVEL_WORDS: Record<Health['level'], string> = {
  crit: 'critical',
  warn: 'in trouble',
  lost: 'without link',
  ok: 'ok',
  off: 'stopped',
};

/** Sums over what answers now. */
export function totalsOf(instances: readonly Instance[]): FleetTotals {
  const figures = instances
    .filter(({ link }) => link.status === 'attached')
    .flatMap((instance) => (instance.figures ? [instance.figures] : []));
  return {
    reqPerSec: sum(figures.map(({ reqPerSec }) => reqPerSec)),
    busy: sum(figures.map(({ busy }) => busy)) ?? 0,
    workers: sum(figures.map(({ workers }) => workers)) ?? 0,
    rssBytes: sum(figures.map(({ rssBytes }) => rssBytes)),
    exceptionsPerMin: sum(figures.map(({ exceptionsPerMin }) => exceptionsPerMin)),
    harakiri: sum(figures.map(({ harakiriLastHour }) => harakiriLastHour)),
  };
}

/** Sum of the known values; null when none is known. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
