import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backOffMs,
  initialLink,
  type LinkEffect,
  type LinkEvent,
  type LinkState,
  POLL_INTERVAL_MS,
  stepLink,
} from './link-machine.ts';

const failed: LinkEvent = {
  type: 'failed',
  code: 'stats-refused',
  reason: 'Nothing listens.',
  permanent: false,
  random: 0.5,
};
const notStats: LinkEvent = { ...failed, code: 'stats-http-server', permanent: true };
const start: LinkEvent = { type: 'start', eager: false, phaseMs: 0 };

/** Runs events at their times; gives the last state and its effects. */
function play(...events: [atMs: number, event: LinkEvent][]): { state: LinkState; effects: LinkEffect[] } {
  let state = initialLink();
  let effects: LinkEffect[] = [];
  for (const [atMs, event] of events) ({ state, effects } = stepLink(state, event, atMs));
  return { state, effects };
}

describe('a link', () => {
  it('polls once a second while it is attached, in its own phase, after four polls that come sooner', () => {
    const polls: [number, LinkEvent][] = [[0, { ...start, phaseMs: 300 }]];
    const armed = [300, 800, 1300, 1800, 2300, 3300].map((atMs) => {
      polls.push([atMs, { type: 'due' }], [atMs + 20, { type: 'answered' }]);
      return play(...polls).effects;
    });
    expect(play(...polls).state.status).toBe('attached');
    expect(armed).toEqual([800, 1300, 1800, 2300, 3300, 4300].map((atMs) => [{ type: 'arm', atMs }]));
  });

  it('skips polls that are missed rather than catching up', () => {
    const { effects } = play([0, start], [0, { type: 'due' }], [3450, { type: 'answered' }]);
    expect(effects).toEqual([{ type: 'arm', atMs: 4000 }]);
  });

  it('goes on polling when the clock is set back or forth', () => {
    const hour = 3_600_000;
    for (const jump of [-hour, hour]) {
      const { state, effects } = play([hour, start], [hour, { type: 'due' }], [hour + jump + 5, { type: 'answered' }]);
      expect(state.status).toBe('attached');
      const [effect] = effects;
      const waitMs = effect?.type === 'arm' ? effect.atMs - (hour + jump + 5) : Number.NaN;
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(POLL_INTERVAL_MS);
    }
  });

  it('never has two polls in flight', () => {
    const { effects } = play([0, start], [0, { type: 'due' }], [10, { type: 'retry' }]);
    expect(effects).toEqual([]);
  });

  it('tries again quickly after the first failure, and is lost until then', () => {
    const { state, effects } = play(
      [0, start],
      [0, { type: 'due' }],
      [5, { type: 'answered' }],
      [1000, { type: 'due' }],
      [1010, failed],
    );
    expect(state).toMatchObject({
      status: 'lost',
      code: 'stats-refused',
      reason: 'Nothing listens.',
      nextTryAtMs: 1260,
    });
    expect(effects).toEqual([{ type: 'arm', atMs: 1260 }]);
  });

  it('waits longer after each further failure, up to 30 s, and says when it tries next', () => {
    let { state } = play([0, start], [0, { type: 'due' }]);
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 8; i += 1) {
      ({ state } = stepLink(state, failed, now));
      expect(state.status).toBe('waiting');
      waits.push((state.nextTryAtMs ?? 0) - now);
      now = state.nextTryAtMs ?? 0;
      ({ state } = stepLink(state, { type: 'due' }, now));
      expect(state.status).toBe('connecting');
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('can be tried at once by hand', () => {
    const { effects } = play([0, start], [0, { type: 'due' }], [5, failed], [100, { type: 'retry' }]);
    expect(effects).toContainEqual({ type: 'poll' });
  });

  it('that gives something else than stats has failed, and looks again only each 30 s', () => {
    const { state } = play([0, start], [0, { type: 'due' }], [5, notStats]);
    expect(state).toMatchObject({ status: 'failed', nextTryAtMs: 30_005 });
  });

  it('recovers with a line among its tries and forgets the reason', () => {
    const { state } = play(
      [0, start],
      [0, { type: 'due' }],
      [5, failed],
      [1005, { type: 'due' }],
      [1010, { type: 'answered' }],
    );
    expect(state).toMatchObject({
      status: 'attached',
      reason: null,
      code: null,
      nextTryAtMs: null,
      lastAnswerAtMs: 1010,
    });
    expect(state.tries).toEqual([
      { atMs: 5, ok: false, text: 'Nothing listens.' },
      { atMs: 1010, ok: true, text: 'Answered.' },
    ]);
  });

  it('tries ten times a second without back-off while a server is coming up', () => {
    const { state, effects } = play([0, { ...start, eager: true }], [0, { type: 'due' }], [5, failed]);
    expect(state).toMatchObject({ status: 'connecting', tries: [] });
    expect(effects).toEqual([{ type: 'arm', atMs: 105 }]);
  });

  it('that is idle does nothing, whatever arrives late', () => {
    for (const event of [{ type: 'due' }, { type: 'retry' }, { type: 'answered' }, failed] as LinkEvent[]) {
      const { state, effects } = play([0, start], [0, { type: 'due' }], [1, { type: 'stop' }], [2, event]);
      expect(state.status).toBe('idle');
      expect(effects).toEqual([]);
    }
  });

  it('that is paused keeps its reason, lets no late answer in and is tried again only when asked', () => {
    const steps: [number, LinkEvent][] = [
      [0, start],
      [0, { type: 'due' }],
      [5, failed],
      [1005, { type: 'due' }],
      [1006, { type: 'pause' }],
    ];
    const paused = play(...steps, [1010, { type: 'answered' }], [9000, { type: 'due' }]);
    expect(paused).toMatchObject({ state: { status: 'idle', code: 'stats-refused', nextTryAtMs: null }, effects: [] });
    const asked = play(...steps, [9000, { type: 'retry' }]);
    expect(asked.state).toMatchObject({ status: 'connecting', code: 'stats-refused', paused: false });
    expect(asked.effects).toContainEqual({ type: 'poll' });
  });

  it('polls faster at once when it is told to', () => {
    const { effects } = play(
      [0, start],
      [0, { type: 'due' }],
      [5, { type: 'answered' }],
      [100, { type: 'interval', intervalMs: 250 }],
    );
    expect(effects).toEqual([{ type: 'arm', atMs: 350 }]);
  });

  it('always has a timer or a poll while it is not idle, under any events', () => {
    const anyEvent = fc.constantFrom<LinkEvent>(
      start,
      { type: 'due' },
      { type: 'answered' },
      failed,
      notStats,
      { type: 'retry' },
      { type: 'stop' },
      { type: 'pause' },
      { type: 'interval', intervalMs: 250 },
      { type: 'eager', eager: true },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), anyEvent)), (events) => {
        let state = initialLink();
        let armed = false;
        let now = 0;
        for (const [ms, event] of events) {
          now += ms;
          // Outcomes come only for a poll that was begun; `due` only from the timer.
          if ((event.type === 'answered' || event.type === 'failed') && !state.pollInFlight) continue;
          if (event.type === 'due' && !armed) continue;
          if (event.type === 'due') armed = false;
          const step = stepLink(state, event, now);
          state = step.state;
          for (const effect of step.effects) armed = effect.type === 'arm';
          expect(state.status === 'idle' || armed || state.pollInFlight).toBe(true);
        }
      }),
    );
  });
});

