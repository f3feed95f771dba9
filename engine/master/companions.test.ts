import { describe, expect, it } from 'vitest';
import type { CompanionSetting } from '../config/companion-settings.ts';
import {
  areCompanionsOver,
  type CompanionEffect,
  type CompanionEvent,
  type CompanionsState,
  companionOf,
  initialCompanions,
  nextCompanionMs,
  stepCompanions,
} from './companions.ts';

const FIRST = 100;
const MULE: CompanionSetting = {
  role: 'mule',
  number: 1,
  command: '',
  farms: [],
  harakiriSeconds: 0,
  mercySeconds: 60,
};
const SECOND: CompanionSetting = { ...MULE, number: 2 };

/** Feeds events at their times; gives the last state and all effects but log lines. */
function run(...events: [atMs: number, event: CompanionEvent][]): {
  state: CompanionsState;
  effects: CompanionEffect[];
  log: string[];
} {
  let state = initialCompanions(FIRST);
  const effects: CompanionEffect[] = [];
  const log: string[] = [];
  for (const [atMs, event] of events) {
    const step = stepCompanions(state, event, atMs);
    state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'log') log.push(effect.text);
      else effects.push(effect);
    }
  }
  return { state, effects, log };
}

function takeOver(
  generation: number,
  wanted: CompanionSetting[] = [MULE],
  spawn: 'fork' | 'fresh' = 'fresh',
): CompanionEvent {
  return { type: 'take-over', generation, wanted, spawn, longestPauseMs: 2000 };
}

const started = (spawnId: number, pid = spawnId + 1000): CompanionEvent => ({ type: 'started', spawnId, pid });
const exited = (spawnId: number): CompanionEvent => ({ type: 'exited', spawnId, code: 1, signal: null });
const spawn = (spawnId: number, generation = 1, setting = MULE, how: 'fork' | 'fresh' = 'fresh'): CompanionEffect => ({
  type: 'spawn',
  how,
  generation,
  spawnId,
  setting,
});

