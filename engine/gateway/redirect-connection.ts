/**
 * A client of `http-to-https`: whatever it asks for, it hears the same address with https. As in uWSGI the answer is
 * 301 and names the default port, unless the client has named the port that it came in by: then no port is
 * mapped on the way, and the HTTPS listener's own port is right.
 */
import type { Socket } from 'node:net';
import type { Connection } from './connections.ts';
import { authorityStart, type HttpHead } from './http-head.ts';
import { HttpParser } from './http-parser.ts';
import { ProtocolError } from './protocol-error.ts';

export interface RedirectOptions {
  /** Name in the Location for a client that gives no Host. */
  hostname: string;
  /** Port of the HTTPS listener; null: there is none, or several. */
  httpsPort: number | null;
  headBytes: number;
  timeoutMs: number;
}

const DEFAULT_HTTPS_PORT = 443;
const LINGER_MS = 2000;

export class RedirectConnection implements Connection {
  readonly listenerId: number;
  readonly #socket: Socket;
  readonly #options: RedirectOptions;
  readonly #parser: HttpParser;
  readonly #sinceMs = performance.now();
  #answeredMs: number | null = null;

  constructor(socket: Socket, listenerId: number, options: RedirectOptions, closed: (self: Connection) => void) {
    this.listenerId = listenerId;
    this.#socket = socket;
    this.#options = options;
    const limits = { headBytes: options.headBytes, bodyBytes: 0, chunkLineBytes: 1024, trailerBytes: 8192 };
    this.#parser = new HttpParser(limits, {
      onHead: (head) => this.#redirect(head),
      onBody: () => undefined,
      onComplete: () => undefined,
    });
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('end', () => socket.end());
    socket.on('error', () => {
      // A client that goes away is no error of ours; `close` follows.
    });
    socket.on('close', () => closed(this));
  }

  get isBusy(): boolean {
    return false;
  }

  endAfterAnswer(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  tick(nowMs: number): void {
    const { timeoutMs } = this.#options;
    const isLate = this.#answeredMs === null ? nowMs - this.#sinceMs > timeoutMs : nowMs - this.#answeredMs > LINGER_MS;
    if (isLate) this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    // What follows the first head is read and dropped, so that the client sees its answer.
    if (this.#answeredMs !== null) return;
    try {
      this.#parser.feed(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#answer(`${error.status} Bad Request`, []);
    }
  }

  #redirect(head: HttpHead): void {
    const { localPort } = this.#socket;
    const { hostname, httpsPort } = this.#options;
    const { host, path } = requestedPlace(head);
    const authority = httpsAuthority(host ?? hostname, localPort ?? 0, httpsPort);
    if (authority === null) this.#answer('400 Bad Request', []);
    else this.#answer('301 Moved Permanently', [`Location: https://${authority}${path}`]);
  }

  #answer(status: string, headers: readonly string[]): void {
    this.#answeredMs = performance.now();
    const lines = [`HTTP/1.1 ${status}`, ...headers, 'Content-Length: 0', 'Connection: close'];
    this.#socket.end(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  }
}

/** Host (null: not given) and path with query of a request, whatever form its target has (RFC 9112 section 3.2). */
function requestedPlace(head: HttpHead): { host: string | null; path: string } {
  const { bytes, base, headers } = head;
  const targetStart = base + head.targetStart;
  const targetEnd = base + head.targetEnd;
  const authority = authorityStart(bytes, targetStart, targetEnd);
  if (authority >= 0) {
    const rest = bytes.toString('latin1', authority, targetEnd);
    const host = /^[^/?#]*/.exec(rest)?.[0] ?? '';
    return { host, path: absolutePath(rest.slice(host.length)) };
  }
  const path = absolutePath(bytes.toString('latin1', targetStart, targetEnd));
  for (let slot = 0; slot < head.headerCount * 4; slot += 4) {
    const name = bytes.toString('latin1', base + (headers[slot] ?? 0), base + (headers[slot + 1] ?? 0));
    if (name.toLowerCase() !== 'host') continue;
    const host = bytes.toString('latin1', base + (headers[slot + 2] ?? 0), base + (headers[slot + 3] ?? 0));
    return { host: host === '' ? null : host, path };
  }
  return { host: null, path };
}

function absolutePath(target: string): string {
  return target.startsWith('/') ? target : target.startsWith('?') ? `/${target}` : '/';
}

/** `host` or `host:port` for the same host by HTTPS; null: this is no host. */
export function httpsAuthority(host: string, httpPort: number, httpsPort: number | null): string | null {
  const found = /^(?<name>\[[0-9a-f:.]+\]|[\w.-]+)(?::(?<port>\d{0,5}))?$/i.exec(host)?.groups;
  if (found === undefined) return null;
  const cameDirectly = found.port === String(httpPort);
  const isNamed = cameDirectly && httpsPort !== null && httpsPort !== DEFAULT_HTTPS_PORT;
  return isNamed ? `${found.name}:${httpsPort}` : (found.name ?? null);
}
