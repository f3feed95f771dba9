import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FileSender } from './file-sender.ts';

const FILE_BYTES = 8 * 1024 * 1024;
let folder: string;
let fd: number;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-sender-'));
  writeFileSync(join(folder, 'file'), '');
  truncateSync(join(folder, 'file'), FILE_BYTES);
  fd = openSync(join(folder, 'file'), 'r');
});

afterAll(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

/** A client that takes so many pieces at once, and then no more. */
class Client {
  readonly pieces: number[] = [];
  readonly sender: FileSender;
  readonly stuck: Promise<void>;
  isClosed = false;

  constructor(taken: number) {
    const { promise, resolve: tellStuck } = Promise.withResolvers<void>();
    this.stuck = promise;
    this.sender = new FileSender(fd, [{ start: 0, end: FILE_BYTES }], {
      begin: () => undefined,
      data: (bytes) => this.pieces.push(bytes.length),
      end: () => tellStuck(),
      failed: () => expect.unreachable('the file is there'),
      whenRoom: () => {
        const hasRoom = this.pieces.length < taken;
        if (!hasRoom) tellStuck();
        return hasRoom;
      },
      close: () => {
        this.isClosed = true;
      },
    });
    this.sender.start();
  }
}

test('a quick client gets larger pieces', async () => {
  const client = new Client(1000);
  await client.stuck;
  expect(client.pieces[0]).toBe(64 * 1024);
  expect(Math.max(...client.pieces)).toBe(256 * 1024);
  expect(client.pieces.reduce((all, piece) => all + piece, 0)).toBe(FILE_BYTES);
  expect(client.isClosed).toBe(true);
});

test('the pieces of thousands of clients together take no more memory than those of some', async () => {
  const clients = Array.from({ length: 4000 }, () => new Client(4));
  await Promise.all(clients.map((client) => client.stuck));
  const held = clients.reduce((all, client) => all + (client.pieces.at(-1) ?? 0), 0);
  for (const client of clients) client.sender.stop();
  expect(clients.every((client) => client.isClosed)).toBe(true);
  expect(held).toBeLessThan(130 * 1024 * 1024);
  // Who comes afterwards is served as before.
  const after = new Client(20);
  await after.stuck;
  after.sender.stop();
  expect(Math.max(...after.pieces)).toBe(256 * 1024);
});
