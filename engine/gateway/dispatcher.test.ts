import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { appIndex, HeaderField, SlotField, slotIndex } from '../scoreboard.ts';
import type { CoreClaims } from './core-claims.ts';
import { FrameFlag, FrameType, MAX_OUTSTANDING } from './frames.ts';
import { DispatcherRig, uris } from './testing/dispatcher-rig.ts';

let rig: DispatcherRig;

beforeEach(() => {
  rig = new DispatcherRig();
});

afterEach(() => {
  rig.dispose();
});

describe('choosing a core', () => {
  test('takes an idle one of the worker with fewest busy cores, then the one used last', () => {
    const one = rig.addWorker(1, 2);
    const two = rig.addWorker(2, 2);
    rig.submit('/a');
    rig.submit('/b');
    expect([uris(one.core), uris(two.core)]).toEqual([['/a'], ['/b']]);
    rig.submit('/c');
    rig.submit('/d');
    expect([...one.cores, ...two.cores].map((core) => core.outstanding.length)).toEqual([1, 1, 1, 1]);
    for (const core of [...one.cores, ...two.cores]) rig.answer(core);
    two.worker.lastUsed = 1_000_000;
    rig.submit('/x');
    expect(uris(two.core)).toEqual(['/x']);
    rig.answer(two.core);
    rig.submit('/e');
    expect(uris(two.core)).toEqual(['/e']);
  });

  test('queues nothing at a worker while it does not know how fast the application is', () => {
    const { core } = rig.addWorker(1);
    rig.submit('/a');
    rig.submit('/b');
    expect(uris(core)).toEqual(['/a']);
    expect(rig.board.header[HeaderField.listenQueue]).toBe(1);
    rig.answer(core);
    expect(uris(core)).toEqual(['/b']);
    expect(rig.board.header[HeaderField.listenQueue]).toBe(0);
  });

  test('queues up to the limit at a worker of a fast application, and no deeper than the work of 8 ms', () => {
    const { core } = rig.addWorker(1);
    rig.warmUp(core);
    for (let i = 0; i < 20; i++) rig.submit(`/${i}`);
    expect(core.outstanding.length).toBe(MAX_OUTSTANDING);
    expect(rig.board.slots[slotIndex(core.slot, SlotField.queued)]).toBe(MAX_OUTSTANDING - 1);
    for (let i = 0; i < 20; i++) rig.answer(core, { micros: 20_000 });
    rig.submit('/a');
    rig.submit('/b');
    expect(core.outstanding.length).toBe(1);
  });

  test('never queues behind a request that is slow already', () => {
    const { core } = rig.addWorker(1);
    rig.warmUp(core);
    rig.submit('/slow');
    rig.nowMs += 11;
    rig.submit('/b');
    expect(uris(core)).toEqual(['/slow']);
  });

  test('leaves other generations, retiring workers and a pause alone', () => {
    const old = rig.addWorker(1);
    const fresh = rig.addWorker(2, 1, 2);
    rig.dispatcher.useGeneration(2);
    rig.submit('/a');
    expect([uris(old.core), uris(fresh.core)]).toEqual([[], ['/a']]);
    rig.answer(fresh.core);
    rig.dispatcher.paused = true;
    rig.submit('/b');
    expect(uris(fresh.core)).toEqual([]);
    rig.dispatcher.paused = false;
    rig.dispatcher.pump();
    expect(uris(fresh.core)).toEqual(['/b']);
  });

  test('refuses what is more than the queue holds, and counts it', () => {
    rig.addWorker(1);
    rig.submit('/a', [], 1);
    expect(rig.submit('/b', [], 1).accepted).toBe(true);
    expect(rig.submit('/c', [], 1).accepted).toBe(false);
    expect(rig.board.header[HeaderField.listenQueueErrors]).toBe(1);
  });
});

describe('demand', () => {
  test('is said when no worker serves, and not again at once', () => {
    rig.submit('/a');
    rig.submit('/b');
    expect(rig.events).toEqual(['demand 1']);
    rig.nowMs += 100;
    rig.submit('/c');
    expect(rig.events).toEqual(['demand 1', 'demand 3']);
  });

  test('is said when half of the queue is taken although workers serve', () => {
    rig.addWorker(1);
    for (const uri of ['/runs', '/1', '/2']) rig.submit(uri, [], 6);
    expect(rig.events).toEqual([]);
    rig.submit('/3', [], 6);
    expect(rig.events).toEqual(['demand 3']);
  });

  test('is not said while the engine is paused', () => {
    rig.dispatcher.paused = true;
    rig.submit('/a');
    expect(rig.events).toEqual([]);
  });
});

test('the number of the application that answered is in the flags of its answer', () => {
  const one = rig.addWorker(1);
  const first = rig.submit('/a').request;
  rig.answer(one.core, { flags: 3 << 8 });
  const second = rig.submit('/b').request;
  rig.answer(one.core, { flags: (0xffff << 8) | FrameFlag.LOG });
  expect([first.app, second.app]).toEqual([3, -1]);
  expect([first.isLoggedByApp, second.isLoggedByApp]).toEqual([false, true]);
  expect(one.worker.appRequests).toEqual([1, undefined, undefined, 1]);
  expect(rig.board.apps[appIndex(one.core.slot, 3, 'requests')]).toBe(1);
});

