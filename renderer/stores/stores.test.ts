import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../electron/contract/logs-model.ts';
import type { Instance, SampleRow, Status, Tick } from '../../electron/contract/model.ts';
import { SAMPLE_COLUMNS } from '../../electron/contract/model.ts';
import { NO_CHANGES } from '../../electron/contract/tick-changes.ts';
import { createFakeWorld } from '../testing/fake-world.ts';
import { applyChange, byTrouble, fromSnapshot, type InstancesState, inTrouble } from './instances.ts';
import { retryDelayMs } from './link.ts';
import { appendLines, MOST_LINES } from './log.ts';
import { fleetRoute, formatRoute, instanceRoute, parseRoute, type Route } from './router.ts';
import { SampleRing } from './sample-ring.ts';
import { applyTick, type WatchState } from './watch.ts';

const totals: Status = { up: 1, down: 0, pollLagMs: 1, bytesPerSec: 0, enginesRunning: 1, recordedMs: 0 };

function instance(id: string, level: Instance['health']['level'] = 'ok'): Instance {
  return {
    id,
    name: id,
    group: 'local',
    kind: 'attached',
    machine: 'local',
    hostName: 'laptop',
    via: [],
    tags: [],
    readOnly: false,
    statsAddress: '127.0.0.1:1717',
    health: { level, word: level, sentence: null },
    link: { status: 'attached', reason: null, code: null, nextTryAtMs: null, lastAnswerAtMs: 1, tries: [] },
    engine: null,
    figures: null,
    version: null,
    masterPid: null,
    runtime: null,
    cwd: null,
    upSinceMs: null,
    url: null,
    configPath: null,
    sample: false,
    harakiriMs: null,
    lastReloadAtMs: null,
    emperor: null,
    sections: [],
  };
}

function ready(...ids: string[]): InstancesState {
  return fromSnapshot({ seq: 7, instances: ids.map((id) => instance(id)), status: totals });
}

describe('the list of instances', () => {
  it('takes a change that follows the last one', () => {
    const next = applyChange(ready('a', 'b'), {
      seq: 8,
      changed: [instance('c')],
      figures: [],
      removed: ['a'],
      status: totals,
    });
    expect(next).toMatchObject({ seq: 8, ids: ['b', 'c'] });
  });

  it('keeps the order of what it knows when only figures change', () => {
    const before = ready('a', 'b');
    const next = applyChange(before, {
      seq: 8,
      changed: [instance('a', 'warn')],
      figures: [],
      removed: [],
      status: totals,
    });
    expect(next).not.toBe('gap');
    if (next === 'gap') return;
    expect(next.ids).toBe(before.ids);
    expect(next.byId['a']?.health.level).toBe('warn');
    expect(next.byId['b']).toBe(before.byId['b']);
  });

  it('asks for a snapshot when a change was missed or none was taken yet', () => {
    const change = { seq: 9, changed: [], figures: [], removed: [], status: totals };
    expect(applyChange(ready('a'), change)).toBe('gap');
    expect(applyChange({ ...ready(), status: 'loading' }, { ...change, seq: 8 })).toBe('gap');
  });

  it('ignores a change that the snapshot already has', () => {
    const state = ready('a');
    expect(applyChange(state, { seq: 7, changed: [], figures: [], removed: ['a'], status: totals })).toBe(state);
  });

  it('puts trouble first and leaves out what is well or switched off', () => {
    const all = [
      instance('ok'),
      instance('z', 'warn'),
      instance('x', 'crit'),
      instance('off', 'off'),
      instance('l', 'lost'),
    ];
    expect(inTrouble(all, {}, 5).map(({ id }) => id)).toEqual(['x', 'z', 'l']);
    expect(inTrouble(all, { x: 6, z: 4 }, 5).map(({ id }) => id)).toEqual(['z', 'l']);
    expect([...all].sort(byTrouble).at(-1)?.id).toBe('off');
  });
});

function row(atMs: number, busy: number | null): SampleRow {
  return SAMPLE_COLUMNS.map((name) => (name === 'atMs' ? atMs : name === 'busy' ? busy : null));
}

function line(seq: number): LogLine {
  return { seq, atMs: seq, text: `line ${seq}`, hasSecrets: false, level: 'info', pid: null, wid: null, request: null };
}

const watching: WatchState = {
  status: 'live',
  failure: null,
  instanceId: 'a',
  seq: 3,
  ringVersion: 0,
  atMs: 1000,
  workers: [],
  requests: [],
  events: [],
};

function tick(part: Partial<Tick>): Tick {
  const row = SAMPLE_COLUMNS.map((_, index) => (index === 0 ? 2000 : index));
  return { instanceId: 'a', seq: 4, atMs: 2000, row, states: 'ib', ...NO_CHANGES, events: [], ...part };
}

