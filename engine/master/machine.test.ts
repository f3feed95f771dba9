import { describe, expect, it } from 'vitest';
import type { MasterEvent } from './events.ts';
import { nextDeadlineMs } from './machine.ts';
import { overdue, PLAN, Rig, types } from './testing/rig.ts';

describe('starting', () => {
  it('binds, loads once, forks as many workers as wanted, and is ready when all are connected', () => {
    const rig = new Rig();
    expect(types(rig.done)).toEqual(['bind-listeners']);
    expect(types(rig.feed({ type: 'listeners-ready' }))).toEqual(['adopt-config', 'use-generation', 'start-zygote']);
    expect(types(rig.zygoteLoads())).toEqual(['fork-worker', 'fork-worker']);
    rig.workersArrive();
    expect(rig.state.phase).toBe('serving');
    expect(rig.logged.at(-1)).toBe('*** Reeve is ready: 2 workers ***');
  });

  it('starts fresh interpreters where there is no zygote', () => {
    const rig = new Rig({ spawn: 'fresh' });
    expect(types(rig.feed({ type: 'listeners-ready' }))).toEqual([
      'adopt-config',
      'use-generation',
      'start-worker',
      'start-worker',
    ]);
  });

  it.each([
    ['an address in use', { type: 'listeners-failed', message: 'in use' } as const, 1],
    ['an app that can not be loaded', { type: 'zygote-load-failed', generation: 1, text: 'no' } as const, 22],
    ['a zygote that crashes', { type: 'zygote-exited', generation: 1, code: null, signal: 11 } as const, 1],
  ])('ends with its exit code because of %s', (_, event, exitCode) => {
    const rig = new Rig();
    if (event.type !== 'listeners-failed') rig.feed({ type: 'listeners-ready' });
    rig.feed(event);
    expect(rig.state.stop?.exitCode).toBe(exitCode);
    rig.feed({ type: 'zygote-exited', generation: 1, code: 0, signal: null });
    expect(types(rig.feed({ type: 'gateways-stopped' }))).toEqual(['finish']);
  });
});

describe('a worker that ends', () => {
  it('is replaced at once when it dies', () => {
    const rig = Rig.serving();
    expect(types(rig.exit(1, 9))).toEqual(['forget-worker', 'fork-worker']);
    expect(rig.logged.at(-1)).toContain('worker 1 (pid: 101) was killed by signal 9 (SIGKILL)');
  });

  it('is replaced while it still ends when it reached max-requests', () => {
    const rig = Rig.serving();
    expect(types(rig.feed({ type: 'worker-recycling', spawnId: 1 }))).toEqual(['retire-worker', 'fork-worker']);
    expect(types(rig.feed({ type: 'worker-drained', spawnId: 1 }))).toEqual(['exit-worker']);
    expect(types(rig.exit(1))).toEqual(['forget-worker']);
  });

  it.each(['worker-recycling', 'worker-worn'] as const)(
    'is replaced when its %s comes before all gateways have it',
    (type) => {
      const rig = Rig.serving();
      rig.exit(1, 9);
      const [spawnId] = [...rig.state.workers].find(([, worker]) => worker.phase === 'requested') ?? [0];
      rig.feed({ type: 'worker-started', spawnId, pid: 500 });
      const effects = [...rig.feed({ type, spawnId }), ...rig.feed({ type: 'worker-connected', spawnId })];
      expect(types(effects)).toContain('fork-worker');
    },
  );

  it('comes back ever more slowly when it never gets ready, and never in a hot loop', () => {
    const rig = Rig.serving();
    const delays: number[] = [];
    rig.exit(1, 11);
    for (let i = 0; i < 8; i++) {
      const [spawnId] = [...rig.state.workers].find(([, worker]) => worker.phase === 'requested') ?? [0];
      rig.feed({ type: 'worker-started', spawnId, pid: 500 + i });
      rig.exit(spawnId, 11);
      const sinceMs = rig.nowMs;
      for (let guard = 0; guard < 5 && ![...rig.state.workers.values()].some((w) => w.phase === 'requested'); guard++) {
        const next = nextDeadlineMs(rig.state) ?? 0;
        rig.pass(Math.max(1, next - rig.nowMs));
      }
      delays.push(rig.nowMs - sinceMs);
    }
    expect(delays).toEqual([100, 200, 400, 800, 1600, 2000, 2000, 2000]);
  });

  it('is a matter of its connection alone when its zygote is gone, in whatever order that is seen', () => {
    for (const order of ['zygote first', 'connection first']) {
      const rig = Rig.serving();
      const zygoteEnds: MasterEvent = { type: 'zygote-exited', generation: 1, code: null, signal: 9 };
      const connectionEnds: MasterEvent = { type: 'worker-unreachable', spawnId: 1 };
      for (const event of order === 'zygote first' ? [zygoteEnds, connectionEnds] : [connectionEnds, zygoteEnds]) {
        rig.feed(event);
      }
      expect(rig.state.workers.has(1), order).toBe(false);
      expect(rig.state.workers.has(2), order).toBe(true);
      expect(types(rig.zygoteLoads())).toEqual(['fork-worker']);
    }
  });

  it('is killed when it has closed its control connection and does not end', () => {
    const rig = Rig.serving();
    rig.feed({ type: 'worker-unreachable', spawnId: 1 });
    expect(types(rig.pass(999))).toEqual([]);
    expect(rig.pass(1)).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGKILL' });
  });
});

