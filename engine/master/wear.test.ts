import { describe, expect, it } from 'vitest';
import { nextDeadlineMs } from './machine.ts';
import { Rig, turn, types } from './testing/rig.ts';

describe('a worker that has had enough', () => {
  it('serves until its replacement is ready, and only then leaves', () => {
    const rig = Rig.serving({ spawn: 'fresh' });
    expect(types(rig.feed({ type: 'worker-worn', spawnId: 1 }))).toEqual(['start-worker']);
    expect(rig.phases()).toEqual({ 1: 'ready', 2: 'ready', 3: 'requested' });
    rig.feed({ type: 'worker-started', spawnId: 3, pid: 103 });
    expect(rig.phases()[1]).toBe('ready');
    expect(types(rig.feed({ type: 'worker-connected', spawnId: 3 }))).toEqual(['retire-worker']);
    expect(rig.phases()).toEqual({ 1: 'retiring', 2: 'ready', 3: 'ready' });
  });

  it('waits while another one is being replaced, the oldest first', () => {
    const rig = Rig.serving({ spawn: 'fresh', processes: 3 });
    for (const spawnId of [3, 1, 2]) rig.feed({ type: 'worker-worn', spawnId });
    const serving: number[] = [];
    for (let i = 0; i < 8; i++) {
      const phases = Object.values(rig.phases());
      serving.push(phases.filter((phase) => phase === 'ready').length);
      expect(phases.filter((phase) => phase === 'requested' || phase === 'starting').length).toBeLessThanOrEqual(1);
      turn(rig);
    }
    expect(serving.every((count) => count >= 3)).toBe(true);
    expect(Object.keys(rig.phases()).map(Number)).toEqual([4, 5, 6]);
  });

  it('serves on when its replacement does not load, and the next try succeeds', () => {
    const rig = Rig.serving({ spawn: 'fresh' });
    rig.feed({ type: 'worker-worn', spawnId: 1 });
    rig.feed({ type: 'worker-started', spawnId: 3, pid: 103 });
    rig.feed({ type: 'worker-load-failed', spawnId: 3, text: 'no' });
    rig.feed({ type: 'worker-exited', spawnId: 3, code: 22, signal: null });
    expect(rig.phases()).toMatchObject({ 1: 'ready', 2: 'ready' });
    rig.pass(5000);
    turn(rig);
    turn(rig);
    expect(Object.keys(rig.phases())).not.toContain('1');
  });
});

describe('max-worker-lifetime', () => {
  it('replaces each worker when its time is over, with the delta of its number', () => {
    const rig = Rig.serving({ lifetimeMs: 60_000, lifetimeDeltaMs: 5000 });
    expect(nextDeadlineMs(rig.state)).toBe(rig.nowMs + 60_000);
    rig.pass(59_999);
    expect(types(rig.done)).toEqual([]);
    expect(types(rig.pass(1))).toEqual(['fork-worker']);
    expect(rig.logged.at(-1)).toBe('worker 1 lifetime reached, it was running for 60 second(s)');
    turn(rig);
    turn(rig);
    expect(rig.phases()).toEqual({ 2: 'ready', 3: 'ready' });
    expect(types(rig.pass(4999))).toEqual([]);
    expect(types(rig.pass(1))).toEqual(['fork-worker']);
    expect(rig.logged.at(-1)).toBe('worker 2 lifetime reached, it was running for 65 second(s)');
  });
});
