import { describe, expect, test } from 'vitest';
import { attachedDaemon } from '../config/daemon-values.ts';
import type { DaemonSetting } from '../config/system-settings.ts';
import { areDaemonsOver, type DaemonEvent, initialDaemons, nextDaemonMs, stepDaemons } from './daemons.ts';

/** One daemon and a clock; `send` gives the effects as short words. */
function machine(changes: Partial<DaemonSetting> = {}) {
  let nowMs = 0;
  let state = initialDaemons([{ ...attachedDaemon('work'), ...changes }], nowMs);
  const send = (event: DaemonEvent): string[] => {
    const step = stepDaemons(state, event, nowMs);
    state = step.state;
    return step.effects.map((effect) => {
      if (effect.type === 'log') return effect.text;
      return effect.type === 'signal' ? `signal ${effect.signal} to ${effect.pid}` : effect.type;
    });
  };
  return {
    send,
    tick: (ms: number) => {
      nowMs += ms;
      return send({ type: 'tick' });
    },
    started: (pid: number) => send({ type: 'started', index: 0, pid }),
    exited: (pid: number) => send({ type: 'exited', index: 0, pid }),
    pidfile: (pid: number | null) => send({ type: 'pidfile-read', index: 0, pid }),
    nextMs: () => nextDaemonMs(state),
    isOver: () => areDaemonsOver(state),
    get only() {
      return state.daemons[0];
    },
  };
}

describe('an attached daemon', () => {
  test('is started at once, and anew when it has ended', () => {
    const one = machine();
    expect(one.tick(0)).toEqual(['[uwsgi-daemons] spawning "work"', 'start']);
    one.started(10);
    expect(one.nextMs()).toBeNull();
    one.tick(10_000);
    expect(one.exited(10)).toEqual([]);
    expect(one.tick(0)).toEqual(['[uwsgi-daemons] respawning "work"', 'start']);
  });

  test('that keeps dying soon is left alone for longer and longer, up to its limit', () => {
    const one = machine({ maxThrottleSeconds: 3 });
    const pauses: number[] = [];
    one.tick(0);
    for (let pid = 10; pid < 15; pid++) {
      one.started(pid);
      const begunMs = one.nextMs();
      expect(begunMs).toBeNull();
      one.exited(pid);
      pauses.push(one.only?.throttleSeconds ?? 0);
      one.tick(4000);
    }
    expect(pauses).toEqual([1, 2, 3, 3, 3]);
    one.started(20);
    one.tick(5000);
    one.exited(20);
    expect(one.only?.throttleSeconds).toBe(0);
  });

  test('that can not be started is tried again after a pause', () => {
    const one = machine();
    one.tick(0);
    const said = one.send({ type: 'not-started', index: 0, message: 'EAGAIN' });
    expect(said[0]).toBe('[uwsgi-daemons] "work" could not be started: EAGAIN');
    expect(one.tick(0)).toEqual([]);
    expect(one.tick(1000)).toContain('start');
  });

  test('ends with the server by its signal, and is killed when that does not help', () => {
    const one = machine({ stopSignal: 3 });
    one.tick(0);
    one.started(10);
    expect(one.send({ type: 'stop', mercyMs: 500 })).toContain('signal 3 to 10');
    expect(one.isOver()).toBe(false);
    expect(one.tick(499)).toEqual([]);
    expect(one.tick(1)).toContain('signal 9 to 10');
    one.exited(10);
    expect(one.isOver()).toBe(true);
  });

  test('is not waited for at a stop while it is left alone', () => {
    const one = machine();
    one.tick(0);
    one.started(10);
    one.exited(10);
    one.send({ type: 'stop', mercyMs: 500 });
    expect(one.isOver()).toBe(true);
  });

  test('that comes up during a stop is ended again', () => {
    const one = machine();
    one.tick(0);
    one.send({ type: 'stop', mercyMs: 500 });
    expect(one.isOver()).toBe(false);
    expect(one.started(10)).toContain('signal 15 to 10');
    one.exited(10);
    expect(one.isOver()).toBe(true);
  });

  test('starts anew at a reload, by the signal for it, without a pause', () => {
    const one = machine({ reloadSignal: 1 });
    one.tick(0);
    one.started(10);
    expect(one.send({ type: 'reload' })).toContain('signal 1 to 10');
    one.exited(10);
    expect(one.tick(0)).toContain('start');
  });

  test('starts anew when its file is touched', () => {
    const one = machine();
    one.tick(0);
    one.started(10);
    const said = one.send({ type: 'touched', index: 0, path: '/t' });
    expect(said).toContain('signal 15 to 10');
    expect(said[0]).toBe('*** /t has been touched... reloading daemon "work" (pid: 10) !!! ***');
  });

  test('whose end ends the server says so once', () => {
    const one = machine({ isControl: true });
    one.tick(0);
    one.started(10);
    expect(one.exited(10)).toContain('stop-server');
    expect(one.tick(60_000)).toEqual([]);
  });
});

describe('a daemon with a pidfile', () => {
  const smart = { pidfile: '/run/d.pid', isForeground: false };

  test('that lives is left alone', () => {
    const one = machine(smart);
    expect(one.tick(0)).toEqual(['read-pidfile']);
    one.pidfile(77);
    expect(one.only).toMatchObject({ status: 'running', pid: 77 });
    expect(one.send({ type: 'reload' })).toEqual([]);
    expect(one.send({ type: 'stop', mercyMs: 1 })).toEqual([]);
    expect(one.isOver()).toBe(true);
  });

  test('is started when it is not there, looked for again later, and not started twice meanwhile', () => {
    const one = machine(smart);
    one.tick(0);
    expect(one.pidfile(null)).toContain('start');
    one.started(10);
    one.exited(10);
    expect(one.tick(9999)).toEqual([]);
    expect(one.tick(1)).toEqual(['read-pidfile']);
    one.pidfile(78);
    one.tick(10_000);
    expect(one.pidfile(null)).toContain('start');
  });
});