describe('processes beside the workers', () => {
  it('start when their generation takes over, each once', () => {
    const { effects } = run([0, takeOver(1, [MULE, SECOND])], [5, { type: 'tick' }]);
    expect(effects).toEqual([spawn(100), spawn(101, 1, SECOND)]);
  });

  it('wait for the zygote that they are forked from', () => {
    const before = run([0, takeOver(1, [MULE], 'fork')]);
    expect(before.effects).toEqual([]);
    expect(nextCompanionMs(before.state)).toBeNull();
    const { effects } = run([0, takeOver(1, [MULE], 'fork')], [9, { type: 'zygote', isReady: true }]);
    expect(effects).toEqual([spawn(100, 1, MULE, 'fork')]);
  });

  it('are told of in the words of uWSGI', () => {
    const spooler: CompanionSetting = { role: 'spooler', number: 1, folder: '/spool', mercySeconds: 1 };
    const { log } = run([0, takeOver(1, [MULE, spooler])], [1, started(100)], [2, started(101)], [9000, exited(100)]);
    expect(log).toEqual([
      'spawned uWSGI mule 1 (pid: 1100)',
      'spawned the uWSGI spooler on dir /spool with pid 1101',
      'OOOPS mule 1 (pid: 1100) crippled...trying respawn...',
    ]);
  });

  it('are there again at once when they die after a life', () => {
    const { effects, state } = run([0, takeOver(1)], [1, started(100)], [5000, exited(100)]);
    expect(effects.at(-1)).toEqual(spawn(101));
    expect(state.companions.size).toBe(1);
  });

  it('are left alone for longer and longer when they die at once, and no longer than they may', () => {
    const events: [number, CompanionEvent][] = [[0, takeOver(1)]];
    const pauses: number[] = [];
    let nowMs = 0;
    for (let spawnId = FIRST; spawnId < FIRST + 7; spawnId++) {
      events.push([nowMs, started(spawnId)], [nowMs, exited(spawnId)]);
      const nextMs = nextCompanionMs(run(...events).state) ?? nowMs;
      pauses.push(nextMs - nowMs);
      nowMs = nextMs;
      events.push([nowMs, { type: 'tick' }]);
    }
    expect(pauses).toEqual([0, 250, 500, 1000, 2000, 2000, 2000]);
  });

  it('of an old generation are told to end when the new one takes over, and its own start beside them', () => {
    const { effects, state } = run([0, takeOver(1)], [1, started(100)], [9000, takeOver(2)], [9001, started(101)]);
    expect(effects.slice(1)).toEqual([{ type: 'tell-exit', spawnId: 100 }, spawn(101, 2)]);
    expect(companionOf(state, MULE)?.spawnId).toBe(101);
    const { log, state: after } = run([0, takeOver(1)], [1, started(100)], [9000, takeOver(2)], [9005, exited(100)]);
    expect(log.join()).not.toContain('crippled');
    expect([...after.companions.keys()]).toEqual([101]);
  });

  it('are killed when their mercy ends', () => {
    const { effects, log } = run([0, takeOver(1)], [1, started(100)], [9000, takeOver(2)], [69_000, { type: 'tick' }]);
    expect(effects.at(-1)).toEqual({ type: 'kill', spawnId: 100, pid: 1100 });
    expect(log.at(-1)).toContain('NO MERCY');
  });

  it('that were given up and never come up are waited for no longer than others that are killed', () => {
    const { state } = run(
      [0, takeOver(1, [MULE], 'fork')],
      [1, { type: 'zygote', isReady: true }],
      [2, { type: 'stop', mercyMs: 0 }],
    );
    expect(areCompanionsOver(state)).toBe(false);
    const over = stepCompanions(state, { type: 'tick' }, nextCompanionMs(state) ?? 0);
    expect(areCompanionsOver(over.state)).toBe(true);
  });

  it('that come up after they were given up are killed', () => {
    const { effects } = run([0, takeOver(1)], [1, { type: 'stop', mercyMs: 500 }], [2, started(100)]);
    expect(effects.slice(1)).toEqual([{ type: 'kill', spawnId: 100, pid: 1100 }]);
  });

  it('end at a stop within its mercy, and none is started again', () => {
    const events: [number, CompanionEvent][] = [
      [0, takeOver(1)],
      [1, started(100)],
      [9000, { type: 'stop', mercyMs: 500 }],
    ];
    const { state, effects } = run(...events);
    expect(effects.at(-1)).toEqual({ type: 'tell-exit', spawnId: 100 });
    expect(nextCompanionMs(state)).toBe(9500);
    const after = run(...events, [9500, { type: 'tick' }], [9510, exited(100)]);
    expect(after.effects.at(-1)).toEqual({ type: 'kill', spawnId: 100, pid: 1100 });
    expect(areCompanionsOver(after.state)).toBe(true);
    expect(nextCompanionMs(after.state)).toBeNull();
  });

  it('whose end nobody reports are taken as gone when they were unreachable for a while', () => {
    const lost: [number, CompanionEvent][] = [
      [0, takeOver(1)],
      [1, started(100)],
      [9000, { type: 'unreachable', spawnId: 100 }],
    ];
    expect(run(...lost).effects.at(-1)).toEqual({ type: 'kill', spawnId: 100, pid: 1100 });
    expect(run(...lost, [10_000, { type: 'tick' }]).effects.at(-1)).toEqual(spawn(101));
  });

  it('that a zygote was asked for are asked for again when it has ended, and one that comes after all is killed', () => {
    const lost: [number, CompanionEvent][] = [
      [0, takeOver(1, [MULE], 'fork')],
      [1, { type: 'zygote', isReady: true }],
      [2, { type: 'zygote', isReady: false }],
      [3, { type: 'zygote', isReady: true }],
    ];
    expect(run(...lost).effects).toEqual([spawn(100, 1, MULE, 'fork'), spawn(101, 1, MULE, 'fork')]);
    expect(run(...lost, [4, started(100)]).effects.at(-1)).toEqual({ type: 'kill', spawnId: 100, pid: 1100 });
  });

  it('are started once although their parent and they themselves say so', () => {
    const { state, log } = run([0, takeOver(1)], [1, started(100)], [2, started(100)]);
    expect(log).toHaveLength(1);
    expect(state.seats.get('mule 1')?.spawns).toBe(1);
  });

  it('are replaced one by one when a role is renewed', () => {
    const renewed = run([0, takeOver(1)], [1, started(100)], [9000, { type: 'renew', role: 'mule' }]);
    expect(renewed.effects.at(-1)).toEqual({ type: 'tell-exit', spawnId: 100 });
    const { effects } = run(
      [0, takeOver(1)],
      [1, started(100)],
      [9000, { type: 'renew', role: 'mule' }],
      [9001, { type: 'renew', role: 'spooler' }],
      [9010, exited(100)],
    );
    expect(effects.at(-1)).toEqual(spawn(101));
  });

  it('are killed when they take too long, and started again', () => {
    const kill: CompanionEvent = { type: 'kill', spawnId: 100, text: 'HARAKIRI' };
    const { effects, log } = run([0, takeOver(1)], [1, started(100)], [9000, kill], [9001, exited(100)]);
    expect(effects.slice(1)).toEqual([{ type: 'kill', spawnId: 100, pid: 1100 }, spawn(101)]);
    expect(log.at(-1)).toBe('HARAKIRI');
  });

  it('that are no longer configured are not started again', () => {
    const { effects, state } = run([0, takeOver(1, [MULE, SECOND])], [1, started(100)], [9000, takeOver(2, [])]);
    expect(effects.filter(({ type }) => type === 'spawn')).toHaveLength(2);
    expect(state.seats.size).toBe(0);
  });
});
