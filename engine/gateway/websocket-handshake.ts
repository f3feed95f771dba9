/**
 * The client's half of a websocket's handshake (RFC 6455 section 4.2.1), and the server's answer to its key. Pure. A
 * request that asks for another protocol than websocket is no handshake: it may become a tunnel.
 */
import { createHash } from 'node:crypto';
import { equalsIgnoreCase, listHasToken } from './http-chars.ts';
import type { HttpHead } from './http-head.ts';
import { ProtocolError } from './protocol-error.ts';

const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const VERSION = '13';
/** Base64 of 16 bytes. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** What the client of a request asks its connection to become. */
export interface Upgrade {
  /** Sec-WebSocket-Key of a handshake; null: another protocol is asked for. */
  websocketKey: string | null;
}

/**
 * What a request with `Connection: upgrade` asks for; null: nothing that can be had.
 * @throws {ProtocolError} it is a websocket's handshake with mistakes
 */
export function readUpgrade(head: HttpHead): Upgrade | null {
  if (head.minorVersion === 0) return null;
  const { bytes, base, headers } = head;
  let hasUpgrade = false;
  let isWebSocket = false;
  let key: string | null = null;
  let version = '';
  for (let slot = 0; slot < head.headerCount * 4; slot += 4) {
    const start = base + (headers[slot] ?? 0);
    const end = base + (headers[slot + 1] ?? 0);
    const from = headers[slot + 2] ?? 0;
    const to = headers[slot + 3] ?? 0;
    if (equalsIgnoreCase(bytes, start, end, 'upgrade')) {
      hasUpgrade = true;
      isWebSocket ||= listHasToken(bytes, base + from, base + to, 'websocket');
    } else if (equalsIgnoreCase(bytes, start, end, 'sec-websocket-key')) {
      // Twice is as bad as none.
      key = key === null ? head.text(from, to) : '';
    } else if (equalsIgnoreCase(bytes, start, end, 'sec-websocket-version')) {
      version = head.text(from, to);
    }
  }
  if (!hasUpgrade) return null;
  if (!isWebSocket || head.text(0, head.methodEnd) !== 'GET') return { websocketKey: null };
  if (version !== VERSION) throw new ProtocolError('websocket-version', 0);
  if (key === null || !KEY.test(key)) throw new ProtocolError('websocket-key', 0);
  return { websocketKey: key };
}

/** The headers that accept a handshake (RFC 6455 section 4.2.2), each with its line end. */
export function acceptLines(key: string): string {
  const accept = createHash('sha1')
    .update(key + ACCEPT_SUFFIX, 'latin1')
    .digest('base64');
  return `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
}

/** How many they are, and their bytes, whatever the key. */
export const ACCEPT_HEADERS = 3;
export const ACCEPT_BYTES: number = acceptLines('').length;
