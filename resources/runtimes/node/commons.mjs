/**
 * What the processes of an instance share: a client of the engine's commons (engine/commons/wire.ts). Requests of one
 * connection are answered in order; a lock is held by a connection of its own, so that it is given back when its holder
 * dies.
 */
import { connect } from 'node:net';

/** As in engine/commons/wire.ts; a test compares them. */
export const Op = {
  hello: 0,
  lock: 1,
  unlock: 2,
  isLocked: 3,
  cacheGet: 16,
  cacheSet: 17,
  cacheDelete: 18,
  cacheExists: 19,
  cacheClear: 20,
  cacheCalculate: 21,
  cacheKeys: 22,
  cacheCount: 23,
  queuePush: 32,
  queuePop: 33,
  queuePull: 34,
  queueGet: 35,
  queueSet: 36,
  queueLast: 37,
  metricGet: 48,
  metricChange: 49,
};

const DONE = 0;
const ERROR = 2;
const HEADER_BYTES = 5;
const CONNECT_MS = 20_000;
const CONNECT_AGAIN_MS = 20;
let connectionCount = 0;

/** One connection. `exchange` gives the answer's value, or null when there is none. */
export class CommonsConnection {
  #boot;
  #socket;
  #waiting = [];
  #pending = Buffer.alloc(0);
  #isGreeted = false;
  /** Requests from before the greeting was answered. */
  #early = [];
  #giveUpMs = performance.now() + CONNECT_MS;
  isOpen = true;

  /** @param boot RuntimeBoot of engine/master/control.ts */
  constructor(boot) {
    this.#boot = boot;
    // Each is a holder of its own: requests of one worker wait for each other's locks as threads do.
    this.#connect(BigInt(++connectionCount));
  }

  exchange(operation, ...fields) {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(new Error('The connection to the engine has ended.'));
        return;
      }
      this.#waiting.push({ resolve, reject });
      const request = requestOf(operation, fields);
      if (this.#isGreeted) this.#socket.write(request);
      else this.#early.push(request);
    });
  }

  close() {
    this.#giveUpMs = 0;
    this.#socket.destroy();
  }

  #connect(holder) {
    const { commons, token } = this.#boot;
    const tcp = /^(?<host>[^/]*):(?<port>\d+)$/.exec(commons)?.groups;
    this.#socket = tcp ? connect({ host: tcp.host, port: Number(tcp.port), noDelay: true }) : connect(commons);
    this.#socket.on('data', (chunk) => this.#received(chunk));
    this.#socket.on('error', () => {
      // `close` follows.
    });
    this.#socket.on('close', () => {
      // The engine's thread is being started, for the first time or again.
      const mayTryAgain = !this.#isGreeted && performance.now() < this.#giveUpMs;
      if (mayTryAgain) setTimeout(() => this.#connect(holder), CONNECT_AGAIN_MS);
      else this.#ended();
    });
    // It keeps no process alive; what waits for an answer is held by the worker's other connections.
    this.#socket.unref();
    const hello = Buffer.alloc(44);
    hello.write(token, 'hex');
    hello.writeUInt32LE(process.pid, 32);
    hello.writeBigInt64LE(holder, 36);
    this.#socket.write(requestOf(Op.hello, [hello]));
  }

  #greeted() {
    this.#isGreeted = true;
    for (const request of this.#early.splice(0)) this.#socket.write(request);
  }

  #received(chunk) {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= HEADER_BYTES) {
      const end = 4 + this.#pending.readUInt32LE(0);
      if (this.#pending.length < end) return;
      const status = this.#pending.readUInt8(4);
      const value = this.#pending.subarray(HEADER_BYTES, end);
      this.#pending = this.#pending.subarray(end);
      if (!this.#isGreeted) {
        this.#greeted();
        continue;
      }
      const { resolve, reject } = this.#waiting.shift();
      if (status === ERROR) reject(new Error(value.toString()));
      else resolve(status === DONE ? value : null);
    }
  }

  #ended() {
    this.isOpen = false;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('The connection to the engine has ended.'));
  }
}

function requestOf(operation, fields) {
  const rest = Buffer.concat(fields);
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32LE(rest.length + 1);
  head.writeUInt8(operation, 4);
  return Buffer.concat([head, rest]);
}

/** A field of bytes in the midst of others. */
export function textField(value) {
  const bytes = toBytes(value);
  if (bytes.length > 0xffff) throw new RangeError(`A key or name has ${bytes.length} bytes; 65535 is the most.`);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function toBytes(value) {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`A string or bytes are needed, not ${value === null ? 'null' : typeof value}.`);
}

/** The members of a list in an answer. */
export function listMembers(value) {
  const found = [];
  for (let at = 0; at < value.length; ) {
    const length = value.readUInt32LE(at);
    at += 4;
    if (length === 0xffffffff) continue;
    found.push(value.subarray(at, at + length));
    at += length;
  }
  return found;
}