describe('a link whose machine is not reached', () => {
  const held: LinkEvent = {
    type: 'held',
    status: 'waiting',
    reason: 'web1 refuses.',
    code: 'ssh-refused',
    nextTryAtMs: 9,
  };

  it('shows the way to the machine and makes no tries of its own', () => {
    const { state, effects } = play([0, start], [0, { type: 'due' }], [10, { type: 'answered' }], [20, held]);
    expect(state).toMatchObject({ status: 'waiting', reason: 'web1 refuses.', nextTryAtMs: 9 });
    expect(effects).toEqual([{ type: 'disarm' }]);
    for (const type of ['due', 'retry'] as const) expect(stepLink(state, { type }, 30).effects).toEqual([]);
    expect(stepLink(state, start, 30).effects).toEqual([{ type: 'disarm' }]);
  });

  it('is asked at once when the machine is reached', () => {
    const { effects } = play([0, start], [20, held], [5_000, { type: 'released' }]);
    expect(effects).toEqual([{ type: 'disarm' }, { type: 'poll' }]);
  });

  it('that was stopped by its user stays so', () => {
    const { state, effects } = play([0, start], [10, { type: 'pause' }], [20, held], [30, { type: 'released' }]);
    expect(state.status).toBe('idle');
    expect(effects).toEqual([]);
  });
});

describe('the back-off', () => {
  it('stays within its bounds for any number and any luck', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const ms = backOffMs(failures, random);
        expect(ms).toBeGreaterThanOrEqual(800);
        expect(ms).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});
