import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { appIndex, createScoreboard, HeaderField, SlotField, slotIndex } from '../scoreboard.ts';
import { type Core, type DispatchWorker, SLOW_MS } from './core-choice.ts';
import { CoreClaims } from './core-claims.ts';
import { Dispatcher } from './dispatcher.ts';
import { FrameFlag, FrameType, MAX_OUTSTANDING, REQUEST_PREFIX_BYTES, sealRequestFrame } from './frames.ts';
import { GatewayRequest } from './request.ts';
import { SlotWriter } from './slot-writer.ts';

let nowMs: number;
let serial: number;
let board: ReturnType<typeof createScoreboard>;
let dispatcher: Dispatcher;
let events: string[];

beforeEach(() => {
  nowMs = 0;
  serial = 1;
  events = [];
  board = createScoreboard();
  dispatcher = newDispatcher(1);
});

const wallClock = (): number => 1_700_000_000_000 + nowMs;

/** The first one of so many gateways; workers of generation 1 are in use. */
function newDispatcher(gateways: number): Dispatcher {
  const made = new Dispatcher(
    new SlotWriter(board, 0, gateways),
    new CoreClaims(board, 0, gateways, wallClock),
    {
      retired: (spawnId) => events.push(`retired ${spawnId}`),
      workerRetiring: (spawnId) => events.push(`retiring ${spawnId}`),
      workerWorn: (spawnId) => events.push(`worn ${spawnId}`),
      demand: (count) => events.push(`demand ${count}`),
      coreLost: (spawnId, core, lost) => events.push(`lost ${spawnId}.${core} ${lost}`),
      finished: () => undefined,
    },
    () => nowMs,
  );
  made.useGeneration(1);
  return made;
}

afterEach(() => {
  dispatcher.dispose();
  vi.useRealTimers();
});

/** A worker whose cores note what they are sent in `sent`, by URI. */
function addWorker(spawnId: number, threads = 1, generation = 1) {
  const sent: string[][] = [];
  const asked: number[] = [];
  const cancelled: string[] = [];
  const cores: Core[] = [];
  const worker: DispatchWorker = {
    spawnId,
    wid: spawnId,
    pid: spawnId,
    generation,
    cores,
    connected: true,
    retiring: 'no',
    isOccupied: false,
    isWorn: false,
    isCrippled: false,
    isShared: false,
    fileOffered: null,
    busyCores: 0,
    lastUsed: 0,
    appRequests: [],
    cancel: (requestId, core) => cancelled.push(`${requestId}.${core}`),
    takeBack: (requestId) => asked.push(requestId),
  };
  for (let index = 0; index < threads; index++) {
    const list: string[] = [];
    sent.push(list);
    const wire = {
      send: (frame: Buffer) => list.push(frame.toString('latin1', REQUEST_PREFIX_BYTES)),
      pause: () => undefined,
      resume: () => undefined,
      destroy: () => undefined,
    };
    cores.push({ worker, index, slot: spawnId * 8 + index, wire, outstanding: [], headBeganMs: 0 });
  }
  dispatcher.workers.set(spawnId, worker);
  dispatcher.pump();
  return { worker, core: cores[0] ?? fail(), cores, sent, asked, cancelled };
}

function fail(): never {
  throw new Error('not there');
}

function submit(uri: string, fates: string[] = [], limit = 100): { request: GatewayRequest; accepted: boolean } {
  const frame = Buffer.alloc(REQUEST_PREFIX_BYTES + uri.length);
  frame.write(uri, REQUEST_PREFIX_BYTES);
  sealRequestFrame(frame, uri.length, 0);
  const note = (fate: string | number) => {
    fates.push(`${uri} ${fate}`);
    return { headBytes: 0, bodyBytes: 0, headerCount: 0 };
  };
  const facts = {
    method: 'GET',
    uri,
    protocol: 'HTTP/1.1',
    remoteAddress: '',
    remoteUser: '',
    contentLength: 0,
    varCount: 0,
    varBytes: 0,
    forwardedFor: '',
    statusBytes: 15,
    variables: null,
  };
  const target = {
    respond: () => note('answered'),
    begin: () => note('begun'),
    upgrade: () => note('upgraded'),
    data: () => note('data'),
    whenRoom: () => true,
    end: () => note('ended'),
    abort: () => note('cut'),
    fail: note,
  };
  const request = new GatewayRequest(frame, facts, serial++, target, () => undefined);
  return { request, accepted: dispatcher.submit(request, limit) };
}

/** The worker's whole answer to the request that runs on the core. */
function answer(core: Core, { micros = 100, flags = 0 } = {}): void {
  const payload = Buffer.alloc(28);
  payload.writeUInt32LE(micros, 0);
  payload.writeUInt16LE(200, 4);
  payload.writeDoubleLE(-1, 12);
  payload.writeUInt32LE(4, 20);
  payload.write('OK\r\n', 24);
  dispatcher.frameReceived(core, FrameType.RESPONSE, flags, core.outstanding[0]?.id ?? 0, payload, 0, payload.length);
}

