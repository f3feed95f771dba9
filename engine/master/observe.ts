/** What `cheaper` and `idle` look at, taken from the scoreboard at the end of a cycle. */

import { type ProcessMemory, readMemory } from '../process-memory.ts';
import { SlotField } from '../scoreboard.ts';
import type { Accounts } from './accounts.ts';
import type { Observation, WorkerSight } from './cheaper.ts';
import { isLive, type MasterState, workersOf } from './machine-state.ts';

/** `waiting`: length of the queue. */
export function observe(
  state: MasterState,
  accounts: Pick<Accounts, 'slotsOf' | 'read' | 'requestsEver'>,
  waiting: number,
  nowMs: number,
  memoryOf: (pid: number) => ProcessMemory = readMemory,
): Observation {
  const isLimited = (state.generations.get(state.active)?.plan.cheaper?.rssSoftLimitBytes ?? 0) > 0;
  const seen: Observation = { nowMs, backlog: waiting, requests: accounts.requestsEver, rssBytes: 0, workers: [] };
  for (const worker of workersOf(state, state.active)) {
    if (isLimited && worker.pid !== 0) seen.rssBytes += memoryOf(worker.pid).rssBytes;
    const sight: WorkerSight = { spawnId: worker.spawnId, isBusy: false, runningMicros: 0 };
    for (const slot of accounts.slotsOf(worker.spawnId)) {
      const startMs = accounts.read(slot, SlotField.requestId) === 0 ? null : accounts.read(slot, SlotField.startMs);
      sight.isBusy ||= startMs !== null;
      sight.runningMicros += accounts.read(slot, SlotField.runningMicros);
      if (startMs !== null) sight.runningMicros += Math.max(0, nowMs - startMs) * 1000;
      seen.backlog += accounts.read(slot, SlotField.queued);
    }
    if (isLive(worker)) seen.workers.push(sight);
  }
  return seen;
}
