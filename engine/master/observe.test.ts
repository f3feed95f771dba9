import { expect, it } from 'vitest';
import { defaultCheaper } from '../config/cheaper-settings.ts';
import { SlotField } from '../scoreboard.ts';
import { observe } from './observe.ts';
import { Rig } from './testing/rig.ts';

const NOW_MS = 50_000;

/** Two workers with a slot each (their spawn ids); the first one serves since three seconds. */
const FIELDS = new Map([
  [
    1,
    {
      [SlotField.requestId]: 7,
      [SlotField.startMs]: NOW_MS - 3000,
      [SlotField.runningMicros]: 500,
      [SlotField.requests]: 4,
      [SlotField.queued]: 2,
    },
  ],
  [2, { [SlotField.startMs]: NOW_MS - 9000, [SlotField.runningMicros]: 800, [SlotField.requests]: 5 }],
]);
const accounts = {
  requestsEver: 9,
  slotsOf: (spawnId: number) => [spawnId],
  read: (slot: number, field: SlotField) => new Map(Object.entries(FIELDS.get(slot) ?? {})).get(String(field)) ?? 0,
};

it('counts what runs as work, and what waits at workers as waiting', () => {
  const { state } = Rig.serving();
  expect(observe(state, accounts, 10, NOW_MS)).toEqual({
    nowMs: NOW_MS,
    backlog: 12,
    requests: 9,
    rssBytes: 0,
    workers: [
      { spawnId: 1, isBusy: true, runningMicros: 3_000_500 },
      { spawnId: 2, isBusy: false, runningMicros: 800 },
    ],
  });
});

it('leaves out workers that are leaving, but not their memory and their counters', () => {
  const cheaper = { ...defaultCheaper(), least: 1, initial: 2, rssSoftLimitBytes: 1 };
  const rig = Rig.serving({ cheaper });
  rig.command('remove-worker');
  const seen = observe(rig.state, accounts, 0, NOW_MS, (pid) => ({ rssBytes: pid, vszBytes: 0 }));
  expect(seen.workers.map(({ spawnId }) => spawnId)).toEqual([2]);
  expect(seen).toMatchObject({ rssBytes: 203, requests: 9 });
});

it('looks at no memory unless a limit asks for it', () => {
  const { state } = Rig.serving();
  const asked: number[] = [];
  const seen = observe(state, accounts, 0, NOW_MS, (pid) => {
    asked.push(pid);
    return { rssBytes: 1, vszBytes: 1 };
  });
  expect([seen.rssBytes, asked]).toEqual([0, []]);
});
