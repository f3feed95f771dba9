import { describe, expect, it } from 'vitest';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { aDocument } from '../testing/stats-fixture.ts';
import { type BackgroundOptions, NO_BACKGROUND, readBackgroundOptions } from './background-options.ts';
import { makeBackground, sectionsOf, type ViewFacts } from './background-view.ts';
import { CounterRates, cacheKey, spoolKey } from './counter-rates.ts';
import { CronRuns } from './cron-runs.ts';

const CRON = {
  minute: -1,
  hour: -1,
  day: -1,
  month: -1,
  week: -1,
  command: 'x',
  unique: 0,
  legion: '',
  pid: -1,
  started_at: 0,
};
const CACHE = {
  name: 'c',
  hash: 'djb33x',
  hashsize: 65536,
  keysize: 2048,
  max_items: 50,
  blocks: 50,
  blocksize: 1024,
  items: 3,
  hits: 10,
  miss: 5,
  full: 0,
  last_modified_at: 0,
};
const SPOOLER = { dir: '/q', pid: 5, tasks: 4, respawns: 0, running: 1 };

function facts(change: Partial<ViewFacts> = {}): ViewFacts {
  const atMs = new Date(2026, 10, 23, 4, 7, 30).getTime();
  return {
    options: null,
    rates: new CounterRates(),
    cronRuns: new CronRuns(),
    atMs,
    aheadMs: 0,
    zoneAheadMs: 0,
    ...change,
  };
}

describe('what runs beside requests', () => {
  it('puts the processes of a folder together, and adds folders that only the configuration names', () => {
    const spoolers = [SPOOLER, { ...SPOOLER, pid: 6, tasks: 3, running: 0 }];
    const options = {
      ...NO_BACKGROUND,
      spools: [
        { path: '/q', isExternal: false },
        { path: '/far', isExternal: true },
      ],
    };
    const { spools } = makeBackground(aDocument({ spoolers }), facts({ options }));
    expect(spools.map(({ path, tasks, processes }) => [path, tasks, processes.length])).toEqual([
      ['/q', 7, 2],
      ['/far', 0, 0],
    ]);
  });

  it('tells when a cron runs next, by the clock on the wall of its server', () => {
    const nine = { ...CRON, minute: 0, hour: 9 };
    const nextOf = (change: Partial<ViewFacts>) =>
      makeBackground(aDocument({ crons: [nine] }), facts(change)).crons[0]?.nextAtMs;
    expect(nextOf({})).toBe(new Date(2026, 10, 23, 9).getTime());
    expect(nextOf({ zoneAheadMs: 2 * 3_600_000 })).toBe(new Date(2026, 10, 23, 7).getTime());
  });

  it('shows crons that raise signals among the crons, and no timer of no time for them', () => {
    const timer = { kind: 'timer', signal: 17, path: '', seconds: 5, iterations: 0, last: 0, next: 0, raised: 2 };
    const cron = { ...timer, kind: 'cron', path: '-5 3 -1 -1 1', seconds: 0, raised: 4 };
    const odd = { ...cron, path: '-5 x' };
    const view = makeBackground(aDocument({ reeve: { timers: [timer, cron, odd] } }), facts());
    expect(view.timers.map(({ signal, everyMs }) => [signal, everyMs])).toEqual([[17, 5_000]]);
    expect(view.crons).toMatchObject([{ minute: -5, hour: 3, week: 1, command: '', signal: 17, runs: 4 }]);
  });

  it('says of a mule without a process that it is down', () => {
    const mule = { id: 1, command: '', farms: '', queue: 0, signals: 0, respawn_count: 3, last_spawn: 0 };
    const mules = [
      { ...mule, pid: 0, status: 'cheap' },
      { ...mule, pid: 9, status: 'sig 17' },
    ];
    const view = makeBackground(aDocument({ reeve: { mules } }), facts());
    expect(view.mules.map(({ status }) => status)).toEqual(['down', 'sig']);
  });

  it('takes mules and alarms of a real uWSGI from its configuration, and says that it does', () => {
    const options = { ...NO_BACKGROUND, mules: ['', 'jobs.py'], farms: [{ name: 'f', mules: [2] }] };
    const view = makeBackground(aDocument(), facts({ options }));
    expect(view.mules.map(({ id, command, farms, pid }) => [id, command, farms, pid])).toEqual([
      [1, '', '', null],
      [2, 'jobs.py', 'f', null],
    ]);
    expect(view.tellsOfSignals).toBe(false);
  });

  it('shows only locks that are held, and how many there are', () => {
    const view = makeBackground(aDocument({ locks: [{ 'user 0': 0 }, { signal: 77 }] }), facts());
    expect([view.locks, view.lockCount]).toEqual([[{ name: 'signal', pid: 77 }], 2]);
  });

  it('gives an instance the pages of what it has', () => {
    expect(sectionsOf(null, null)).toEqual([]);
    expect(sectionsOf(aDocument(), null)).toEqual([]);
    expect(sectionsOf(aDocument({ spoolers: [SPOOLER], caches: [CACHE] }), null)).toEqual(['spooler', 'background']);
    expect(sectionsOf(aDocument(), { ...NO_BACKGROUND, mules: [''] })).toEqual(['background']);
  });
});

