import { describe, expect, it } from 'vitest';
import type { RollingMember, RollingRun } from '../../../electron/contract/actions-model.ts';
import { withRun } from '../../stores/rolling.ts';
import { gateWords, namesNeeded, progressWords, wavesOf, whyNotStart } from './rolling-words.ts';

function member(name: string, wave: number, status: RollingMember['status']): RollingMember {
  return { instanceId: name, name, wave, status, method: null, reloadId: null, progress: null, text: null };
}

function run(id: string, canary: boolean, members: RollingMember[]): RollingRun {
  const instanceIds = members.map(({ instanceId }) => instanceId);
  const options = { instanceIds, canary, waveSize: 2, gateMs: 30_000, slowerTimes: 3, confirmedNames: [] };
  return { id, options, startedAtMs: 0, finishedAtMs: null, status: 'running', reason: null, members };
}

describe('a rolling reload', () => {
  const members = [
    member('a', 0, 'done'),
    member('b', 1, 'failed'),
    member('c', 1, 'skipped'),
    member('d', 2, 'waiting'),
  ];

  it('is shown wave by wave, the canary by its name', () => {
    expect(wavesOf(run('r', true, members)).map(({ title }) => title)).toEqual(['Canary', 'Wave 1', 'Wave 2']);
    expect(wavesOf(run('r', false, members)).map(({ title }) => title)).toEqual(['Wave 1', 'Wave 2', 'Wave 3']);
  });

  it('says how far it is, quiet about what did not happen', () => {
    expect(progressWords(members)).toBe('1 of 4 done, 1 failed, 1 left out');
    expect(progressWords(members.slice(0, 1))).toBe('1 of 1 done');
  });

  it('says what stops it', () => {
    expect(gateWords({ gateMs: 30_000, slowerTimes: 3 })).toContain('3 times slower');
    expect(gateWords({ gateMs: 30_000, slowerTimes: null })).not.toContain('slower');
  });

  it('begins only when each can be reloaded and the names of read-only ones are typed', () => {
    const names = { needed: ['prod'], typed: {} };
    expect(whyNotStart(names, ['broken'])).toContain('broken');
    expect(whyNotStart(names, [])).toBe('Type prod, it is read-only.');
    expect(whyNotStart({ ...names, typed: { prod: 'Prod' } }, [])).not.toBeNull();
    expect(whyNotStart({ ...names, typed: { prod: 'prod' } }, [])).toBeNull();
  });

  it('goes on when the names of read-only instances that are not done are typed again', () => {
    const names = { a: { name: 'one', readOnly: true }, b: { name: 'two', readOnly: true } };
    const byId = { ...names, c: { name: 'three', readOnly: false } };
    const members = [
      { instanceId: 'a', status: 'done' },
      { instanceId: 'b', status: 'failed' },
      { instanceId: 'c', status: 'waiting' },
      { instanceId: 'removed', status: 'waiting' },
    ] as const;
    expect(namesNeeded(members, byId)).toEqual(['two']);
  });

  it('takes the place of what was known of it, or stands on top', () => {
    const [a, b] = [run('a', true, []), run('b', true, [])];
    expect(withRun([a], b).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(withRun([b, a], { ...a, status: 'done' })[1]?.status).toBe('done');
  });
});
