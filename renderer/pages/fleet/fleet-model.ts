/**
 * The fleet's table as data: filter, sort, groups, sums. Pure. A filter is words (name, group, address) and fields:
 * `group:jobs`, `kind:engine`, `state:crit`, `avg>200ms`, `queue>10`, `busy>80%`, `rps<5`.
 */
import type { Health, Instance } from '../../../electron/contract/model.ts';

export type SortKey =
  | 'name'
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

const UNIT_FACTORS: Record<string, number> = { ms: 1, s: 1000, '%': 0.01, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 };
const COMPARISON = /^(\w+)([<>])([\d.]+)(\D*)$/;

/** Figure of an instance under a name of the filter language or a column; null when unknown. */
export function figureOf(instance: Instance, name: string): number | null {
  const { figures } = instance;
  if (figures === null) return null;
  const figuresByName: Record<string, number | null> = {
    rps: figures.reqPerSec,
    avg: figures.avgRtMs,
    busy: figures.workers === 0 ? null : figures.busy / figures.workers,
    queue: figures.listenQueue,
    memory: figures.rssBytes,
    harakiri: figures.harakiriTotal,
    exceptions: figures.exceptionsPerMin,
    workers: figures.workers,
  };
  return figuresByName[name] ?? null;
}

export function matchesFilter(instance: Instance, filter: string): boolean {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((term) => term !== '')
    .every((term) => matchesTerm(instance, term));
}

function matchesTerm(instance: Instance, term: string): boolean {
  const comparison = COMPARISON.exec(term);
  if (comparison) {
    const [, name = '', sign, number = '', unit = ''] = comparison;
    const value = figureOf(instance, name);
    const limit = Number(number) * (UNIT_FACTORS[unit] ?? 1);
    return value !== null && (sign === '>' ? value > limit : value < limit);
  }
  const colon = term.indexOf(':');
  const field = colon > 0 ? term.slice(0, colon) : '';
  const wanted = term.slice(colon + 1);
  switch (field) {
    case 'group':
    case 'tag':
      return instance.group.toLowerCase() === wanted;
    case 'kind':
      return instance.kind === wanted;
    case 'state':
      return instance.health.level === wanted;
    default:
      return `${instance.name} ${instance.group} ${instance.statsAddress} ${instance.version ?? ''}`
        .toLowerCase()
        .includes(term);
  }
}

/** Rows in the order of the table: trouble first with its reason, then groups. */
export function fleetRows(instances: readonly Instance[], sort: Sort, folded: ReadonlySet<string>): FleetRow[] {
  const attention = instances.filter(isTrouble).sort(severityThen(sort));
  const rest = Map.groupBy(
    instances.filter((instance) => !isTrouble(instance)),
    ({ group }) => group,
  );
  const groups = [...rest].sort(([a], [b]) => Number(b === 'local') - Number(a === 'local') || a.localeCompare(b));
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
    const byKey =
      key === 'name' || key === 'version'
        ? sign * textOf(a, key).localeCompare(textOf(b, key))
        : byFigure(sortFigure(a, key), sortFigure(b, key), sign);
    return byKey || a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
  };
}

function textOf(instance: Instance, key: 'name' | 'version'): string {
  return key === 'name' ? instance.name : (instance.version ?? '');
}

function sortFigure(instance: Instance, key: SortKey): number | null {
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
  harakiri: number;
}

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
    harakiri: sum(figures.map(({ harakiriTotal }) => harakiriTotal)) ?? 0,
  };
}

/** Sum of the known values; null when none is known. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
