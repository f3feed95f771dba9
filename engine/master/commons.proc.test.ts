/** The thread of the commons, when it crashes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Op, Status, TOKEN_BYTES } from '../commons/wire.ts';
import { type CommonsSettings, defaultCommons } from '../config/commons-settings.ts';
import { waitFor } from '../testing/engine-process.ts';
import { Commons } from './commons.ts';

const TOKEN = 'ab'.repeat(TOKEN_BYTES);
/** Bytes of the greeting: length, operation, token, pid, thread. */
const HELLO_BYTES = 5 + TOKEN_BYTES + 4 + 8;

let folder = '';
let commons: Commons;
const log: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
  log.length = 0;
  commons = new Commons((text) => log.push(text));
});
afterEach(() => {
  commons.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test('it listens again at the same place, with the settings of now, and the log says what was lost', async () => {
  const endpoint = await commons.start(folder, TOKEN);
  await commons.adopt({ ...defaultCommons(), locks: 1 });
  const client = await greet(endpoint);
  const isOver = new Promise((resolve) => {
    client.on('close', resolve);
  });
  // Settings that no configuration gives.
  const broken: CommonsSettings = JSON.parse('{}');
  await commons.adopt(broken);
  await isOver;
  expect(log.join('\n')).toContain('*** BUG: the thread of locks and caches crashed and is started again');

  await commons.adopt({ ...defaultCommons(), locks: 3 });
  await waitFor('its report', () => commons.report.locks.some(([name]) => name === 'user 3'));
  const again = await greet(endpoint);
  again.destroy();
});

/** A client that has been let in. */
async function greet(endpoint: string): Promise<Socket> {
  const socket = connect(endpoint);
  const hello = Buffer.alloc(HELLO_BYTES);
  hello.writeUInt32LE(HELLO_BYTES - 4, 0);
  hello.writeUInt8(Op.hello, 4);
  hello.write(TOKEN, 5, 'hex');
  hello.writeUInt32LE(process.pid, 5 + TOKEN_BYTES);
  socket.write(hello);
  const answer = await new Promise<Buffer>((resolve, reject) => {
    socket.once('data', resolve);
    socket.once('error', reject);
  });
  expect(answer[4]).toBe(Status.done);
  return socket;
}
