/**
 * Validates one line of an HTTP/1.1 request head at a time and keeps where its parts stand. Strict where
 * leniency lets two servers disagree about a message (RFC 9112 sections 2.2, 3, 5, 6.1 and 6.3).
 * The bytes belong to http-parser.ts; offsets count from the head's first byte.
 */
import {
  COLON,
  CR,
  DEL,
  equalsIgnoreCase,
  isBlank,
  isHost,
  isTokenByte,
  listHasToken,
  SPACE,
  TAB,
} from './http-chars.ts';
import { ProtocolError, type ProtocolErrorCode } from './protocol-error.ts';

export const MAX_HEADERS = 256;
const NO_OFFSETS = new Int32Array(0);
/** Offsets that no head uses now. A head has some only while it is read, so that idle connections hold none. */
const spareOffsets: Int32Array[] = [];
const MAX_SPARE = 64;

/** A parsed request head. The object is reused: it is valid until the handler of `onHead` returns. */
export class HttpHead {
  /** The buffer that all offsets point into, after `base` was added. */
  bytes: Buffer = Buffer.alloc(0);
  /** Where the head begins in `bytes`. */
  base = 0;
  /** The method begins at 0. */
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  /** 0 or 1. */
  minorVersion = 1;
  /** Four offsets for each header: name start, name end, value start, value end (blanks around it left out). */
  headers: Int32Array = NO_OFFSETS;
  headerCount = 0;
  /** -1: none. */
  contentLength = -1;
  chunked = false;
  expectContinue = false;
  /** `Connection: close` was there. */
  closeSeen = false;
  /** `Connection: keep-alive` was there. */
  keepAliveSeen = false;
  /** `Connection: upgrade` was there. */
  upgradeSeen = false;
  hostSeen = false;
  /** Some byte of the head is not ASCII. */
  hasHighBytes = false;

  reset(): void {
    if (this.headers !== NO_OFFSETS && spareOffsets.length < MAX_SPARE) spareOffsets.push(this.headers);
    this.headers = NO_OFFSETS;
    this.headerCount = 0;
    this.contentLength = -1;
    this.chunked = false;
    this.expectContinue = false;
    this.closeSeen = false;
    this.keepAliveSeen = false;
    this.upgradeSeen = false;
    this.hostSeen = false;
    this.hasHighBytes = false;
  }

  /** May the connection stay open after the answer, as far as the client is concerned? */
  get keepAlive(): boolean {
    // What follows a request for another protocol is not ours to read.
    return !this.closeSeen && !this.upgradeSeen && (this.minorVersion === 1 || this.keepAliveSeen);
  }

  /** Does some Accept-Encoding header name this coding (lower case) without refusing it by `q=0`? */
  accepts(coding: string): boolean {
    for (let slot = 0; slot < this.headerCount * 4; slot += 4) {
      const [start = 0, end = 0, from = 0, to = 0] = this.headers.subarray(slot, slot + 4);
      if (!equalsIgnoreCase(this.bytes, this.base + start, this.base + end, 'accept-encoding')) continue;
      for (const item of this.text(from, to).toLowerCase().split(',')) {
        const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
        if (name === coding) return !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
      }
    }
    return false;
  }

  /** A part of the head as a latin-1 string. */
  text(start: number, end: number): string {
    return this.bytes.toString('latin1', this.base + start, this.base + end);
  }
}

/** Parses `METHOD SP target SP HTTP/1.x`, which stands at the head's begin and ends before `end`. */
export function parseRequestLine(head: HttpHead, bytes: Buffer, base: number, end: number): void {
  let i = 0;
  while (i < end && isTokenByte(bytes[base + i])) i++;
  if (i === end || bytes[base + i] !== SPACE) throw lineError(bytes, base, i, end, 'bad-method');
  head.methodEnd = i;
  i++;
  head.targetStart = i;
  for (; i < end; i++) {
    const byte = bytes[base + i] ?? 0;
    if (byte === SPACE) break;
    // A fragment never travels in a request; some front ends cut there and some do not.
    if (byte < SPACE || byte === DEL || byte === 35) throw lineError(bytes, base, i, end, 'bad-target');
    if (byte > DEL) head.hasHighBytes = true;
  }
  head.targetEnd = i;
  if (i === head.targetStart) throw new ProtocolError('bad-target', i);
  parseVersion(head, bytes, base, i + 1, end);
  checkTarget(head, bytes, base);
}

