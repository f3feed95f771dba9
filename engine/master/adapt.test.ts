import { describe, expect, it } from 'vitest';
import { defaultCheaper } from '../config/cheaper-settings.ts';
import type { Observation } from './cheaper.ts';
import type { Effect } from './effects.ts';
import type { Plan } from './events.ts';
import { nextDeadlineMs } from './machine.ts';
import { isLive } from './machine-state.ts';
import { PLAN, Rig, types } from './testing/rig.ts';

const CHEAPER = { ...defaultCheaper(), least: 1, initial: 1, overload: 1 };
const ADAPTIVE: Partial<Plan> = { processes: 4, cheaper: CHEAPER };

/** A cycle a second later; `busy`: spawn ids. */
function cycle(rig: Rig, busy: number[] | 'all', seen: Partial<Observation> = {}): Effect[] {
  rig.nowMs += 1000;
  const { state, nowMs } = rig;
  const workers = [...state.workers.values()].filter(isLive).map(({ spawnId }) => {
    const isBusy = busy === 'all' || busy.includes(spawnId);
    return { spawnId, isBusy, runningMicros: 0 };
  });
  return rig.feed({ type: 'cycle', seen: { nowMs, backlog: 0, requests: 0, rssBytes: 0, workers, ...seen } });
}

function running(rig: Rig): number[] {
  return [...rig.state.workers.values()]
    .filter(isLive)
    .map(({ wid }) => wid)
    .sort((a, b) => a - b);
}

/** Everybody who was retired answers what it has and ends. */
function leave(rig: Rig): void {
  for (const { spawnId, phase } of rig.state.workers.values()) {
    if (phase !== 'retiring') continue;
    rig.feed({ type: 'worker-drained', spawnId });
    rig.exit(spawnId);
  }
}

describe('cheaper', () => {
  it('starts with cheaper-initial workers and is ready with them', () => {
    const rig = Rig.serving({ ...ADAPTIVE, cheaper: { ...CHEAPER, initial: 2 } });
    expect(running(rig)).toEqual([1, 2]);
    expect(rig.logged.at(-1)).toBe('*** Reeve is ready: 2 workers ***');
  });

  it('adds workers under load up to processes, and stops the oldest idle ones in the calm down to cheaper', () => {
    const rig = Rig.serving(ADAPTIVE);
    for (let i = 0; i < 10; i++) {
      cycle(rig, 'all');
      rig.nowMs += 1;
      rig.workersArrive();
    }
    expect(running(rig)).toEqual([1, 2, 3, 4]);
    cycle(rig, []);
    expect(rig.phases()).toMatchObject({ 1: 'retiring', 2: 'ready', 3: 'ready', 4: 'ready' });
    expect(rig.logged.at(-1)).toBe('worker 1 (pid: 101) cheaped.');
    leave(rig);
    for (let i = 0; i < 10; i++) {
      cycle(rig, []);
      leave(rig);
    }
    expect(running(rig)).toEqual([4]);
  });

  it('stops an idle worker rather than an older one that serves', () => {
    const rig = Rig.serving({ ...ADAPTIVE, cheaper: { ...CHEAPER, initial: 4 } });
    cycle(rig, [1]);
    expect(rig.phases()).toMatchObject({ 1: 'ready', 2: 'retiring', 3: 'ready', 4: 'ready' });
  });

  it('gives the lowest number that rests to the next worker', () => {
    const rig = Rig.serving({ ...ADAPTIVE, cheaper: { ...CHEAPER, initial: 3 } });
    cycle(rig, [2]);
    cycle(rig, [2]);
    leave(rig);
    expect(running(rig)).toEqual([2, 3]);
    expect(rig.command('add-worker')).toContainEqual(expect.objectContaining({ type: 'fork-worker', wid: 1 }));
  });

  it('replaces a worker that dies and leaves those at rest alone', () => {
    const rig = Rig.serving(ADAPTIVE);
    expect(types(rig.exit(1, 9))).toEqual(['forget-worker', 'fork-worker']);
    expect(running(rig)).toEqual([1]);
  });

  it('starts no worker above the soft limit of memory and stops them above the hard one', () => {
    const cheaper = { ...CHEAPER, initial: 2, rssSoftLimitBytes: 100, rssHardLimitBytes: 200 };
    const rig = Rig.serving({ ...ADAPTIVE, cheaper });
    for (let i = 0; i < 5; i++) expect(types(cycle(rig, 'all', { rssBytes: 150 }))).toEqual([]);
    expect(rig.logged.at(-1)).toContain('above cheaper-rss-limit-soft');
    expect(types(cycle(rig, 'all', { rssBytes: 250 }))).toEqual(['retire-worker']);
    expect(types(cycle(rig, 'all', { rssBytes: 250 }))).toEqual([]);
    expect(running(rig)).toHaveLength(1);
    cycle(rig, 'all', { rssBytes: 50 });
    expect(rig.logged.at(-1)).toContain('below the limits');
  });

  it('starts workers at once when a gateway says that the queue fills, once until these have come', () => {
    const rig = Rig.serving({ ...ADAPTIVE, cheaper: { ...CHEAPER, step: 2 } });
    expect(types(rig.feed({ type: 'demand', count: 60 }))).toEqual(['fork-worker', 'fork-worker']);
    expect(types(rig.feed({ type: 'demand', count: 70 }))).toEqual([]);
    rig.workersArrive();
    expect(types(rig.feed({ type: 'demand', count: 70 }))).toEqual(['fork-worker']);
  });

  it('starts none for a queue that waits for a worker to come back', () => {
    const rig = Rig.serving(ADAPTIVE);
    rig.feed({ type: 'zygote-exited', generation: 1, code: null, signal: 9 });
    rig.feed({ type: 'worker-unreachable', spawnId: 1 });
    expect(running(rig)).toEqual([]);
    rig.feed({ type: 'demand', count: 60 });
    expect(types(rig.zygoteLoads(1))).toEqual(['fork-worker']);
  });

  it('leaves the number to the FIFO when it is manual, and keeps the last worker', () => {
    const rig = Rig.serving({ ...ADAPTIVE, cheaper: { ...CHEAPER, least: 2, initial: 2, algorithm: 'manual' } });
    for (let i = 0; i < 5; i++) expect(types(cycle(rig, 'all', { backlog: 99 }))).toEqual([]);
    expect(types(rig.feed({ type: 'demand', count: 60 }))).toEqual([]);
    expect(types(rig.command('add-worker'))).toEqual(['fork-worker']);
    rig.workersArrive();
    for (let i = 0; i < 5; i++) rig.command('remove-worker');
    // The third came last and is idle, the first is the oldest.
    expect(running(rig)).toEqual([2]);
  });

  it('takes + and - within its bounds', () => {
    const rig = Rig.serving(ADAPTIVE);
    for (let i = 0; i < 6; i++) rig.command('add-worker');
    expect(running(rig)).toEqual([1, 2, 3, 4]);
    rig.workersArrive();
    for (let i = 0; i < 6; i++) rig.command('remove-worker');
    expect(running(rig)).toHaveLength(1);
  });

  it('begins with cheaper-initial again after a reload, and touches running workers only in one of the workers', () => {
    const rig = Rig.serving(ADAPTIVE);
    rig.command('add-worker');
    rig.workersArrive();
    expect(types(rig.command('reload-workers'))).toEqual(['fork-worker', 'fork-worker']);
    rig.workersArrive();
    leave(rig);
    expect(running(rig)).toEqual([1, 2]);
    rig.reloadUpToLoading(ADAPTIVE);
    expect(types(rig.zygoteLoads(2))).toEqual(['fork-worker']);
    rig.workersArrive();
    expect(rig.state.active).toBe(2);
    leave(rig);
    expect(running(rig)).toEqual([1]);
  });

  it('does not wait for the number of a worker that rests', () => {
    const rig = Rig.serving(ADAPTIVE);
    const generation = rig.state.generations.get(1);
    if (generation === undefined) throw new Error('the rig has generation 1');
    generation.seats.set(3, { earlyDeaths: 4, notBeforeMs: rig.nowMs - 1 });
    expect(nextDeadlineMs(rig.state)).toBeNull();
  });
});

