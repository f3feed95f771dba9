/**
 * Listening sockets: TCP, unix (a stale socket file is removed only if nobody answers on it), abstract, inherited; with
 * TLS or without. Several gateways share a TCP port by SO_REUSEPORT: the first one tries the address out alone, so that
 * a port which another server has is found to be in use whatever that server allows.
 */
import { chmod, chown } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { SocketAddress } from '../config/settings.ts';
import { endpointOf, removeStaleSocket } from '../endpoint.ts';
import type { SecureFacts } from './tls-certificates.ts';
import type { TlsMaterial } from './tls-material.ts';
import { createTlsServer } from './tls-server.ts';

/**
 * The kernel keeps at least this many connections for the moment between two turns of the gateway. `listen` bounds what
 * waits for a worker: what is beyond it is to hear 503 at once, not to be dropped by the kernel and to try again later.
 */
const MIN_KERNEL_BACKLOG = 1024;

/** How an address is bound. */
export interface Binding {
  backlog: number;
  /** Mode and owner of a unix socket; null: as the process makes it. */
  mode: number | null;
  owner: { uid: number; gid: number } | null;
  /** Others may listen on the same TCP port. */
  reusePort: boolean;
  /** With `reusePort`: nobody else may listen there yet. */
  isAlone: boolean;
}

export interface ListenHandlers {
  /** A connection, after its handshake when there is one. */
  accepted: (socket: Socket, secure: SecureFacts) => void;
  /** With TLS: what is accepted later, or never. */
  handshakeBegins: (socket: Socket) => void;
  handshakeEnds: (socket: Socket) => void;
  trouble: (text: string) => void;
}

export interface Listener {
  server: Server;
  /** The one it really has: the port when the system chose it. */
  address: SocketAddress;
  /** New certificates; does nothing where no TLS is spoken. */
  renew: (material: TlsMaterial) => void;
  /** Ends handshakes that are under way. */
  dispose: () => void;
}

/** Listens. `isHttp`: HTTP is spoken there. @throws the error of the operating system */
export async function listen(
  address: SocketAddress,
  binding: Binding,
  tls: TlsMaterial | null,
  isHttp: boolean,
  handlers: ListenHandlers,
): Promise<Listener> {
  if (address.type === 'unix') await removeStaleSocket(address.path);
  if (address.type === 'tcp' && binding.reusePort && binding.isAlone) await tryAlone(address);
  const { server, renew, dispose } =
    tls === null
      ? { server: plainServer(handlers), renew: () => undefined, dispose: () => undefined }
      : createTlsServer(tls, isHttp, {
          handshakeBegins: handlers.handshakeBegins,
          handshakeEnds: handlers.handshakeEnds,
          secured: (socket, certificate) => handlers.accepted(socket, { certificate }),
          trouble: handlers.trouble,
        });
  const { backlog, reusePort, mode, owner } = binding;
  const isPortShared = reusePort && address.type === 'tcp';
  await listening(server, {
    ...endpointOf(address),
    backlog: Math.max(backlog, MIN_KERNEL_BACKLOG),
    ...(isPortShared ? { reusePort: true } : {}),
  });
  server.on('error', () => {
    // A connection that could not be accepted (no descriptors left, gone already): the next one may be.
  });
  try {
    if (address.type === 'unix' && mode !== null) await chmod(address.path, mode);
    if (address.type === 'unix' && owner !== null) await chown(address.path, owner.uid, owner.gid);
  } catch (error) {
    server.close();
    throw error;
  }
  const bound = server.address();
  if (address.type === 'tcp' && bound !== null && typeof bound === 'object') {
    return { server, renew, dispose, address: { ...address, port: bound.port } };
  }
  return { server, renew, dispose, address };
}

function plainServer(handlers: ListenHandlers): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => handlers.accepted(socket, null));
}

async function listening(server: Server, options: ListenOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Binds the address as the only one and lets go of it. */
async function tryAlone(address: SocketAddress & { type: 'tcp' }): Promise<void> {
  if (address.port === 0) return;
  const server = createServer();
  await listening(server, endpointOf(address));
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
