import { describe, expect, it } from 'vitest';
import { defaultCheaper } from '../config/cheaper-settings.ts';
import { decide, decideBacklog, decideSpare, NO_MEMORY, type Observation, type SpareState } from './cheaper.ts';

const ROOM = { above: 9, below: 9 };

function workers(busy: number, free: number): Observation['workers'] {
  return Array.from({ length: busy + free }, (_, index) => ({
    spawnId: index + 1,
    isBusy: index < busy,
    runningMicros: 0,
  }));
}

/** `2/1`: two are busy, one is free; the decision of each cycle. */
function play(script: string, settings = { step: 1, overload: 3 }): number[] {
  let state: SpareState = NO_MEMORY.spare;
  return script.split(' ').map((cycle) => {
    const [busy = 0, free = 0] = cycle.split('/').map(Number);
    const verdict = decideSpare(settings, state, { workers: workers(busy, free) });
    state = verdict.state;
    return verdict.delta;
  });
}

describe('spare', () => {
  it('adds a step when all were busy for more than cheaper-overload cycles, and counts anew', () => {
    expect(play('1/0 1/0 1/0 1/0 2/0 2/0 2/0 2/0')).toEqual([0, 0, 0, 1, 0, 0, 0, 1]);
    expect(play('1/0 1/0 1/0', { step: 4, overload: 2 })).toEqual([0, 0, 4]);
  });

  it('takes a cycle with a free worker off the count instead of forgetting it', () => {
    expect(play('1/0 1/0 1/0 0/1 1/0 1/0')).toEqual([0, 0, 0, 0, 0, 1]);
  });

  it('leaves one free worker alone', () => {
    expect(play('2/1 2/1 2/1 2/1 2/1 2/1')).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('stops one when more than one was free in cheaper-overload cycles', () => {
    expect(play('1/2 1/2 1/2 1/1 1/1')).toEqual([0, 0, -1, 0, 0]);
    expect(play('0/4 0/4 0/4 0/3 0/3 0/3')).toEqual([0, 0, -1, 0, 0, -1]);
    expect(play('1/2 1/2 2/1 2/1 1/2')).toEqual([0, 0, 0, 0, -1]);
    expect(play('1/2 1/2 3/0 2/1 1/2')).toEqual([0, 0, 0, 0, 0]);
  });

  it('counts the calm only after the load is forgotten', () => {
    expect(play('1/0 1/0 0/2 0/2 0/2', { step: 1, overload: 2 })).toEqual([0, 0, 0, 0, -1]);
  });

  it('decides nothing while no worker runs', () => {
    expect(play('0/0 0/0 0/0 0/0 0/0')).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('backlog', () => {
  it.each([
    [4, 2],
    [3, 0],
    [2, -1],
    [0, -1],
  ])('with %i requests waiting changes the number by %i', (backlog, delta) => {
    expect(decideBacklog({ step: 2, overload: 3 }, { backlog })).toBe(delta);
  });
});

it('manual never decides', () => {
  const settings = { ...defaultCheaper(), least: 1, algorithm: 'manual' as const };
  const seen: Observation = { nowMs: 0, backlog: 99, requests: 0, rssBytes: 0, workers: workers(3, 0) };
  expect(decide(settings, NO_MEMORY, seen, ROOM)).toEqual({ state: NO_MEMORY, delta: 0, notes: [] });
});

it('each algorithm keeps what the others remember', () => {
  const seen: Observation = { nowMs: 0, backlog: 0, requests: 0, rssBytes: 0, workers: workers(1, 0) };
  const after = decide({ ...defaultCheaper(), algorithm: 'spare' }, NO_MEMORY, seen, ROOM).state;
  expect(after).toEqual({ ...NO_MEMORY, spare: { overloaded: 1, idle: 0 } });
});