/** Lets the dispatcher believe that the application is fast. */
function warmUp(core: Core): void {
  for (let i = 0; i < 120; i++) {
    submit('/warm');
    answer(core);
  }
}

/** Makes `worker` the one that was used last. */
function submitTo(wanted: { worker: DispatchWorker; core: Core }): Core {
  wanted.worker.lastUsed = 1_000_000;
  submit('/x');
  expect(uris(wanted.core)).toEqual(['/x']);
  return wanted.core;
}

const uris = (core: Core): string[] => core.outstanding.map((request) => request.facts.uri);

describe('choosing a core', () => {
  test('takes an idle one of the worker with fewest busy cores, then the one used last', () => {
    const one = addWorker(1, 2);
    const two = addWorker(2, 2);
    submit('/a');
    submit('/b');
    expect([uris(one.cores[0] ?? fail()), uris(two.cores[0] ?? fail())]).toEqual([['/a'], ['/b']]);
    submit('/c');
    submit('/d');
    expect([...one.cores, ...two.cores].map((core) => core.outstanding.length)).toEqual([1, 1, 1, 1]);
    for (const core of [...one.cores, ...two.cores]) answer(core);
    answer(submitTo(two), {});
    submit('/e');
    expect(uris(two.cores[0] ?? fail())).toEqual(['/e']);
  });

  test('queues nothing at a worker while it does not know how fast the application is', () => {
    const { core } = addWorker(1);
    submit('/a');
    submit('/b');
    expect(uris(core)).toEqual(['/a']);
    expect(board.header[HeaderField.listenQueue]).toBe(1);
    answer(core);
    expect(uris(core)).toEqual(['/b']);
    expect(board.header[HeaderField.listenQueue]).toBe(0);
  });

  test('queues up to the limit at a worker of a fast application, and no deeper than the work of 8 ms', () => {
    const { core } = addWorker(1);
    warmUp(core);
    for (let i = 0; i < 20; i++) submit(`/${i}`);
    expect(core.outstanding.length).toBe(MAX_OUTSTANDING);
    expect(board.slots[slotIndex(core.slot, SlotField.queued)]).toBe(MAX_OUTSTANDING - 1);
    for (let i = 0; i < 20; i++) answer(core, { micros: 20_000 });
    submit('/a');
    submit('/b');
    expect(core.outstanding.length).toBe(1);
  });

  test('never queues behind a request that is slow already', () => {
    const { core } = addWorker(1);
    warmUp(core);
    submit('/slow');
    nowMs += 11;
    submit('/b');
    expect(uris(core)).toEqual(['/slow']);
  });

  test('leaves other generations, retiring workers and a pause alone', () => {
    const old = addWorker(1);
    const fresh = addWorker(2, 1, 2);
    dispatcher.useGeneration(2);
    submit('/a');
    expect([uris(old.core), uris(fresh.core)]).toEqual([[], ['/a']]);
    answer(fresh.core);
    dispatcher.paused = true;
    submit('/b');
    expect(uris(fresh.core)).toEqual([]);
    dispatcher.paused = false;
    dispatcher.pump();
    expect(uris(fresh.core)).toEqual(['/b']);
  });

  test('refuses what is more than the queue holds, and counts it', () => {
    addWorker(1);
    submit('/a', [], 1);
    expect(submit('/b', [], 1).accepted).toBe(true);
    expect(submit('/c', [], 1).accepted).toBe(false);
    expect(board.header[HeaderField.listenQueueErrors]).toBe(1);
  });
});

