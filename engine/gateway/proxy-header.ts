/**
 * The PROXY header that may begin a connection: whether one is read from this peer, its bytes while they come, and the
 * peer that it names. Reading itself: proxy-parser.ts. A peer that is not trusted is read as if the option were off,
 * so that its header is a malformed request.
 */
import type { ProtocolSettings } from '../config/settings.ts';
import type { Peer } from './peers.ts';
import { type ProxiedClient, parseProxyHeader } from './proxy-parser.ts';

export class ProxyHeader {
  /** Who the connection is from, as far as is known. */
  peer: Peer;
  #kept: Buffer = Buffer.alloc(0);

  private constructor(peer: Peer) {
    this.peer = peer;
  }

  /** Null: none is to be read there. */
  static expectedFrom(peer: Peer, settings: ProtocolSettings): ProxyHeader | null {
    const isOn =
      peer.kind === 'http'
        ? settings.routerProxyProtocol
        : settings.socketProxyProtocol && (peer.kind === 'http-socket' || peer.kind === 'http11-socket');
    return isOn && peer.isTrusted ? new ProxyHeader(peer) : null;
  }

  /**
   * Takes the next bytes; returns those behind the header, or null while it is not complete.
   * @throws {ProtocolError} it is malformed or too large
   */
  feed(chunk: Buffer): Buffer | null {
    const bytes = this.#kept.length > 0 ? Buffer.concat([this.#kept, chunk]) : chunk;
    const result = parseProxyHeader(bytes);
    if (result.status === 'more') {
      this.#kept = Buffer.from(bytes);
      return null;
    }
    if (result.status === 'none') return bytes;
    const { client } = result;
    if (client !== null) this.#adopt(client);
    return bytes.subarray(result.bytes);
  }

  /** As uWSGI: the router keeps its own address, `http-socket` takes the balancer's. */
  #adopt({ address, port, serverAddress, serverPort }: ProxiedClient): void {
    this.peer = { ...this.peer, remoteAddress: address, remotePort: port };
    if (this.peer.kind !== 'http') this.peer = { ...this.peer, serverAddress, serverPort };
  }
}
