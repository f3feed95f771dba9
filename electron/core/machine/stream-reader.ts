/**
 * Streams to sockets of a host through the reader (reader-programs.ts), many at a time over one session channel. The
 * reader is started with the first stream and ends when none was asked for in a while, or with the connection.
 */
import { Duplex } from 'node:stream';
import { CoreError, describe } from '../errors.ts';
import { FrameParser } from './frame-parser.ts';
import type { RunningCommand, StreamAddress } from './machine.ts';
import { NO_READER_CODE, READER_SCRIPT } from './reader-script.ts';
import { REMOTE_SHELL, scriptLine } from './remote-command.ts';

export interface StreamReaderOptions {
  /** The host, for what is told. */
  name: string;
  exec(command: string): Promise<RunningCommand>;
  idleMs?: number;
}

/** Longer than any poll waits, and a little more than the largest answer that is taken. */
const LONGEST_MS = 30_000;
const MOST_BYTES = 17 * 1024 * 1024;
/** Longer than between two polls; its session is one of the few that a server grants. */
const IDLE_MS = 3_000;
/** The first line from a host: a slow one starts Python in a second or two. */
const START_MS = 15_000;

export class StreamReader {
  readonly #options: StreamReaderOptions;
  readonly #streams = new Map<number, ReaderStream>();
  #session: Promise<RunningCommand> | null = null;
  #nextId = 1;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  /** Rejects with `ssh-no-reader`, an `ssh-…` error, or an error with the errno of the socket. */
  async openStream(address: StreamAddress, signal: AbortSignal): Promise<Duplex> {
    clearTimeout(this.#idle);
    this.#session ??= this.#begin();
    const session = this.#session;
    const command = await session;
    if (signal.aborted) throw new Error('given up');
    const id = this.#nextId;
    this.#nextId += 1;
    const stream = new ReaderStream((line) => command.stdin.write(line), id);
    this.#streams.set(id, stream);
    stream.once('close', () => {
      this.#streams.delete(id);
      if (this.#streams.size === 0 && this.#session === session) this.#armIdle();
    });
    const abort = (): void => {
      stream.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', abort));
    command.stdin.write(`O ${id} ${LONGEST_MS} ${MOST_BYTES} ${targetOf(address)}\n`);
    await stream.opened;
    return stream;
  }

  close(): void {
    clearTimeout(this.#idle);
    const session = this.#session;
    this.#session = null;
    session?.then(
      (command) => command.kill(),
      () => {
        // It did not begin: whoever asked for a stream was told why.
      },
    );
  }

  async #begin(): Promise<RunningCommand> {
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    // It may fail before anybody waits for it.
    ready.catch(() => {});
    try {
      const command = await this.#options.exec(REMOTE_SHELL);
      const parser = new FrameParser((id, type, data) => {
        if (id === 0) resolve();
        else this.#streams.get(id)?.receive(type, data);
      });
      const late = setTimeout(() => reject(this.#noReader(`it did not start within ${START_MS / 1000} s`)), START_MS);
      command.stdout.on('data', (chunk: Buffer) => {
        parser.push(chunk);
        if (parser.isBroken) command.kill();
      });
      command.stderr.resume();
      // What breaks a stream ends the command, too.
      for (const stream of [command.stdin, command.stdout, command.stderr]) stream.on('error', () => {});
      void this.#watchEnd(command, (code) => {
        clearTimeout(late);
        reject(this.#noReader(code === NO_READER_CODE ? 'it has neither Python 3 nor Perl' : 'it ended at once'));
      });
      void ready.finally(() => clearTimeout(late)).catch(() => {});
      command.stdin.write(scriptLine(READER_SCRIPT));
      await ready.catch((error: unknown) => {
        command.kill();
        throw error;
      });
      return command;
    } catch (error) {
      this.#session = null;
      throw error instanceof CoreError ? error : this.#noReader(describe(error));
    }
  }

  async #watchEnd(command: RunningCommand, onEnded: (code: number | null) => void): Promise<void> {
    const { code } = await command.ended;
    onEnded(code);
    this.#session = null;
    const lost = new CoreError('ssh-reader-lost', { host: this.#options.name });
    for (const stream of this.#streams.values()) stream.destroy(lost);
    this.#streams.clear();
  }

  #armIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), this.#options.idleMs ?? IDLE_MS).unref();
  }

  #noReader(reason: string): CoreError {
    return new CoreError('ssh-no-reader', { host: this.#options.name, reason });
  }
}

/** One socket there. What it had is pushed as it comes: who reads it drains it, as everything that asks for stats does. */
class ReaderStream extends Duplex {
  readonly opened: Promise<void>;
  readonly #send: (line: string) => void;
  readonly #id: number;
  readonly #settle: { resolve: () => void; reject: (error: Error) => void };
  #isOver = false;

  constructor(send: (line: string) => void, id: number) {
    super({ allowHalfOpen: false });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    this.opened = promise;
    this.#settle = { resolve, reject };
    this.#send = send;
    this.#id = id;
  }

  receive(type: string, data: Buffer): void {
    if (type === 'o') this.#settle.resolve();
    else if (type === 'd') this.push(data);
    else {
      this.#isOver = true;
      if (type === 'e') this.push(null);
      else this.destroy(Object.assign(new Error(data.toString('utf8')), { code: data.toString('utf8') }));
    }
  }

  override _read(): void {
    // The reader does not wait to be asked.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#send(`W ${this.#id} ${chunk.toString('hex')}\n`);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#isOver) this.#send(`C ${this.#id}\n`);
    // Whoever waits for it to open is told there, and has no listener yet.
    const isWaiting = this.listenerCount('error') === 0;
    this.#settle.reject(error ?? new Error('given up'));
    callback(isWaiting ? null : error);
  }
}

function targetOf(address: StreamAddress): string {
  if (address.type === 'unix') return `unix ${Buffer.from(address.path).toString('hex')}`;
  return `tcp ${Buffer.from(address.host).toString('hex')} ${address.port}`;
}