describe('taking back', () => {
  test('asks for what waits behind a slow request although no core is idle, and runs it behind a quick one', () => {
    vi.useFakeTimers();
    const one = addWorker(1);
    warmUp(one.core);
    submit('/slow');
    const { request } = submit('/b');
    const two = addWorker(2);
    submit('/c');
    vi.advanceTimersByTime(SLOW_MS);
    expect(one.asked).toEqual([]);
    nowMs += SLOW_MS + 1;
    two.core.headBeganMs = nowMs;
    vi.advanceTimersByTime(SLOW_MS);
    expect(one.asked).toEqual([request.id]);
    dispatcher.takeBackAnswered(one.worker, request.id, true);
    expect(two.sent[0]).toEqual(['/c', '/b']);
    expect(uris(one.core)).toEqual(['/slow']);
  });

  test('a worker at something else gets nothing until that is over, and what it has not begun is asked back', () => {
    const one = addWorker(1);
    const { request } = submit('/a');
    dispatcher.occupied(1, true);
    expect(one.asked).toEqual([request.id]);
    dispatcher.takeBackAnswered(one.worker, request.id, true);
    submit('/b');
    expect(one.core.outstanding).toEqual([]);
    const two = addWorker(2);
    expect([one, two].map(({ sent }) => sent[0]?.length)).toEqual([1, 1]);
    dispatcher.occupied(1, false);
    expect(uris(one.core)).toEqual(['/b']);
  });

  test('leaves a request where it is when the worker has begun it', () => {
    const one = addWorker(1);
    warmUp(one.core);
    submit('/slow');
    const { request } = submit('/b');
    dispatcher.retire(1, 'announced');
    expect(one.asked).toEqual([request.id]);
    dispatcher.takeBackAnswered(one.worker, request.id, false);
    expect(uris(one.core)).toEqual(['/slow', '/b']);
    answer(one.core);
    expect(events).toEqual([]);
    answer(one.core);
    expect(events).toEqual(['retired 1']);
  });

  test('puts a request back where it stood among those that wait', () => {
    const one = addWorker(1);
    warmUp(one.core);
    submit('/slow');
    const { request } = submit('/b');
    dispatcher.retire(1, 'yes');
    submit('/c');
    dispatcher.takeBackAnswered(one.worker, request.id, true);
    expect(dispatcher.queue.drain().map((queued) => queued.facts.uri)).toEqual(['/b', '/c']);
  });
});

describe('demand', () => {
  test('is said when no worker serves, and not again at once', () => {
    submit('/a');
    submit('/b');
    expect(events).toEqual(['demand 1']);
    nowMs += 100;
    submit('/c');
    expect(events).toEqual(['demand 1', 'demand 3']);
  });

  test('is said when half of the queue is taken although workers serve', () => {
    addWorker(1);
    for (const uri of ['/runs', '/1', '/2']) submit(uri, [], 6);
    expect(events).toEqual([]);
    submit('/3', [], 6);
    expect(events).toEqual(['demand 3']);
  });

  test('is not said while the engine is paused', () => {
    dispatcher.paused = true;
    submit('/a');
    expect(events).toEqual([]);
  });
});

describe('losing a core', () => {
  test('costs the request that ran; the rest runs elsewhere, in order', () => {
    const fates: string[] = [];
    const one = addWorker(1);
    warmUp(one.core);
    for (const uri of ['/a', '/b', '/c']) submit(uri, fates);
    dispatcher.coreLost(one.core, true);
    expect(fates).toEqual(['/a 502']);
    expect(events).toEqual(['demand 1', 'lost 1.0 true']);
    const two = addWorker(2);
    expect(uris(two.core)).toEqual(['/b', '/c']);
  });

  test('without having read all that it sent costs everything that it may have begun', () => {
    const fates: string[] = [];
    const one = addWorker(1);
    warmUp(one.core);
    for (const uri of ['/a', '/b']) submit(uri, fates);
    dispatcher.coreLost(one.core, false);
    expect(fates).toEqual(['/a 502', '/b 502']);
  });

  test('after the announcement of max-requests costs nothing', () => {
    const fates: string[] = [];
    const one = addWorker(1);
    warmUp(one.core);
    for (const uri of ['/a', '/b']) submit(uri, fates);
    answer(one.core, { flags: FrameFlag.RETIRING });
    expect(events).toEqual(['retiring 1']);
    dispatcher.coreLost(one.core, true);
    expect(fates).toEqual(['/a answered']);
    expect(dispatcher.queue.length).toBe(1);
  });

  test('does not follow from a wish to be replaced, which is passed on once', () => {
    const fates: string[] = [];
    const one = addWorker(1);
    warmUp(one.core);
    for (const uri of ['/a', '/b']) submit(uri, fates);
    answer(one.core, { flags: FrameFlag.WORN });
    answer(one.core, { flags: FrameFlag.WORN });
    expect(events).toEqual(['worn 1']);
    expect(fates).toEqual(['/a answered', '/b answered']);
    submit('/c');
    expect(one.core.outstanding).toHaveLength(1);
  });

  test('does not run what no client waits for any more', () => {
    const one = addWorker(1);
    warmUp(one.core);
    submit('/a');
    const { request } = submit('/b');
    dispatcher.abandon(request);
    dispatcher.coreLost(one.core, true);
    expect(dispatcher.queue.length).toBe(0);
  });
});

describe('a client that has gone', () => {
  test('is known to the worker that runs its request, and its request is asked back where it only waits', () => {
    const one = addWorker(1);
    warmUp(one.core);
    const running = submit('/a').request;
    const waiting = submit('/b').request;
    dispatcher.abandon(running);
    dispatcher.abandon(waiting);
    expect(one.cancelled).toEqual([`${running.id}.0`]);
    expect(one.asked).toEqual([waiting.id]);
    dispatcher.takeBackAnswered(one.worker, waiting.id, true);
    expect(dispatcher.queue.length).toBe(0);
    answer(one.core);
    expect(one.core.outstanding).toEqual([]);
  });
});

