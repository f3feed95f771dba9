import { describe, expect, it } from 'vitest';
import { type HopError, type HopEvent, type HopProgress, initialHop, stepHop, waitMs } from './hop-machine.ts';

const ERROR: HopError = { code: 'ssh-refused', reason: 'No.', hint: 'Look.', offersSystem: false, permanent: false };
const FOR_GOOD: HopError = { ...ERROR, code: 'ssh-auth-refused', permanent: true };

function play(
  start: HopProgress,
  events: [atMs: number, event: HopEvent][],
): { state: HopProgress; effects: string[] } {
  let state = start;
  let effects: string[] = [];
  for (const [atMs, event] of events) {
    const step = stepHop(state, event, atMs);
    state = step.state;
    effects = step.effects.map(({ type }) => type);
  }
  return { state, effects };
}

const failed = (error = ERROR, random = 0): HopEvent => ({ type: 'failed', error, random });
const lost = (error = ERROR, random = 0): HopEvent => ({ type: 'lost', error, random });

describe('the way to a hop', () => {
  it('connects when it is wanted, signs in, asks, and is ready', () => {
    const { state } = play(initialHop(true), [
      [0, { type: 'want' }],
      [100, { type: 'verified' }],
      [110, { type: 'asking', asking: true }],
      [5_000, { type: 'asking', asking: false }],
      [5_100, { type: 'ready' }],
    ]);
    expect(state).toMatchObject({ status: 'ready', error: null, readySinceMs: 5_100 });
    expect(state.tries).toEqual([{ atMs: 5_100, ok: true, text: 'Connected in 5.1 s.' }]);
  });

  it('waits longer after each failure, from one second to five minutes, and is tried again when that is over', () => {
    expect([1, 2, 3].map((failures) => waitMs(failures, 1))).toEqual([2_000, 4_000, 8_000]);
    expect(waitMs(1, 0)).toBe(1_000);
    expect(waitMs(30, 1)).toBe(300_000);
    const waiting = play(initialHop(true), [
      [0, { type: 'want' }],
      [10, failed()],
    ]);
    expect(waiting.state).toMatchObject({ status: 'waiting', nextTryAtMs: 1_010 });
    expect(waiting.effects).toEqual(['arm']);
    expect(play(waiting.state, [[1_010, { type: 'due' }]]).effects).toEqual(['disarm', 'connect']);
  });

  it('that was refused is never tried again without its user, whatever else happens', () => {
    const refused = play(initialHop(true), [
      [0, { type: 'want' }],
      [10, failed(FOR_GOOD)],
    ]).state;
    expect(refused).toMatchObject({ status: 'failed', nextTryAtMs: null });
    const others: HopEvent[] = [
      { type: 'due' },
      { type: 'wake' },
      { type: 'want' },
      { type: 'way', open: false },
      { type: 'way', open: true },
      lost(),
      failed(),
    ];
    for (const event of others) expect(play(refused, [[99_000, event]]).effects, event.type).toEqual([]);
    expect(play(refused, [[99_000, { type: 'skip' }]]).effects).toEqual(['disarm', 'connect']);
  });

  it('behind a hop that is not ready waits for that one, and is tried as soon as it is', () => {
    const blocked = play(initialHop(false), [[0, { type: 'want' }]]);
    expect(blocked).toMatchObject({ state: { status: 'blocked' }, effects: ['disarm'] });
    expect(play(blocked.state, [[1, { type: 'skip' }]]).effects).toEqual([]);
    expect(play(blocked.state, [[1, { type: 'way', open: true }]]).effects).toEqual(['disarm', 'connect']);
  });

  it('is dropped with the hop in front of it', () => {
    const ready = play(initialHop(true), [
      [0, { type: 'want' }],
      [10, { type: 'ready' }],
    ]).state;
    expect(play(ready, [[20, { type: 'way', open: false }]])).toMatchObject({
      state: { status: 'blocked', readySinceMs: null },
      effects: ['disarm', 'drop'],
    });
  });

  it('that breaks again and again soon after it was up waits longer each time; one that held begins anew', () => {
    const flapping: [number, HopEvent][] = [[0, { type: 'want' }]];
    for (let i = 0; i < 4; i += 1) flapping.push([i, { type: 'ready' }], [i, lost()], [i, { type: 'due' }]);
    expect(play(initialHop(true), flapping).state.failures).toBe(4);
    const steady = play(initialHop(true), [...flapping, [100, { type: 'ready' }], [60_000, lost()]]);
    expect(steady.state.failures).toBe(1);
  });

  it('is asked for a sign of life when the machine wakes, and tried at once when it was waiting', () => {
    const ready = play(initialHop(true), [
      [0, { type: 'want' }],
      [10, { type: 'ready' }],
    ]).state;
    expect(play(ready, [[20, { type: 'wake' }]]).effects).toEqual(['probe']);
    expect(
      play(ready, [
        [20, lost()],
        [30, { type: 'wake' }],
      ]).effects,
    ).toEqual(['disarm', 'connect']);
  });

  it('that nobody wants any more is dropped, and what comes late changes nothing', () => {
    const left = play(initialHop(true), [
      [0, { type: 'want' }],
      [10, { type: 'unwant' }],
    ]);
    expect(left).toMatchObject({ state: { status: 'idle' }, effects: ['disarm', 'drop'] });
    expect(play(left.state, [[20, failed()]]).state.status).toBe('idle');
    // A connection that is ready too late is closed.
    expect(play(left.state, [[20, { type: 'ready' }]])).toMatchObject({ state: { status: 'idle' }, effects: ['drop'] });
  });
});
