import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultCheaper } from '../config/cheaper-settings.ts';
import type { Observation } from './cheaper.ts';
import type { Effect } from './effects.ts';
import type { MasterEvent } from './events.ts';
import { nextDeadlineMs, step } from './machine.ts';
import { isLive, type Worker } from './machine-state.ts';
import { wantedWids } from './roster.ts';
import { APP, COMMANDS, overdue, PLAN, Rig } from './testing/rig.ts';

const ANY_EVENT = fc.oneof(
  { weight: 6, arbitrary: fc.constant<'life'>('life') },
  { weight: 2, arbitrary: fc.constantFrom<'death' | 'time' | 'cycle' | 'demand'>('death', 'time', 'cycle', 'demand') },
  { weight: 1, arbitrary: fc.constantFrom(...COMMANDS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<'zygote-death' | 'load-failure' | 'stray'>('zygote-death', 'load-failure', 'stray'),
  },
  { weight: 1, arbitrary: fc.constantFrom<'worn' | 'large' | 'recycling'>('worn', 'large', 'recycling') },
);

/** What the numbers make of a configuration: workers always, as many as are needed, or none until they are. */
function planFor(pick: number): typeof PLAN {
  const processes = 1 + (pick % 3);
  const cheaper = { ...defaultCheaper(), least: 1, initial: 1, overload: 1 };
  return {
    ...PLAN,
    processes,
    cheaper: processes > 1 && pick % 2 === 0 ? cheaper : null,
    startsAsleep: pick % 5 === 0,
    idleMs: pick % 7 === 0 ? 2000 : 0,
    spawn: pick % 11 < 4 ? 'fresh' : 'fork',
    isLazy: pick % 11 === 3,
    reloadTimeoutMs: pick % 6 === 1 ? 3000 : 0,
    harakiri: { graceMs: pick % 4 === 2 ? 1000 : 0, signal: 15, cancelMs: pick % 8 === 3 ? 1000 : 0 },
  };
}

/** Plays the outside world: answers what the machine has asked for, in an order the numbers choose. */
class World {
  readonly rig = new Rig();
  readonly #waiting: Effect[] = [...this.rig.done];
  readonly #pids = new Map<number, number>();
  readonly #zygotes = new Set<number>();
  /** Workers with a connection: its end is seen whoever reports theirs. */
  readonly #connected = new Set<number>();

  play(what: string, pick: number): void {
    const { rig } = this;
    const workers = [...this.#pids.keys()];
    const spawnId = workers[pick % Math.max(1, workers.length)];
    if (what === 'life') this.#answer(pick);
    else if (what === 'time') this.#feed({ type: 'tick' }, (pick % 40) * 100);
    else if (what === 'death' && spawnId !== undefined) this.#kill(spawnId, 9);
    else if (what === 'worn' && spawnId !== undefined) this.#feed({ type: 'worker-worn', spawnId });
    else if (what === 'recycling' && spawnId !== undefined) this.#feed({ type: 'worker-recycling', spawnId });
    else if (what === 'large' && spawnId !== undefined) {
      this.#feed({ type: 'worker-too-large', spawnId, what: 'RSS', bytes: 1 });
    } else if (what === 'cycle') this.#feed({ type: 'cycle', seen: this.#look(pick) });
    else if (what === 'demand') this.#feed({ type: 'demand', count: 1 + (pick % 9) });
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

  /** Every worker is busy when the number says so. */
  #look(pick: number): Observation {
    const { state, nowMs } = this.rig;
    const ready = [...state.workers.values()].filter(isLive);
    const isBusy = pick % 3 === 0;
    const workers = ready.map(({ spawnId }) => ({ spawnId, isBusy, runningMicros: isBusy ? nowMs * 1000 : 0 }));
    return { nowMs, backlog: pick % 4 === 0 ? 5 : 0, requests: pick % 2, rssBytes: 0, workers };
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
    if (this.#connected.delete(spawnId)) this.#feed({ type: 'worker-unreachable', spawnId });
    const worker = this.rig.state.workers.get(spawnId);
    const plan = this.rig.state.generations.get(worker?.generation ?? 0)?.plan;
    if (worker !== undefined && (plan?.spawn === 'fresh' || this.#zygotes.has(worker.generation))) {
      this.#feed({ type: 'worker-exited', spawnId, code: signal === null ? 0 : null, signal });
    }
  }

  #start(spawnId: number): void {
    this.#pids.set(spawnId, spawnId);
    this.#feed({ type: 'worker-started', spawnId, pid: spawnId });
  }

  /** Most of them connect; some fresh ones can not load the application. */
  #arrive(spawnId: number, pick: number): void {
    const { workers, generations } = this.rig.state;
    const isFresh = generations.get(workers.get(spawnId)?.generation ?? 0)?.plan.spawn === 'fresh';
    if (!this.#pids.has(spawnId)) return;
    this.#connected.add(spawnId);
    if (!isFresh || pick % 7 !== 5) return this.#feed({ type: 'worker-connected', spawnId });
    this.#feed({ type: 'worker-load-failed', spawnId, text: 'no' });
    this.#kill(spawnId, null);
  }

  /** Workers of it live: a zygote stays as long. */
  #hasChildren(generation: number): boolean {
    const workers = [...this.rig.state.workers.values()];
    return workers.some((one) => one.generation === generation && this.#pids.has(one.spawnId));
  }

  #killZygote(generation: number | undefined): void {
    if (generation === undefined || !this.#zygotes.delete(generation)) return;
    // Those that have just been forked die with it, and nobody says so.
    for (const { spawnId, generation: its } of this.rig.state.workers.values()) {
      if (its === generation && !this.#connected.has(spawnId)) this.#pids.delete(spawnId);
    }
    this.#feed({ type: 'zygote-exited', generation, code: null, signal: 9 });
  }

  #answer(pick: number): void {
    const [effect] = this.#waiting.splice(pick % Math.max(1, this.#waiting.length), 1);
    if (effect === undefined) return;
    switch (effect.type) {
      case 'bind-listeners':
        return this.#feed({ type: 'listeners-ready' });
      case 'read-config':
        return this.#feed({ type: 'config-ready', plan: planFor(pick) });
      case 'start-zygote':
        if (!this.#zygotes.has(effect.generation)) return;
        return this.#feed({ type: 'zygote-loaded', generation: effect.generation, apps: [APP] });
      case 'kill-zygote':
        return this.#killZygote(effect.generation);
      case 'stop-zygote':
        if (this.#hasChildren(effect.generation)) {
          this.#waiting.push(effect);
          return;
        }
        return this.#killZygote(effect.generation);
      case 'fork-worker':
        if (!this.#zygotes.has(effect.generation)) return;
        return this.#start(effect.spawnId);
      case 'start-worker':
        return this.#start(effect.spawnId);
      case 'admit-worker':
        return this.#arrive(effect.spawnId, pick);
      case 'exit-worker':
      case 'cut-worker':
        return this.#kill(effect.spawnId, null);
      case 'signal-worker':
        return effect.signal === 'SIGUSR2' ? undefined : this.#kill(effect.spawnId, 9);
      case 'drain-gateways':
        return this.#feed({ type: 'gateways-drained' });
      case 'stop-gateways':
        return this.#feed({ type: 'gateways-stopped' });
      case 'discard-config':
      case 'adopt-config':
      case 'use-generation':
      case 'retire-worker':
      case 'harakiri':
      case 'count-harakiri':
      case 'forget-worker':
      case 'forget-generation':
      case 'pause':
      case 'log':
      case 'finish':
        return;
    }
  }
}

describe('whatever happens', () => {
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
        const generation = state.generations.get(state.active);
        const workers = [...state.workers.values()];
        expect(workers.map((worker) => worker.phase)).toEqual(workers.map(() => 'ready'));
        expect(workers.map((worker) => worker.wid).sort((a, b) => a - b)).toEqual(
          generation === undefined ? [] : wantedWids(state, generation),
        );
        expect(workers.filter((worker) => worker.isWorn)).toEqual([]);
        expect(state.lastReload?.status).not.toBe('running');
        expect(state.generations.get(state.active)?.renewal ?? null).toBeNull();
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
