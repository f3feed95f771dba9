/**
 * The gateway against workers that die, hang, retire and are replaced: no request runs twice, none is lost, and only
 * the request that was running is answered with an error.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SlotField, slotIndex } from '../scoreboard.ts';
import { eventually, FakeMaster, type TestWorker } from './testing/fake-master.ts';
import { queueBehind, warmUp } from './testing/queue-behind.ts';
import { get, RawClient } from './testing/raw-client.ts';
import { TEST_APP } from './testing/test-app.ts';

let master: FakeMaster;
let port: number;

beforeEach(async () => {
  master = new FakeMaster();
  port = await master.listenPort('http');
});

afterEach(async () => {
  await master.dispose();
});

/** What the application noted, in order. */
function ran(): string[] {
  try {
    return readFileSync(join(master.folder, 'ran'), 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

async function hasRun(name: string): Promise<void> {
  await eventually(`${name} to begin`, () => (ran().includes(name) ? true : undefined));
}

/** Lets the `/wait?NAME` request go on. */
function release(name: string): void {
  writeFileSync(join(master.folder, name), '');
}

function slot(worker: TestWorker, field: SlotField): number {
  return master.board.slots[slotIndex(worker.slots[0] ?? 0, field)] ?? Number.NaN;
}

/** Waits until it is so: an answer may be seen before the gateway has counted it. */
async function slotIs(worker: TestWorker, field: SlotField, wanted: number): Promise<void> {
  await eventually(`${wanted} on the scoreboard`, () => (slot(worker, field) === wanted ? true : undefined));
}

describe('a worker that is killed', () => {
  test('costs only the request it was running: what was queued behind it is answered by another worker', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    await warmUp(port);
    const { slow, behind, name } = await queueBehind(master, port, first, '/wait', ['/id?a', '/id?b', '/id?c']);
    first?.process.kill('SIGKILL');
    const lost = await slow;
    const second = await master.startWorker({ wid: 2 });
    expect(lost.status).toBe(502);
    expect(lost.body.toString()).toContain('ended before it answered');
    expect((await Promise.all(behind)).map((answer) => answer.body.toString())).toEqual(['a', 'b', 'c']);
    expect(ran()).toEqual([name, 'a', 'b', 'c']);
    expect(await master.message('core-lost')).toMatchObject({ spawnId: first?.spawnId, lostRequest: true });
    await slotIs(second, SlotField.requests, 3);
  });

  test('after it sent part of the answer: the client sees the answer cut, not ended', async () => {
    await master.serve(TEST_APP, 1);
    const client = new RawClient(port).send('GET /die-late HTTP/1.1\r\nHost: test\r\n\r\n');
    const received = (await client.end()).toString();
    expect(received).toContain('4\r\nsome\r\n');
    expect(received).not.toContain('\r\n0\r\n');
    await client.close();
  });

  test('while nothing runs loses nothing', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    first?.process.kill('SIGKILL');
    expect(await master.message('core-lost')).toMatchObject({ lostRequest: false });
    const waiting = get(port, '/hello');
    await master.startWorker({ wid: 2 });
    expect((await waiting).body.toString()).toBe('hello');
  });

  test('again and again under load: every request is answered once, and none runs twice', async () => {
    await master.serve(TEST_APP, 2);
    await warmUp(port);
    const before = ran().length;
    let next = 0;
    const statuses = new Map<number, number>();
    const load = async (): Promise<void> => {
      while (next < 1500) {
        const id = ++next;
        const answer = await get(port, `/id?${id}`);
        statuses.set(id, answer.status);
      }
    };
    const clients = Promise.all(Array.from({ length: 12 }, load));
    for (let kill = 1; kill <= 6; kill++) {
      await eventually(`request ${kill * 200}`, () => (next > kill * 200 ? true : undefined), 30_000);
      const victim = master.workers.findLast(
        (worker) => worker.process.exitCode === null && worker.process.signalCode === null,
      );
      const spare = await master.startWorker();
      expect(spare.pid).toBeGreaterThan(0);
      victim?.process.kill('SIGKILL');
    }
    await clients;
    const counts = new Map<string, number>();
    for (const id of ran().slice(before)) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
    expect(statuses.size).toBe(1500);
    // A request that was answered ran; one that was lost was being served by a worker that died.
    const answered = [...statuses].filter(([, status]) => status === 200).map(([id]) => String(id));
    expect(answered.filter((id) => !counts.has(id))).toEqual([]);
    expect([...statuses.values()].filter((status) => status !== 200 && status !== 502)).toEqual([]);
    expect([...statuses.values()].filter((status) => status === 502).length).toBeLessThanOrEqual(6);
  });
});

describe('a slow request', () => {
  test('does not hold those queued behind it: they are taken back and run elsewhere, once', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    if (first === undefined) throw new Error('no worker');
    await warmUp(port);
    const { slow, behind, release, name } = await queueBehind(master, port, first, '/wait', [
      '/id?a',
      '/id?b',
      '/id?c',
      '/id?d',
    ]);
    await master.startWorker({ wid: 2 });
    expect((await Promise.all(behind)).map((answer) => answer.body.toString())).toEqual(['a', 'b', 'c', 'd']);
    expect(slot(first, SlotField.requestId)).toBeGreaterThan(0);
    release();
    expect((await slow).body.toString()).toBe(name);
    expect(ran().toSorted()).toEqual(['a', 'b', 'c', 'd', name]);
    expect((await get(port, '/hello')).status).toBe(200);
  });

  test('is given back even while it keeps the interpreter busy', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    await warmUp(port);
    const { slow, behind } = await queueBehind(master, port, first, '/spin', ['/id?a']);
    await master.startWorker({ wid: 2 });
    expect((await behind[0])?.body.toString()).toBe('a');
    first?.process.kill('SIGKILL');
    expect((await slow).status).toBe(502);
  });
});

