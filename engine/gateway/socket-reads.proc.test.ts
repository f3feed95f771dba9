import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readKept, readShared } from './socket-reads.ts';

let server: Server;
let client: Socket;
let socket: Socket;

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address !== 'object') throw new Error('no port');
  client = connect(address.port, '127.0.0.1');
  socket = await new Promise<Socket>((resolve) => {
    server.once('connection', resolve);
  });
});

afterEach(() => {
  client.destroy();
  socket.destroy();
  server.close();
});

/** Sends the pieces, each when all before have come; gives the chunks as they were received. */
async function exchange(read: typeof readShared, pieces: readonly string[]): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  read(socket, (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
  });
  let sent = 0;
  for (const piece of pieces) {
    client.write(piece);
    sent += piece.length;
    await expect.poll(() => bytes).toBe(sent);
  }
  return chunks;
}

describe('sockets that are read into memory that is used again', () => {
  it('have one memory for all reads where nothing is kept', async () => {
    const chunks = await exchange(readShared, ['one', 'two']);
    expect(chunks.map((chunk) => chunk.buffer === chunks[0]?.buffer)).toEqual([true, true]);
    expect(chunks.map(String)).toEqual(['two', 'two']);
  });

  it('do not write again where something may have been kept', async () => {
    const large = 'x'.repeat(60_000);
    const pieces = ['one', 'two', large, 'three'];
    const chunks = await exchange(readKept, pieces);
    expect(Buffer.concat(chunks).toString()).toBe(pieces.join(''));
    expect(chunks[0]?.buffer === chunks[1]?.buffer).toBe(true);
  });

  it('stop while they are paused, and say when the other side has ended', async () => {
    let received = '';
    readShared(socket, (chunk) => {
      received += String(chunk);
      socket.pause();
    });
    client.write('one');
    await expect.poll(() => received).toBe('one');
    await new Promise<void>((resolve) => {
      client.end('two', () => resolve());
    });
    expect(received).toBe('one');
    const ended = once(socket, 'end');
    socket.resume();
    await expect.poll(() => received).toBe('onetwo');
    socket.resume();
    await ended;
  });
});
