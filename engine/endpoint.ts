/** How Node's servers are told where to listen. */
import type { ListenOptions } from 'node:net';
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
