import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from './effects.ts';
import type { Command, MasterEvent, Plan, WorkerEvent, ZygoteEvent } from './events.ts';
import { boot, nextDeadlineMs, step } from './machine.ts';
import { type MasterState, WORKER_PHASES, type Worker, type WorkerPhase, ZYGOTE_PHASES } from './machine-state.ts';

const PLAN: Plan = { processes: 2, threads: 1, spawn: 'fork', needApp: false, mercyMs: 60_000 };
const APP = { id: 0, modifier1: 0, mountpoint: '', startupSeconds: 0, chdir: '' };
const COMMANDS: Command[] = [
  'reload',
  'brutal-reload',
  'reload-workers',
  'brutal-reload-workers',
  'chain-reload',
  'stop',
  'graceful-stop',
  'pause',
  'add-worker',
  'remove-worker',
];

/** The machine with a memory: what was done so far, and shortcuts for what usually happens next. */
class Rig {
  state: MasterState;
  nowMs = 1_000_000;
  /** Effects of the last event. */
  done: Effect[] = [];
  logged: string[] = [];

  constructor(plan: Partial<Plan> = {}) {
    const first = boot({ ...PLAN, ...plan }, this.nowMs);
    this.state = first.state;
    this.done = first.effects;
  }

  /** Everything started: all workers are ready. */
  static serving(plan: Partial<Plan> = {}): Rig {
    const rig = new Rig(plan);
    rig.feed({ type: 'listeners-ready' });
    rig.zygoteLoads();
    rig.workersArrive();
    return rig;
  }

  feed(event: MasterEvent): Effect[] {
    const { state, effects } = step(this.state, event, this.nowMs);
    this.state = state;
    this.done = effects;
    for (const effect of effects) if (effect.type === 'log') this.logged.push(effect.text);
    return effects;
  }

  command(command: Command): Effect[] {
    return this.feed({ type: 'command', command });
  }

  pass(ms: number): Effect[] {
    this.nowMs += ms;
    return this.feed({ type: 'tick' });
  }

  zygoteLoads(generation = this.state.lastGeneration): Effect[] {
    return this.feed({ type: 'zygote-loaded', generation, apps: [APP] });
  }

  /** All workers that were asked for come up. */
  workersArrive(): void {
    for (const { spawnId, phase } of [...this.state.workers.values()]) {
      if (phase !== 'requested') continue;
      this.feed({ type: 'worker-started', spawnId, pid: 100 + spawnId });
      this.feed({ type: 'worker-connected', spawnId });
    }
  }

  exit(spawnId: number, signal: number | null = null): Effect[] {
    return this.feed({ type: 'worker-exited', spawnId, code: signal === null ? 0 : null, signal });
  }

  phases(): Record<number, WorkerPhase> {
    return Object.fromEntries([...this.state.workers].map(([id, worker]) => [id, worker.phase]));
  }

  /** Up to a new generation that loads beside the active one. */
  reloadUpToLoading(plan: Partial<Plan> = {}): void {
    this.command('reload');
    this.feed({ type: 'config-ready', plan: { ...PLAN, ...plan } });
    this.feed({ type: 'listeners-ready' });
  }
}

function types(effects: Effect[]): string[] {
  return effects.filter((effect) => effect.type !== 'log').map((effect) => effect.type);
}

