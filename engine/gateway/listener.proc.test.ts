/** Listening sockets against the kernel: what it keeps while the gateway is busy with something else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listen } from './listener.ts';

const BINDING = { backlog: 1, mode: null, owner: null, reusePort: false, isAlone: true };

test('a short listen queue lets the kernel keep a crowd until it is accepted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-listener-'));
  const path = join(folder, 'app.sock');
  const accepted: Socket[] = [];
  const { server } = await listen({ type: 'unix', path }, BINDING, null, false, {
    accepted: (socket) => accepted.push(socket),
    handshakeBegins: () => undefined,
    handshakeEnds: () => undefined,
    trouble: () => undefined,
  });
  // All of them in one turn, in which nothing can be accepted: a unix socket whose queue is full says EAGAIN at once.
  const clients = Array.from({ length: 200 }, () => connect(path));
  try {
    const outcomes = await Promise.all(
      clients.map(
        async (client) =>
          new Promise((resolve) => {
            client.once('connect', () => resolve('connected'));
            client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
          }),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set(['connected']));
  } finally {
    for (const socket of [...clients, ...accepted]) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  }
});
