/**
 * `http` and `uwsgi`: the request goes to another server, and its answer to the client as it comes; no worker is needed.
 * `httpdumb`, `proxyhttp` and `proxyuwsgi` are the same here. A server that can not be reached is a 502, one that is silent for
 * too long a 504.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { nodeHttp } from '../../node-http.ts';
import { type ResponseHead, requestBody } from '../frames.ts';
import type { GateVisit } from '../request-gate.ts';
import { headerText, writeHead } from './answer-head.ts';
import { connectTo } from './connect-to.ts';
import { type Fields, field } from './route-actions.ts';
import type { RouteContext } from './route-context.ts';
import type { LongActions } from './route-program.ts';
import { UwsgiAnswer } from './uwsgi-answer.ts';

/** Longest silence of the other server. */
const SILENCE_MS = 60_000;

type LongAction = LongActions['actions'][string];

export const PROXY_ACTIONS: Readonly<Record<string, LongAction>> = {
  http: (context, fields) => passHttp(context, fields),
  httpdumb: (context, fields) => passHttp(context, fields),
  proxyhttp: (context, fields) => passHttp(context, fields),
  uwsgi: (context, fields) => passUwsgi(context, fields),
  proxyuwsgi: (context, fields) => passUwsgi(context, fields),
};

/** Headers that are about one connection (RFC 9110 section 7.6.1), those that are made anew, and `Expect`: all is here. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * A request that is passed on bears this gateway's name (CDN-Loop, RFC 8586): one that comes back again and again, because a
 * route leads to the gateway itself, ends after so many rounds and not when there are no descriptors left.
 */
const LOOP_VARIABLE = 'HTTP_CDN_LOOP';
const OWN_NAME = `reeve-${randomBytes(8).toString('hex')}`;
const MOST_ROUNDS = 8;

function passHttp(context: RouteContext, fields: Fields): 'break' {
  const visit = begin(context);
  if (endsLoop(context, visit)) return 'break';
  const address = addressOf(context, fields, visit);
  if (address === null) return 'break';
  const { facts } = context.request;
  const sent = nodeHttp().request({
    method: facts.method,
    path: uriOf(context),
    headers: headersFor(context, field(context, fields, 'host')),
    timeout: SILENCE_MS,
    createConnection: () => connectTo(address),
  });
  let source: IncomingMessage | null = null;
  const refuse = (reason: string): void => {
    context.host.log(`[routing] ${address} does not answer: ${reason}`);
    fail(visit, 502, () => sent.destroy());
  };
  visit.onAbandoned = () => sent.destroy();
  sent.on('response', (answer) => {
    source = answer;
    const head = httpHead(answer);
    if (head === null) {
      refuse(`its status is ${answer.statusCode}`);
      return;
    }
    visit.begin(head);
    pass(answer, visit);
  });
  sent.on('upgrade', (_, socket) => {
    socket.destroy();
    refuse('it speaks another protocol, which nobody asked for');
  });
  sent.on('timeout', () => {
    // A client that takes its time is not the server's silence.
    if (source?.isPaused() !== true) fail(visit, 504, () => sent.destroy());
  });
  sent.on('error', (error) => {
    // What comes behind a whole answer is nobody's.
    if (source?.complete !== true) refuse(error.message);
  });
  const body = requestBody(context.request.frame);
  // When one of the two fails so does the other; who sees it first has told the client.
  if ('path' in body) pipeline(createReadStream(body.path), sent, () => undefined);
  else sent.end(body.bytes);
  return 'break';
}

function passUwsgi(context: RouteContext, fields: Fields): 'break' {
  const packet = uwsgiPacket(context, fields);
  if (packet === null) {
    context.host.log('[routing] the variables of a request are too large for a packet of the uwsgi protocol');
    context.visit?.fail(431);
    return 'break';
  }
  const visit = begin(context);
  if (endsLoop(context, visit)) return 'break';
  const address = addressOf(context, fields, visit);
  if (address === null) return 'break';
  const socket = connectTo(address);
  const answer = new UwsgiAnswer(context.request.facts.method === 'HEAD');
  const stop = (): void => {
    socket.destroy();
  };
  const refuse = (reason: string): void => {
    if (!visit.isOver) context.host.log(`[routing] ${address} does not answer: ${reason}`);
    fail(visit, 502, stop);
  };
  const end = (): void => {
    if (!answer.hasHead || !answer.isWhole) {
      refuse('it closed the connection');
      return;
    }
    visit.end();
    stop();
  };
  visit.onAbandoned = stop;
  socket.setTimeout(SILENCE_MS, () => {
    if (!socket.isPaused()) fail(visit, 504, stop);
  });
  socket.on('data', (chunk: Buffer) => {
    const parts = answer.feed(chunk);
    if (parts === null) {
      refuse('what it sends is no answer');
      return;
    }
    if (parts.head !== null) visit.begin(parts.head);
    if (parts.body.length > 0) give(visit, parts.body, socket);
    if (answer.isComplete) end();
  });
  socket.on('end', end);
  socket.on('error', (error) => refuse(error.message));
  socket.on('close', end);
  socket.write(packet);
  const body = requestBody(context.request.frame);
  if ('path' in body) sendFile(body.path, socket, refuse);
  else if (body.bytes.length > 0) socket.write(body.bytes);
  return 'break';
}

/** The other side closes the connection when it has answered, so that its end is not the body's. */
function sendFile(path: string, socket: Socket, refuse: (reason: string) => void): void {
  const file = createReadStream(path);
  file.on('error', (error) => refuse(error.message));
  socket.on('close', () => file.destroy());
  file.pipe(socket, { end: false });
}

