/**
 * All clients of a gateway are read into one piece of memory (socket-reads.ts). Whatever a connection keeps of it
 * without a copy would be another client's bytes a moment later: here two clients take turns, piece by piece.
 */
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { block, packet } from '../testing/uwsgi-packets.ts';
import { ClientConnection } from './client-connection.ts';
import type { ConnectionContext } from './connection-context.ts';
import { EnvironEncoder } from './environ.ts';
import { InputWindow } from './input-window.ts';
import { OUTBOX_LIMITS } from './outbox.ts';
import type { GatewayRequest } from './request.ts';
import { encodeFastCgiRequest } from './testing/fastcgi-client.ts';
import { plainGatewayOptions } from './testing/gateway-options.ts';

type Kind = 'http' | 'uwsgi' | 'scgi' | 'fastcgi';
type WhenBegun = (connection: ClientConnection, request: GatewayRequest) => void;

class LoneSocket extends Socket {
  override write(): boolean {
    return true;
  }

  override end(): this {
    return this;
  }
}

const HEAD = { status: 200, headerCount: 0, parts: 1, contentLength: -1, block: Buffer.from('OK\r\n') };
const PROTOCOLS = { ...plainGatewayOptions().protocols, routerProxyProtocol: true };

/** A gateway with two clients of a kind; `frames` are what workers get of each. */
function twoClients(kind: Kind, whenBegun: WhenBegun) {
  const connections: ClientConnection[] = [];
  const frames: Buffer[][] = [[], []];
  const context: ConnectionContext = {
    options: { ...plainGatewayOptions(), protocols: PROTOCOLS, requestModifiers: [0] },
    encoder: new EnvironEncoder('marshal'),
    bodyFolder: '/nowhere',
    dispatcher: {
      submit: (request) => {
        const who = connections.findIndex((connection) => connection === request.target);
        request.wire = { pause: ignore, resume: ignore, send: (frame) => frames[who]?.push(frame) };
        // Stamped when it is dispatched.
        request.frame.writeUInt32LE(0, 8);
        frames[who]?.push(request.frame);
        const connection = connections[who];
        if (connection !== undefined) setImmediate(() => whenBegun(connection, request));
        return true;
      },
      abandon: ignore,
    },
    outboxLimits: OUTBOX_LIMITS,
    nextSerial: () => 1,
    trouble: ignore,
    refused: (status) => expect.fail(`refused with ${status}`),
    closed: ignore,
  };
  const sockets = ['1', '2'].map((remotePort, listener) => {
    const socket = new LoneSocket({ allowHalfOpen: true });
    const from = { serverName: 'test', serverPort: '80', serverAddress: null, remoteAddress: '127.0.0.1', remotePort };
    connections.push(
      new ClientConnection(socket, listener, { kind, ...from, tlsVars: null, isTrusted: true }, context),
    );
    return socket;
  });
  return { sockets, frames };
}

function ignore(): void {
  // Nobody is there.
}

