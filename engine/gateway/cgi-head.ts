/**
 * The head of a CGI script's answer (RFC 3875 section 6), as it comes from PHP over FastCGI: `Name: value` lines up to an
 * empty one, the status in a `Status:` line. Pure: bytes in, a head as the frames of workers have it out.
 */
import { nodeHttp } from '../node-http.ts';
import { RESPONSE_HEAD_BYTES } from './frames.ts';

/** A script whose head is longer than this is broken. */
export const MAX_CGI_HEAD_BYTES = 256 * 1024;

/** Headers that speak about one connection belong to the gateway, which owns the client's. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'status',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Where the head ends and the body begins; -1: the head is not complete. Lines end with CRLF or LF. */
export function cgiHeadEnd(bytes: Buffer): number {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (at === 0 || bytes[at - 1] === 10) return at + 1;
    if (bytes[at - 1] === 13 && (at === 1 || bytes[at - 2] === 10)) return at + 1;
  }
  return -1;
}

/**
 * The payload of a HEAD frame.
 * @param bytes the head with the empty line behind it
 * @returns null when it is malformed
 */
export function encodeCgiHead(bytes: Buffer): Buffer | null {
  const lines: string[] = [];
  let status = 200;
  let reason: string | null = null;
  let isRedirect = false;
  let hasStatus = false;
  let contentLength = -1;
  for (const line of bytes.toString('latin1').split(/\r?\n/)) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 1 || /[\s\0]/.test(line.slice(0, colon)) || /[\r\0]/.test(line)) return null;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') {
      const parsed = /^([2-9]\d\d)(?:\s+(.*))?$/.exec(value);
      if (parsed === null) return null;
      status = Number(parsed[1]);
      reason = parsed[2] ?? null;
      hasStatus = true;
    } else if (name === 'content-length') {
      if (!/^\d{1,15}$/.test(value) || (contentLength >= 0 && contentLength !== Number(value))) return null;
      if (contentLength >= 0) continue;
      contentLength = Number(value);
    } else if (name === 'location') isRedirect = true;
    if (!DROPPED.has(name)) lines.push(`${line.slice(0, colon)}: ${value}`);
  }
  if (!hasStatus && isRedirect) status = 302;
  return encodeHead(status, reason, lines, contentLength);
}

/** The payload of a HEAD frame from its parts; each line is `Name: value`. */
export function encodeHead(
  status: number,
  reason: string | null,
  lines: readonly string[],
  contentLength: number,
): Buffer {
  const block = [reason ?? nodeHttp().STATUS_CODES[status] ?? 'Unknown', ...lines, ''].join('\r\n');
  const head = Buffer.allocUnsafe(RESPONSE_HEAD_BYTES + block.length);
  head.writeUInt16LE(status, 0);
  head.writeUInt16LE(lines.length, 2);
  head.writeInt32LE(0, 4);
  head.writeDoubleLE(contentLength, 8);
  head.writeUInt32LE(block.length, 16);
  head.write(block, RESPONSE_HEAD_BYTES, 'latin1');
  return head;
}