/** null: it is none that `hash` has chosen for this request, which is answered. */
function addressOf(context: RouteContext, fields: Fields, visit: GateVisit): string | null {
  const address = field(context, fields, 'address');
  const isWritten = fields.address?.every((part) => part.type === 'text') === true;
  if (isWritten || context.chosen.has(address)) return address;
  context.host.log(`[routing] '${headerText(address)}' is no server that 'hash' has chosen`);
  visit.respond(...errorAnswer(502));
  return null;
}

/** Answers a request that goes round in circles. */
function endsLoop(context: RouteContext, visit: GateVisit): boolean {
  if (context.get(LOOP_VARIABLE).split(OWN_NAME).length <= MOST_ROUNDS) return false;
  context.host.log(
    `[routing] ${headerText(context.get('REQUEST_URI'))} is passed on to this server itself, over and over`,
  );
  visit.respond(writeHead({ status: 508, reason: 'Loop Detected', lines: ['Content-Type: text/plain'] }, 1), LOOP);
  return true;
}

const LOOP = Buffer.from('508 Loop Detected\nThis request was passed on to the server that passed it on.\n');

function loopNames(context: RouteContext): string {
  const before = context.get(LOOP_VARIABLE);
  return before === '' ? OWN_NAME : `${before}, ${OWN_NAME}`;
}

/** Other actions may have put anything there: what may not stand in a request line is written with percent signs. */
function uriOf(context: RouteContext): string {
  // oxlint-disable-next-line no-control-regex -- these as well
  return context.get('REQUEST_URI').replace(/[\x00-\x20\x7f#]/g, percentCode);
}

function percentCode(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
}

function begin(context: RouteContext): GateVisit {
  const { visit } = context;
  if (visit === null) throw new Error('a request is passed on when its answer is there');
  context.isTaken = true;
  visit.edits = null;
  visit.counts.push('routed');
  return visit;
}

function fail(visit: GateVisit, status: 502 | 504, stop: () => void): void {
  if (visit.request.answering) visit.abort();
  else visit.respond(...errorAnswer(status));
  stop();
}

function errorAnswer(status: 502 | 504): [ResponseHead, Buffer] {
  const reason = status === 502 ? 'Bad Gateway' : 'Gateway Timeout';
  const text =
    status === 502 ? 'The server that this request was passed to did not answer.' : 'It did not answer in time.';
  const head = { status, reason, lines: ['Content-Type: text/plain'] };
  return [writeHead(head, 1), Buffer.from(`${status} ${reason}\n${text}\n`)];
}

function headersFor(context: RouteContext, host: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of context.variables) {
    if (!name.startsWith('HTTP_')) continue;
    const header = headerName(name);
    if (!HOP_BY_HOP.has(header.toLowerCase())) headers[header] = value;
  }
  const type = context.get('CONTENT_TYPE');
  if (type !== '') headers['Content-Type'] = type;
  const length = context.get('CONTENT_LENGTH');
  if (length !== '') headers['Content-Length'] = length;
  if (host !== '') headers['Host'] = host;
  headers['Connection'] = 'close';
  headers['Cdn-Loop'] = loopNames(context);
  const address = context.get('REMOTE_ADDR');
  if (address !== '') {
    const before = headers['X-Forwarded-For'];
    headers['X-Forwarded-For'] = before === undefined ? address : `${before}, ${address}`;
  }
  return headers;
}

/** HTTP_X_REAL_IP becomes X-Real-Ip, as on uWSGI. */
function headerName(variable: string): string {
  const words = variable.slice('HTTP_'.length).toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('-');
}

/** null: its status is none of an answer. */
function httpHead(answer: IncomingMessage): ResponseHead | null {
  const { statusCode = 0, statusMessage = '' } = answer;
  if (statusCode < 200) return null;
  const lines: string[] = [];
  const { rawHeaders } = answer;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!HOP_BY_HOP.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1] ?? ''}`);
  }
  return writeHead({ status: statusCode, reason: statusMessage, lines }, 1);
}

/** Passes the body on as the client takes it. */
function pass(answer: IncomingMessage, visit: GateVisit): void {
  answer.on('data', (chunk: Buffer) => give(visit, chunk, answer));
  answer.on('end', () => (answer.complete ? visit.end() : visit.abort()));
  answer.on('error', () => visit.abort());
}

function give(visit: GateVisit, chunk: Buffer, source: Readable): void {
  if (visit.isOver) return;
  visit.data(chunk);
  if (!visit.whenRoom(() => source.resume())) source.pause();
}

/** The request as a packet of the uwsgi protocol (reference section 1.1); null when it holds more than a packet can. */
function uwsgiPacket(context: RouteContext, fields: Fields): Buffer | null {
  const parts: Buffer[] = [];
  const app = field(context, fields, 'app');
  for (const [name, value] of context.variables) {
    if (name === 'wsgi.url_scheme' || name === LOOP_VARIABLE || (name === 'UWSGI_APPID' && app !== '')) continue;
    parts.push(sized(name), sized(value));
  }
  parts.push(sized(LOOP_VARIABLE), sized(loopNames(context)));
  if (app !== '') parts.push(sized('UWSGI_APPID'), sized(app));
  const variables = Buffer.concat(parts);
  if (variables.length > 0xffff) return null;
  const modifier1 = Number(field(context, fields, 'modifier1'));
  const modifier2 = Number(field(context, fields, 'modifier2'));
  const head = Buffer.from([modifier1 & 0xff, 0, 0, modifier2 & 0xff]);
  head.writeUInt16LE(variables.length, 1);
  return Buffer.concat([head, variables]);
}

/** What is too long for its own length makes the whole too long as well. */
function sized(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(Math.min(bytes.length, 0xffff), 0);
  return Buffer.concat([length, bytes]);
}
