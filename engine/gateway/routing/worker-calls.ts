/**
 * Calls of functions that workers have registered (`register_rpc`), made by the gateway for its routes: each is a uwsgi
 * packet of remote calls (modifier1 173, modifier2 1: the bare value comes back) on the way that all requests take, so
 * that queue, harakiri and lost workers are minded. At another server it is the same packet on a connection of its own.
 */
import type { Dispatcher } from '../dispatcher.ts';
import type { EnvironEncoder } from '../environ.ts';
import { FrameFlag, REQUEST_PREFIX_BYTES, sealRequestFrame } from '../frames.ts';
import { type AnswerSize, GatewayRequest, type ResponseTarget } from '../request.ts';
import { connectTo } from './connect-to.ts';

const MODIFIER_RPC = 173;
const RAW_VALUE = 1;
/** What the packet's header can say. */
const MOST_BLOCK_BYTES = 0xffff;
const MOST_VALUE_BYTES = 16 * 1024 * 1024;
/** Longest silence of the other server. */
const CALL_MS = 60_000;
const NOTHING = Buffer.alloc(0);

/** A call that is under way. `value` is empty when the function gave nothing, is not there, or could not be called. */
export interface Call {
  readonly value: Promise<Buffer>;
  /** Nobody waits for it any more. */
  readonly abandon: () => void;
}

interface CallContext {
  readonly dispatcher: Pick<Dispatcher, 'submit' | 'abandon'>;
  readonly encoder: EnvironEncoder;
  readonly nextSerial: () => number;
  /** So many requests may wait. */
  readonly limit: () => number;
}

export class WorkerCalls {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /**
   * @param values the name and the arguments, as latin-1 of their bytes
   * @param server where; empty: at a worker of this instance
   */
  call(values: readonly string[], server: string): Call {
    const packet = packetOf(values);
    if (packet === null) return { value: Promise.resolve(NOTHING), abandon: () => undefined };
    return server === '' ? this.#callWorker(packet) : callServer(packet, server);
  }

  #callWorker(packet: Buffer): Call {
    const { dispatcher, encoder, nextSerial, limit } = this.#context;
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    const facts = encoder.encodeNothing();
    const environ = encoder.encodeAgain(new Map());
    const frame = Buffer.concat([Buffer.alloc(REQUEST_PREFIX_BYTES), environ, packet]);
    sealRequestFrame(frame, environ.length, FrameFlag.PACKET);
    const request = new GatewayRequest(frame, facts, nextSerial(), new ValueTarget(resolve), () => undefined);
    if (!dispatcher.submit(request, limit())) resolve(NOTHING);
    const abandon = (): void => {
      dispatcher.abandon(request);
      resolve(NOTHING);
    };
    return { value: promise, abandon };
  }
}

/** Keeps the body of an answer. */
class ValueTarget implements ResponseTarget {
  readonly #done: (value: Buffer) => void;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(done: (value: Buffer) => void) {
    this.#done = done;
  }

  respond(_head: unknown, body: Buffer): void {
    this.data(body);
    this.end();
  }

  begin(): void {
    // The head of a packet's answer says nothing.
  }

  upgrade(): void {
    this.abort();
  }

  data(bytes: Buffer): void {
    this.#bytes += bytes.length;
    // The bytes are valid during the call only.
    if (this.#bytes <= MOST_VALUE_BYTES) this.#parts.push(Buffer.from(bytes));
  }

  end(): void {
    this.#done(this.#bytes > MOST_VALUE_BYTES ? NOTHING : Buffer.concat(this.#parts));
  }

  whenRoom(): boolean {
    return true;
  }

  abort(): void {
    this.#parts = [];
    this.#done(NOTHING);
  }

  fail(): AnswerSize {
    this.abort();
    return { headBytes: 0, bodyBytes: 0, headerCount: 0 };
  }
}

/** null: more than a packet can hold. */
function packetOf(values: readonly string[]): Buffer | null {
  const parts = values.flatMap((value) => {
    const bytes = Buffer.from(value, 'latin1');
    const length = Buffer.alloc(2);
    length.writeUInt16LE(Math.min(bytes.length, MOST_BLOCK_BYTES), 0);
    return [length, bytes];
  });
  const block = Buffer.concat(parts);
  if (block.length > MOST_BLOCK_BYTES) return null;
  const head = Buffer.from([MODIFIER_RPC, 0, 0, RAW_VALUE]);
  head.writeUInt16LE(block.length, 1);
  return Buffer.concat([head, block]);
}

function callServer(packet: Buffer, server: string): Call {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const socket = connectTo(server);
  const parts: Buffer[] = [];
  let bytes = 0;
  const fail = (): void => {
    resolve(NOTHING);
    socket.destroy();
  };
  socket.on('connect', () => socket.write(packet));
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_VALUE_BYTES) fail();
    else parts.push(chunk);
  });
  socket.on('end', () => {
    resolve(Buffer.concat(parts));
    socket.destroy();
  });
  socket.on('error', fail);
  socket.setTimeout(CALL_MS, fail);
  return { value: promise, abandon: fail };
}
