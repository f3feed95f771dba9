/**
 * Listening sockets: TCP, unix (a stale socket file is removed only if nobody answers on it) and abstract.
 */
import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { SocketAddress } from '../config/settings.ts';

/**
 * The kernel keeps at least this many connections for the moment between two turns of the gateway. `listen` bounds what
 * waits for a worker: what is beyond it is to hear 503 at once, not to be dropped by the kernel and to try again later.
 */
const MIN_KERNEL_BACKLOG = 1024;

/** Listens; resolves to the server and the address it really has. @throws the error of the operating system */
export async function listen(
  address: SocketAddress,
  backlog: number,
  mode: number | null,
  onConnection: (socket: Socket) => void,
): Promise<{ server: Server; address: SocketAddress }> {
  if (address.type === 'unix') await removeStaleSocket(address.path);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...endpointOf(address), backlog: Math.max(backlog, MIN_KERNEL_BACKLOG) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', () => {
    // A connection that could not be accepted (no descriptors left, gone already): the next one may be.
  });
  if (address.type === 'unix' && mode !== null) await chmod(address.path, mode);
  const bound = server.address();
  if (address.type === 'tcp' && bound !== null && typeof bound === 'object') {
    return { server, address: { ...address, port: bound.port } };
  }
  return { server, address };
}

function endpointOf(address: SocketAddress): { host: string; port: number } | { port: number } | { path: string } {
  if (address.type === 'unix') return { path: address.path };
  if (address.type === 'abstract') return { path: `\0${address.name}` };
  // uWSGI's `:8080` means every IPv4 address.
  return { host: address.host === '' ? '0.0.0.0' : address.host, port: address.port };
}

async function removeStaleSocket(path: string): Promise<void> {
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
