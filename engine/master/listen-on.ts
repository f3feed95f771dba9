/**
 * Binds a server of the master (stats, control) to an address. A unix socket file that nobody answers on any more
 * is removed first; one that answers is in use.
 */
import { lstatSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import type { SocketAddress } from '../config/settings.ts';
import { endpointOf } from '../endpoint.ts';

/** Resolves when it listens; rejects with the system's error. */
export async function listenOn(server: Server, address: SocketAddress): Promise<void> {
  if (address.type === 'unix') await removeStale(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(endpointOf(address), () => {
      server.off('error', reject);
      // From now on errors are of single connections (too many open files, say): the next one may do better.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

async function removeStale(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const isAnswered = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (!isAnswered) unlinkSync(path);
}
