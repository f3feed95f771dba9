/**
 * The CGI/WSGI variables of a request, as uWSGI 2.0 gives them for each kind of listener (recorded cases in
 * engine/goldens/environ), encoded as the worker wants them. Differences on purpose: the `Proxy` header never
 * becomes HTTP_PROXY, a decoded body has a CONTENT_LENGTH and no Transfer-Encoding, an absolute-form target gives its
 * path and host, REMOTE_PORT is the client's port, and variables that would make uWSGI load code, read files or change
 * settings are dropped.
 */
import type { EnvironEncoding } from '../config/languages.ts';
import type { CgiVars } from './cgi-vars.ts';
import { createEnvironWriter, type EnvironWriter } from './environ-writer.ts';
import { equalsIgnoreCase } from './http-chars.ts';
import { authorityEnd, authorityStart, type HttpHead } from './http-head.ts';
import { isHttpKind, type Peer } from './peers.ts';
import type { RequestFacts } from './request.ts';

interface Key {
  name: string;
  encoded: Buffer;
  /** Number of the last request it was seen in. */
  seenIn: number;
  /** Number of the last request it was repeated in. */
  repeatedIn: number;
  /** Never handed to an application. */
  dropped: boolean;
}

const MAX_KNOWN_KEYS = 1024;
/** What uWSGI does more than hand on, whoever sends it. UWSGI_APPID is not here: it names a configured application. */
const COMMANDS = new Set(
  'FILE SCRIPT MODULE CALLABLE CHDIR HOME PYHOME SCHEME SETENV POSTFILE TOUCH_RELOAD CACHE_GET'
    .split(' ')
    .map((name) => `UWSGI_${name}`),
);
/**
 * Both spellings of a header become the same variable; these must never come from the one with underscores, which a front
 * server does not know as its own.
 */
const EXACT_KEYS = new Set([
  'CONTENT_LENGTH',
  'CONTENT_TYPE',
  'HTTP_TRANSFER_ENCODING',
  'HTTP_X_FORWARDED_FOR',
  'HTTP_X_FORWARDED_PROTO',
  'HTTP_X_FORWARDED_SSL',
]);

/** Encodes one environ after the other; `writer` holds the last one, without its end until `finish` was called. */
export class EnvironEncoder {
  readonly writer: EnvironWriter;
  /** Set by the options: variables of each request that comes through the router (`http-var`). */
  httpVars: readonly (readonly [name: string, value: string])[] = [];
  /** `http-server-name-as-http-host` */
  serverNameIsHost = false;
  /** The variables are wanted as strings too, in the facts. */
  collects = false;
  #variables: Map<string, string> | null = null;
  /** Variables of the present request, and the size of the uwsgi block they make. */
  #varCount = 0;
  #varBytes = 0;
  readonly #keys = new Map<string, Key>();
  readonly #headerKeys = new Map<string, Key>();
  readonly #schemes: { http: Buffer; https: Buffer };
  #request = 0;

  constructor(encoding: EnvironEncoding) {
    this.writer = createEnvironWriter(encoding);
    const scheme = (value: string): Buffer => this.writer.encodePair(KEY_SCHEME, value);
    this.#schemes = { http: scheme('http'), https: scheme('https') };
  }

  /** The connection's constant part, made once: a run of encoded pairs. */
  encodePeer(peer: Peer): EncodedPeer {
    if (!isHttpKind(peer.kind)) return { ...NO_VARIABLES, isSecure: peer.tlsVars !== null, isTrusted: peer.isTrusted };
    const isRouter = peer.kind === 'http';
    const pairs: (readonly [string, string])[] = [
      ['SCRIPT_NAME', ''],
      ['SERVER_NAME', peer.serverName],
      ['SERVER_PORT', peer.serverPort],
    ];
    if (isRouter) pairs.push(['UWSGI_ROUTER', 'http']);
    if (peer.serverAddress !== null) pairs.push(['SERVER_ADDR', peer.serverAddress]);
    if (peer.remoteAddress !== '') pairs.push(['REMOTE_ADDR', peer.remoteAddress]);
    if (isRouter || peer.serverAddress !== null) pairs.push(['REMOTE_PORT', peer.remotePort]);
    if (peer.tlsVars !== null) pairs.push(...peer.tlsVars);
    const last = isRouter ? this.httpVars : [];
    const all = [...pairs, ...last];
    const encode = (some: readonly (readonly [string, string])[]): Buffer =>
      Buffer.concat(some.map(([key, value]) => this.writer.encodePair(key, value)));
    return {
      encoded: encode(pairs),
      encodedLast: last.length > 0 ? encode(last) : null,
      pairs,
      lastPairs: last,
      namedByHost: isRouter && this.serverNameIsHost,
      isSecure: peer.tlsVars !== null,
      isTrusted: peer.isTrusted,
      remoteAddress: peer.remoteAddress,
      count: all.length,
      bytes: all.reduce((sum, [key, value]) => sum + 4 + key.length + value.length, 0),
    };
  }