describe('harakiri', () => {
  test('is answered with 504 at once; what was queued there runs elsewhere; nothing more goes to that worker', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    if (first === undefined) throw new Error('no worker');
    await warmUp(port);
    const { slow, behind } = await queueBehind(master, port, first, '/wait', ['/id?a']);
    const requestId = slot(first, SlotField.requestId);
    expect(slot(first, SlotField.startMs)).toBeGreaterThan(Date.now() - 60_000);
    master.post({ type: 'harakiri', spawnId: first.spawnId, core: 0, requestId, keepsWorker: false });
    expect((await slow).status).toBe(504);
    expect(first.process.exitCode).toBeNull();
    await master.startWorker({ wid: 2 });
    expect((await behind[0])?.body.toString()).toBe('a');
    first.process.kill('SIGABRT');
    expect((await first.exited).signal).toBe('SIGABRT');
    expect(first.stderr()).toMatch(/Fatal Python error: Aborted[^]*in application/);
    expect(await master.message('core-lost')).toMatchObject({ spawnId: first.spawnId });
    expect(ran().slice(1)).toEqual(['a']);
  });

  test('for a request that is over does nothing to the one that runs now', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    if (first === undefined) throw new Error('no worker');
    const running = get(port, '/wait?go');
    await hasRun('go');
    const requestId = slot(first, SlotField.requestId);
    master.post({ type: 'harakiri', spawnId: first.spawnId, core: 0, requestId: requestId - 1, keepsWorker: false });
    release('go');
    expect((await running).status).toBe(200);
  });

  test('of a worker that lets go of the request is said to be given up, once its client has its answer', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    if (first === undefined) throw new Error('no worker');
    const running = get(port, '/wait?go');
    await hasRun('go');
    const requestId = slot(first, SlotField.requestId);
    const harakiri = { type: 'harakiri', spawnId: first.spawnId, core: 0, keepsWorker: true } as const;
    master.post({ ...harakiri, requestId: requestId - 1 });
    master.post({ ...harakiri, requestId });
    expect(await master.message('given-up')).toEqual({ type: 'given-up', spawnId: first.spawnId, requestId });
    release('go');
    expect((await running).status).toBe(504);
    expect((await get(port, '/id?a')).body.toString()).toBe('a');
  });

  test('writes the deadline on the scoreboard when the request begins, and takes it away when it ends', async () => {
    master.post({ type: 'options', options: { ...master.options, harakiriSeconds: 7 } });
    const [first] = await master.serve(TEST_APP, 1);
    if (first === undefined) throw new Error('no worker');
    const running = get(port, '/wait?go');
    await hasRun('go');
    expect(slot(first, SlotField.deadlineMs) - slot(first, SlotField.startMs)).toBe(7000);
    release('go');
    await running;
    await slotIs(first, SlotField.deadlineMs, 0);
    await slotIs(first, SlotField.requestId, 0);
  });
});

