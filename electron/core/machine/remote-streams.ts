/**
 * Which way a stream to a socket of a host takes: a channel that the SSH server joins to it, or, for what forwarding
 * can't do or may not, the reader; where that does not run, a tool that reads a socket once. What was learnt counts for
 * one connection.
 */
import type { Duplex } from 'node:stream';
import { CoreError } from '../errors.ts';
import type { SshHost, SshTransport } from '../ssh/ssh-transport.ts';
import { isAbstract, openEitherName } from './abstract-socket.ts';
import type { RunningCommand, StreamAddress } from './machine.ts';
import { openOneShot } from './one-shot-reader.ts';
import { StreamReader } from './stream-reader.ts';

interface Learnt {
  transport: SshTransport;
  /** Kinds of addresses that the server does not forward to. */
  refused: Set<StreamAddress['type']>;
  /** Why the reader does not run there. */
  noReader: CoreError | null;
  /** Nor is there a tool that reads a socket once. */
  noTool: boolean;
}

export interface RemoteStreamsOptions {
  host: Pick<SshHost, 'transport' | 'noteReadBy'>;
  /** The host, for what is told. */
  name: string;
  spawn: (argv: readonly [string, ...string[]]) => Promise<RunningCommand>;
}

export class RemoteStreams {
  readonly #options: RemoteStreamsOptions;
  readonly #host: Pick<SshHost, 'transport' | 'noteReadBy'>;
  readonly #reader: StreamReader;
  #learnt: Learnt | null = null;

  constructor(options: RemoteStreamsOptions) {
    const { host, name } = options;
    this.#options = options;
    this.#host = host;
    this.#reader = new StreamReader({ name, exec: async (command) => (await host.transport()).exec(command) });
  }

  async openStream(address: StreamAddress, signal: AbortSignal): Promise<Duplex> {
    const transport = await this.#host.transport();
    if (this.#learnt?.transport !== transport)
      this.#learnt = { transport, refused: new Set(), noReader: null, noTool: false };
    const learnt = this.#learnt;
    if (isAbstract(address) || learnt.refused.has(address.type)) return this.#read(address, signal, learnt);
    try {
      const stream = await transport.openStream(address, signal);
      this.#host.noteReadBy(address.type === 'unix' ? 'streamlocal' : 'tcp');
      return stream;
    } catch (error) {
      if (!isCode(error, 'ssh-forward-refused')) throw error;
      return this.#readWhatIsRefused(address, signal, learnt, error);
    }
  }

  /** OpenSSH does not tell a socket that is not there from one that it may not forward to; the reader does. */
  async #readWhatIsRefused(
    address: StreamAddress,
    signal: AbortSignal,
    learnt: Learnt,
    refusal: unknown,
  ): Promise<Duplex> {
    try {
      const stream = await this.#read(address, signal, learnt);
      learnt.refused.add(address.type);
      return stream;
    } catch (error) {
      // Other sockets may well be forwarded to: one that is not there must not cost them their way.
      throw isCode(error, 'ssh-no-reader') ? refusal : error;
    }
  }

  async #read(address: StreamAddress, signal: AbortSignal, learnt: Learnt): Promise<Duplex> {
    if (learnt.noReader !== null) return this.#readOnce(address, signal, learnt, learnt.noReader);
    try {
      const stream = await openEitherName(address, async (either) => this.#reader.openStream(either, signal));
      this.#host.noteReadBy('reader');
      return stream;
    } catch (error) {
      if (error instanceof CoreError && isCode(error, 'ssh-no-reader')) {
        learnt.noReader = error;
        return this.#readOnce(address, signal, learnt, error);
      }
      // The reader answers at once whether a socket opens: when it does not, the connection itself may be dead.
      if (signal.aborted) learnt.transport.probe?.();
      throw error;
    }
  }

  async #readOnce(address: StreamAddress, signal: AbortSignal, learnt: Learnt, noReader: CoreError): Promise<Duplex> {
    if (learnt.noTool) throw noReader;
    const stream = await openOneShot(address, signal, async (argv) =>
      this.#options.spawn(argv).catch(() => {
        throw noReader;
      }),
    );
    if (stream === null) {
      learnt.noTool = true;
      throw noReader;
    }
    this.#host.noteReadBy('reader');
    return stream;
  }
}

function isCode(error: unknown, code: CoreError['code']): boolean {
  return error instanceof CoreError && error.code === code;
}
