/** A client of bare bytes for the process tests: sends exactly what it is told, collects exactly what comes. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from './fake-master.ts';

export interface RawAnswer {
  status: number;
  statusLine: string;
  /** Lower-cased names, in order. */
  headers: [name: string, value: string][];
  body: Buffer;
}

export class RawClient {
  readonly socket: Socket;
  #buffer: Buffer = Buffer.allocUnsafe(65536);
  #start = 0;
  #end = 0;
  /** The server has closed its side (or the connection failed). */
  isEnded = false;

  constructor(target: number | string) {
    this.socket =
      typeof target === 'number'
        ? connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
        : connect({ path: target, allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => {
      if (this.#end + chunk.length > this.#buffer.length) {
        const grown = Buffer.allocUnsafe((this.#end + chunk.length) * 2);
        this.#buffer.copy(grown, 0, 0, this.#end);
        this.#buffer = grown;
      }
      chunk.copy(this.#buffer, this.#end);
      this.#end += chunk.length;
    });
    this.socket.on('error', () => {
      this.isEnded = true;
    });
    for (const event of ['end', 'close']) {
      this.socket.on(event, () => {
        this.isEnded = true;
      });
    }
  }

  /** What has come and was not taken yet. */
  get received(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  send(bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Waits for a whole answer, and takes it out of what was received. */
  async answer(isHead = false): Promise<RawAnswer> {
    return eventually('an answer', () => {
      const parsed = parseAnswer(this.received, this.isEnded, isHead);
      if (parsed === null) {
        if (this.isEnded)
          throw new Error(`The connection ended after ${JSON.stringify(this.received.toString('latin1'))}.`);
        return undefined;
      }
      this.#start += parsed.end;
      return parsed.answer;
    });
  }

  /** Waits until the server has closed its side; resolves to all that was received. */
  async end(): Promise<Buffer> {
    await eventually('the connection to end', () => this.isEnded || undefined);
    return this.received;
  }

  /** Goes away at once, so that the server is told. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.socket.destroy();
    if (!this.socket.closed) await once(this.socket, 'close');
  }
}

/** Sends one request on a connection of its own and waits for the answer. */
export async function request(target: number | string, bytes: string | Buffer): Promise<RawAnswer> {
  const client = new RawClient(target).send(bytes);
  try {
    return await client.answer();
  } finally {
    await client.close();
  }
}

/** A GET that closes its connection. */
export async function get(port: number, path: string): Promise<RawAnswer> {
  return request(port, `GET ${path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`);
}

/** Parses an answer at the begin of `bytes`; null: it is not complete. */
export function parseAnswer(
  bytes: Buffer,
  isEnded: boolean,
  isHead: boolean,
): { answer: RawAnswer; end: number } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const status = Number(statusLine.split(' ')[1]);
  const start = headEnd + 4;
  const rest = bytes.subarray(start);
  const done = (body: Buffer, length: number) => ({
    answer: { status, statusLine, headers, body },
    end: start + length,
  });
  const value = (name: string): string | undefined => headers.find(([key]) => key === name)?.[1];
  if (isHead || status === 204 || status === 304 || status === 100) return done(Buffer.alloc(0), 0);
  if (value('transfer-encoding') === 'chunked') {
    const chunked = parseChunked(rest);
    return chunked && done(chunked.body, chunked.length);
  }
  const length = value('content-length');
  if (length !== undefined) {
    return rest.length < Number(length) ? null : done(rest.subarray(0, Number(length)), Number(length));
  }
  return isEnded ? done(rest, rest.length) : null;
}

function parseChunked(bytes: Buffer): { body: Buffer; length: number } | null {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return { body: Buffer.concat(parts), length: next };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
