import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { CoreConnection } from './core-connection.ts';
import { encodeEmptyFrame, FrameType } from './frames.ts';

/** What was written, each write as the ids of its frames. */
let writes: number[][];
let outstanding: number[];
let connection: CoreConnection;

beforeEach(() => {
  writes = [];
  outstanding = [];
  const socket = new Duplex({
    read() {
      // Nothing comes.
    },
    write(chunk: Buffer, _encoding, done) {
      const ids: number[] = [];
      for (let at = 0; at < chunk.length; at += 12) ids.push(chunk.readUInt32LE(at + 8));
      writes.push(ids);
      done();
    },
  });
  connection = new CoreConnection(socket, { outstanding });
});

function send(...ids: number[]): void {
  for (const id of ids) {
    outstanding.push(id);
    connection.send(encodeEmptyFrame(FrameType.REQUEST, id));
  }
}

/** The worker has answered the first one. */
function answered(): void {
  outstanding.shift();
  connection.goOn();
}

describe('requests for a worker', () => {
  it('leave in one write when they come in one turn', async () => {
    send(1, 2, 3, 4, 5);
    await turn();
    expect(writes).toEqual([[1, 2, 3, 4, 5]]);
  });

  it('wait while it has enough to go on with, and leave together when it has less', async () => {
    send(1, 2, 3, 4);
    await turn();
    send(5, 6);
    await turn();
    expect(writes).toEqual([[1, 2, 3, 4]]);
    answered();
    await turn();
    expect(writes).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
  });

  it('do not wait behind those that were taken back before they left', async () => {
    send(1, 2, 3, 4);
    await turn();
    send(5, 6, 7);
    outstanding.splice(1);
    connection.goOn();
    await turn();
    expect(writes).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7],
    ]);
  });

  it('leave with whatever else is said on the connection', async () => {
    send(1, 2, 3, 4);
    await turn();
    send(5);
    connection.send(encodeEmptyFrame(FrameType.INPUT, 1));
    await turn();
    expect(writes[1]).toEqual([5, 1]);
  });
});
