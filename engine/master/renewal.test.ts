import { describe, expect, it } from 'vitest';
import { nextDeadlineMs } from './machine.ts';
import { Rig, turn, types } from './testing/rig.ts';

describe('reloads of the workers alone', () => {
  it.each(['reload-workers', 'chain-reload'] as const)('%s: given up when new workers do not load', (command) => {
    const rig = Rig.serving({ spawn: 'fresh' });
    rig.command(command);
    rig.feed({ type: 'worker-started', spawnId: 3, pid: 103 });
    rig.feed({ type: 'worker-load-failed', spawnId: 3, text: 'SyntaxError' });
    expect(rig.logged.at(-1)).toMatch(/^\*\*\* .*reload.* given up: new workers do not start/);
    expect(rig.phases()).toMatchObject({ 1: 'ready', 2: 'ready', 3: 'killed' });
    for (const { spawnId, phase } of rig.state.workers.values()) if (phase === 'killed') rig.exit(spawnId, 9);
    rig.pass(5000);
    expect(Object.keys(rig.phases())).toEqual(['1', '2']);
    expect(rig.state.lastReload).toMatchObject({ status: 'failed', reason: 'SyntaxError' });
  });

  it('reload-timeout ends one whose workers hang in their import', () => {
    const rig = Rig.serving({ spawn: 'fresh', reloadTimeoutMs: 30_000 });
    rig.command('reload-workers');
    for (const spawnId of [3, 4]) rig.feed({ type: 'worker-started', spawnId, pid: 100 + spawnId });
    rig.pass(30_000);
    expect(rig.phases()).toEqual({ 1: 'ready', 2: 'ready', 3: 'killed', 4: 'killed' });
    expect(rig.state.lastReload).toMatchObject({ kind: 'workers', status: 'failed', endedMs: rig.nowMs });
  });

  it('is dropped for a full reload; its old workers serve until that is done', () => {
    const rig = Rig.serving();
    rig.command('chain-reload');
    rig.reloadUpToLoading();
    expect(rig.phases()).toMatchObject({ 1: 'ready', 2: 'ready', 3: 'killed' });
    rig.exit(3, 9);
    expect(Object.values(rig.phases())).toEqual(['ready', 'ready']);
    expect(rig.state.lastReload).toMatchObject({ kind: 'graceful', status: 'running' });
  });
});

describe('the report of the last reload', () => {
  it('says how it was asked for and what became of it', () => {
    const rig = Rig.serving();
    expect(rig.state.lastReload).toBeNull();
    rig.reloadUpToLoading();
    expect(rig.state.lastReload).toMatchObject({ kind: 'graceful', status: 'running', endedMs: null });
    rig.zygoteLoads();
    rig.workersArrive();
    expect(rig.state.lastReload).toMatchObject({ kind: 'graceful', status: 'done', reason: null });
    rig.command('brutal-reload');
    rig.feed({ type: 'config-failed', message: 'broken' });
    expect(rig.state.lastReload).toMatchObject({ kind: 'brutal', status: 'failed', reason: 'broken' });
    rig.command('chain-reload');
    for (let i = 0; i < 4; i++) turn(rig);
    expect(rig.state.lastReload).toMatchObject({ kind: 'chain', status: 'done' });
  });
});

describe('a full reload that takes long', () => {
  it('is mentioned after a minute, and given up by reload-timeout alone', () => {
    const rig = Rig.serving();
    rig.reloadUpToLoading();
    expect(nextDeadlineMs(rig.state)).toBe(rig.nowMs + 60_000);
    rig.pass(60_000);
    expect(rig.logged.at(-1)).toContain('still loading after 60 s');
    rig.pass(3_600_000);
    expect(rig.state.reload?.stage).toBe('loading');
  });

  it('leaves the old generation as it was when its time is over', () => {
    const rig = Rig.serving();
    rig.reloadUpToLoading({ reloadTimeoutMs: 10_000 });
    expect(types(rig.pass(10_000))).toEqual(['discard-config', 'kill-zygote']);
    expect(rig.logged.at(-1)).toContain('not ready after 10 s (reload-timeout); generation 1 serves on unchanged');
  });
});

describe('what options make of a reload', () => {
  it('lazy: the workers only, but all of it when it is brutal', () => {
    const rig = Rig.serving({ spawn: 'fresh', isLazy: true });
    expect(types(rig.command('reload'))).toEqual(['start-worker', 'start-worker']);
    expect(types(rig.command('brutal-reload'))).toContain('read-config');
  });

  it('exit-on-reload: a stop, of the same temper', () => {
    const graceful = Rig.serving({ exitOnReload: true });
    graceful.command('reload');
    expect(graceful.state.stop).toMatchObject({ how: 'graceful', exitCode: 0 });
    const brutal = Rig.serving({ exitOnReload: true });
    brutal.command('brutal-reload');
    expect(brutal.state.stop?.how).toBe('immediate');
  });
});
