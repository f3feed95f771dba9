/**
 * The wire between the processes of an instance and what they share (commons). A client sends requests over a stream
 * and gets one answer for each, in order; integers are little endian.
 *
 *   request  u32 length of the rest | u8 operation | fields
 *   answer   u32 length of the rest | u8 status    | value
 *   HELLO    32 bytes token | u32 pid | i64 thread: the first request of a connection, answered with u32 longest request
 *
 * Fields: `text` u16 length and bytes, `i64`, `u32`, `u8`; the last field of bytes goes to the end of the frame.
 *
 * To add an operation: a number in `Op`, the same number in resources/runtimes/python/reeve_commons.py (a test compares
 * them), its handler in the *-operations.ts of its topic (operations.ts collects those), and a function in the topic's
 * reeve_uwsgi_*.py that calls `reeve_commons.call`. A handler that has to wait returns null and answers later by
 * `session.answer`; what a client holds is given back in `session.whenEnded`.
 */

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
  queuePosition: 38,
  metricGet: 48,
  metricChange: 49,
  messagePush: 64,
  messagePull: 65,
} as const;

/** `done` with a value, perhaps an empty one; `nothing`: there is none, or it was refused; `error`: a text for the caller. */
export const Status = { done: 0, nothing: 1, error: 2 } as const;
export type StatusCode = (typeof Status)[keyof typeof Status];

export const HEADER_BYTES = 5;
export const TOKEN_BYTES = 32;

/** The peer has sent something that is no request: its connection ends. */
export class WireError extends Error {}

/** Fields of one request, in order. Throws WireError when there are fewer bytes than fields. */
export class RequestReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  i64(): bigint {
    return this.#bytes.readBigInt64LE(this.#take(8));
  }

  /** Bytes as latin-1, so that any key is a string and back. */
  text(): string {
    const length = this.#bytes.readUInt16LE(this.#take(2));
    const start = this.#take(length);
    return this.#bytes.toString('latin1', start, start + length);
  }

  bytes(count: number): Buffer {
    const start = this.#take(count);
    return this.#bytes.subarray(start, start + count);
  }

  /** What is left; it lies in the connection's own buffer: copy what is to be kept. */
  rest(): Buffer {
    const rest = this.#bytes.subarray(this.#at, this.#end);
    this.#at = this.#end;
    return rest;
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#end) throw new WireError('a request ends before its fields do');
    this.#at = at + count;
    return at;
  }
}

export function encodeAnswer(status: StatusCode, value: Uint8Array | null = null): Buffer {
  const length = value === null ? 0 : value.length;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32LE(1 + length, 0);
  frame[4] = status;
  if (value !== null) frame.set(value, HEADER_BYTES);
  return frame;
}

export const DONE = encodeAnswer(Status.done);
export const NOTHING = encodeAnswer(Status.nothing);

export function encodeError(text: string): Buffer {
  return encodeAnswer(Status.error, Buffer.from(text));
}

/** `done` when it is so. */
export function doneIf(isSo: boolean): Buffer {
  return isSo ? DONE : NOTHING;
}

/** The value, or `nothing`. */
export function valueOrNothing(value: Uint8Array | null): Buffer {
  return value === null ? NOTHING : encodeAnswer(Status.done, value);
}

export function encodeInteger(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(BigInt.asIntN(64, value));
  return encodeAnswer(Status.done, bytes);
}

/** `u32 length | bytes` each; a length of 2^32-1 stands for null. */
export function encodeList(items: readonly (Uint8Array | null)[]): Buffer {
  const parts = items.flatMap((item) => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(item === null ? 0xffff_ffff : item.length);
    return item === null ? [length] : [length, item];
  });
  return encodeAnswer(Status.done, Buffer.concat(parts));
}
