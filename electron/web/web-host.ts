/**
 * The headless host: serves the built renderer over HTTP and joins each page to the core over one WebSocket.
 * The page's files are public (they hold no data); what counts is `/rpc/<session>`, which needs the session's cookie.
 *
 *     GET  /…              the renderer
 *     POST /session        {"token"} of the printed link → {"rpcPath"} and the cookie; each token works once
 *     GET  /rpc/<session>  200 while the session is valid, else 401; as a WebSocket upgrade: the RPC
 *     POST /link           a fresh link, for another `reeve` of the same user that knows the link secret
 *
 * Leaves tokens to sessions.ts, header checks to request-guard.ts and the wire to websocket-transport.ts.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { isErrorCode } from '../core/errors.ts';
import type { Transport } from '../rpc/transport.ts';
import { MAX_MESSAGE_CHARS } from '../rpc/wire.ts';
import { fillNonce, securityHeaders } from './content-policy.ts';
import { listenOn } from './listen.ts';
import { findRendererFile, readPage } from './renderer-files.ts';
import { isAllowedHost, isOwnOrigin, readCookie } from './request-guard.ts';
import { createSessions, isSameText } from './sessions.ts';
import { webSocketTransport } from './websocket-transport.ts';

export interface WebHostOptions {
  /** Joins a page to the core; called for every WebSocket that passed all checks. */
  connect: (transport: Transport) => void;
  rendererFolder: string;
  host: string;
  /** A port that was asked for and must be free; null: the usual one, or any free one. */
  port: number | null;
  /** Lets other processes of this user ask for a link. Null: nobody can. */
  linkSecret: string | null;
  /** A token was exchanged for a session, so the link that was printed is used up. */
  onLinkUsed: () => void;
  /** Something failed that is no one's request. */
  onError: (error: unknown) => void;
}

export interface WebHost {
  host: string;
  port: number;
  /** Address without a token. */
  url: string;
  /** A link that opens the console in one browser, once. */
  createLink: () => string;
  close(): Promise<void>;
}

/** The largest RPC message of a page: a configuration file as JSON with room to spare. */
const MESSAGE_MOST_BYTES = MAX_MESSAGE_CHARS;
const BODY_MOST_BYTES = 4096;
const COOKIE = 'reeve-session';
const RPC_PREFIX = '/rpc/';

const tokenSchema = z.object({ token: z.string().min(1).max(200) });

const ERRORS = {
  'wrong-host': [
    403,
    'This address is not one that Reeve was started for.',
    'Use the link that Reeve printed, or start it with --host.',
  ],
  'wrong-origin': [403, 'The request does not come from Reeve’s own page.', null],
  'wrong-method': [405, 'This address does not answer to that method.', null],
  'bad-request': [400, 'The request cannot be read.', null],
  'too-large': [413, `The request is larger than ${BODY_MOST_BYTES} bytes.`, null],
  'not-found': [404, 'There is nothing at this address.', 'Open / to get to the console.'],
  'no-session': [
    401,
    'This browser has no session with the Reeve that runs here.',
    'Open the newest link that Reeve printed in its terminal, or run `reeve serve` again: it prints one.',
  ],
  'link-used': [
    401,
    'This link was used already; each works once.',
    'Open the newest link that Reeve printed in its terminal, or run `reeve serve` again: it prints one.',
  ],
  'link-unknown': [
    401,
    'This link is not one that the running Reeve has made. It may be from an earlier start.',
    'Open the newest link that Reeve printed in its terminal, or run `reeve serve` again: it prints one.',
  ],
  internal: [500, 'Reeve could not answer.', 'The terminal in which Reeve runs says why.'],
} as const satisfies Record<string, readonly [status: number, message: string, hint: string | null]>;