function parseVersion(head: HttpHead, bytes: Buffer, base: number, start: number, end: number): void {
  const major = bytes[base + start + 5] ?? 0;
  const minor = bytes[base + start + 7] ?? 0;
  const shaped =
    end - start === 8 &&
    bytes.toString('latin1', base + start, base + start + 5) === 'HTTP/' &&
    bytes[base + start + 6] === 46 &&
    isDigit(major) &&
    isDigit(minor);
  if (!shaped) throw new ProtocolError('bad-version', start);
  if (major !== 49) throw new ProtocolError('version-not-supported', start + 5);
  head.minorVersion = minor === 48 ? 0 : 1;
}

function checkTarget(head: HttpHead, bytes: Buffer, base: number): void {
  const { methodEnd, targetStart, targetEnd } = head;
  const first = bytes[base + targetStart];
  if (first === 47) return;
  const method = bytes.toString('latin1', base, base + methodEnd);
  if (method === 'CONNECT') throw new ProtocolError('connect-not-supported', 0);
  if (first === 42 && targetEnd - targetStart === 1 && method === 'OPTIONS') return;
  const authority = authorityStart(bytes, base + targetStart, base + targetEnd);
  if (authority >= 0) {
    const end = authorityEnd(bytes, authority, base + targetEnd);
    if (end > authority && isHost(bytes, authority, end)) return;
  }
  throw new ProtocolError('bad-target', targetStart);
}

/** Where the authority of an absolute-form target begins (`http://` or `https://`), or -1 for other forms. */
export function authorityStart(bytes: Buffer, start: number, end: number): number {
  for (const prefix of ['http://', 'https://']) {
    const after = start + prefix.length;
    if (after <= end && equalsIgnoreCase(bytes, start, after, prefix)) return after;
  }
  return -1;
}

/** Where the authority that begins at `start` ends: at the path, the query or the target's end. */
export function authorityEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 47 && bytes[at] !== 63) at++;
  return at;
}

/** Parses one header line in `bytes[start, end)` (without its line end) and takes note of what frames the message. */
export function parseHeaderLine(head: HttpHead, bytes: Buffer, base: number, start: number, end: number): void {
  if (isBlank(bytes[base + start])) throw new ProtocolError('folded-header', start);
  let i = start;
  while (i < end && isTokenByte(bytes[base + i])) i++;
  const nameEnd = i;
  if (i === end || bytes[base + i] !== COLON || i === start) throw nameError(bytes, base, start, i, end);
  i++;
  while (i < end && isBlank(bytes[base + i])) i++;
  const valueStart = i;
  let valueEnd = i;
  for (; i < end; i++) {
    const byte = bytes[base + i] ?? 0;
    if (byte > SPACE) {
      if (byte >= DEL) {
        if (byte === DEL) throw new ProtocolError('control-byte', i);
        head.hasHighBytes = true;
      }
      valueEnd = i + 1;
    } else if (byte < SPACE && byte !== TAB) {
      throw new ProtocolError(controlCode(byte), i);
    }
  }
  if (head.headerCount === 0) head.headers = spareOffsets.pop() ?? new Int32Array(MAX_HEADERS * 4);
  else if (head.headerCount === MAX_HEADERS) throw new ProtocolError('too-many-headers', start);
  const slot = head.headerCount * 4;
  head.headers[slot] = start;
  head.headers[slot + 1] = nameEnd;
  head.headers[slot + 2] = valueStart;
  head.headers[slot + 3] = valueEnd;
  head.headerCount++;
  noteFraming(head, bytes, base, slot);
}

