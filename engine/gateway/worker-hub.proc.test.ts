/** The exactness of the workers' connections where timing decides: played by a worker of the test's own. */
import { mkdtempSync, rmSync, stat } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createScoreboard } from '../scoreboard.ts';
import { CoreClaims } from './core-claims.ts';
import { Dispatcher } from './dispatcher.ts';
import { FrameReader } from './frame-reader.ts';
import { CONTROL_CORE, FRAME_HEADER_BYTES, FrameType, REQUEST_PREFIX_BYTES, sealRequestFrame } from './frames.ts';
import { GatewayRequest } from './request.ts';
import { SlotWriter } from './slot-writer.ts';
import { eventually } from './testing/fake-master.ts';
import { plainFacts } from './testing/request-facts.ts';
import { WorkerHub } from './worker-hub.ts';

const TOKEN = 'ab'.repeat(32);
let folder: string;
let hub: WorkerHub;
let dispatcher: Dispatcher;
let lost: boolean[];
let crippled: number[];
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-hub-'));
  const losses: boolean[] = [];
  lost = losses;
  const board = createScoreboard();
  dispatcher = new Dispatcher(new SlotWriter(board), new CoreClaims(board, 0, 1), {
    retired: () => undefined,
    workerRetiring: () => undefined,
    workerWorn: () => undefined,
    demand: () => undefined,
    coreLost: (_spawnId, _core, lostRequest) => losses.push(lostRequest),
    finished: () => undefined,
  });
  crippled = [];
  hub = new WorkerHub(
    dispatcher,
    TOKEN,
    () => undefined,
    ({ spawnId }) => crippled.push(spawnId),
    () => false,
  );
  await hub.listen(join(folder, 'w.sock'));
  dispatcher.useGeneration(1);
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  hub.dispose();
  dispatcher.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function frame(type: number, requestId: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt8(type, 4);
  header.writeUInt32LE(requestId, 8);
  return Buffer.concat([header, payload]);
}

function answer(requestId: number): Buffer {
  const payload = Buffer.alloc(24 + 4);
  payload.writeUInt16LE(200, 4);
  payload.writeDoubleLE(-1, 12);
  payload.writeUInt32LE(4, 20);
  payload.write('OK\r\n', 24);
  return frame(FrameType.RESPONSE, requestId, payload);
}

/** A worker with one core: its connections, and the requests that it was sent. */
async function connectWorker(
  spawnId: number,
): Promise<{ core: Socket; control: Socket; sent: number[]; asked: number[] }> {
  const open = (core: number): Socket => {
    const socket = connect(join(folder, 'w.sock'));
    const payload = Buffer.alloc(38);
    payload.writeUInt32LE(spawnId, 0);
    payload.writeUInt16LE(core, 4);
    Buffer.from(TOKEN, 'hex').copy(payload, 6);
    socket.write(frame(FrameType.HELLO, 0, payload));
    sockets.push(socket);
    return socket;
  };
  const sent: number[] = [];
  const asked: number[] = [];
  const [core, control] = [open(0), open(CONTROL_CORE)];
  const reader = new FrameReader((_type, _flags, id) => sent.push(id));
  core.on('data', (chunk: Buffer) => reader.feed(chunk));
  const controlReader = new FrameReader((_type, _flags, id) => asked.push(id));
  control.on('data', (chunk: Buffer) => controlReader.feed(chunk));
  hub.expectWorker(spawnId, spawnId, 1, 1, [spawnId]);
  await eventually('the worker to be connected', () => dispatcher.workers.get(spawnId)?.connected || undefined);
  return { core, control, sent, asked };
}

/** A request that notes what becomes of it in `fates`. */
function submit(name: string, fates: string[]): GatewayRequest {
  const bytes = Buffer.alloc(REQUEST_PREFIX_BYTES + 2, '{0');
  sealRequestFrame(bytes, 2, 0);
  const note = (fate: string | number) => {
    fates.push(`${name} ${fate}`);
    return { headBytes: 0, bodyBytes: 0, headerCount: 0 };
  };
  const request = new GatewayRequest(
    bytes,
    plainFacts(name),
    serial++,
    {
      respond: (head) => note(head.status),
      begin: () => note('begun'),
      upgrade: () => undefined,
      data: () => undefined,
      whenRoom: () => true,
      end: () => note('end'),
      abort: () => note('cut'),
      fail: note,
    },
    () => undefined,
  );
  dispatcher.submit(request, 100);
  return request;
}

