/**
 * The recorded cases of internal routing (engine/goldens/routing): their files, the requests as bytes, what is compared
 * of an answer, and the servers that some of them pass requests on to. The test runs them on the engine,
 * engine/testing/record-routing.ts on the real uWSGI.
 */

import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { freePort } from './engine-process.ts';

export const GOLDENS = join(import.meta.dirname, '../goldens/routing');
export const APPLICATION = join(GOLDENS, 'app.py');
export const GROUPS = readdirSync(GOLDENS).filter((name) => statSync(join(GOLDENS, name)).isDirectory());

export interface DescribedAnswer {
  /** null: the connection was closed without an answer, or the body came without a head. */
  status: string | null;
  headers: string[];
  body: string;
}

export interface RoutingCase extends DescribedAnswer {
  request: { method: string; path: string; headers: [name: string, value: string][]; body?: string };
  /** Lines that the log has then. */
  log: string[];
  /** Why this server answers what stands in `here` instead. */
  difference?: string;
  here?: Partial<DescribedAnswer & { log: string[] }>;
}

export function casesOf(group: string): RoutingCase[] {
  return JSON.parse(readFileSync(join(GOLDENS, group, 'expected.json'), 'utf8'));
}

/** The lines below `[uwsgi]` of a group's file; `%d` is its folder. */
export function linesOf(group: string): string {
  return readFileSync(join(GOLDENS, group, 'uwsgi.ini'), 'utf8').replace('[uwsgi]\n', '');
}

/** A copy of a group's files, of the time that its answers name. */
export function copyFiles(group: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-routing-'));
  cpSync(join(GOLDENS, group), folder, { recursive: true, preserveTimestamps: true });
  const recorded = new Date('2020-01-02T03:04:05Z');
  const files = join(folder, 'files');
  if (existsSync(files)) for (const name of readdirSync(files)) utimesSync(join(files, name), recorded, recorded);
  return folder;
}

/** What a server at this port says to a request, up to the end of the connection. */
export function askFor(
  port: number,
  { method, path, headers, body = '' }: RoutingCase['request'],
): Promise<DescribedAnswer> {
  const all = [['Host', 'example.test'], ['Connection', 'close'], ...headers];
  if (body !== '') all.push(['Content-Length', String(body.length)]);
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${method} ${path} HTTP/1.1\r\n${lines}\r\n${body}`));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(describeAnswer(answer)));
  });
}

const FRAMING = /^(connection|content-length|transfer-encoding|last-modified|etag|accept-ranges):/i;

function describeAnswer(answer: string): DescribedAnswer {
  if (!answer.startsWith('HTTP/')) return { status: null, headers: [], body: answer };
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const isChunked = lines.some((line) => /^transfer-encoding: chunked/i.test(line));
  const isZipped = lines.includes('Content-Encoding: gzip');
  const body = isChunked ? joinChunks(answer.slice(end + 4)) : answer.slice(end + 4);
  return {
    status: first.slice(first.indexOf(' ') + 1),
    headers: lines.filter((line) => !FRAMING.test(line)),
    body: (isZipped ? unzip(body) : body).replace('HTTP_CONNECTION=close\n', ''),
  };
}

/** Compressed bytes depend on who compressed them. */
function unzip(body: string): string {
  return gunzipSync(Buffer.from(body, 'latin1')).toString('latin1');
}

function joinChunks(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (!(size > 0)) return body;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 4 + size;
  }
}

/** Servers that requests are passed on to: each answers with what it was asked, without what belongs to a connection. */
export class RoutingPeers {
  readonly #servers: Server[] = [];
  #places = new Map<string, string>();

  static async start(): Promise<RoutingPeers> {
    const peers = new RoutingPeers();
    await peers.#listen('{HTTP}', describeHttpRequest);
    await peers.#listen('{UWSGI}', describeUwsgiRequest);
    peers.#places.set('{CLOSED}', `127.0.0.1:${await freePort()}`);
    return peers;
  }

  /** Puts the addresses into a group's lines. */
  name(lines: string): string {
    let named = lines;
    for (const [mark, place] of this.#places) named = named.replaceAll(mark, place);
    return named;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  async #listen(mark: string, describe: (request: Buffer) => string | null): Promise<void> {
    const server = createServer((socket) => answerOnce(socket, describe));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a peer has no port');
    this.#servers.push(server);
    this.#places.set(mark, `127.0.0.1:${address.port}`);
  }
}

/** @param describe null as long as the request is not whole */
function answerOnce(socket: Socket, describe: (request: Buffer) => string | null): void {
  let request = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    request = Buffer.concat([request, chunk]);
    const body = describe(request);
    if (body === null) return;
    socket.end(`HTTP/1.0 200 Fine\r\nX-Up: yes\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
  });
  // Whoever asked has gone.
  socket.on('error', () => socket.destroy());
}

const CONNECTION_HEADERS = /^(connection|cdn-loop):/i;

function describeHttpRequest(request: Buffer): string | null {
  const text = request.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [first = '', ...headers] = text.slice(0, end).split('\r\n');
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  const body = text.slice(end + 4);
  if (body.length < length) return null;
  const target = first.replace(/ HTTP\/1\.[01]$/, '');
  return [target, ...headers.filter((line) => !CONNECTION_HEADERS.test(line)).toSorted(), '', body].join('\n');
}

const CONNECTION_VARIABLES = /^(HTTP_CONNECTION|HTTP_CDN_LOOP|REMOTE_PORT|SERVER_PORT|SERVER_NAME)$/;

function describeUwsgiRequest(request: Buffer): string | null {
  if (request.length < 4) return null;
  const end = 4 + request.readUInt16LE(1);
  if (request.length < end) return null;
  const words: string[] = [];
  for (let at = 4; at + 2 <= end; ) {
    const next = at + 2 + request.readUInt16LE(at);
    words.push(request.toString('latin1', at + 2, next));
    at = next;
  }
  const variables = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) variables.set(words[at] ?? '', words[at + 1] ?? '');
  const body = request.toString('latin1', end);
  if (body.length < Number(variables.get('CONTENT_LENGTH') ?? 0)) return null;
  const lines = [...variables]
    .filter(([name]) => !CONNECTION_VARIABLES.test(name))
    .map(([name, value]) => `${name}=${value}`);
  return [`modifiers ${request.readUInt8(0)} ${request.readUInt8(3)}`, ...lines.toSorted(), '', body].join('\n');
}
