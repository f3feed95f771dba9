import { Socket } from 'node:net';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Core, DispatchWorker } from './core-choice.ts';
import { encodeEmptyFrame, FRAME_HEADER_BYTES, FrameFlag, FrameType, stampRequestId } from './frames.ts';
import { SharedLine } from './shared-line.ts';

describe('a connection that all cores of a worker share', () => {
  let sent: Buffer[];
  let destroyed: number;
  let received: [core: number, type: number, requestId: number][];
  let cores: Core[];
  let line: SharedLine;

  beforeEach(async () => {
    // What an earlier test has left unsent.
    await turn();
    sent = [];
    destroyed = 0;
    received = [];
    cores = [0, 1].map((index) => core(index));
    const socket = new Socket();
    vi.spyOn(socket, 'write').mockImplementation((bytes) => sent.push(Buffer.from(bytes)) > 0);
    vi.spyOn(socket, 'destroy').mockImplementation(() => {
      destroyed++;
      return socket;
    });
    line = new SharedLine(socket, cores, {
      frameReceived: (of, type, _flags, requestId) => received.push([of.index, type, requestId]),
    });
  });

  it('sends the frames of all cores in one write, each with the number of its core', async () => {
    start(0, 7);
    start(1, 8);
    await turn();
    expect(sent).toHaveLength(1);
    const second = (sent[0] ?? Buffer.alloc(0)).subarray(FRAME_HEADER_BYTES);
    expect([second.readUInt16LE(6), second.readUInt32LE(8)]).toEqual([1, 8]);
  });

  it('gives each frame to the core whose request it is about', () => {
    start(0, 7);
    start(1, 8);
    arrive(FrameType.HEAD, 8);
    arrive(FrameType.RESPONSE, 7);
    arrive(FrameType.END, 8);
    expect(received).toEqual([
      [1, FrameType.HEAD, 8],
      [0, FrameType.RESPONSE, 7],
      [1, FrameType.END, 8],
    ]);
    expect(destroyed).toBe(0);
  });

  it('ends when the worker speaks of a request that is over or never was', () => {
    start(0, 7);
    arrive(FrameType.END, 7);
    arrive(FrameType.DATA, 7);
    expect(received).toHaveLength(1);
    expect(destroyed).toBe(1);
  });

  it('holds up the request of a slow client alone', async () => {
    start(0, 7);
    start(1, 8);
    await turn();
    cores[1]?.wire?.pause();
    cores[1]?.wire?.resume();
    cores[0]?.wire?.inputEnded?.();
    await turn();
    const closed = encodeEmptyFrame(FrameType.INPUT, 7, FrameFlag.CLOSED);
    expect(sent[1]).toEqual(
      Buffer.concat([encodeEmptyFrame(FrameType.HOLD, 8), encodeEmptyFrame(FrameType.GO_ON, 8), closed]),
    );
  });

  function start(index: number, requestId: number): void {
    const frame = encodeEmptyFrame(FrameType.REQUEST, 0);
    stampRequestId(frame, requestId);
    cores[index]?.wire?.send(frame);
  }

  function arrive(type: number, requestId: number): void {
    line.received(type, 0, requestId, Buffer.alloc(0), 0, 0);
  }
});

function core(index: number): Core {
  const worker: DispatchWorker = {
    spawnId: 1,
    wid: 1,
    pid: 1,
    generation: 1,
    cores: [],
    connected: true,
    retiring: 'no',
    isOccupied: false,
    isWorn: false,
    isCrippled: false,
    isShared: true,
    busyCores: 0,
    lastUsed: 0,
    appRequests: [],
    takeBack: null,
    cancel: null,
    fileOffered: null,
  };
  return { worker, index, slot: index, wire: null, outstanding: [], headBeganMs: 0 };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
