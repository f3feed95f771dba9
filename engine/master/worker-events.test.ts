import { describe, expect, it } from 'vitest';
import { overdue, Rig, types } from './testing/rig.ts';

describe('evil-reload-on-rss', () => {
  it('kills the worker and says so as uWSGI does; the next one is there at once', () => {
    const rig = Rig.serving();
    const effects = rig.feed({ type: 'worker-too-large', spawnId: 2, what: 'RSS', bytes: 91_455_488 });
    expect(effects).toContainEqual({ type: 'signal-worker', spawnId: 2, pid: 102, signal: 'SIGKILL' });
    expect(rig.logged.at(-1)).toBe('*** EVIL RELOAD ON WORKER 2 RSS: 91455488 (pid: 102) ***');
    expect(types(rig.exit(2, 9))).toEqual(['forget-worker']);
    expect(rig.phases()).toMatchObject({ 3: 'requested' });
  });
});

describe('harakiri-graceful-timeout', () => {
  const harakiri = { graceMs: 5000, signal: 12, cancelMs: 0 };

  it('gives the worker its signal and its time, then kills it', () => {
    const rig = Rig.serving({ harakiri });
    const effects = rig.feed(overdue(1, null));
    expect(effects).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 12 });
    expect(effects).toContainEqual(expect.objectContaining({ type: 'harakiri', attempt: 1, isGraceful: true }));
    rig.pass(4999);
    expect(rig.phases()[1]).toBe('ending');
    expect(rig.pass(1)).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 'SIGKILL' });
    expect(rig.logged.at(-1)).toBe('*** HARAKIRI ON WORKER 1 (pid: 101, try: 2, graceful: no) ***');
  });

  it('waits for the other threads first', () => {
    const rig = Rig.serving({ harakiri, threads: 2 });
    rig.feed(overdue(1, rig.nowMs + 3000));
    expect(rig.phases()[1]).toBe('overdue');
    const effects = rig.feed({ type: 'worker-drained', spawnId: 1 });
    expect(effects).toContainEqual({ type: 'signal-worker', spawnId: 1, pid: 101, signal: 12 });
    expect(rig.state.workers.get(1)?.deadlineMs).toBe(rig.nowMs + 5000);
  });
});
