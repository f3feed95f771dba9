/** The machine on a bench, for its tests: a clock that the test moves, and the usual answers of the outside world. */
import type { Effect } from '../effects.ts';
import type { Command, MasterEvent, Plan } from '../events.ts';
import { boot, step } from '../machine.ts';
import type { MasterState, WorkerPhase } from '../machine-state.ts';

export const PLAN: Plan = {
  processes: 2,
  threads: 1,
  spawn: 'fork',
  needApp: false,
  mercyMs: 60_000,
  isLazy: false,
  exitOnReload: false,
  reloadTimeoutMs: 0,
  lifetimeMs: 0,
  lifetimeDeltaMs: 0,
  harakiri: { graceMs: 0, signal: 15, cancelMs: 0 },
  cheaper: null,
  startsAsleep: false,
  idleMs: 0,
  stopsWhenIdle: false,
  forkbombDelayMs: 2000,
};
export const APP = { id: 0, modifier1: 0, mountpoint: '', startupSeconds: 0, chdir: '' };
export const COMMANDS: Command[] = [
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
  'cheap',
];

/** The machine with a memory: what was done so far, and shortcuts for what usually happens next. */
export class Rig {
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
    for (const { spawnId, phase } of this.state.workers.values()) {
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

export function types(effects: Effect[]): string[] {
  return effects.filter((effect) => effect.type !== 'log').map((effect) => effect.type);
}

export function overdue(spawnId: number, siblingsUntilMs: number | null): MasterEvent {
  return { type: 'request-overdue', spawnId, core: 0, requestId: 7, seconds: 30, siblingsUntilMs };
}

/** Brings up what was asked for, and ends what was told to leave. */
export function turn(rig: Rig): void {
  rig.workersArrive();
  for (const { spawnId, phase } of rig.state.workers.values()) {
    if (phase === 'retiring') rig.feed({ type: 'worker-drained', spawnId });
  }
  for (const { spawnId, phase } of rig.state.workers.values()) if (phase === 'leaving') rig.exit(spawnId);
}