  /** Begins the environ of an HTTP request; returns what the request log says about it. */
  encodeHttp(head: HttpHead, peer: EncodedPeer): RequestFacts {
    const { writer } = this;
    const { bytes, base, hasHighBytes: high } = head;
    this.#begin();
    this.#varCount = peer.count;
    this.#varBytes = peer.bytes;
    writer.raw(peer.encoded);
    this.#collect(peer.pairs);
    this.#pair(KEY_METHOD, bytes, base, base + head.methodEnd, false);
    this.#pair(KEY_URI, bytes, base + head.targetStart, base + head.targetEnd, high);
    const version = head.minorVersion === 1 ? HTTP_1_1 : HTTP_1_0;
    this.#pair(KEY_PROTOCOL, version, 0, version.length, false);
    const authority = this.#encodeTarget(head);
    const forwardedFor = this.#encodeHeaders(head, authority, peer);
    if (peer.encodedLast !== null) writer.raw(peer.encodedLast);
    this.#collect(peer.lastPairs);
    return {
      method: bytes.toString('latin1', base, base + head.methodEnd),
      uri: bytes.toString('latin1', base + head.targetStart, base + head.targetEnd),
      protocol: head.minorVersion === 1 ? 'HTTP/1.1' : 'HTTP/1.0',
      remoteAddress: peer.remoteAddress,
      forwardedFor,
      remoteUser: '',
      contentLength: Math.max(0, head.contentLength),
      varCount: this.#varCount,
      varBytes: this.#varBytes,
      statusBytes: HTTP_STATUS_BYTES,
      variables: this.#variables,
    };
  }

  /** Begins the environ of a front server's request; returns what the request log says about it. */
  encodeVars(vars: CgiVars, peer: EncodedPeer): RequestFacts {
    const { bytes, offsets, hasHighBytes: high } = vars;
    this.#begin();
    let https = false;
    const facts = new Map<string, string>();
    for (let slot = 0; slot < vars.count * 4; slot += 4) {
      const keyStart = offsets[slot] ?? 0;
      const keyEnd = offsets[slot + 1] ?? 0;
      const start = offsets[slot + 2] ?? 0;
      const end = offsets[slot + 3] ?? 0;
      const key = this.#key(bytes.toString('latin1', keyStart, keyEnd));
      if (key.dropped) continue;
      this.writer.pair(key.encoded, bytes, start, end, high);
      this.#variables?.set(key.name, bytes.toString('latin1', start, end));
      https = httpsAfter(https, key.name, bytes, start, end, peer.isTrusted);
      if (FACT_KEYS.has(key.name)) facts.set(key.name, bytes.toString('latin1', start, end));
    }
    this.#scheme(https ? 'https' : 'http');
    return {
      method: facts.get(KEY_METHOD) ?? '',
      uri: facts.get(KEY_URI) ?? '',
      protocol: facts.get(KEY_PROTOCOL) ?? '',
      remoteAddress: facts.get('REMOTE_ADDR') ?? '',
      forwardedFor: peer.isTrusted ? (facts.get(KEY_FORWARDED_FOR) ?? '') : '',
      remoteUser: facts.get('REMOTE_USER') ?? '',
      contentLength: Math.max(0, vars.contentLength),
      varCount: vars.count,
      varBytes: vars.blockBytes,
      statusBytes: HTTP_STATUS_BYTES,
      variables: this.#variables,
    };
  }

  /** Begins the environ of what is no request: it stays empty. */
  encodeNothing(): RequestFacts {
    this.#begin();
    const texts = { method: '', uri: '', protocol: '', remoteAddress: '', forwardedFor: '', remoteUser: '' };
    return { ...texts, contentLength: 0, varCount: 0, varBytes: 0, statusBytes: 0, variables: null };
  }

  /** Adds the length of a body that came without one; `variables` are those of its request. */
  addContentLength(length: number, variables: Map<string, string> | null): void {
    this.#variables = variables;
    this.#text(KEY_LENGTH, String(length));
  }