function see(rates: CounterRates, atMs: number, hits: number, change: Partial<StatsDocument> = {}): void {
  rates.see(aDocument({ caches: [{ ...CACHE, hits }], ...change }), atMs);
}

describe('rates of counters', () => {
  it('go over the last ten seconds', () => {
    const rates = new CounterRates();
    expect(rates.perSec(cacheKey('c', 'hits'))).toBeNull();
    see(rates, 0, 0);
    expect(rates.perSec(cacheKey('c', 'hits'))).toBeNull();
    see(rates, 10_000, 50);
    expect(rates.perSec(cacheKey('c', 'hits'))).toBe(5);
    see(rates, 20_000, 50);
    expect(rates.perSec(cacheKey('c', 'hits'))).toBe(0);
    expect(rates.perSec(spoolKey('/q'))).toBeNull();
  });

  it('begin anew when a counter falls or the master is another one', () => {
    const rates = new CounterRates();
    see(rates, 0, 100);
    see(rates, 1_000, 3);
    expect(rates.perSec(cacheKey('c', 'hits'))).toBeNull();
    see(rates, 2_000, 4);
    see(rates, 3_000, 9, { pid: 4321 });
    expect(rates.perSec(cacheKey('c', 'hits'))).toBeNull();
  });
});

function read(...lines: [string, string][]): BackgroundOptions {
  const all = (name: string): string[] => lines.filter(([key]) => key === name).map(([, value]) => value);
  return readBackgroundOptions(all, '/srv');
}

describe('the configuration of work beside requests', () => {
  it('names folders, mules, farms and alarms', () => {
    const options = read(
      ['spooler', 'q'],
      ['spooler-external', '/far/q'],
      ['spooler-ordered', ''],
      ['spooler-frequency', '5'],
      ['mule', 'true'],
      ['mule', 'jobs.py'],
      ['mules', '2'],
      ['farm', 'f:1,2'],
      ['alarm', 'mail cmd:mail -s x root'],
      ['alarm', 'broken'],
    );
    expect(options).toEqual({
      spools: [
        { path: '/srv/q', isExternal: false },
        { path: '/far/q', isExternal: true },
      ],
      ordered: true,
      spoolEveryMs: 5_000,
      mules: ['', 'jobs.py', '', ''],
      farms: [{ name: 'f', mules: [1, 2] }],
      alarms: [{ name: 'mail', action: 'cmd:mail -s x root' }],
    });
    expect(read()).toEqual(NO_BACKGROUND);
  });
});

describe('runs of crons', () => {
  it('are remembered from when they are seen to when they are over', () => {
    const runs = new CronRuns();
    const see = (pid: number, startedAt: number, atMs: number) =>
      runs.see(aDocument({ crons: [{ ...CRON, pid, started_at: startedAt }] }), atMs);
    see(-1, 0, 1_000);
    expect(runs.lastOf(0, 'x')).toBeNull();
    see(77, 2, 2_000);
    expect(runs.lastOf(0, 'x')).toEqual({ pid: 77, startedAt: 2, endedAtMs: null });
    see(-1, 0, 9_000);
    see(-1, 0, 10_000);
    expect(runs.lastOf(0, 'x')).toEqual({ pid: 77, startedAt: 2, endedAtMs: 9_000 });
    see(78, 60, 60_000);
    expect(runs.lastOf(0, 'x')).toEqual({ pid: 78, startedAt: 60, endedAtMs: null });
  });
});