function noteFraming(head: HttpHead, bytes: Buffer, base: number, slot: number): void {
  const offset = head.headers[slot] ?? 0;
  const start = base + offset;
  const end = base + (head.headers[slot + 1] ?? 0);
  const from = base + (head.headers[slot + 2] ?? 0);
  const to = base + (head.headers[slot + 3] ?? 0);
  switch (end - start) {
    case 4:
      if (!equalsIgnoreCase(bytes, start, end, 'host')) return;
      if (head.hostSeen) throw new ProtocolError('host-repeated', offset);
      // Servers differ in where such a host ends (RFC 9112 section 3.2).
      if (!isHost(bytes, from, to)) throw new ProtocolError('host-invalid', offset);
      head.hostSeen = true;
      return;
    case 6:
      if (head.minorVersion === 0 || !equalsIgnoreCase(bytes, start, end, 'expect')) return;
      if (!equalsIgnoreCase(bytes, from, to, '100-continue')) throw new ProtocolError('expectation-failed', offset);
      head.expectContinue = true;
      return;
    case 10:
      if (!equalsIgnoreCase(bytes, start, end, 'connection')) return;
      noteConnection(head, bytes, from, to);
      return;
    case 14:
      if (!equalsIgnoreCase(bytes, start, end, 'content-length')) return;
      if (head.contentLength >= 0) throw new ProtocolError('content-length-repeated', offset);
      head.contentLength = parseContentLength(bytes, from, to, offset);
      return;
    case 17:
      if (!equalsIgnoreCase(bytes, start, end, 'transfer-encoding')) return;
      if (head.minorVersion === 0) throw new ProtocolError('encoding-in-http10', offset);
      if (head.chunked || !equalsIgnoreCase(bytes, from, to, 'chunked')) {
        throw new ProtocolError('encoding-not-supported', offset);
      }
      head.chunked = true;
      return;
    default:
  }
}

function noteConnection(head: HttpHead, bytes: Buffer, from: number, to: number): void {
  if (equalsIgnoreCase(bytes, from, to, 'keep-alive')) head.keepAliveSeen = true;
  else {
    if (listHasToken(bytes, from, to, 'close')) head.closeSeen = true;
    if (listHasToken(bytes, from, to, 'keep-alive')) head.keepAliveSeen = true;
    if (listHasToken(bytes, from, to, 'upgrade')) head.upgradeSeen = true;
  }
}

function parseContentLength(bytes: Buffer, from: number, to: number, offset: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    if (!isDigit(byte)) throw new ProtocolError('content-length-invalid', offset);
    value = value * 10 + byte - 48;
    if (value > Number.MAX_SAFE_INTEGER) throw new ProtocolError('body-too-large', offset);
  }
  if (from === to) throw new ProtocolError('content-length-invalid', offset);
  return value;
}

/** What only the whole head can tell. */
export function checkHead(head: HttpHead, end: number): void {
  if (head.chunked && head.contentLength >= 0) throw new ProtocolError('length-and-encoding', end);
  if (head.minorVersion === 1 && !head.hostSeen) throw new ProtocolError('host-missing', end);
}

function nameError(bytes: Buffer, base: number, start: number, at: number, end: number): ProtocolError {
  const byte = bytes[base + at] ?? 0;
  if (at === end) return new ProtocolError('header-no-colon', start);
  if (!isBlank(byte) && (byte < SPACE || byte === DEL)) return lineError(bytes, base, at, end, 'bad-header-name');
  if (isBlank(byte)) {
    let i = at;
    while (i < end && isBlank(bytes[base + i])) i++;
    if (bytes[base + i] === COLON && i < end) return new ProtocolError('blank-before-colon', at);
    const colon = bytes.subarray(base + at, base + end).includes(COLON);
    return new ProtocolError(colon ? 'bad-header-name' : 'header-no-colon', start);
  }
  return new ProtocolError('bad-header-name', at);
}

function lineError(bytes: Buffer, base: number, at: number, end: number, fallback: ProtocolErrorCode): ProtocolError {
  const byte = at < end ? (bytes[base + at] ?? SPACE) : SPACE;
  return new ProtocolError(byte < SPACE && byte !== TAB ? controlCode(byte) : fallback, at);
}

function controlCode(byte: number): ProtocolErrorCode {
  if (byte === 0) return 'nul-byte';
  return byte === CR ? 'bare-cr' : 'control-byte';
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