  /** A whole environ of these variables: what came from the client has been changed. */
  encodeAgain(variables: ReadonlyMap<string, string>): Buffer {
    const { writer } = this;
    this.#begin();
    this.#variables = null;
    for (const [key, value] of variables) {
      const bytes = Buffer.from(value, 'latin1');
      writer.pair(this.#key(key).encoded, bytes, 0, bytes.length, true);
    }
    writer.finish();
    return Buffer.from(writer.bytes.subarray(0, writer.length));
  }

  #begin(): void {
    this.#request++;
    this.#variables = this.collects ? new Map() : null;
    this.writer.begin();
    if (this.#headerKeys.size > MAX_KNOWN_KEYS) this.#headerKeys.clear();
    if (this.#keys.size > MAX_KNOWN_KEYS) this.#keys.clear();
  }

  #collect(pairs: readonly (readonly [name: string, value: string])[]): void {
    if (this.#variables === null) return;
    for (const [name, value] of pairs) this.#variables.set(name, value);
  }

  #scheme(scheme: 'http' | 'https'): void {
    this.writer.raw(this.#schemes[scheme]);
    this.#variables?.set(KEY_SCHEME, scheme);
  }

  #pair(name: string, bytes: Buffer, start: number, end: number, high: boolean): void {
    this.#pairOf(this.#key(name), bytes, start, end, high);
  }

  #pairOf(key: Key, bytes: Buffer, start: number, end: number, high: boolean): void {
    this.#varCount++;
    this.#varBytes += 4 + key.name.length + end - start;
    this.writer.pair(key.encoded, bytes, start, end, high);
    this.#variables?.set(key.name, bytes.toString('latin1', start, end));
  }

  #text(name: string, value: string): void {
    const bytes = Buffer.from(value, 'latin1');
    this.#pair(name, bytes, 0, bytes.length, true);
  }

  /** PATH_INFO and QUERY_STRING; returns the authority of an absolute-form target. */
  #encodeTarget(head: HttpHead): { start: number; end: number } | null {
    const { bytes, base, hasHighBytes: high } = head;
    const end = base + head.targetEnd;
    let pathStart = base + head.targetStart;
    const start = authorityStart(bytes, pathStart, end);
    if (start >= 0) {
      pathStart = authorityEnd(bytes, start, end);
    }
    let pathEnd = pathStart;
    let plain = true;
    for (; pathEnd < end; pathEnd++) {
      const byte = bytes[pathEnd];
      if (byte === 63) break;
      // Only `%` and a dot behind a slash make the path differ from what was sent.
      if (byte === 37 || (byte === 46 && bytes[pathEnd - 1] === 47)) plain = false;
    }
    if (plain && pathEnd > pathStart) this.#pair(KEY_PATH, bytes, pathStart, pathEnd, high);
    else this.#text(KEY_PATH, decodePath(bytes.toString('latin1', pathStart, pathEnd)));
    this.#pair(KEY_QUERY, bytes, Math.min(pathEnd + 1, end), end, high);
    return start >= 0 ? { start, end: pathStart } : null;
  }

  /** Returns the X-Forwarded-For of a trusted peer, for the request log. */
  #encodeHeaders(head: HttpHead, authority: { start: number; end: number } | null, peer: EncodedPeer): string {
    const { bytes, base, headers, hasHighBytes: high } = head;
    let https = peer.isSecure;
    let repeated = false;
    let forwardedFor = '';
    for (let slot = 0; slot < head.headerCount * 4; slot += 4) {
      const key = this.#headerKey(bytes, base + (headers[slot] ?? 0), base + (headers[slot + 1] ?? 0));
      if (key.dropped || (head.chunked && key.name === KEY_ENCODING)) continue;
      let start = base + (headers[slot + 2] ?? 0);
      let end = base + (headers[slot + 3] ?? 0);
      if (key.seenIn === this.#request) {
        key.repeatedIn = this.#request;
        repeated = true;
        this.#varBytes += 2 + end - start;
        continue;
      }
      key.seenIn = this.#request;
      // The target's authority wins over the Host header (RFC 9112 section 3.2.2).
      if (key.name === KEY_HOST) {
        if (authority !== null) ({ start, end } = authority);
        if (peer.namedByHost) this.#pair('SERVER_NAME', bytes, start, end, high);
      } else if (key.name === KEY_FORWARDED_FOR && peer.isTrusted) {
        forwardedFor = bytes.toString('latin1', start, end);
      }
      this.#pairOf(key, bytes, start, end, high);
      https = httpsAfter(https, key.name, bytes, start, end, peer.isTrusted);
    }
    if (repeated) this.#encodeRepeated(head);
    this.#scheme(https ? 'https' : 'http');
    return forwardedFor;
  }

  /** Headers that came more than once are joined with commas; the later pair replaces the one written already. */
  #encodeRepeated(head: HttpHead): void {
    const { bytes, base, headers } = head;
    const joined = new Map<Key, string>();
    for (let slot = 0; slot < head.headerCount * 4; slot += 4) {
      const key = this.#headerKey(bytes, base + (headers[slot] ?? 0), base + (headers[slot + 1] ?? 0));
      if (key.repeatedIn !== this.#request) continue;
      const value = bytes.toString('latin1', base + (headers[slot + 2] ?? 0), base + (headers[slot + 3] ?? 0));
      const before = joined.get(key);
      joined.set(key, before === undefined ? value : `${before}, ${value}`);
    }
    for (const [key, value] of joined) {
      const encoded = Buffer.from(value, 'latin1');
      this.writer.pair(key.encoded, encoded, 0, encoded.length, true);
      this.#variables?.set(key.name, value);
    }
  }

  #headerKey(bytes: Buffer, start: number, end: number): Key {
    const header = bytes.toString('latin1', start, end);
    const known = this.#headerKeys.get(header);
    if (known !== undefined) return known;
    const upper = header.toUpperCase().replaceAll('-', '_');
    const name = upper === 'CONTENT_TYPE' || upper === 'CONTENT_LENGTH' ? upper : `HTTP_${upper}`;
    const key = this.#key(name);
    const hidden = name === 'HTTP_PROXY' || (EXACT_KEYS.has(name) && header.includes('_'));
    const found = hidden ? { ...key, dropped: true } : key;
    this.#headerKeys.set(header, found);
    return found;
  }

  #key(name: string): Key {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = { name, encoded: this.writer.encodeKey(name), seenIn: 0, dropped: COMMANDS.has(name), repeatedIn: 0 };
      this.#keys.set(name, key);
    }
    return key;
  }
}

