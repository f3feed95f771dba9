/**
 * Which way a stream to a socket of a host takes: a channel that the SSH server joins to it, or the reader. The reader
 * has what forwarding can't do or may not, and the polls of a host with several instances, for which it costs less.
 * Where it can't run, channels are used as far as they go. What was learnt counts for one connection.
 */
import type { Duplex } from 'node:stream';
import { CoreError } from '../errors.ts';
import type { SshHost, SshTransport } from '../ssh/ssh-transport.ts';
import { isAbstract, openEitherName } from './abstract-socket.ts';
import type { StreamAddress } from './machine.ts';
import { StreamReader } from './stream-reader.ts';

/** From so many sockets on, asked lately, the reader is the cheaper way (resources/docs/ssh.md). */
const MANY = 3;
const LATELY_MS = 5_000;

interface Learnt {
  transport: SshTransport;
  /** Kinds of addresses that the server does not forward to. */
  refused: Set<StreamAddress['type']>;
  /** Why the reader does not run there. */
  noReader: CoreError | null;
}

export class RemoteStreams {
  readonly #host: Pick<SshHost, 'transport' | 'noteReadBy'>;
  readonly #reader: StreamReader;
  readonly #nowMs: () => number;
  readonly #askedAtMs = new Map<string, number>();
  #learnt: Learnt | null = null;

  constructor(host: Pick<SshHost, 'transport' | 'noteReadBy'>, name: string, nowMs: () => number) {
    this.#host = host;
    this.#nowMs = nowMs;
    this.#reader = new StreamReader({ name, exec: async (command) => (await host.transport()).exec(command) });
  }

  async openStream(address: StreamAddress, signal: AbortSignal): Promise<Duplex> {
    const transport = await this.#host.transport();
    if (this.#learnt?.transport !== transport) this.#learnt = { transport, refused: new Set(), noReader: null };
    const learnt = this.#learnt;
    const isMany = this.#countAsked(address) >= MANY;
    const canForward = !isAbstract(address) && !learnt.refused.has(address.type);
    if (!canForward) return this.#read(address, signal, learnt);
    if (isMany && learnt.noReader === null) {
      try {
        return await this.#read(address, signal, learnt);
      } catch (error) {
        if (!isCode(error, 'ssh-no-reader')) throw error;
      }
    }
    try {
      const stream = await transport.openStream(address, signal);
      this.#host.noteReadBy(address.type === 'unix' ? 'streamlocal' : 'tcp');
      return stream;
    } catch (error) {
      if (!isCode(error, 'ssh-forward-refused')) throw error;
      learnt.refused.add(address.type);
      return this.#read(address, signal, learnt);
    }
  }

  async #read(address: StreamAddress, signal: AbortSignal, learnt: Learnt): Promise<Duplex> {
    if (learnt.noReader !== null) throw learnt.noReader;
    try {
      const stream = await openEitherName(address, async (either) => this.#reader.openStream(either, signal));
      this.#host.noteReadBy('reader');
      return stream;
    } catch (error) {
      if (error instanceof CoreError && isCode(error, 'ssh-no-reader')) learnt.noReader = error;
      // The reader answers at once whether a socket opens: when it does not, the connection itself may be dead.
      if (signal.aborted) learnt.transport.probe?.();
      throw error;
    }
  }

  /** How many sockets were asked lately, this one with them. */
  #countAsked(address: StreamAddress): number {
    const now = this.#nowMs();
    for (const [key, atMs] of this.#askedAtMs) if (atMs < now - LATELY_MS) this.#askedAtMs.delete(key);
    this.#askedAtMs.set(address.type === 'unix' ? address.path : `${address.host} ${address.port}`, now);
    return this.#askedAtMs.size;
  }
}

function isCode(error: unknown, code: CoreError['code']): boolean {
  return error instanceof CoreError && error.code === code;
}