describe('harakiri', () => {
  it('gives 504, asks for the stacks by SIGABRT, kills after two seconds, and replaces the worker at once', () => {
    const rig = Rig.serving();
    expect(types(rig.feed(overdue(1, null)))).toEqual(['harakiri', 'signal-worker', 'fork-worker']);
    expect(rig.done).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGABRT' });
    expect(types(rig.pass(1999))).toEqual([]);
    expect(rig.pass(1)).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGKILL' });
    expect(rig.exit(1, 9).some((effect) => effect.type === 'log' && effect.text.includes('starting another'))).toBe(
      false,
    );
  });

  it('lets siblings finish, then kills', () => {
    const rig = Rig.serving({ threads: 2 });
    expect(types(rig.feed(overdue(1, rig.nowMs + 5000)))).toEqual([
      'harakiri',
      'signal-worker',
      'retire-worker',
      'fork-worker',
    ]);
    expect(rig.done).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGUSR2' });
    expect(types(rig.feed({ type: 'worker-drained', spawnId: 1 }))).toEqual(['signal-worker']);
  });

  it('waits for siblings until their own deadline, and a moment in which they may be found overdue', () => {
    const rig = Rig.serving({ threads: 2 });
    rig.feed(overdue(1, rig.nowMs + 5000));
    expect(nextDeadlineMs(rig.state)).toBe(rig.nowMs + 5250);
    expect(types(rig.pass(5249))).toEqual([]);
    expect(types(rig.pass(1))).toEqual(['signal-worker']);
  });

  it('gives a request that has just begun on another core a moment to be answered', () => {
    const rig = Rig.serving({ threads: 2 });
    expect(types(rig.feed(overdue(1, null)))).toEqual(['harakiri', 'signal-worker', 'retire-worker', 'fork-worker']);
    expect(rig.done).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGUSR2' });
    expect(types(rig.pass(249))).toEqual([]);
    expect(rig.pass(1)).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGKILL' });
  });

  it('aborts when the last sibling is overdue as well', () => {
    const rig = Rig.serving({ threads: 2 });
    rig.feed(overdue(1, rig.nowMs + 5000));
    rig.feed(overdue(1, null));
    expect(rig.done).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGABRT' });
  });
});

describe('a full reload', () => {
  it('loads beside, switches when all are connected, retires, forgets', () => {
    const rig = Rig.serving();
    expect(types(rig.command('reload'))).toEqual(['read-config']);
    expect(types(rig.feed({ type: 'config-ready', plan: { ...PLAN, processes: 3 } }))).toEqual(['bind-listeners']);
    expect(types(rig.feed({ type: 'listeners-ready' }))).toEqual(['start-zygote']);
    expect(types(rig.zygoteLoads(2))).toEqual(['fork-worker', 'fork-worker', 'fork-worker']);
    expect(rig.state.active).toBe(1);
    rig.workersArrive();
    expect(rig.state.active).toBe(2);
    expect(types(rig.done)).toEqual([
      'adopt-config',
      'use-generation',
      'retire-worker',
      'retire-worker',
      'stop-zygote',
    ]);
    for (const spawnId of [1, 2]) {
      expect(types(rig.feed({ type: 'worker-drained', spawnId }))).toEqual(['exit-worker']);
      rig.exit(spawnId);
    }
    expect(types(rig.feed({ type: 'zygote-exited', generation: 1, code: 0, signal: null }))).toEqual([
      'forget-generation',
    ]);
    expect([...rig.state.generations.keys()]).toEqual([2]);
  });

  it('replaces workers of the old generation that die while the new one loads', () => {
    const rig = Rig.serving();
    rig.reloadUpToLoading();
    expect(types(rig.exit(1, 9))).toEqual(['forget-worker', 'fork-worker']);
  });

  it.each<[string, (rig: Rig) => void]>([
    ['the configuration is wrong', (rig) => rig.feed({ type: 'config-failed', message: 'wrong' })],
    [
      'an address is in use',
      (rig) => {
        rig.feed({ type: 'config-ready', plan: PLAN });
        rig.feed({ type: 'listeners-failed', message: 'in use' });
      },
    ],
    [
      'the new code can not be imported',
      (rig) => {
        rig.feed({ type: 'config-ready', plan: PLAN });
        rig.feed({ type: 'listeners-ready' });
        rig.feed({ type: 'zygote-load-failed', generation: 2, text: 'no' });
      },
    ],
    [
      'the new zygote crashes',
      (rig) => {
        rig.feed({ type: 'config-ready', plan: PLAN });
        rig.feed({ type: 'listeners-ready' });
        rig.feed({ type: 'zygote-exited', generation: 2, code: null, signal: 11 });
      },
    ],
    [
      'its workers die again and again',
      (rig) => {
        rig.feed({ type: 'config-ready', plan: PLAN });
        rig.feed({ type: 'listeners-ready' });
        rig.zygoteLoads(2);
        for (let i = 0; i < 3; i++) {
          const [spawnId] = [...rig.state.workers].find(([, one]) => one.generation === 2 && one.wid === 1) ?? [0];
          rig.feed({ type: 'worker-started', spawnId, pid: 900 + i });
          rig.exit(spawnId, 11);
          rig.pass(2000);
        }
      },
    ],
  ])('leaves the old generation alone when %s', (_, fail) => {
    const rig = Rig.serving();
    rig.command('reload');
    fail(rig);
    expect(rig.logged.some((text) => text.startsWith('*** reload failed: '))).toBe(true);
    expect(rig.state).toMatchObject({ active: 1, reload: null, phase: 'serving' });
    expect([rig.state.workers.get(1)?.phase, rig.state.workers.get(2)?.phase]).toEqual(['ready', 'ready']);
  });

  it('keeps a second one for afterwards', () => {
    const rig = Rig.serving();
    rig.reloadUpToLoading();
    expect(types(rig.command('reload'))).toEqual([]);
    rig.zygoteLoads(2);
    rig.workersArrive();
    expect(types(rig.done)).toContain('read-config');
  });

  it('gives old workers no mercy when it is brutal', () => {
    const rig = Rig.serving();
    rig.command('brutal-reload');
    rig.feed({ type: 'config-ready', plan: PLAN });
    rig.feed({ type: 'listeners-ready' });
    rig.zygoteLoads(2);
    rig.workersArrive();
    expect(rig.done).toContainEqual({ type: 'cut-worker', spawnId: 1, pid: 101, signal: 'SIGKILL' });
    expect(rig.pass(1000)).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGKILL' });
  });
});