describe('retiring', () => {
  test('lets the present request end, gives back the queued ones, and says when nothing runs', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    if (first === undefined) throw new Error('no worker');
    await warmUp(port);
    const { slow, behind, release } = await queueBehind(master, port, first, '/wait', ['/id?a']);
    master.post({ type: 'retire', spawnId: first.spawnId });
    await master.startWorker({ wid: 2 });
    expect((await behind[0])?.body.toString()).toBe('a');
    expect(master.messages.some((message) => message.type === 'retired')).toBe(false);
    release();
    expect((await slow).status).toBe(200);
    expect(await master.message('retired')).toMatchObject({ spawnId: first.spawnId });
    first.sendExit();
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(await master.message('core-lost')).toMatchObject({ spawnId: first.spawnId, lostRequest: false });
  });

  test('after max-requests the worker says so with its answer, and no request is lost', async () => {
    const [first] = await master.serve(TEST_APP, 1, { maxRequests: 5 });
    const answers = Array.from({ length: 12 }, (_, i) => get(port, `/id?${i}`));
    expect(await master.message('worker-retiring')).toMatchObject({ spawnId: first?.spawnId });
    await master.startWorker({ wid: 2 });
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect(ran().toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));
    first?.sendExit();
    expect(await first?.exited).toEqual({ code: 0, signal: null });
  });

  test('a new generation takes over without a lost request', async () => {
    const [old] = await master.serve(TEST_APP, 1);
    if (old === undefined) throw new Error('no worker');
    const running = get(port, '/wait?go');
    await hasRun('go');
    const fresh = await master.startWorker({ wid: 1, generation: 2 });
    master.post({ type: 'use-generation', generation: 2 });
    master.post({ type: 'retire', spawnId: old.spawnId });
    expect((await get(port, '/pid')).body.toString()).toBe(String(fresh.pid));
    release('go');
    expect((await running).status).toBe(200);
    await master.message('retired');
  });

  test('a worker whose master goes away ends at once', async () => {
    const [first] = await master.serve(TEST_APP, 1);
    master.dropControl();
    expect(await first?.exited).toEqual({ code: 0, signal: null });
  });
});

describe('threads', () => {
  test('serve at the same time, and the least busy worker is chosen', async () => {
    const [first, second] = await master.serve(TEST_APP, 2, { threads: 2 });
    const names = ['w1', 'w2', 'w3', 'w4'];
    const answers = names.map((name) => get(port, `/wait?${name}`));
    for (const name of names) await hasRun(name);
    for (const worker of [first, second]) {
      const busy = worker?.slots.filter((index) => master.board.slots[slotIndex(index, SlotField.requestId)] !== 0);
      expect(busy?.length).toBe(2);
    }
    for (const name of names) release(name);
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
  });
});

test('a connection that shows the wrong token, or none, gets no requests', async () => {
  const { workerEndpoint } = await master.message('ready');
  const stranger = new RawClient(workerEndpoint);
  const hello = Buffer.alloc(12 + 38);
  hello.writeUInt32LE(38, 0);
  hello.writeUInt8(16, 4);
  hello.writeUInt32LE(1, 12);
  stranger.send(hello);
  expect((await stranger.end()).length).toBe(0);
  await stranger.close();
});
