import { describe, expect, it } from 'vitest';
import type { Instance } from '../../../electron/contract/model.ts';
import { SparkHistory, sparkEnd, sparkPath } from '../../stores/spark-history.ts';
import { createFakeWorld } from '../../testing/fake-world.ts';
import { createCalmOrder } from './calm-order.ts';
import { comparator, fleetRows, matchesFilter, totalsOf } from './fleet-model.ts';

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
  ])('%s and %s: %s', (filter, name, expected) => {
    expect(matchesFilter(named(name), filter)).toBe(expected);
  });
});

describe('the rows of the fleet', () => {
  const table = fleetRows(all, { key: 'rps', isDescending: true }, new Set());

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
    const folded = fleetRows(all, { key: 'name', isDescending: false }, new Set(['head:jobs']));
    expect(folded.some((row) => row.key === 'head:jobs')).toBe(true);
    expect(folded.some((row) => row.key === 'row:invoices')).toBe(false);
  });

  it('put unknown figures last in both directions', () => {
    for (const isDescending of [true, false]) {
      expect([...all].sort(comparator({ key: 'avg', isDescending })).at(-1)?.name).toBe('ledger');
    }
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
