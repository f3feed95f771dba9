import { expect, it } from 'vitest';
import { defaultRecycling } from '../config/options/recycling.ts';
import { findTooLarge } from './evil-reload.ts';
import { Rig } from './testing/rig.ts';

const MEMORY = new Map([
  [101, { rssBytes: 100, vszBytes: 900 }],
  [102, { rssBytes: 99, vszBytes: 1000 }],
]);
const memoryOf = (pid: number) => MEMORY.get(pid) ?? { rssBytes: 0, vszBytes: 0 };

function neverAsked(): never {
  throw new Error('read without a limit');
}

it('finds workers at or above the limits, and asks for nothing without limits', () => {
  const { state } = Rig.serving();
  const limits = { ...defaultRecycling(), evilOnRssBytes: 100, evilOnAsBytes: 1000 };
  expect(findTooLarge(state, limits, memoryOf)).toEqual([
    { type: 'worker-too-large', spawnId: 1, what: 'RSS', bytes: 100 },
    { type: 'worker-too-large', spawnId: 2, what: 'ADDRESS SPACE', bytes: 1000 },
  ]);
  expect(findTooLarge(state, { ...defaultRecycling(), evilOnRssBytes: 101 }, memoryOf)).toEqual([]);
  expect(findTooLarge(state, defaultRecycling(), neverAsked)).toEqual([]);
});
