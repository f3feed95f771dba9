/** What becomes of requests at a worker that is slow, occupied or lost, or whose client has gone. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SLOW_MS } from './core-choice.ts';
import { FrameFlag } from './frames.ts';
import { DispatcherRig, uris } from './testing/dispatcher-rig.ts';

let rig: DispatcherRig;

beforeEach(() => {
  rig = new DispatcherRig();
});

afterEach(() => {
  rig.dispose();
  vi.useRealTimers();
});

describe('taking back', () => {
  test('asks for what waits behind a slow request although no core is idle, and runs it behind a quick one', () => {
    vi.useFakeTimers();
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    rig.submit('/slow');
    const { request } = rig.submit('/b');
    const two = rig.addWorker(2);
    rig.submit('/c');
    vi.advanceTimersByTime(SLOW_MS);
    expect(one.asked).toEqual([]);
    rig.nowMs += SLOW_MS + 1;
    two.core.headBeganMs = rig.nowMs;
    vi.advanceTimersByTime(SLOW_MS);
    expect(one.asked).toEqual([request.id]);
    rig.dispatcher.takeBackAnswered(one.worker, request.id, true);
    expect(two.sent[0]).toEqual(['/c', '/b']);
    expect(uris(one.core)).toEqual(['/slow']);
  });

  test('a worker at something else gets nothing until that is over, and what it has not begun is asked back', () => {
    const one = rig.addWorker(1);
    const { request } = rig.submit('/a');
    rig.dispatcher.occupied(1, true);
    expect(one.asked).toEqual([request.id]);
    rig.dispatcher.takeBackAnswered(one.worker, request.id, true);
    rig.submit('/b');
    expect(one.core.outstanding).toEqual([]);
    const two = rig.addWorker(2);
    expect([one, two].map(({ sent }) => sent[0]?.length)).toEqual([1, 1]);
    rig.dispatcher.occupied(1, false);
    expect(uris(one.core)).toEqual(['/b']);
  });

  test('leaves a request where it is when the worker has begun it', () => {
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    rig.submit('/slow');
    const { request } = rig.submit('/b');
    rig.dispatcher.retire(1, 'announced');
    expect(one.asked).toEqual([request.id]);
    rig.dispatcher.takeBackAnswered(one.worker, request.id, false);
    expect(uris(one.core)).toEqual(['/slow', '/b']);
    rig.answer(one.core);
    expect(rig.events).toEqual([]);
    rig.answer(one.core);
    expect(rig.events).toEqual(['retired 1']);
  });

  test('puts a request back where it stood among those that wait', () => {
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    rig.submit('/slow');
    const { request } = rig.submit('/b');
    rig.dispatcher.retire(1, 'yes');
    rig.submit('/c');
    rig.dispatcher.takeBackAnswered(one.worker, request.id, true);
    expect(rig.dispatcher.queue.drain().map((queued) => queued.facts.uri)).toEqual(['/b', '/c']);
  });
});

describe('losing a core', () => {
  test('costs the request that ran; the rest runs elsewhere, in order', () => {
    const fates: string[] = [];
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    for (const uri of ['/a', '/b', '/c']) rig.submit(uri, fates);
    rig.dispatcher.coreLost(one.core, true);
    expect(fates).toEqual(['/a 502']);
    expect(rig.events).toEqual(['demand 1', 'lost 1.0 true']);
    const two = rig.addWorker(2);
    expect(uris(two.core)).toEqual(['/b', '/c']);
  });

  test('without having read all that it sent costs everything that it may have begun', () => {
    const fates: string[] = [];
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    for (const uri of ['/a', '/b']) rig.submit(uri, fates);
    rig.dispatcher.coreLost(one.core, false);
    expect(fates).toEqual(['/a 502', '/b 502']);
  });

  test('is the same for all cores of a worker that dies, and another thing for one that was told to go', () => {
    const fates: string[] = [];
    for (const [spawnId, isTold] of [[1, false] as const, [2, true] as const]) {
      const { cores } = rig.addWorker(spawnId, 2);
      for (const name of ['a', 'b']) rig.submit(`/${spawnId}${name}`, fates).request.answering = true;
      if (isTold) rig.dispatcher.retire(spawnId, 'announced');
      for (const core of cores) rig.dispatcher.coreLost(core, true);
    }
    expect(fates).toEqual(['/1a cut', '/1b cut', '/2a cut by a replacement', '/2b cut by a replacement']);
  });

  test('after the announcement of max-requests costs nothing', () => {
    const fates: string[] = [];
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    for (const uri of ['/a', '/b']) rig.submit(uri, fates);
    rig.answer(one.core, { flags: FrameFlag.RETIRING });
    expect(rig.events).toEqual(['retiring 1']);
    rig.dispatcher.coreLost(one.core, true);
    expect(fates).toEqual(['/a answered']);
    expect(rig.dispatcher.queue.length).toBe(1);
  });

  test('does not follow from a wish to be replaced, which is passed on once', () => {
    const fates: string[] = [];
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    for (const uri of ['/a', '/b']) rig.submit(uri, fates);
    rig.answer(one.core, { flags: FrameFlag.WORN });
    rig.answer(one.core, { flags: FrameFlag.WORN });
    expect(rig.events).toEqual(['worn 1']);
    expect(fates).toEqual(['/a answered', '/b answered']);
    rig.submit('/c');
    expect(one.core.outstanding).toHaveLength(1);
  });

  test('does not run what no client waits for any more', () => {
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    rig.submit('/a');
    const { request } = rig.submit('/b');
    rig.dispatcher.abandon(request);
    rig.dispatcher.coreLost(one.core, true);
    expect(rig.dispatcher.queue.length).toBe(0);
  });
});

describe('a client that has gone', () => {
  test('is known to the worker that runs its request, and its request is asked back where it only waits', () => {
    const one = rig.addWorker(1);
    rig.warmUp(one.core);
    const running = rig.submit('/a').request;
    const waiting = rig.submit('/b').request;
    rig.dispatcher.abandon(running);
    rig.dispatcher.abandon(waiting);
    expect(one.cancelled).toEqual([`${running.id}.0`]);
    expect(one.asked).toEqual([waiting.id]);
    rig.dispatcher.takeBackAnswered(one.worker, waiting.id, true);
    expect(rig.dispatcher.queue.length).toBe(0);
    rig.answer(one.core);
    expect(one.core.outstanding).toEqual([]);
  });
});