describe('cheap', () => {
  const CHEAP: Partial<Plan> = { startsAsleep: true };

  it('loads the app and starts no worker until a request waits', () => {
    const rig = new Rig(CHEAP);
    rig.feed({ type: 'listeners-ready' });
    expect(rig.state.phase).toBe('booting');
    expect(types(rig.zygoteLoads())).toEqual([]);
    expect(rig.logged.slice(-2)).toEqual([
      '*** Reeve is ready: 0 workers ***',
      'cheap mode enabled: waiting for socket connection...',
    ]);
    expect(types(rig.feed({ type: 'demand', count: 1 }))).toEqual(['fork-worker', 'fork-worker']);
  });

  it('is ready at once where there is no zygote', () => {
    const rig = new Rig({ ...CHEAP, spawn: 'fresh' });
    rig.feed({ type: 'listeners-ready' });
    expect(rig.state.phase).toBe('serving');
    expect(types(rig.feed({ type: 'demand', count: 1 }))).toEqual(['start-worker', 'start-worker']);
  });

  it('wakes with cheaper-initial workers', () => {
    const rig = Rig.serving({ ...CHEAP, ...ADAPTIVE });
    expect(types(rig.feed({ type: 'demand', count: 1 }))).toEqual(['fork-worker']);
  });

  it('wakes at the end of a cycle when the gateway was not heard', () => {
    const rig = Rig.serving(CHEAP);
    expect(types(cycle(rig, [], { backlog: 1 }))).toEqual(['fork-worker', 'fork-worker']);
  });

  it('sleeps on through a reload, and one that is awake stays awake', () => {
    const rig = Rig.serving(CHEAP);
    rig.reloadUpToLoading(CHEAP);
    rig.zygoteLoads(2);
    expect([rig.state.active, running(rig)]).toEqual([2, []]);
    rig.feed({ type: 'demand', count: 1 });
    rig.workersArrive();
    rig.reloadUpToLoading(CHEAP);
    rig.zygoteLoads(3);
    rig.workersArrive();
    expect([rig.state.active, running(rig)]).toEqual([3, [1, 2]]);
  });

  it('ends when it is stopped in its sleep', () => {
    const rig = Rig.serving(CHEAP);
    rig.command('graceful-stop');
    rig.feed({ type: 'gateways-drained' });
    rig.feed({ type: 'gateways-stopped' });
    rig.feed({ type: 'zygote-exited', generation: 1, code: 0, signal: null });
    expect(rig.state.phase).toBe('stopped');
  });

  it('stays asleep while it is paused', () => {
    const rig = Rig.serving(CHEAP);
    rig.command('pause');
    expect(types(rig.feed({ type: 'demand', count: 1 }))).toEqual([]);
    expect(types(cycle(rig, [], { backlog: 1 }))).toEqual([]);
  });
});

