import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DirectWorkers } from './direct-workers.ts';
import { initialState } from './machine-state.ts';
import { PLAN } from './testing/rig.ts';

let done: string[] = [];
let workers: DirectWorkers;

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  const state = initialState(PLAN, 0);
  workers = new DirectWorkers({
    runtimes: { tellWorker: () => true },
    state: () => state,
    retired: () => undefined,
    drained: () => undefined,
  });
  workers.connected(7);
});
afterEach(() => vi.useRealTimers());

test('a worker with several overdue requests is ended when it has answered them all', () => {
  workers.harakiri(7, 0, 100);
  workers.harakiri(7, 1, 101);
  workers.afterAnswer(7, () => done.push('signalled'));
  workers.gaveUp(7);
  expect(done).toEqual([]);
  workers.gaveUp(7);
  expect(done).toEqual(['signalled']);
});

test('a worker that does not answer is ended a moment later, one that is gone never', () => {
  workers.harakiri(7, 0, 100);
  workers.afterAnswer(7, () => done.push('signalled'));
  vi.runAllTimers();
  expect(done).toEqual(['signalled']);
  workers.harakiri(7, 0, 102);
  workers.afterAnswer(7, () => done.push('signalled again'));
  workers.gone(7);
  vi.runAllTimers();
  expect(done).toEqual(['signalled']);
});
