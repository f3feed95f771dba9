/** Where Node's servers listen: how they are told, and unix sockets that a server before them has left behind. */
import { lstat, unlink } from 'node:fs/promises';
import { connect, type ListenOptions } from 'node:net';
import type { SocketAddress } from './config/settings.ts';

/** Where `address` is, for `server.listen`. */
export function endpointOf(address: SocketAddress): ListenOptions & { fd?: number } {
  switch (address.type) {
    case 'tcp':
      // uWSGI's `:8080` means every IPv4 address.
      return { host: address.host === '' ? '0.0.0.0' : address.host, port: address.port };
    case 'unix':
      return { path: address.path };
    case 'abstract':
      return { path: `\0${address.name}` };
    case 'fd':
      return { fd: address.fd };
  }
}

/** Removes the file of a unix socket that nobody answers on any more; one that answers stays, and is in use. */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || !found.isSocket() || (await isAnswering(path))) return;
  await unlink(path);
}

async function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
