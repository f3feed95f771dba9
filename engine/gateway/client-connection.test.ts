import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { ClientConnection } from './client-connection.ts';
import type { ConnectionContext } from './connection-context.ts';
import { EnvironEncoder } from './environ.ts';
import { OUTBOX_LIMITS } from './outbox.ts';
import type { GatewayRequest } from './request.ts';
import { plainGatewayOptions } from './testing/gateway-options.ts';

/** A socket without a network: what comes is emitted, what goes out is kept. */
class LoneSocket extends Socket {
  sent = '';
  isEnded = false;

  override write(bytes: Uint8Array | string): boolean {
    this.sent += Buffer.from(bytes).toString('latin1');
    return true;
  }

  override end(): this {
    this.isEnded = true;
    return this;
  }
}

const PEER = {
  kind: 'http',
  serverName: 'test',
  serverPort: '80',
  serverAddress: null,
  remoteAddress: '127.0.0.1',
  remotePort: '1',
  tlsVars: null,
  isTrusted: true,
} as const;

/** A connection to a dispatcher that keeps what it is given. */
function connect() {
  const submitted: GatewayRequest[] = [];
  const context: ConnectionContext = {
    options: plainGatewayOptions(),
    encoder: new EnvironEncoder('marshal'),
    bodyFolder: '/nowhere',
    dispatcher: { submit: (request) => submitted.push(request) > 0, abandon: () => undefined },
    outboxLimits: OUTBOX_LIMITS,
    nextSerial: () => submitted.length + 1,
    trouble: () => undefined,
    refused: () => undefined,
    closed: () => undefined,
  };
  const socket = new LoneSocket({ allowHalfOpen: true });
  const connection = new ClientConnection(socket, 1, PEER, context);
  return {
    socket,
    uris: () => submitted.map(({ facts }) => facts.uri),
    get: (path: string) => socket.emit('data', Buffer.from(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`)),
    answer: () => {
      const block = Buffer.from('OK\r\n');
      connection.respond({ status: 200, headerCount: 0, parts: 1, contentLength: -1, block }, Buffer.from('x'));
    },
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('serves pipelined requests in order, also one that comes in the turn in which an answer ends', async () => {
  const { get, answer, uris } = connect();
  get('/1');
  get('/2');
  answer();
  get('/3');
  await nextTurn();
  expect(uris()).toEqual(['/1', '/2']);
  answer();
  await nextTurn();
  expect(uris()).toEqual(['/1', '/2', '/3']);
});

it('answers what a client sent before it closed its side', async () => {
  const { get, answer, uris, socket } = connect();
  get('/1');
  get('/2');
  answer();
  socket.emit('end');
  await nextTurn();
  expect(uris()).toEqual(['/1', '/2']);
  expect(socket.isEnded).toBe(false);
  answer();
  await nextTurn();
  expect(socket.isEnded).toBe(true);
  expect(socket.sent.match(/200 OK/g)).toHaveLength(2);
});
