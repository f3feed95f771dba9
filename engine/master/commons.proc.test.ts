/** The thread of the commons, when it crashes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Op, Status, TOKEN_BYTES } from '../commons/wire.ts';
import { type CommonsSettings, defaultCommons } from '../config/commons-settings.ts';
import { waitFor } from '../testing/engine-process.ts';
import { Commons } from './commons.ts';

const TOKEN = 'ab'.repeat(TOKEN_BYTES);
/** Bytes of the greeting: length, operation, token, pid, thread. */
const HELLO_BYTES = 5 + TOKEN_BYTES + 4 + 8;

const RUNTIME = fileURLToPath(new URL('../../resources/runtimes/python', import.meta.url));
/** Takes a lock, and prints the answer. */
const LOCKS = `
import sys, reeve_commons
reeve_commons.install(sys.argv[1], sys.argv[2])
print(reeve_commons.call(reeve_commons.LOCK, reeve_commons.text(b'user 0')))
`;

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
  const client = await waitFor('a client', async () => greet(endpoint));
  const isOver = new Promise((resolve) => {
    client.on('close', resolve);
  });
  // Settings that no configuration gives.
  const broken: CommonsSettings = JSON.parse('{ "caches": [{}] }');
  await commons.adopt(broken);
  await isOver;
  expect(log.join('\n')).toContain('*** BUG: the thread of locks and caches crashed and is started again');

  await commons.adopt({ ...defaultCommons(), locks: 3 });
  await waitFor('its report', () => commons.report.locks.some(([name]) => name === 'user 3'));
  const again = await waitFor('another client', async () => greet(endpoint));
  again.destroy();
});

test('there is no thread before a client comes, and its locks are known all the same', async () => {
  const endpoint = await commons.start(folder, TOKEN);
  await commons.adopt({ ...defaultCommons(), locks: 1 });
  expect(commons.isRunning).toBe(false);
  expect(commons.report.locks.slice(0, 3)).toEqual([
    ['user 0', 0],
    ['user 1', 0],
    ['signal', 0],
  ]);
  expect(await greet(endpoint)).toBeNull();
  const client = await waitFor('the client that comes again', async () => greet(endpoint));
  expect(commons.isRunning).toBe(true);
  expect(commons.report.locks[0]).toEqual(['user 0', 0]);
  client.destroy();
});

test('what the settings or the master need starts the thread', async () => {
  await commons.start(folder, TOKEN);
  commons.tellMetrics([], [['idle', 1]]);
  expect(commons.isRunning).toBe(false);
  commons.tellMetrics([['sales', 3]], []);
  expect(commons.isRunning).toBe(true);
  await commons.adopt(defaultCommons());
  await waitFor('the first value', () =>
    commons.report.metrics.some(([name, value]) => name === 'sales' && value === 3),
  );
});

test('its first client finds its locks, even before the master hears that it listens', async () => {
  const endpoint = await commons.start(folder, TOKEN);
  await commons.adopt(defaultCommons());
  commons.setMetric('any', 1);
  // This process does nothing meanwhile.
  const said = execFileSync('python3', ['-c', LOCKS, endpoint, TOKEN], { cwd: RUNTIME, encoding: 'utf8' });
  expect(said).toBe("b''\n");
});

/** A client that has been let in; null: it is to come again. */
async function greet(endpoint: string): Promise<Socket | null> {
  const socket = connect(endpoint);
  const hello = Buffer.alloc(HELLO_BYTES);
  hello.writeUInt32LE(HELLO_BYTES - 4, 0);
  hello.writeUInt8(Op.hello, 4);
  hello.write(TOKEN, 5, 'hex');
  hello.writeUInt32LE(process.pid, 5 + TOKEN_BYTES);
  socket.write(hello);
  const answer = await new Promise<Buffer | null>((resolve) => {
    socket.once('data', resolve);
    socket.once('error', () => resolve(null));
    socket.once('close', () => resolve(null));
  });
  if (answer === null) return null;
  expect(answer[4]).toBe(Status.done);
  return socket;
}