describe('a reload of the workers', () => {
  it('starts each replacement first and retires the old one when it is ready', () => {
    const rig = Rig.serving();
    expect(types(rig.command('reload-workers'))).toEqual(['fork-worker', 'fork-worker']);
    rig.feed({ type: 'worker-started', spawnId: 3, pid: 103 });
    expect(types(rig.feed({ type: 'worker-connected', spawnId: 3 }))).toEqual(['retire-worker']);
    expect(rig.phases()).toEqual({ 1: 'retiring', 2: 'ready', 3: 'ready', 4: 'requested' });
  });

  it('takes one at a time as a chain', () => {
    const rig = Rig.serving();
    expect(types(rig.command('chain-reload'))).toEqual(['fork-worker']);
    rig.feed({ type: 'worker-started', spawnId: 3, pid: 103 });
    expect(types(rig.feed({ type: 'worker-connected', spawnId: 3 }))).toEqual(['retire-worker', 'fork-worker']);
    rig.workersArrive();
    expect(rig.logged).toContain('*** chain reload done: every worker is new ***');
  });
});

describe('stopping', () => {
  it('gets harder with each request and ends when nothing is left', () => {
    const rig = Rig.serving();
    expect(types(rig.command('graceful-stop'))).toEqual(['drain-gateways']);
    expect(types(rig.command('stop'))).toEqual(['cut-worker', 'cut-worker', 'stop-gateways']);
    expect(rig.done).toContainEqual({ type: 'cut-worker', spawnId: 1, pid: 101, signal: 'SIGTERM' });
    expect(types(rig.command('stop'))).toEqual(['signal-worker', 'signal-worker', 'kill-zygote']);
    rig.exit(1, 9);
    rig.feed({ type: 'gateways-stopped' });
    rig.feed({ type: 'zygote-exited', generation: 1, code: null, signal: 9 });
    expect(types(rig.feed({ type: 'worker-unreachable', spawnId: 2 }))).toEqual(['forget-worker', 'finish']);
    expect(rig.state.phase).toBe('stopped');
  });

  it('terminates what does not end by itself within a second and kills it after another', () => {
    const rig = Rig.serving();
    rig.command('stop');
    expect(rig.pass(999)).toEqual([]);
    expect(rig.pass(1)).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGTERM' });
    expect(types(rig.pass(999))).toEqual([]);
    expect(rig.pass(1)).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGKILL' });
  });

  it('waits for what runs when it is graceful, but only as long as mercy lasts', () => {
    const rig = Rig.serving();
    rig.command('graceful-stop');
    rig.feed({ type: 'gateways-drained' });
    expect(types(rig.done)).toEqual(['stop-gateways', 'exit-worker', 'exit-worker', 'stop-zygote']);
    const late = Rig.serving();
    late.command('graceful-stop');
    expect(types(late.pass(59_999))).toEqual([]);
    expect(types(late.pass(1))).toContain('stop-gateways');
  });
});