describe('the watched instance', () => {
  it('takes the next tick, and asks for a snapshot after a missed one', () => {
    expect(applyTick(watching, tick({}))).toMatchObject({ seq: 4, atMs: 2000 });
    expect(applyTick(watching, tick({ seq: 5 }))).toBe('gap');
  });

  it('ignores ticks of another instance, old ones, and those before the snapshot', () => {
    expect(applyTick(watching, tick({ instanceId: 'b' }))).toBe('foreign');
    expect(applyTick(watching, tick({ seq: 3 }))).toBe('foreign');
    expect(applyTick({ ...watching, status: 'loading' }, tick({}))).toBe('foreign');
  });

  it('keeps the last known rows through a poll without data', () => {
    const rows = createFakeWorld(0, 30).servers.get('checkout')?.workers ?? [];
    expect(rows.length).toBeGreaterThan(0);
    const next = applyTick({ ...watching, workers: rows }, tick({ row: null }));
    expect(next).toMatchObject({ workers: rows, atMs: 2000 });
  });
});

describe('the ring of samples', () => {
  it('overwrites the oldest rows and keeps time order', () => {
    const ring = new SampleRing(3);
    for (let at = 1; at <= 5; at += 1) ring.push(row(at * 1000, at), 'i'.repeat(at));
    expect(ring.length).toBe(3);
    expect([0, 1, 2].map((index) => ring.at('busy', index))).toEqual([3, 4, 5]);
    expect(ring.statesAt(2)).toBe('iiiii');
    expect(ring.at('busy', 3)).toBeNull();
    expect(ring.at('busy', -1)).toBeNull();
  });

  it('gives null for what is unknown, never 0', () => {
    const ring = new SampleRing(3);
    ring.push(row(1000, null), '');
    expect(ring.at('busy', 0)).toBeNull();
    expect(ring.timeAt(0)).toBe(1000);
  });

  it('finds rows by time', () => {
    const ring = new SampleRing(3);
    for (const at of [1000, 2000, 3000, 4000]) ring.push(row(at, 1), '');
    expect(ring.indexFrom(2500)).toBe(1);
    expect(ring.indexFrom(9000)).toBe(3);
    expect(ring.nearest(2400)).toBe(0);
    expect(ring.nearest(2600)).toBe(1);
    expect(new SampleRing(2).nearest(1)).toBe(-1);
  });

  it('loads the newest rows of a history that is longer than itself', () => {
    const ring = new SampleRing(2);
    const columns = SAMPLE_COLUMNS.map((name) => (name === 'atMs' ? [1, 2, 3] : [null, null, 9]));
    const before = ring.version;
    ring.load({ columns, states: ['a', 'b', 'c'], events: [] });
    expect([ring.timeAt(0), ring.timeAt(1), ring.at('idle', 1), ring.statesAt(1)]).toEqual([2, 3, 9, 'c']);
    expect(ring.version).toBeGreaterThan(before);
  });
});

describe('the log', () => {
  it('appends what follows and leaves out what it has', () => {
    expect(appendLines([line(1), line(2)], [line(2), line(3)])).toEqual([line(1), line(2), line(3)]);
  });

  it('asks to read again when lines are missing between', () => {
    expect(appendLines([line(1)], [line(3)])).toBe('gap');
  });

  it('keeps at most as many lines as the core', () => {
    const many = Array.from({ length: MOST_LINES }, (_, index) => line(index + 1));
    const next = appendLines(many, [line(MOST_LINES + 1)]);
    expect(next).toHaveLength(MOST_LINES);
    expect(next === 'gap' ? null : next[0]?.seq).toBe(2);
  });
});

describe('addresses', () => {
  const routes: Route[] = [
    { page: 'home' },
    fleetRoute(),
    fleetRoute('tag:prod avg>200ms'),
    { page: 'alerts' },
    { page: 'settings' },
    instanceRoute('a/b c'),
    instanceRoute('x', 'workers', { worker: 7 }),
    instanceRoute('x', 'reload', { reloadId: 'r 1' }),
  ];

  it.each(routes.map((route) => [formatRoute(route), route] as const))('%s leads to its page', (search, route) => {
    expect(parseRoute(search)).toEqual(route);
  });

  it('lead home or to the overview when they make no sense', () => {
    expect(parseRoute('?page=nowhere')).toEqual({ page: 'home' });
    expect(parseRoute('?instance=x&tab=nothing&worker=-3')).toEqual(instanceRoute('x'));
  });

  it('keep parameters that belong to others', () => {
    expect(formatRoute(fleetRoute(), [['fake', '1']])).toBe('?fake=1&page=fleet');
  });
});

describe('the link to Reeve', () => {
  it('waits longer from try to try, but never longer than ten seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 50].map(retryDelayMs)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });
});
