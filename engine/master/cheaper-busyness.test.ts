import { describe, expect, it } from 'vitest';
import { type BusynessSettings, defaultCheaper } from '../config/cheaper-settings.ts';
import { type BusynessState, decideBusyness, describeBusyness, NO_BUSYNESS } from './cheaper-busyness.ts';

const WINDOW_SECONDS = 2;

/** Plays seconds: each gives what part of it every worker worked; the decisions that were not 0, by second. */
class Play {
  state: BusynessState = NO_BUSYNESS;
  nowMs = 0;
  notes: string[] = [];
  room = { above: 9, below: 9 };
  readonly #micros = new Map<number, number>();
  readonly #settings;

  constructor(busyness: Partial<BusynessSettings> = {}, step = 1) {
    const base = defaultCheaper();
    const merged = { ...base.busyness, multiplier: 2, verbose: true, ...busyness };
    this.#settings = { ...base, step, overload: WINDOW_SECONDS, busyness: merged };
    this.second([0]);
  }

  second(parts: number[], backlog = 0): number {
    parts.forEach((part, index) => this.#micros.set(index, (this.#micros.get(index) ?? 0) + part * 1e6));
    const workers = parts.map((part, spawnId) => ({
      spawnId,
      isBusy: part > 0,
      runningMicros: this.#micros.get(spawnId) ?? 0,
    }));
    const seen = { nowMs: this.nowMs, backlog, requests: 0, rssBytes: 0, workers };
    const { state, delta, notes } = decideBusyness(this.#settings, this.state, seen, this.room);
    this.nowMs += 1000;
    this.state = state;
    this.notes = notes;
    return delta;
  }

  seconds(count: number, parts: number[], backlog = 0): number[] {
    return Array.from({ length: count }, () => this.second(parts, backlog));
  }
}

describe('busyness', () => {
  it('adds a step at the end of each window in which the average was above the maximum', () => {
    const play = new Play({}, 2);
    expect(play.seconds(4, [1])).toEqual([0, 2, 0, 2]);
    expect(play.notes).toEqual([
      '[busyness] 2s average busyness of 1 worker(s) is at 100%, will spawn 2 new worker(s)',
    ]);
    expect(new Play().seconds(4, [1, 0])).toEqual([0, 0, 0, 0]);
    expect(new Play().seconds(4, [1, 1, 0])).toEqual([0, 1, 0, 1]);
  });

  it('says so when all run already', () => {
    const play = new Play();
    play.room = { above: 0, below: 3 };
    expect(play.seconds(2, [1])).toEqual([0, 0]);
    expect(play.notes[0]).toContain('but all workers run already');
  });

  it('counts a request that runs on in each window, and at most as all of it', () => {
    const play = new Play();
    expect(play.second([0])).toBe(0);
    // 30 seconds of work that are seen at once are one busy window and no more.
    expect(play.second([30])).toBe(1);
    expect(play.seconds(2, [0])).toEqual([0, 0]);
  });

  it('stops one after as many idle windows as the multiplier says, and another after as many again', () => {
    expect(new Play().seconds(8, [0, 0, 0])).toEqual([0, 0, 0, -1, 0, 0, 0, -1]);
    expect(new Play({ multiplier: 3 }).seconds(6, [0.1, 0.1])).toEqual([0, 0, 0, 0, 0, -1]);
  });

  it('stops nobody when no worker may go', () => {
    const play = new Play();
    play.room = { above: 3, below: 0 };
    expect(play.seconds(8, [0])).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('puts the stop off after three windows in between, not after one', () => {
    const once = new Play();
    once.seconds(2, [0, 0]);
    once.seconds(2, [0.3, 0.3]);
    expect(once.seconds(2, [0, 0])).toEqual([0, -1]);
    const often = new Play();
    often.seconds(6, [0.3, 0.3]);
    expect(often.seconds(4, [0, 0])).toEqual([0, 0, 0, -1]);
  });

  it('waits longer with the next stop when a worker was needed again too soon, until it was not', () => {
    const play = new Play({ multiplier: 2, penalty: 3 });
    expect(play.seconds(4, [0, 0])).toEqual([0, 0, 0, -1]);
    expect(play.seconds(2, [1])).toEqual([0, 1]);
    expect(play.state.multiplier).toBe(5);
    expect(play.seconds(10, [0, 0])).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, -1]);
    play.seconds(10, [0.3]);
    expect(play.seconds(2, [1])).toEqual([0, 1]);
    expect(play.state.multiplier).toBe(2);
  });

  it('starts workers within a window when too many requests wait, and lets them go sooner', () => {
    const play = new Play({ multiplier: 10, backlogAlert: 5, backlogStep: 2, backlogMultiplier: 1 });
    expect(play.second([0.1], 5)).toBe(0);
    expect(play.second([0.1], 6)).toBe(2);
    expect(play.notes).toEqual(['[busyness] 6 requests wait, spawning 2 emergency worker(s)']);
    expect(play.second([0.1, 0, 0], 0)).toBe(-1);
    expect(play.seconds(2, [0.1, 0])).toEqual([0, -1]);
    expect(play.seconds(4, [0.1])).toEqual([0, 0, 0, 0]);
  });

  it('starts one when requests have waited without a break for the time of -nonzero, and again after another such time', () => {
    const play = new Play({ backlogNonzeroSeconds: 3, multiplier: 99 });
    expect(play.seconds(7, [0], 1)).toEqual([0, 0, 0, 1, 0, 0, 1]);
    play.second([0], 0);
    expect(play.seconds(3, [0], 1)).toEqual([0, 0, 0]);
  });

  it('never starts for a backlog when both are 0, or when nobody is left to start', () => {
    const off = new Play({ backlogAlert: 0, backlogNonzeroSeconds: 0, multiplier: 99 });
    expect(off.seconds(4, [0], 999)).toEqual([0, 0, 0, 0]);
    const full = new Play({ multiplier: 99 });
    full.room = { above: 0, below: 1 };
    expect(full.seconds(2, [0], 999)).toEqual([0, 0]);
  });

  it('is silent unless -verbose asks for its reasons', () => {
    const play = new Play({ verbose: false });
    play.seconds(2, [1]);
    expect(play.notes).toEqual([]);
  });

  it('says how it is set', () => {
    expect(describeBusyness(defaultCheaper())).toBe(
      '[busyness] settings: min=25%, max=50%, overload=3, multiplier=10, respawn penalty=2',
    );
  });
});