/** Starts listening. Rejects with a ListenError when the asked port is taken. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const sessions = createSessions();
  const policy = { host: options.host, names: [hostname()] };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_MOST_BYTES, perMessageDeflate: false });
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 15_000, headersTimeout: 10_000 });
  server.maxConnections = 512;

  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      options.onError(error);
      if (response.headersSent) response.destroy();
      else fail(request, response, 'internal');
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refused = refuseUpgrade(request);
    if (refused !== null) return refuseSocket(socket, refused);
    sockets.handleUpgrade(request, socket, head, (webSocket) => options.connect(webSocketTransport(webSocket)));
  });
  server.on('clientError', (_error, socket) => socket.destroy());

  const port = await listenOn(server, options.host, options.port);
  const url = `http://${urlHost(options.host)}:${port}/`;
  const createLink = (): string => `${url}#token=${sessions.issueToken()}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isAllowedHost(request.headers.host, policy)) return fail(request, response, 'wrong-host');
    const path = pathOf(request);
    if (path === '/session') return answerSession(request, response);
    if (path === '/link') return answerLink(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return fail(request, response, 'wrong-method');
    if (path.startsWith(RPC_PREFIX)) {
      return hasSession(request, path)
        ? reply(request, response, 200, { status: 'ok' })
        : fail(request, response, 'no-session');
    }
    return answerFile(request, response, path);
  }

  async function answerSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return fail(request, response, 'wrong-method');
    if (!isOwnOrigin(request.headers.origin, request.headers.host)) return fail(request, response, 'wrong-origin');
    const body = await readBody(request);
    if (body.status !== 'read') return fail(request, response, body.status);
    const redeemed = sessions.redeem(body.token);
    if (redeemed.status !== 'accepted') return fail(request, response, `link-${redeemed.status}`);
    const rpcPath = RPC_PREFIX + redeemed.session.id;
    const attributes = [`Path=${rpcPath}`, 'HttpOnly', 'SameSite=Strict'];
    if (request.headers.origin?.startsWith('https:')) attributes.push('Secure');
    response.setHeader('Set-Cookie', [`${COOKIE}=${redeemed.session.secret}`, ...attributes].join('; '));
    reply(request, response, 200, { rpcPath });
    options.onLinkUsed();
  }

  function answerLink(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST') return fail(request, response, 'wrong-method');
    const given = request.headers.authorization ?? '';
    const isRight = options.linkSecret !== null && isSameText(given, `Bearer ${options.linkSecret}`);
    if (!isRight || request.headers.origin !== undefined) return fail(request, response, 'no-session');
    return reply(request, response, 200, { url: createLink() });
  }

  async function answerFile(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const file = await findRendererFile(options.rendererFolder, path);
    if (file.status !== 'found') return fail(request, response, 'not-found');
    const nonce = randomBytes(16).toString('base64url');
    for (const [name, value] of Object.entries(headersFor(request, nonce))) response.setHeader(name, value);
    response.setHeader('Content-Type', file.contentType);
    if (file.isPage) {
      const page = Buffer.from(fillNonce(await readPage(file.path), nonce));
      response.setHeader('Cache-Control', 'no-store');
      response.setHeader('Content-Length', page.length);
      response.end(request.method === 'HEAD' ? undefined : page);
      return;
    }
    response.setHeader('Cache-Control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    response.setHeader('Content-Length', file.sizeBytes);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    try {
      await pipeline(createReadStream(file.path), response);
    } catch (error) {
      // The browser went away in the middle of a file.
      if (!isErrorCode(error, 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE')) throw error;
    }
  }

  function refuseUpgrade(request: IncomingMessage): keyof typeof ERRORS | null {
    if (!isAllowedHost(request.headers.host, policy)) return 'wrong-host';
    if (!isOwnOrigin(request.headers.origin, request.headers.host)) return 'wrong-origin';
    const path = pathOf(request);
    if (!path.startsWith(RPC_PREFIX)) return 'not-found';
    return hasSession(request, path) ? null : 'no-session';
  }

  function hasSession(request: IncomingMessage, path: string): boolean {
    const secret = readCookie(request.headers.cookie, COOKIE);
    return secret !== null && sessions.isValid(path.slice(RPC_PREFIX.length), secret);
  }

  return {
    host: options.host,
    port,
    url,
    createLink,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function headersFor(request: IncomingMessage, nonce: string): Record<string, string> {
  // The Host header was checked by then; browsers that do not count ws: as 'self' need it spelled out.
  const host = request.headers.host ?? '';
  return securityHeaders({ nonce, connect: [`ws://${host}`, `wss://${host}`] });
}

function reply(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  const fixed = securityHeaders({ nonce: 'none', connect: [] });
  response.writeHead(status, {
    ...fixed,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    // What is left of a refused body is not worth reading.
    ...(request.complete ? {} : { Connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function fail(request: IncomingMessage, response: ServerResponse, code: keyof typeof ERRORS): void {
  const [status, message, hint] = ERRORS[code];
  reply(request, response, status, { code, message, hint });
}

function refuseSocket(socket: Duplex, code: keyof typeof ERRORS): void {
  const [status, message, hint] = ERRORS[code];
  const body = JSON.stringify({ code, message, hint });
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

type Body = { status: 'read'; token: string } | { status: 'too-large' | 'bad-request' };

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) return { status: 'bad-request' };
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_MOST_BYTES) return { status: 'too-large' };
    chunks.push(chunk);
  }
  const parsed = tokenSchema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')));
  return parsed.success ? { status: 'read', token: parsed.data.token } : { status: 'bad-request' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The path of the request target, still encoded, without the query. Targets in absolute form are no paths. */
function pathOf(request: IncomingMessage): string {
  const target = request.url ?? '';
  const end = target.search(/[?#]/);
  return end < 0 ? target : target.slice(0, end);
}

/** How a browser on this machine reaches a host that is listened on. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