let serial = 1;

/** Lets the dispatcher believe that the application is fast. */
async function warmUp(worker: { core: Socket; sent: number[] }): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const request = submit('warm', []);
    await eventually('the request', () => (worker.sent.includes(request.id) ? true : undefined));
    worker.core.write(answer(request.id));
    await eventually('the answer', () => (request.target === null ? true : undefined));
  }
}

test('an answer that is still unread when a write to the dead worker fails is not lost, and nothing runs twice', async () => {
  const worker = await connectWorker(1);
  await warmUp(worker);
  const fates: string[] = [];
  const first = submit('first', fates);
  submit('second', fates);
  await eventually('both requests', () => (worker.sent.length === 122 ? true : undefined));
  // Between two polls of the event loop: the worker answers the first, begins the second and dies, and the gateway
  // sends something before it has read any of that. (A file system call's callback stands there.)
  await new Promise<void>((resolve) => {
    stat(folder, () => {
      worker.core.write(answer(first.id));
      worker.core.destroy();
      worker.control.destroy();
      dispatcher.workers.get(1)?.cores[0]?.wire?.send(Buffer.alloc(16));
      resolve();
    });
  });
  await eventually('the loss', () => (lost.length > 0 ? true : undefined));
  expect(fates).toEqual(['first 200', 'second 502']);
  expect(lost).toEqual([true]);
});

test('an answer that overtakes the word that those ahead of it were taken is not taken for a broken worker', async () => {
  const worker = await connectWorker(1);
  await warmUp(worker);
  const fates: string[] = [];
  const slow = submit('slow', fates);
  const queued = submit('queued', fates);
  const last = submit('last', fates);
  await eventually('all requests', () => (worker.sent.length === 123 ? true : undefined));
  const lastId = last.id;
  const queuedId = queued.id;
  const other = await connectWorker(2);
  await eventually('both to be asked back', () => (worker.asked.length === 2 ? true : undefined));
  expect(worker.asked).toEqual([queuedId, lastId]);
  // The worker has taken `queued` out, begun `last`, and said so, but its answers are read first.
  worker.core.write(Buffer.concat([answer(slow.id), answer(lastId)]));
  await eventually('the answers', () => (fates.length === 2 ? true : undefined));
  worker.control.write(frame(FrameType.TAKEN, queuedId, Buffer.alloc(0)));
  worker.control.write(frame(FrameType.BEGUN, lastId, Buffer.alloc(0)));
  await eventually('the taken one to run elsewhere or here again', () =>
    other.sent.length + worker.sent.length === 124 ? true : undefined,
  );
  expect(fates).toEqual(['slow 200', 'last 200']);
  expect(queued.id).not.toBe(queuedId);
  expect(lost).toEqual([]);
});

test('a frame for a request that the core does not have ends the connection', async () => {
  const worker = await connectWorker(1);
  worker.core.write(answer(4711));
  await eventually('the loss', () => (lost.length > 0 ? true : undefined));
  expect(lost).toEqual([false]);
});

test('a malformed head ends the connection and costs its request', async () => {
  const worker = await connectWorker(1);
  const fates: string[] = [];
  const request = submit('a', fates);
  const broken = answer(request.id);
  broken.writeUInt32LE(0xffffff, FRAME_HEADER_BYTES + 20);
  worker.core.write(broken);
  await eventually('the loss', () => (lost.length > 0 ? true : undefined));
  expect(fates).toEqual(['a 502']);
});

test('a worker that lives on without one of its connections is told of, one that is gone is not', async () => {
  const gone = await connectWorker(1);
  const [noCore, noControl] = [await connectWorker(2), await connectWorker(3)];
  gone.core.destroy();
  gone.control.destroy();
  noCore.core.destroy();
  noControl.control.destroy();
  await eventually('both cripples', () => (crippled.length === 2 ? true : undefined));
  expect(crippled.toSorted((a, b) => a - b)).toEqual([2, 3]);
});