/** What the workers get when both clients send their bytes in pieces of this size, in memory that is used again. */
async function framesOf(
  kind: Kind,
  messages: readonly Buffer[],
  size: number,
  whenBegun: WhenBegun = answer,
): Promise<Buffer[][]> {
  const { sockets, frames } = twoClients(kind, whenBegun);
  const shared = Buffer.alloc(Math.max(...messages.map(({ length }) => length)));
  for (let at = 0; at < shared.length; at += size) {
    for (const [who, socket] of sockets.entries()) {
      const piece = messages[who]?.subarray(at, at + size) ?? shared;
      if (piece.length === 0) continue;
      shared.fill('#').set(piece);
      socket.emit('data', shared.subarray(0, piece.length));
    }
    shared.fill('#');
    if (at % 50 === 0) await nextTurn();
  }
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  return frames;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function answer(connection: ClientConnection): void {
  connection.respond(HEAD, Buffer.from('x'));
}

const VARS = (name: string, body: string): [string, string][] => [
  ['CONTENT_LENGTH', String(body.length)],
  ['REQUEST_METHOD', 'POST'],
  ['PATH_INFO', `/${name.repeat(20)}`],
  ['HTTP_X_NAME', name],
];

const MESSAGES: Readonly<Record<string, [kind: Kind, make: (name: string, body: string) => string | Buffer]>> = {
  'HTTP, pipelined': [
    'http',
    (name, body) =>
      [
        `POST /${name}?${name} HTTP/1.1\r\nHost: ${name}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        `GET /${name}/2 HTTP/1.1\r\nHost: ${name}\r\nX-Name: ${name}\r\n\r\n`,
        `POST /${name}/3 HTTP/1.1\r\nHost: ${name}\r\nTransfer-Encoding: chunked\r\n\r\n`,
        `${name.length.toString(16)};${name}\r\n${name}\r\n5\r\n${name.slice(0, 5)}\r\n0\r\nX-Trailer: ${name}\r\n\r\n`,
        `\r\nGET /${name}/4 HTTP/1.1\r\nHost: ${name}\r\n\r\n`,
      ].join(''),
  ],
  'HTTP behind a PROXY header': [
    'http',
    (name) =>
      `PROXY TCP4 10.0.0.${name.length} 10.0.0.1 ${name.length} 80\r\nGET /${name} HTTP/1.1\r\nHost: ${name}\r\n\r\n`,
  ],
  uwsgi: ['uwsgi', (name, body) => packet(0, 0, block(...VARS(name, body).flat()), body)],
  SCGI: [
    'scgi',
    (name, body) => {
      const vars = VARS(name, body).map(([key, value]) => `${key}\0${value}\0`);
      return `${vars.join('').length}:${vars.join('')},${body}`;
    },
  ],
  FastCGI: ['fastcgi', (name, body) => encodeFastCgiRequest(VARS(name, body), body)],
};

it.for(Object.entries(MESSAGES))('clients that take turns get nothing of each other: %s', async ([, [kind, make]]) => {
  const messages = ['first', 'the-second'].map((name) => Buffer.from(make(name, `${name} `.repeat(30))));
  const longest = Math.max(...messages.map(({ length }) => length));
  const whole = await framesOf(kind, messages, longest);
  expect(whole.every((frames) => frames.length > 0)).toBe(true);
  for (const [who, other] of ['the-second', 'first'].entries()) {
    expect(Buffer.concat(whole[who] ?? []).includes(other)).toBe(false);
    expect(Buffer.concat(whole[who] ?? []).includes('##')).toBe(false);
  }
  for (let size = 1; size < longest; size += size < 40 ? 1 : 37) {
    expect(await framesOf(kind, messages, size), `in pieces of ${size} bytes`).toEqual(whole);
  }
});

it.for([true, false])(
  'clients that take turns after an upgrade get nothing of each other (websocket: %s)',
  async (isWebSocket) => {
    const mask = Buffer.from([1, 2, 3, 4]);
    const messages = ['first', 'the-second'].map((name) => {
      const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
      const asks = isWebSocket ? `Upgrade: websocket\r\n${key}` : 'Upgrade: other\r\n';
      const head = `GET /${name} HTTP/1.1\r\nHost: ${name}\r\nConnection: Upgrade\r\n${asks}\r\n`;
      const text = Buffer.from(name.repeat(11));
      const masked = Buffer.from(text.map((byte, at) => byte ^ (mask[at & 3] ?? 0)));
      const frame = Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, masked]);
      const rest = isWebSocket ? Buffer.concat([frame, frame, frame]) : Buffer.from(`${name} `.repeat(30));
      return { head: Buffer.from(head), rest };
    });
    const upgraded: WhenBegun = (connection, request) =>
      connection.upgrade(HEAD, isWebSocket, new InputWindow(request, ignore));
    const input = async (size: number): Promise<string[]> => {
      const frames = await framesOf(
        'http',
        messages.map(({ head, rest }) => Buffer.concat([head, rest])),
        size,
        upgraded,
      );
      // The request, and then what came: without the frames' heads it is the same however it was cut.
      return frames.map((sent) => Buffer.concat(sent.slice(1).map((frame) => frame.subarray(12))).toString('latin1'));
    };
    const expected = messages.map(({ rest }, who) =>
      isWebSocket ? ['first', 'the-second'][who]?.repeat(33) : rest.toString(),
    );
    for (let size = 1; size < 500; size += size < 20 ? 1 : 41) {
      expect(await input(size), `in pieces of ${size} bytes`).toEqual(expected);
    }
  },
);