test('a worker that ends a request without an answer after its deadline has run out of time, before it has failed', () => {
  const fates: string[] = [];
  const { core } = rig.addWorker(1);
  const end = Buffer.alloc(4);
  for (const deadlineMs of [0, Date.now() + 60_000, Date.now() - 1]) {
    rig.submit(`/${fates.length}`, fates);
    rig.board.slots[slotIndex(core.slot, SlotField.deadlineMs)] = deadlineMs;
    rig.dispatcher.frameReceived(core, FrameType.END, FrameFlag.EXCEPTION, core.outstanding[0]?.id ?? 0, end, 0, 4);
  }
  expect(fates).toEqual(['/0 500', '/1 500', '/2 504']);
});

describe('frames out of order', () => {
  test.for([
    ['data before a head', FrameType.DATA],
    ['an unknown type', 99],
    ['a head of no bytes', FrameType.HEAD],
    ['an end of no bytes', FrameType.END],
    ['an answer of no bytes', FrameType.RESPONSE],
  ] as const)('%s end the connection', ([, type]) => {
    const fates: string[] = [];
    const { core } = rig.addWorker(1);
    let destroyed = 0;
    core.wire = { send: () => undefined, pause: () => undefined, resume: () => undefined, destroy: () => destroyed++ };
    rig.submit('/a', fates);
    rig.dispatcher.frameReceived(core, type, 0, core.outstanding[0]?.id ?? 0, Buffer.alloc(0), 0, 0);
    expect(fates).toEqual(['/a 502']);
    expect(destroyed).toBe(1);
  });
});

test('the scoreboard counts like uWSGI', () => {
  const { core } = rig.addWorker(1);
  const slot = (field: SlotField) => rig.board.slots[slotIndex(core.slot, field)];
  rig.submit('/a');
  expect(slot(SlotField.requestId)).toBe(1);
  expect(slot(SlotField.varsLength)).toBe(2);
  rig.answer(core, { micros: 1000, flags: FrameFlag.EXCEPTION });
  rig.submit('/b');
  rig.answer(core, { micros: 500 });
  expect(slot(SlotField.requests)).toBe(2);
  expect(slot(SlotField.exceptions)).toBe(1);
  expect(slot(SlotField.runningMicros)).toBe(1500);
  expect(slot(SlotField.avgRtMicros)).toBe(500);
  expect(slot(SlotField.txBytes)).toBe(2 * 19);
  expect(slot(SlotField.requestId)).toBe(0);
  expect(rig.board.header[HeaderField.requests]).toBe(2);
});

describe('beside another gateway', () => {
  let other: CoreClaims;

  beforeEach(() => {
    rig.dispose();
    rig = new DispatcherRig(2);
    other = rig.claims(1);
  });

  afterEach(() => {
    other.setWaiting(false, () => undefined);
    for (const request of rig.dispatcher.queue.drain()) rig.dispatcher.abandon(request);
    rig.dispatcher.pump();
  });

  test('sends nothing to a core that the other one has, and takes it when that one gives it back', async () => {
    const { core, sent } = rig.addWorker(1);
    other.take(core.slot);
    rig.submit('/a');
    expect([sent[0], rig.dispatcher.queue.length]).toEqual([[], 1]);
    other.giveBack(core.slot);
    await vi.waitFor(() => expect(sent[0]).toEqual(['/a']));
    expect(other.isFree(core.slot)).toBe(false);
  });

  test('sends no more to its core while the other one waits, and leaves it to that one when it has waited long', () => {
    const { core, sent } = rig.addWorker(1);
    rig.warmUp(core);
    rig.submit('/a');
    rig.submit('/b');
    expect(core.outstanding.length).toBe(2);
    other.setWaiting(true, () => undefined);
    rig.nowMs += 1;
    rig.submit('/c');
    expect(core.outstanding.length).toBe(2);
    rig.nowMs += 11;
    rig.answer(core);
    rig.answer(core);
    expect([core.outstanding.length, rig.dispatcher.queue.length, other.take(core.slot)]).toEqual([0, 1, true]);
    expect(sent[0]?.slice(-2)).toEqual(['/a', '/b']);
  });

  test('leaves no core of a worker that retires to anybody', () => {
    const one = rig.addWorker(1);
    rig.submit('/a');
    rig.answer(one.core, { flags: FrameFlag.RETIRING });
    const two = rig.addWorker(2);
    rig.submit('/b');
    rig.dispatcher.coreLost(two.core, true);
    expect([other.take(one.core.slot), other.take(two.core.slot)]).toEqual([false, false]);
  });

  test('does not touch the scoreboard of a core that the other one has when its own connection there ends', () => {
    const { core } = rig.addWorker(1);
    other.take(core.slot);
    const at = slotIndex(core.slot, SlotField.requestId);
    rig.board.slots[at] = 77;
    rig.dispatcher.coreLost(core, true);
    expect(rig.board.slots[at]).toBe(77);
    expect(rig.events).toEqual(['lost 1.0 false']);
  });

  test('uses the worker with fewest busy cores, whoever keeps them busy', () => {
    const one = rig.addWorker(1, 2);
    const two = rig.addWorker(2, 2);
    one.worker.lastUsed = 1_000_000;
    other.take(one.core.slot);
    rig.submit('/a');
    expect(uris(two.core)).toEqual(['/a']);
  });
});
