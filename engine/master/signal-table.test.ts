import { describe, expect, it } from 'vitest';
import { type Population, type Recipient, routeSignal } from './signal-table.ts';

const POPULATION: Population = { workers: 3, mules: 2, spoolers: 1, farms: ['mail', 'idle'] };

function recipient(role: Recipient['role'], number: number, more: Partial<Recipient> = {}): Recipient {
  const bases = { worker: 0, mule: 100, spooler: 200 };
  return { role, number, spawnId: bases[role] + number, farms: [], isBusy: false, pending: 0, ...more };
}

const ALL = [
  recipient('worker', 1, { isBusy: true }),
  recipient('worker', 2),
  recipient('worker', 3, { pending: 2 }),
  recipient('mule', 1, { farms: ['mail'], pending: 1 }),
  recipient('mule', 2, { farms: ['mail'] }),
  recipient('spooler', 1),
];

/** Spawn ids, or the reason. */
function route(target: string, recipients = ALL, population = POPULATION): number[] | string {
  const found = routeSignal(target, recipients, population);
  return found.status === 'found' ? found.recipients.map(({ spawnId }) => spawnId) : found.reason;
}

describe('the target of a signal', () => {
  it.each([
    ['', [2]],
    ['worker', [2]],
    ['worker0', [2]],
    ['workers', [1, 2, 3]],
    ['active-workers', [1, 2, 3]],
    ['worker1', [1]],
    ['worker3', [3]],
    ['mule', [102]],
    ['mules', [101, 102]],
    ['mule1', [101]],
    ['farm_mail', [102]],
    ['farm_idle', []],
    ['spooler', [201]],
  ])("'%s' is %j", (target, expected) => expect(route(target)).toEqual(expected));

  it.each([
    ['worker4', 'there is no worker 4'],
    ['mule9', 'there is no mule 9'],
    ['farm_other', "there is no farm 'other'"],
    ['nonsense', "'nonsense' is no target"],
    ['worker-1', "'worker-1' is no target"],
  ])("'%s' is refused: %s", (target, reason) => expect(route(target)).toBe(reason));

  it('is nobody while the one that is meant is not there', () => {
    expect(route('worker1', [])).toEqual([]);
    expect(route('mules', [])).toEqual([]);
    expect(route('spooler', [])).toEqual([]);
  });

  it('is refused where there is no such kind of process at all', () => {
    const bare: Population = { workers: 1, mules: 0, spoolers: 0, farms: [] };
    expect(route('mules', [], bare)).toBe('there are no mules');
    expect(route('spooler', [], bare)).toBe('there is no spooler');
  });

  it('is a busy one with nothing before it rather than one with signals that wait', () => {
    expect(route('worker', [recipient('worker', 1, { pending: 1 }), recipient('worker', 2, { isBusy: true })])).toEqual(
      [2],
    );
  });
});