describe('idle', () => {
  it('retires all workers after the time without a request and brings them back with the next one', () => {
    const rig = Rig.serving({ idleMs: 2000 });
    cycle(rig, [1]);
    cycle(rig, [], { requests: 1 });
    expect(types(cycle(rig, [], { requests: 1 }))).toEqual([]);
    expect(types(cycle(rig, [], { requests: 1 }))).toEqual(['retire-worker', 'retire-worker']);
    expect(rig.logged.slice(-2)).toEqual([
      'workers have been inactive for more than 2 seconds (1004-1002)',
      'cheap mode enabled: waiting for socket connection...',
    ]);
    leave(rig);
    expect(types(rig.feed({ type: 'demand', count: 1 }))).toEqual(['fork-worker', 'fork-worker']);
    rig.workersArrive();
    expect(types(cycle(rig, []))).toEqual([]);
  });

  it('goes on while a request runs, however long', () => {
    const rig = Rig.serving({ idleMs: 2000 });
    for (let i = 0; i < 10; i++) expect(types(cycle(rig, [2]))).toEqual([]);
  });

  it('does not count the time of a start or of a reload', () => {
    const rig = Rig.serving({ idleMs: 2000 });
    rig.reloadUpToLoading({ idleMs: 2000 });
    for (let i = 0; i < 10; i++) expect(types(cycle(rig, []))).toEqual([]);
  });

  it('stops the engine with die-on-idle', () => {
    const rig = Rig.serving({ idleMs: 1000, stopsWhenIdle: true });
    cycle(rig, []);
    expect(rig.state.stop).toMatchObject({ how: 'graceful', exitCode: 0 });
  });
});

describe('the FIFO letter C', () => {
  it('retires all workers until the next request, also without cheap in the configuration', () => {
    const rig = Rig.serving();
    expect(types(rig.command('cheap'))).toEqual(['retire-worker', 'retire-worker']);
    expect(types(rig.command('cheap'))).toEqual([]);
    leave(rig);
    expect(types(rig.command('remove-worker'))).toEqual([]);
    expect(types(rig.feed({ type: 'demand', count: 1 }))).toEqual(['fork-worker', 'fork-worker']);
  });

  it('is undone by +', () => {
    const rig = Rig.serving();
    rig.command('cheap');
    expect(types(rig.command('add-worker'))).toEqual(['fork-worker', 'fork-worker']);
  });
});

describe('a zygote that dies as soon as it is ready', () => {
  it('is loaded again at once the first time and ever more slowly after that', () => {
    const rig = Rig.serving();
    const delays: number[] = [];
    for (let i = 0; i < 8; i++) {
      rig.feed({ type: 'zygote-exited', generation: 1, code: null, signal: 9 });
      delays.push(Math.max(0, (nextDeadlineMs(rig.state) ?? rig.nowMs) - rig.nowMs));
      rig.pass(delays.at(-1) ?? 0);
      rig.zygoteLoads(1);
    }
    expect(delays).toEqual([0, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    rig.pass(1000);
    rig.feed({ type: 'zygote-exited', generation: 1, code: null, signal: 9 });
    expect(nextDeadlineMs(rig.state)).toBeNull();
  });
});

describe('forkbomb-delay', () => {
  it('is the longest wait before a worker that dies at its start comes again; 0 is a tenth of a second', () => {
    for (const [forkbombDelayMs, longest] of [
      [5000, 5000],
      [0, 100],
    ] as const) {
      const rig = Rig.serving({ processes: 1, forkbombDelayMs });
      let delayMs = 0;
      for (let i = 0; i < 12; i++) {
        const [spawnId = 0] = [...rig.state.workers.keys()];
        rig.feed({ type: 'worker-started', spawnId, pid: 500 + i });
        rig.exit(spawnId, 11);
        delayMs = Math.max(0, (nextDeadlineMs(rig.state) ?? rig.nowMs) - rig.nowMs);
        rig.pass(delayMs);
      }
      expect(delayMs).toBe(longest);
    }
  });
});

it('without cheaper + and - change the number of workers itself', () => {
  const rig = Rig.serving();
  rig.command('add-worker');
  expect([rig.state.desired, running(rig)]).toEqual([PLAN.processes + 1, [1, 2, 3]]);
});
