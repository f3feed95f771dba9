import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listAgentKeys } from './agent-keys.ts';

test('an agent that takes the connection and says nothing is given up, and nothing to it stays open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-agent-'));
  const path = join(folder, 'agent');
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.resume();
    socket.once('close', () => resolve());
  });
  await new Promise<void>((listening) => server.listen(path, listening));
  try {
    await expect(listAgentKeys(path, 50)).rejects.toThrow('it does not answer');
    await closed;
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