test('the number of the application that answered is in the flags of its answer', () => {
  const one = addWorker(1);
  const first = submit('/a').request;
  answer(one.core, { flags: 3 << 8 });
  const second = submit('/b').request;
  answer(one.core, { flags: (0xffff << 8) | FrameFlag.LOG });
  expect([first.app, second.app]).toEqual([3, -1]);
  expect([first.isLoggedByApp, second.isLoggedByApp]).toEqual([false, true]);
  expect(one.worker.appRequests).toEqual([1, undefined, undefined, 1]);
  expect(board.apps[appIndex(one.core.slot, 3, 'requests')]).toBe(1);
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
    const { core } = addWorker(1);
    let destroyed = 0;
    core.wire = { send: () => undefined, pause: () => undefined, resume: () => undefined, destroy: () => destroyed++ };
    submit('/a', fates);
    dispatcher.frameReceived(core, type, 0, core.outstanding[0]?.id ?? 0, Buffer.alloc(0), 0, 0);
    expect(fates).toEqual(['/a 502']);
    expect(destroyed).toBe(1);
  });
});

test('the scoreboard counts like uWSGI', () => {
  const { core } = addWorker(1);
  const slot = (field: SlotField) => board.slots[slotIndex(core.slot, field)];
  submit('/a');
  expect(slot(SlotField.requestId)).toBe(1);
  expect(slot(SlotField.varsLength)).toBe(2);
  answer(core, { micros: 1000, flags: FrameFlag.EXCEPTION });
  submit('/b');
  answer(core, { micros: 500 });
  expect(slot(SlotField.requests)).toBe(2);
  expect(slot(SlotField.exceptions)).toBe(1);
  expect(slot(SlotField.runningMicros)).toBe(1500);
  expect(slot(SlotField.avgRtMicros)).toBe(500);
  expect(slot(SlotField.txBytes)).toBe(2 * 19);
  expect(slot(SlotField.requestId)).toBe(0);
  expect(board.header[HeaderField.requests]).toBe(2);
});

describe('beside another gateway', () => {
  let other: CoreClaims;

  beforeEach(() => {
    dispatcher = newDispatcher(2);
    other = new CoreClaims(board, 1, 2, wallClock);
  });

  afterEach(() => {
    other.setWaiting(false, () => undefined);
    for (const request of dispatcher.queue.drain()) dispatcher.abandon(request);
    dispatcher.pump();
  });

  test('sends nothing to a core that the other one has, and takes it when that one gives it back', async () => {
    const { core, sent } = addWorker(1);
    other.take(core.slot);
    submit('/a');
    expect([sent[0], dispatcher.queue.length]).toEqual([[], 1]);
    other.giveBack(core.slot);
    await vi.waitFor(() => expect(sent[0]).toEqual(['/a']));
    expect(other.isFree(core.slot)).toBe(false);
  });

  test('sends no more to its core while the other one waits, and leaves it to that one when it has waited long', () => {
    const { core, sent } = addWorker(1);
    warmUp(core);
    submit('/a');
    submit('/b');
    expect(core.outstanding.length).toBe(2);
    other.setWaiting(true, () => undefined);
    nowMs += 1;
    submit('/c');
    expect(core.outstanding.length).toBe(2);
    nowMs += 11;
    answer(core);
    answer(core);
    expect([core.outstanding.length, dispatcher.queue.length, other.take(core.slot)]).toEqual([0, 1, true]);
    expect(sent[0]?.slice(-2)).toEqual(['/a', '/b']);
  });

  test('leaves no core of a worker that retires to anybody', () => {
    const one = addWorker(1);
    submit('/a');
    answer(one.core, { flags: FrameFlag.RETIRING });
    const two = addWorker(2);
    submit('/b');
    dispatcher.coreLost(two.core, true);
    expect([other.take(one.core.slot), other.take(two.core.slot)]).toEqual([false, false]);
  });

  test('does not touch the scoreboard of a core that the other one has when its own connection there ends', () => {
    const { core } = addWorker(1);
    other.take(core.slot);
    const at = slotIndex(core.slot, SlotField.requestId);
    board.slots[at] = 77;
    dispatcher.coreLost(core, true);
    expect(board.slots[at]).toBe(77);
    expect(events).toEqual(['lost 1.0 false']);
  });

  test('uses the worker with fewest busy cores, whoever keeps them busy', () => {
    const one = addWorker(1, 2);
    const two = addWorker(2, 2);
    one.worker.lastUsed = 1_000_000;
    other.take(one.core.slot);
    submit('/a');
    expect(uris(two.core)).toEqual(['/a']);
  });
});
