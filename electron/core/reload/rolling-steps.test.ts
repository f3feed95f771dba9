import { describe, expect, it } from 'vitest';
import type { RollingOptions } from '../../contract/actions-model.ts';
import {
  type GateFigures,
  interruptRolling,
  judgeGate,
  makeRolling,
  nextWave,
  resumeRolling,
  stopRolling,
  withMember,
} from './rolling-steps.ts';

const options: RollingOptions = {
  instanceIds: ['a', 'b', 'c', 'd'],
  canary: true,
  waveSize: 2,
  gateMs: 30_000,
  slowerTimes: 2,
  confirmedNames: [],
};
const rolling = (more: Partial<RollingOptions> = {}) => makeRolling('r', { ...options, ...more }, (id) => id, 0);
const idsOf = (run: ReturnType<typeof rolling>) => nextWave(run).map(({ instanceId }) => instanceId);
const calm: GateFigures = { exceptionsPerMin: 0, avgRtMs: 50, listenQueue: 0, listenMax: 100, queueErrors: 0 };

describe('a rolling reload', () => {
  it('takes the canary alone, then wave after wave in the order given', () => {
    let run = rolling();
    const seen: string[][] = [];
    while (nextWave(run).length > 0) {
      seen.push(idsOf(run));
      for (const id of idsOf(run)) run = withMember(run, id, { status: 'done' });
    }
    expect(seen).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(idsOf(rolling({ canary: false, waveSize: 3 }))).toEqual(['a', 'b', 'c']);
  });

  it('reloads an instance once, however often it is named', () => {
    expect(rolling({ instanceIds: ['a', 'b', 'a'] }).members).toHaveLength(2);
  });

  it('goes on after a stop with what is not done', () => {
    const failed = withMember(withMember(rolling(), 'a', { status: 'done' }), 'b', { status: 'failed', text: 'stuck' });
    const stopped = stopRolling(failed, 'b: stuck', 9);
    expect(stopped).toMatchObject({ status: 'stopped', reason: 'b: stuck', finishedAtMs: 9 });
    const resumed = resumeRolling(stopped, []);
    expect(resumed).toMatchObject({ status: 'running', reason: null, finishedAtMs: null });
    expect(idsOf(resumed)).toEqual(['b', 'c']);
  });

  it('is stopped and can be resumed when the console ended meanwhile', () => {
    const run = interruptRolling(withMember(rolling(), 'a', { status: 'reloading' }), 5);
    expect(run).toMatchObject({ status: 'stopped', members: [{ status: 'failed' }, {}, {}, {}] });
    expect(idsOf(resumeRolling(run, []))).toEqual(['a']);
    const over = { ...rolling(), status: 'done' as const };
    expect(interruptRolling(over, 5)).toBe(over);
  });
});

describe('the gate between two waves', () => {
  it('lets pass what is as it was', () => {
    expect(judgeGate(calm, { ...calm, avgRtMs: 65 }, 2)).toBeNull();
    expect(judgeGate({ ...calm, avgRtMs: null }, calm, 2)).toBeNull();
  });

  it('stops at errors, a full queue and slow responses, and says the figures', () => {
    expect(judgeGate(calm, { ...calm, exceptionsPerMin: 6 }, 2)).toBe('6.0 exceptions a minute, 0.0 before.');
    expect(judgeGate({ ...calm, exceptionsPerMin: 4 }, { ...calm, exceptionsPerMin: 6 }, 2)).toBeNull();
    expect(judgeGate(calm, { ...calm, queueErrors: 3 }, 2)).toContain('3 connections were refused');
    expect(judgeGate(calm, { ...calm, listenQueue: 60 }, 2)).toBe(
      '60 of 100 places of the listen queue are taken, 0 before.',
    );
    expect(judgeGate(calm, { ...calm, avgRtMs: 140 }, 2)).toBe('A response takes 140 ms, 50 ms before.');
    expect(judgeGate(calm, { ...calm, avgRtMs: 140 }, null)).toBeNull();
  });

  it('does not count some milliseconds of a fast server', () => {
    expect(judgeGate({ ...calm, avgRtMs: 1 }, { ...calm, avgRtMs: 9 }, 2)).toBeNull();
  });
});
