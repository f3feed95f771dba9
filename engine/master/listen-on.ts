/**
 * Binds a server of the master (stats, metrics, control) to an address. A unix socket file that nobody answers on any
 * more is removed first; one that answers is in use.
 */
import type { Server } from 'node:net';
import { formatAddress } from '../config/address.ts';
import type { SocketAddress } from '../config/settings.ts';
import { endpointOf, removeStaleSocket } from '../endpoint.ts';
import { bindError } from '../errors.ts';
import { errorCode } from './engine-log.ts';

/** Resolves when it listens. Throws EngineError when the address can not be had. */
export async function listenOn(server: Server, address: SocketAddress): Promise<void> {
  try {
    if (address.type === 'unix') await removeStaleSocket(address.path);
    await listening(server, address);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw bindError(errorCode(error), message, formatAddress(address), null);
  }
}

async function listening(server: Server, address: SocketAddress): Promise<void> {
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
