/**
 * The gateway as a client of the commons (engine/commons/wire.ts): caches and metrics for routes. One connection, made
 * when the first route needs it; answers come in the order of the requests.
 */
import { connect, type Socket } from 'node:net';
import { HEADER_BYTES, Op, Status } from '../../commons/wire.ts';

/** null: there is none, or it was refused. */
type Waiter = (value: Buffer | null) => void;

export class CommonsClient {
  readonly #endpoint: string;
  readonly #token: string;
  readonly #failed: (reason: string) => void;
  #socket: Socket | null = null;
  #waiting: Waiter[] = [];
  #pending: Buffer = Buffer.alloc(0);
  /** The longest request that the commons take; they say so when they are greeted. */
  #longest = 65_536;

  /** @param token hex of what clients show; `failed` hears why something could not be asked */
  constructor(endpoint: string, token: string, failed: (reason: string) => void) {
    this.#endpoint = endpoint;
    this.#token = token;
    this.#failed = failed;
  }

  cacheGet(cache: string, key: string): Promise<Buffer | null> {
    return this.#ask(Op.cacheGet, [text(cache), text(key)]);
  }

  async cacheHas(cache: string, key: string): Promise<boolean> {
    return (await this.#ask(Op.cacheExists, [text(cache), text(key)])) !== null;
  }

  /** False: there is one already (without `isUpdate`), or no room. */
  async cacheSet(cache: string, key: string, value: Buffer, seconds: number, isUpdate: boolean): Promise<boolean> {
    const fields = [text(cache), text(key), u32(seconds), Buffer.from([isUpdate ? 1 : 0]), value];
    return (await this.#ask(Op.cacheSet, fields)) !== null;
  }

  /** @param calculation 0 to 3: add, subtract, multiply, divide */
  async cacheCalculate(
    cache: string,
    key: string,
    seconds: number,
    calculation: number,
    amount: number,
  ): Promise<boolean> {
    const fields = [text(cache), text(key), u32(seconds), Buffer.from([calculation]), i64(amount)];
    return (await this.#ask(Op.cacheCalculate, fields)) !== null;
  }

  /** null: there is no such metric. */
  async metric(name: string): Promise<string | null> {
    const value = await this.#ask(Op.metricGet, [text(name)]);
    return value === null || value.length < 8 ? null : String(value.readBigInt64LE(0));
  }

  /** @param change its place in METRIC_CHANGES */
  async metricChange(name: string, change: number, value: number): Promise<boolean> {
    return (await this.#ask(Op.metricChange, [text(name), Buffer.from([change]), i64(value)])) !== null;
  }

  dispose(): void {
    this.#socket?.destroy();
  }

  #ask(operation: number, fields: readonly Buffer[]): Promise<Buffer | null> {
    return new Promise((resolve) => {
      const socket = this.#socket ?? this.#open();
      const request = encode(operation, fields);
      if (request.length > this.#longest) {
        resolve(null);
        return;
      }
      this.#waiting.push(resolve);
      socket.write(request);
    });
  }

  #open(): Socket {
    const tcp = /^(?<host>[^/]*):(?<port>\d+)$/.exec(this.#endpoint)?.groups;
    const socket = tcp ? connect(Number(tcp.port), tcp.host) : connect(this.#endpoint);
    this.#socket = socket;
    this.#pending = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', (error) => this.#failed(`routes can not reach the commons: ${error.message}`));
    socket.on('close', () => this.#closed(socket));
    // A gateway that ends does not wait for it.
    socket.unref();
    const hello = [Buffer.from(this.#token, 'hex'), u32(process.pid), i64(0)];
    this.#waiting.push((longest) => {
      if (longest !== null && longest.length >= 4) this.#longest = longest.readUInt32LE(0);
    });
    socket.write(encode(Op.hello, hello));
    return socket;
  }

  #received(chunk: Buffer): void {
    let bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      if (bytes.length < HEADER_BYTES) break;
      const end = 4 + bytes.readUInt32LE(0);
      if (bytes.length < end) break;
      const isDone = bytes[4] === Status.done;
      const value = isDone ? Buffer.from(bytes.subarray(HEADER_BYTES, end)) : null;
      bytes = bytes.subarray(end);
      this.#waiting.shift()?.(value);
    }
    this.#pending = Buffer.from(bytes);
  }

  #closed(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) waiter(null);
  }
}

function encode(operation: number, fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32LE(1 + body.length, 0);
  head[4] = operation;
  return Buffer.concat([head, body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1').subarray(0, 0xffff);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Math.min(Math.max(0, value), 0xffff_ffff), 0);
  return bytes;
}

function i64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(Math.trunc(value)), 0);
  return bytes;
}
