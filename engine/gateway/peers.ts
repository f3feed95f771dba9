/**
 * Who is at the other end of a connection, and whether it is believed when it speaks for others: PROXY headers and
 * X-Forwarded-* count only from `trusted-proxy` addresses. Without that option they are this machine's own, and any
 * front server's (uwsgi, FastCGI, SCGI), which names all variables anyway; a peer on a unix socket is always believed.
 */
import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net';
import type { ListenerKind } from '../config/settings.ts';
import { type SecureFacts, tlsVars } from './tls-certificates.ts';

/** What is the same for all requests of a connection. */
export interface Peer {
  kind: ListenerKind;
  serverName: string;
  serverPort: string;
  /** Told by a PROXY header only; null otherwise. */
  serverAddress: string | null;
  remoteAddress: string;
  remotePort: string;
  /** Variables that TLS gives, `HTTPS` among them; null: the connection is not encrypted. */
  tlsVars: readonly (readonly [name: string, value: string])[] | null;
  /** Is what it says of other clients believed? */
  isTrusted: boolean;
}

const THIS_MACHINE = ['127.0.0.0/8', '::1'];
/** Addresses whose answer is kept: a connection of a front server for each request asks for the same one. */
const MAX_KNOWN = 1024;

export class TrustedPeers {
  readonly #list = new BlockList();
  readonly #known = new Map<string, boolean>();
  /** Nothing was configured. */
  readonly isDefault: boolean;

  /** @param networks addresses and CIDR networks, checked before; none: this machine */
  constructor(networks: readonly string[]) {
    this.isDefault = networks.length === 0;
    for (const network of networks.length > 0 ? networks : THIS_MACHINE) {
      const [address = '', prefix] = network.split('/');
      const family = familyOf(address);
      if (family === null) continue;
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  has(address: string): boolean {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const family = familyOf(address);
    const isTrusted = family !== null && this.#list.check(address, family);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(address, isTrusted);
    return isTrusted;
  }
}

/** HTTP is spoken there, and not by a front server that names the variables. */
export function isHttpKind(kind: ListenerKind): boolean {
  return kind === 'http' || kind === 'http-socket' || kind === 'http11-socket';
}

export function describePeer(
  socket: Socket,
  kind: ListenerKind,
  hostname: string,
  trusted: TrustedPeers,
  secure: SecureFacts,
): Peer {
  const isHttp = isHttpKind(kind);
  const named = {
    kind,
    serverName: hostname,
    serverAddress: null,
    tlsVars: secure === null ? null : tlsVars(secure),
  };
  // Front servers name client and port in their variables: where it does not matter who they are themselves, the system
  // is not asked, which it would be for each request.
  if (trusted.isDefault && !isHttp) {
    return { ...named, serverPort: '', remoteAddress: '', remotePort: '', isTrusted: true };
  }
  const remoteAddress = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  return {
    ...named,
    serverPort: isHttp ? String(socket.localPort ?? '') : '',
    remoteAddress,
    remotePort: String(socket.remotePort ?? ''),
    // A TCP client that is gone already has no address either, but its socket still has one on this side.
    isTrusted: remoteAddress === '' ? socket.localAddress === undefined : trusted.has(remoteAddress),
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  return isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null;
}
