import { describe, expect, it } from 'vitest';
import type { Instance } from '../../../electron/contract/model.ts';
import { SparkHistory, sparkEnd, sparkPath } from '../../stores/spark-history.ts';
import { createFakeWorld } from '../../testing/fake-world.ts';
import { createCalmOrder } from './calm-order.ts';
import { arrangedColumns, COLUMNS, fittingColumns, keptColumns, movedColumn } from './fleet-columns.ts';
import { parseFilter } from './fleet-filter.ts';
import { comparator, fleetRows, healthWords, totalsOf } from './fleet-model.ts';
import { planWords, rangeOf, rollingOrder, toggled } from './selection.ts';

const world = createFakeWorld(Date.UTC(2026, 10, 22, 12), 30);
const all = [...world.servers.values()].map((server) => server.instance);
const named = (name: string): Instance => {
  const found = all.find((instance) => instance.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

function rows(...keys: string[]): { key: string }[] {
  return keys.map((key) => ({ key }));
}

function keysOf(shown: readonly { key: string }[]): string {
  return shown.map(({ key }) => key).join('');
}

describe('the filter of the fleet', () => {
  it.each([
    ['', 'checkout', true],
    ['check', 'checkout', true],
    ['check', 'cart', false],
    ['group:jobs', 'reports', true],
    ['group:jobs', 'checkout', false],
    ['kind:engine', 'hello', true],
    ['state:crit', 'reports', true],
    ['group:prod-eu rps>300', 'catalog', true],
    ['group:prod-eu rps>300', 'geo', false],
    ['avg<1s', 'checkout', true],
    ['busy>99%', 'reports', true],
    ['avg>1ms', 'ledger', false],
    ['-group:jobs', 'reports', false],
    ['-group:jobs', 'checkout', true],
    ['tag:prod-*', 'checkout', true],
    ['name:check*', 'checkout', true],
    ['name:eckout*', 'checkout', false],
    ['host:lap', 'checkout', true],
    ['version<2.0.100', 'checkout', true],
    ['version>=2.0.4', 'checkout', true],
    ['version<2.0.4', 'checkout', false],
    ['workers=16', 'checkout', true],
    ['"check"', 'checkout', true],
  ])('%s and %s: %s', (filter, name, expected) => {
    expect(parseFilter(filter).matches(named(name))).toBe(expected);
    expect(parseFilter(filter).problem).toBeNull();
  });

  it.each([
    ['avg>x', 'avg>x'],
    ['speed>5', 'speed'],
    ['state:bad', 'bad'],
    ['colour:red', 'colour'],
  ])('%s is told and hides nothing', (filter, word) => {
    const { problem, matches } = parseFilter(filter);
    expect(problem).toContain(word);
    expect(all.every(matches)).toBe(true);
  });

  it('does not hide everything while a field is being typed', () => {
    expect(all.every(parseFilter('tag:').matches)).toBe(true);
    expect(all.every(parseFilter('-').matches)).toBe(false);
  });
});

describe('the rows of the fleet', () => {
  const wish = {
    sort: { key: 'rps', isDescending: true },
    groupBy: 'tag',
    folded: new Set<string>(),
    mutedUntilMs: {},
    nowMs: 1_000,
  } as const;
  const table = fleetRows(all, wish);

  it('begin with what needs attention, worst first, each with its reason', () => {
    expect(table.slice(0, 3).map((row) => row.key)).toEqual(['head:attention', 'row:reports', 'why:reports']);
    expect(table[3]?.key).toBe('row:checkout');
  });

  it('then hold each other instance once, grouped, the local ones first', () => {
    const heads = table.flatMap((row) => (row.type === 'head' ? [row.title] : []));
    expect(heads).toEqual(['Needs attention', 'local', 'jobs', 'prod-eu']);
    const ids = table.flatMap((row) => (row.type === 'instance' ? [row.instance.id] : []));
    expect([...ids].sort()).toEqual(all.map(({ id }) => id).sort());
  });

  it('leave out the members of a folded group', () => {
    const folded = fleetRows(all, { ...wish, folded: new Set(['head:jobs']) });
    expect(folded.some((row) => row.key === 'head:jobs')).toBe(true);
    expect(folded.some((row) => row.key === 'row:invoices')).toBe(false);
  });

  it('put unknown figures last in both directions', () => {
    for (const isDescending of [true, false]) {
      const last = [...all].sort(comparator({ key: 'avg', isDescending })).at(-1);
      expect(last?.figures?.avgRtMs ?? null).toBeNull();
    }
  });

  it('leave an instance in its group as long as it is muted', () => {
    const muted = fleetRows(all, { ...wish, mutedUntilMs: { reports: 2_000, checkout: 900 } });
    expect(muted[1]?.key).toBe('row:checkout');
    const jobs = muted.findIndex(({ key }) => key === 'head:jobs');
    expect(muted.slice(jobs).some(({ key }) => key === 'row:reports')).toBe(true);
  });

  it('are grouped by host when that is asked for', () => {
    const moved = all.map((instance, i) => ({ ...instance, machine: `web${i % 2}`, hostName: `web${i % 2}` }));
    const heads = fleetRows(moved, { ...wish, groupBy: 'host' }).flatMap((row) =>
      row.type === 'head' ? [row.title] : [],
    );
    expect(heads).toEqual(['Needs attention', 'web0', 'web1']);
  });

  it('say in the head of a group how its members are', () => {
    expect(healthWords([named('invoices'), named('ledger'), named('reports')])).toBe(
      '1 critical, 1 without link, 1 ok',
    );
  });

  it('are summed over what answers', () => {
    const totals = totalsOf(all);
    expect(totals.workers).toBe(all.reduce((sum, { figures }) => sum + (figures?.workers ?? 0), 0));
    expect(totalsOf([named('ledger')])).toMatchObject({ reqPerSec: null, workers: 0 });
  });
});

describe('the order of live rows', () => {
  it('changes at most every three seconds, and not while rows are touched', () => {
    const calm = createCalmOrder<{ key: string }>();
    const at = (nowMs: number, isTouched: boolean, wish = 'a') =>
      keysOf(calm.order({ rows: rows('b', 'a'), wish, isTouched, nowMs }));
    expect(keysOf(calm.order({ rows: rows('a', 'b'), wish: 'a', isTouched: false, nowMs: 0 }))).toBe('ab');
    expect(at(1000, false)).toBe('ab');
    expect(at(9000, true)).toBe('ab');
    expect(at(9000, false)).toBe('ba');
  });

  it('changes at once when the user asks for another order, or rows come and go', () => {
    const calm = createCalmOrder<{ key: string }>();
    const order = (list: string[], wish: string) =>
      keysOf(calm.order({ rows: rows(...list), wish, isTouched: true, nowMs: 0 }));
    expect(order(['a', 'b'], 'x')).toBe('ab');
    expect(order(['b', 'a'], 'y')).toBe('ba');
    expect(order(['c', 'a', 'b'], 'y')).toBe('cab');
  });
});

describe('sparklines', () => {
  it('take one point in ten seconds and forget instances that are gone', () => {
    const history = new SparkHistory();
    const { figures } = named('checkout');
    if (!figures) throw new Error('no figures');
    const at = (s: number, reqPerSec: number): Instance => ({
      ...named('checkout'),
      figures: { ...figures, atMs: 1e6 + s * 1000, reqPerSec },
    });
    for (const [second, rate] of [
      [0, 1],
      [5, 2],
      [10, 3],
      [20, 4],
    ] as const)
      history.take([at(second, rate)]);
    expect(history.pointsOf('checkout')).toEqual([2, 3, 4]);
    history.take([]);
    expect(history.pointsOf('checkout')).toEqual([]);
  });

  it('break where nothing is known and end at the right edge', () => {
    const path = sparkPath([1, null, 2, 2], 100, 20);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path.endsWith('L98.0 2.0')).toBe(true);
    expect(sparkPath([], 100, 20)).toBe('');
  });

  it('end with a dot at the newest value, if there is one', () => {
    expect(sparkEnd([1, 4, 2], 100, 20)).toBe('M98.0 10.0h0.01');
    expect(sparkEnd([1, null], 100, 20)).toBe('');
    expect(sparkEnd([], 100, 20)).toBe('');
  });
});

describe('the columns', () => {
  it('keep the order, widths and absence that the user gave them, and new ones find their place', () => {
    const moved = movedColumn(arrangedColumns([]), 'rps', -1).map((column) =>
      column.id === 'avg' ? { ...column, widthPx: 200 } : column,
    );
    const kept = keptColumns(moved).filter(({ id }) => id !== 'queue');
    const again = arrangedColumns(kept);
    expect(again.map(({ id }) => id)).toEqual(moved.map(({ id }) => id));
    expect(again.find(({ id }) => id === 'avg')?.widthPx).toBe(200);
    expect(arrangedColumns([{ id: 'nonsense', widthPx: null, isHidden: false }])).toEqual(COLUMNS);
  });

  it('leave out the least important ones in a narrow window, never the name', () => {
    expect(fittingColumns(COLUMNS, 1400)).toHaveLength(COLUMNS.length - 1);
    const narrow = fittingColumns(COLUMNS, 700).map(({ id }) => id);
    expect(narrow).not.toContain('version');
    expect(narrow).toContain('name');
    expect(fittingColumns(COLUMNS, 100).map(({ id }) => id)).toEqual(['name', 'rps', 'busy', 'avg']);
  });
});

describe('the selection', () => {
  it('extends over a range in either direction', () => {
    expect(rangeOf(['a', 'b', 'c', 'd'], 'd', 'b')).toEqual(['b', 'c', 'd']);
    expect(rangeOf(['a', 'b'], 'gone', 'b')).toEqual(['b']);
  });

  it('takes all of a group, or leaves all when all are in it', () => {
    expect(toggled(['a'], ['a', 'b'])).toEqual(['a', 'b']);
    expect(toggled(['a', 'b', 'c'], ['a', 'b'])).toEqual(['c']);
  });

  it('is reloaded from the least busy one on, and says so', () => {
    const order = rollingOrder([named('catalog'), named('ledger'), named('reports')]).map(({ name }) => name);
    expect(order).toEqual(['reports', 'catalog', 'ledger']);
    expect(planWords(order, true, 2)).toBe('Canary reports, then 2 at a time, stop when a check fails');
    expect(planWords(order, false, 1)).toBe('One after another, stop when a check fails');
  });
});
