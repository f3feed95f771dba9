/**
 * The PROXY protocol's header without I/O: version 1 (a line of text) and 2 (binary), which a load balancer sends before
 * anything else to tell whose connection it hands on. Whether that peer is believed is not decided here.
 * https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
import { isIPv4, isIPv6 } from 'node:net';
import { ProtocolError } from './protocol-error.ts';

/** Whose connection it is; null: the balancer's own (health checks), or of a kind without addresses. */
export interface ProxiedClient {
  address: string;
  port: string;
  /** Where it connected to. */
  serverAddress: string;
  serverPort: string;
}

export type ProxyResult =
  /** More bytes are needed. */
  | { status: 'more' }
  /** The connection begins without a header. */
  | { status: 'none' }
  | { status: 'header'; client: ProxiedClient | null; bytes: number };

const V1_BEGIN = Buffer.from('PROXY ');
const V1_LIMIT_BYTES = 107;
const V2_BEGIN = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const V2_HEADER_BYTES = 16;
/** Addresses and what balancers add to them (certificates' names and the like). */
const V2_LIMIT_BYTES = 4096;
const MORE: ProxyResult = { status: 'more' };

/**
 * Reads the header at the begin of a connection from all the bytes that have come of it.
 * @throws {ProtocolError} it begins as a header and is malformed or too large
 */
export function parseProxyHeader(bytes: Buffer): ProxyResult {
  if (startsLike(bytes, V2_BEGIN)) return bytes.length < V2_HEADER_BYTES ? MORE : parseBinary(bytes);
  if (startsLike(bytes, V1_BEGIN)) return bytes.length < V1_BEGIN.length ? MORE : parseText(bytes);
  return { status: 'none' };
}

/** Do the bytes agree with `begin`, as far as both go? */
function startsLike(bytes: Buffer, begin: Buffer): boolean {
  const length = Math.min(bytes.length, begin.length);
  return begin.compare(bytes, 0, length, 0, length) === 0;
}

/** `PROXY TCP4 source destination sourcePort destinationPort CRLF` */
function parseText(bytes: Buffer): ProxyResult {
  const end = bytes.indexOf('\r\n');
  if (end < 0 || end + 2 > V1_LIMIT_BYTES) {
    if (end >= 0 || bytes.length >= V1_LIMIT_BYTES) throw new ProtocolError('proxy-header-too-large', V1_LIMIT_BYTES);
    return MORE;
  }
  const [, family, address = '', serverAddress = '', port = '', serverPort = '', ...rest] = bytes
    .toString('latin1', 0, end)
    .split(' ');
  if (family === 'UNKNOWN') return { status: 'header', client: null, bytes: end + 2 };
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : () => false;
  const isRight =
    isAddress(address) && isAddress(serverAddress) && isPort(port) && isPort(serverPort) && rest.length === 0;
  if (!isRight) throw new ProtocolError('proxy-header-invalid', 0);
  return { status: 'header', client: { address, port, serverAddress, serverPort }, bytes: end + 2 };
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535;
}

/** `signature | u8 version and command | u8 family and transport | u16be length | addresses and more` */
function parseBinary(bytes: Buffer): ProxyResult {
  const command = bytes.readUInt8(12);
  const family = bytes.readUInt8(13) >> 4;
  const length = bytes.readUInt16BE(14);
  if (command !== 0x20 && command !== 0x21) throw new ProtocolError('proxy-header-invalid', 12);
  if (length > V2_LIMIT_BYTES) throw new ProtocolError('proxy-header-too-large', 14);
  const end = V2_HEADER_BYTES + length;
  if (bytes.length < end) return MORE;
  // LOCAL: the balancer speaks for itself.
  const client = command === 0x20 ? null : readAddresses(bytes, family, length);
  return { status: 'header', client, bytes: end };
}

function readAddresses(bytes: Buffer, family: number, length: number): ProxiedClient | null {
  const at = V2_HEADER_BYTES;
  if (family === 1) {
    if (length < 12) throw new ProtocolError('proxy-header-invalid', 14);
    return {
      address: bytes.subarray(at, at + 4).join('.'),
      port: String(bytes.readUInt16BE(at + 8)),
      serverAddress: bytes.subarray(at + 4, at + 8).join('.'),
      serverPort: String(bytes.readUInt16BE(at + 10)),
    };
  }
  if (family === 2) {
    if (length < 36) throw new ProtocolError('proxy-header-invalid', 14);
    return {
      address: readIpv6(bytes, at),
      port: String(bytes.readUInt16BE(at + 32)),
      serverAddress: readIpv6(bytes, at + 16),
      serverPort: String(bytes.readUInt16BE(at + 34)),
    };
  }
  // Unix sockets and what has no family: nothing to tell.
  return null;
}

/** The usual spelling: the longest run of zero groups is `::` (RFC 5952), mapped IPv4 addresses are written as such. */
function readIpv6(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(at + i * 2).toString(16));
  const text = new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text);
  if (mapped === null) return text;
  const [high = 0, low = 0] = mapped.slice(1).map((part) => Number.parseInt(part, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