function overdue(spawnId: number, siblingsUntilMs: number | null): MasterEvent {
  return { type: 'request-overdue', spawnId, core: 0, requestId: 7, seconds: 30, siblingsUntilMs };
}

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
    expect(types(rig.feed({ type: 'worker-recycling', spawnId: 1 }))).toEqual(['exit-worker', 'fork-worker']);
    expect(types(rig.exit(1))).toEqual(['forget-worker']);
  });

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

  it('waits for siblings until their own deadline and not longer', () => {
    const rig = Rig.serving({ threads: 2 });
    rig.feed(overdue(1, rig.nowMs + 5000));
    expect(nextDeadlineMs(rig.state)).toBe(rig.nowMs + 5000);
    expect(types(rig.pass(5000))).toEqual(['signal-worker']);
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
    expect(rig.done).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGKILL' });
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
    expect(types(rig.command('stop'))).toEqual(['stop-gateways', 'signal-worker', 'signal-worker']);
    expect(rig.done).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGTERM' });
    expect(types(rig.command('stop'))).toEqual(['signal-worker', 'signal-worker', 'kill-zygote']);
    rig.exit(1, 9);
    rig.feed({ type: 'gateways-stopped' });
    rig.feed({ type: 'zygote-exited', generation: 1, code: null, signal: 9 });
    expect(types(rig.feed({ type: 'worker-unreachable', spawnId: 2 }))).toEqual(['forget-worker', 'finish']);
    expect(rig.state.phase).toBe('stopped');
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

describe('every pair of phase and event', () => {
  const WORKER_EVENTS: WorkerEvent[] = [
    { type: 'worker-started', spawnId: 1, pid: 101 },
    { type: 'worker-not-started', spawnId: 1, message: 'no' },
    { type: 'worker-load-failed', spawnId: 1, text: 'no' },
    { type: 'worker-connected', spawnId: 1 },
    { type: 'worker-recycling', spawnId: 1 },
    { type: 'worker-drained', spawnId: 1 },
    { type: 'request-overdue', spawnId: 1, core: 0, requestId: 7, seconds: 1, siblingsUntilMs: null },
    { type: 'worker-unreachable', spawnId: 1 },
    { type: 'worker-exited', spawnId: 1, code: 1, signal: null },
  ];
  const ZYGOTE_EVENTS: ZygoteEvent[] = [
    { type: 'zygote-loaded', generation: 1, apps: [APP] },
    { type: 'zygote-load-failed', generation: 1, text: 'no' },
    { type: 'zygote-exited', generation: 1, code: 1, signal: null },
  ];

  function inPhase(phase: WorkerPhase): Rig {
    const rig = Rig.serving();
    const worker = rig.state.workers.get(1);
    if (worker === undefined) throw new Error('the rig has worker 1');
    worker.phase = phase;
    if (phase === 'requested') worker.pid = 0;
    return rig;
  }

  /** What becomes of worker 1, and what is done to it. */
  it('does to a worker what is written here and nothing else', () => {
    const table: Record<string, string> = {};
    for (const phase of WORKER_PHASES) {
      for (const event of WORKER_EVENTS) {
        const rig = inPhase(phase);
        const effects = rig.feed(event);
        const own = effects
          .filter((effect) => 'spawnId' in effect && effect.spawnId === 1)
          .map((effect) => effect.type);
        const becomes = rig.state.workers.get(1)?.phase ?? 'gone';
        if (becomes !== phase || own.length > 0) table[`${phase} + ${event.type}`] = [becomes, ...own].join(', ');
      }
    }
    expect(table).toMatchInlineSnapshot(`
      {
        "ending + worker-exited": "gone, forget-worker",
        "killed + worker-exited": "gone, forget-worker",
        "killed + worker-not-started": "gone, forget-worker",
        "killed + worker-started": "killed, signal-worker",
        "leaving + request-overdue": "ending, harakiri, signal-worker",
        "leaving + worker-exited": "gone, forget-worker",
        "overdue + request-overdue": "ending, harakiri, signal-worker",
        "overdue + worker-drained": "killed, signal-worker",
        "overdue + worker-exited": "gone, forget-worker",
        "ready + request-overdue": "ending, harakiri, signal-worker",
        "ready + worker-exited": "gone, forget-worker",
        "ready + worker-recycling": "leaving, exit-worker",
        "requested + worker-exited": "gone, forget-worker",
        "requested + worker-not-started": "gone, forget-worker",
        "requested + worker-started": "starting, admit-worker",
        "retiring + request-overdue": "ending, harakiri, signal-worker",
        "retiring + worker-drained": "leaving, exit-worker",
        "retiring + worker-exited": "gone, forget-worker",
        "retiring + worker-recycling": "leaving, exit-worker",
        "starting + worker-connected": "ready",
        "starting + worker-exited": "gone, forget-worker",
      }
    `);
  });

  it('does to a zygote what is written here and nothing else', () => {
    const table: Record<string, string> = {};
    for (const phase of ZYGOTE_PHASES) {
      for (const event of ZYGOTE_EVENTS) {
        const rig = Rig.serving();
        const generation = rig.state.generations.get(1);
        if (generation === undefined) throw new Error('the rig has generation 1');
        generation.zygote = phase;
        // Nothing is due: settle does not start one by itself.
        generation.zygoteNotBeforeMs = rig.nowMs + 1000;
        rig.feed(event);
        const becomes = rig.state.generations.get(1)?.zygote ?? 'gone';
        if (becomes !== phase) table[`${phase} + ${event.type}`] = [becomes, ...types(rig.done)].join(', ');
      }
    }
    expect(table).toMatchInlineSnapshot(`
      {
        "killed + zygote-exited": "none",
        "leaving + zygote-exited": "none",
        "loading + zygote-exited": "none",
        "loading + zygote-loaded": "ready",
        "ready + zygote-exited": "loading, start-zygote",
      }
    `);
  });

  it('obeys each command in each phase as written here', () => {
    const table: Record<string, string> = {};
    const starts: Record<string, () => Rig> = {
      booting: () => {
        const rig = new Rig();
        rig.feed({ type: 'listeners-ready' });
        return rig;
      },
      serving: () => Rig.serving(),
      reloading: () => {
        const rig = Rig.serving();
        rig.reloadUpToLoading();
        return rig;
      },
      stopping: () => {
        const rig = Rig.serving();
        rig.command('graceful-stop');
        return rig;
      },
    };
    for (const [phase, makeRig] of Object.entries(starts)) {
      for (const command of COMMANDS)
        table[`${phase} + ${command}`] = types(makeRig().command(command)).join(', ') || '-';
    }
    expect(table).toMatchInlineSnapshot(`
      {
        "booting + add-worker": "-",
        "booting + brutal-reload": "-",
        "booting + brutal-reload-workers": "-",
        "booting + chain-reload": "-",
        "booting + graceful-stop": "drain-gateways",
        "booting + pause": "pause",
        "booting + reload": "-",
        "booting + reload-workers": "-",
        "booting + remove-worker": "-",
        "booting + stop": "stop-gateways, kill-zygote",
        "reloading + add-worker": "fork-worker",
        "reloading + brutal-reload": "discard-config, kill-zygote, read-config",
        "reloading + brutal-reload-workers": "-",
        "reloading + chain-reload": "-",
        "reloading + graceful-stop": "discard-config, drain-gateways",
        "reloading + pause": "pause",
        "reloading + reload": "-",
        "reloading + reload-workers": "-",
        "reloading + remove-worker": "retire-worker",
        "reloading + stop": "discard-config, stop-gateways, signal-worker, signal-worker, kill-zygote",
        "serving + add-worker": "fork-worker",
        "serving + brutal-reload": "read-config",
        "serving + brutal-reload-workers": "signal-worker, signal-worker, fork-worker, fork-worker",
        "serving + chain-reload": "fork-worker",
        "serving + graceful-stop": "drain-gateways",
        "serving + pause": "pause",
        "serving + reload": "read-config",
        "serving + reload-workers": "fork-worker, fork-worker",
        "serving + remove-worker": "retire-worker",
        "serving + stop": "stop-gateways, signal-worker, signal-worker",
        "stopping + add-worker": "-",
        "stopping + brutal-reload": "-",
        "stopping + brutal-reload-workers": "-",
        "stopping + chain-reload": "-",
        "stopping + graceful-stop": "-",
        "stopping + pause": "-",
        "stopping + reload": "-",
        "stopping + reload-workers": "-",
        "stopping + remove-worker": "-",
        "stopping + stop": "stop-gateways, signal-worker, signal-worker",
      }
    `);
  });
});

describe('whatever happens', () => {
  const ANY_EVENT = fc.oneof(
    { weight: 6, arbitrary: fc.constant<'life'>('life') },
    { weight: 2, arbitrary: fc.constantFrom<'death' | 'time'>('death', 'time') },
    { weight: 1, arbitrary: fc.constantFrom(...COMMANDS) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<'zygote-death' | 'load-failure' | 'stray'>('zygote-death', 'load-failure', 'stray'),
    },
  );

  /** Plays the outside world: answers what the machine has asked for, in an order the numbers choose. */
  class World {
    readonly rig = new Rig();
    readonly #waiting: Effect[] = [...this.rig.done];
    readonly #pids = new Map<number, number>();
    readonly #zygotes = new Set<number>();

    play(what: string, pick: number): void {
      const { rig } = this;
      const workers = [...this.#pids.keys()];
      const spawnId = workers[pick % Math.max(1, workers.length)];
      if (what === 'life') this.#answer(pick);
      else if (what === 'time') this.#feed({ type: 'tick' }, (pick % 40) * 100);
      else if (what === 'death' && spawnId !== undefined) this.#kill(spawnId, 9);
      else if (what === 'zygote-death') this.#killZygote([...this.#zygotes][pick % Math.max(1, this.#zygotes.size)]);
      else if (what === 'load-failure') {
        this.#feed({ type: 'zygote-load-failed', generation: rig.state.lastGeneration, text: 'no' });
      } else if (what === 'stray') this.#feed(overdue(1 + (pick % 9), pick % 2 === 0 ? null : rig.nowMs + 100));
      else if (COMMANDS.some((command) => command === what)) {
        const command = COMMANDS.find((one) => one === what);
        if (command !== undefined) this.#feed({ type: 'command', command });
      }
    }

    /** Answers everything and lets time pass until nothing is left to do. */
    settle(): void {
      for (let i = 0; i < 400; i++) {
        this.#answer(0);
        for (const one of this.rig.state.workers.values()) this.#drain(one);
        if (this.#waiting.length === 0) this.#feed({ type: 'tick' }, 1000);
      }
    }

    #drain(worker: Worker): void {
      if (worker.phase === 'retiring') this.#feed({ type: 'worker-drained', spawnId: worker.spawnId });
    }

    #feed(event: MasterEvent, afterMs = 1): void {
      this.rig.nowMs += afterMs;
      for (const effect of this.rig.feed(event)) {
        // The process is there at once; what it says comes later.
        if (effect.type === 'start-zygote') this.#zygotes.add(effect.generation);
        this.#waiting.push(effect);
      }
    }

    #kill(spawnId: number, signal: number | null): void {
      if (!this.#pids.delete(spawnId)) return;
      this.#feed({ type: 'worker-unreachable', spawnId });
      const worker = this.rig.state.workers.get(spawnId);
      if (worker !== undefined && this.#zygotes.has(worker.generation)) {
        this.#feed({ type: 'worker-exited', spawnId, code: signal === null ? 0 : null, signal });
      }
    }

    #killZygote(generation: number | undefined): void {
      if (generation === undefined || !this.#zygotes.delete(generation)) return;
      this.#feed({ type: 'zygote-exited', generation, code: null, signal: 9 });
    }

    #answer(pick: number): void {
      const [effect] = this.#waiting.splice(pick % Math.max(1, this.#waiting.length), 1);
      if (effect === undefined) return;
      switch (effect.type) {
        case 'bind-listeners':
          return this.#feed({ type: 'listeners-ready' });
        case 'read-config':
          return this.#feed({ type: 'config-ready', plan: { ...PLAN, processes: 1 + (pick % 3) } });
        case 'start-zygote':
          if (!this.#zygotes.has(effect.generation)) return;
          return this.#feed({ type: 'zygote-loaded', generation: effect.generation, apps: [APP] });
        case 'kill-zygote':
          return this.#killZygote(effect.generation);
        case 'stop-zygote':
          if ([...this.rig.state.workers.values()].some((one) => one.generation === effect.generation)) {
            this.#waiting.push(effect);
            return;
          }
          return this.#killZygote(effect.generation);
        case 'fork-worker':
          if (!this.#zygotes.has(effect.generation)) return;
          this.#pids.set(effect.spawnId, effect.spawnId);
          this.#feed({ type: 'worker-started', spawnId: effect.spawnId, pid: effect.spawnId });
          return this.#feed({ type: 'worker-connected', spawnId: effect.spawnId });
        case 'exit-worker':
          return this.#kill(effect.spawnId, null);
        case 'signal-worker':
          return effect.signal === 'SIGUSR2' ? undefined : this.#kill(effect.spawnId, 9);
        case 'drain-gateways':
          return this.#feed({ type: 'gateways-drained' });
        case 'stop-gateways':
          return this.#feed({ type: 'gateways-stopped' });
        default:
          return;
      }
    }
  }

  it('ends with the wanted workers of one generation, or stopped with nothing left', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ANY_EVENT, fc.nat(1000)), { maxLength: 60 }), (script) => {
        const world = new World();
        for (const [what, pick] of script) world.play(what, pick);
        world.settle();
        const { state } = world.rig;
        if (state.stop !== null) {
          expect(state.phase).toBe('stopped');
          expect(state.workers.size).toBe(0);
          return;
        }
        expect([...state.generations.keys()]).toEqual([state.active]);
        const workers = [...state.workers.values()];
        expect(workers.map((worker) => worker.phase)).toEqual(workers.map(() => 'ready'));
        expect(workers.map((worker) => worker.wid).sort()).toEqual(
          Array.from({ length: state.desired }, (_, i) => i + 1),
        );
        // Nothing is due in the past: the timer does not spin.
        expect(nextDeadlineMs(state) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(world.rig.nowMs);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the state it was given untouched', () => {
    const rig = Rig.serving();
    const before = structuredClone(rig.state);
    const given = rig.state;
    for (const command of COMMANDS) step(given, { type: 'command', command }, rig.nowMs);
    step(given, { type: 'worker-exited', spawnId: 1, code: null, signal: 9 }, rig.nowMs);
    expect(given).toEqual(before);
  });
});