export interface EncodedPeer {
  encoded: Buffer;
  /** Variables that replace those of the request (`http-var`). */
  encodedLast: Buffer | null;
  /** Both of them as they were before. */
  pairs: readonly (readonly [name: string, value: string])[];
  lastPairs: readonly (readonly [name: string, value: string])[];
  /** SERVER_NAME is the request's Host. */
  namedByHost: boolean;
  /** The client's connection is encrypted: the scheme is https. */
  isSecure: boolean;
  isTrusted: boolean;
  remoteAddress: string;
  count: number;
  bytes: number;
}

/** Front servers name every variable themselves. */
const NO_VARIABLES: Omit<EncodedPeer, 'isSecure' | 'isTrusted'> = {
  encoded: Buffer.alloc(0),
  encodedLast: null,
  pairs: [],
  lastPairs: [],
  namedByHost: false,
  remoteAddress: '',
  count: 0,
  bytes: 0,
};

/** `HTTP/1.1 200 `, and the CRLF that ends the head. */
const HTTP_STATUS_BYTES = 15;
const HTTP_1_0 = Buffer.from('HTTP/1.0');
const HTTP_1_1 = Buffer.from('HTTP/1.1');
const KEY_METHOD = 'REQUEST_METHOD';
const KEY_URI = 'REQUEST_URI';
const KEY_PATH = 'PATH_INFO';
const KEY_QUERY = 'QUERY_STRING';
const KEY_PROTOCOL = 'SERVER_PROTOCOL';
const KEY_LENGTH = 'CONTENT_LENGTH';
const KEY_HOST = 'HTTP_HOST';
const KEY_SCHEME = 'wsgi.url_scheme';
const KEY_ENCODING = 'HTTP_TRANSFER_ENCODING';

const KEY_FORWARDED_FOR = 'HTTP_X_FORWARDED_FOR';
const FACT_KEYS = new Set([KEY_METHOD, KEY_URI, KEY_PROTOCOL, 'REMOTE_ADDR', 'REMOTE_USER', KEY_FORWARDED_FOR]);

/**
 * Does this variable make the scheme https? As uWSGI, but X-Forwarded-* counts from trusted peers only. HTTPS is what a
 * front server says itself: no HTTP header becomes that variable.
 */
function httpsAfter(
  https: boolean,
  name: string,
  bytes: Buffer,
  start: number,
  end: number,
  isTrusted: boolean,
): boolean {
  if (name === 'HTTPS' || (isTrusted && name === 'HTTP_X_FORWARDED_SSL')) {
    return https || bytes[start] === 49 || equalsIgnoreCase(bytes, start, end, 'on');
  }
  if (isTrusted && name === 'HTTP_X_FORWARDED_PROTO') return equalsIgnoreCase(bytes, start, end, 'https');
  return https;
}

/** Removes dot segments (RFC 3986 section 5.2.4), then decodes percent signs, as uWSGI does in this order. */
export function decodePath(raw: string): string {
  let path = raw === '' ? '/' : raw;
  if (path.includes('/.')) {
    const kept: string[] = [];
    const segments = path.slice(1).split('/');
    for (const [i, segment] of segments.entries()) {
      const isLast = i === segments.length - 1;
      if (segment === '..') kept.pop();
      if (segment !== '.' && segment !== '..') kept.push(segment);
      else if (isLast) kept.push('');
    }
    path = `/${kept.join('/')}`;
  }
  return path.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
