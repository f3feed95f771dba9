/**
 * A connection made by ssh2, once it is authenticated: streams to sockets of the host, commands, SFTP. How it came to
 * be is ssh2-connect.ts; when it is made again is hop-node.ts. Its client has an `error` listener for its whole life:
 * a late ECONNRESET without one would end the program.
 */
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { CoreError } from '../errors.ts';
import type { RunningCommand, StreamAddress } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { Sessions } from './sessions.ts';
import type { SshTransport } from './ssh-transport.ts';
import type { ResolvedHop } from './ssh-trust.ts';
import { forwardError, lostError, PROHIBITED, refusalOf } from './ssh2-errors.ts';

/** A check of the connection that stays without an answer for so long means that it is dead. */
const PROBE_LIMIT_MS = 5_000;

export class Ssh2Transport implements SshTransport {
  readonly kind = 'ssh2';
  onClosed: ((reason: Error | null) => void) | null = null;
  readonly #client: Client;
  readonly #hop: ResolvedHop;
  readonly #clock: Clock;
  readonly #sessions: Sessions;
  /** Ends of the commands that run. */
  readonly #commands = new Set<() => void>();
  #lastError: Error | null = null;
  #isClosed = false;
  #cancelProbe: (() => void) | null = null;

  /** `client` has just become ready. */
  constructor(client: Client, hop: ResolvedHop, clock: Clock) {
    this.#client = client;
    this.#hop = hop;
    this.#clock = clock;
    this.#sessions = new Sessions({ hostName: hop.name, clock, isRefusal: (error) => refusalOf(error) !== null });
    client.on('error', (error: Error) => {
      this.#lastError ??= error;
    });
    client.once('close', () => this.#closed(lostError(this.#lastError, hop)));
  }

  async openStream(address: StreamAddress, signal: AbortSignal): Promise<Duplex> {
    const text = address.type === 'tcp' ? `${address.host}:${address.port}` : address.path.replace('\0', '@');
    if (address.type === 'unix' && address.path.startsWith('\0')) {
      const reason = 'SSH can not name abstract sockets';
      throw new CoreError('ssh-forward-refused', { host: this.#hop.name, address: text, reason });
    }
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    const opened = (error: Error | undefined, channel: ClientChannel): void => {
      signal.removeEventListener('abort', aborted);
      if (error) reject(forwardError(error, this.#hop.name, text));
      else if (signal.aborted) channel.destroy();
      else resolve(withDefaultEnd(channel));
    };
    const aborted = (): void => {
      // A channel is answered at once: when it is not, the connection itself may be dead.
      this.probe();
      reject(signal.reason instanceof Error ? signal.reason : new Error('given up'));
    };
    signal.addEventListener('abort', aborted, { once: true });
    this.#ifOpen(reject, () => {
      if (address.type === 'tcp') this.#client.forwardOut('127.0.0.1', 0, address.host, address.port, opened);
      else this.#client.openssh_forwardOutStreamLocal(address.path, opened);
    });
    return promise;
  }

  async exec(command: string): Promise<RunningCommand> {
    return this.#session(async (onEnded) => {
      const { promise, resolve, reject } = Promise.withResolvers<RunningCommand>();
      this.#ifOpen(reject, () => {
        this.#client.exec(command, (error, channel) => {
          if (error) reject(error);
          else resolve(this.#command(channel, onEnded));
        });
      });
      return promise;
    });
  }

  /** A new session; whoever asked for it ends it. */
  async sftp(): Promise<SFTPWrapper | null> {
    try {
      return await this.#session(async (onEnded) => {
        const { promise, resolve, reject } = Promise.withResolvers<SFTPWrapper>();
        this.#ifOpen(reject, () => {
          this.#client.sftp((error, sftp) => {
            if (error) {
              reject(error);
              return;
            }
            // Errors of single requests go to their callbacks; this one is the session's own, and `close` follows.
            sftp.on('error', () => {});
            sftp.once('close', onEnded);
            resolve(sftp);
          });
        });
        return promise;
      });
    } catch (error) {
      // The subsystem is switched off there, which is no failure of the connection.
      if (error instanceof Error && /subsystem/i.test(error.message)) return null;
      throw error;
    }
  }

  /** Asks the server for a sign of life; closes the connection when none comes. One at a time. */
  probe(): void {
    if (this.#isClosed || this.#cancelProbe !== null) return;
    this.#cancelProbe = this.#clock.setTimer(() => {
      this.#lastError ??= new CoreError('ssh-silent', { host: this.#hop.name });
      this.#client.destroy();
      this.#closed(lostError(this.#lastError, this.#hop));
    }, PROBE_LIMIT_MS);
    const answered = (): void => {
      this.#cancelProbe?.();
      this.#cancelProbe = null;
    };
    // A forwarding that was never asked for can't be taken back: any server answers that with a plain no.
    this.#ifOpen(answered, () => this.#client.unforwardIn('127.0.0.1', 1, answered));
  }

  close(): void {
    this.onClosed = null;
    this.#client.end();
    // A server that says nothing more does not close its side either.
    this.#client.destroy();
    this.#closed(null);
  }

  async #session<T>(start: (onEnded: () => void) => Promise<T>): Promise<T> {
    try {
      return await this.#sessions.open(async (onEnded) => {
        const cancelProbe = this.#clock.setTimer(() => this.probe(), PROBE_LIMIT_MS);
        return start(onEnded).finally(cancelProbe);
      });
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === null) throw this.#isClosed ? lostError(this.#lastError, this.#hop) : error;
      const words = reason === PROHIBITED ? 'they are forbidden' : 'it refuses every session';
      throw new CoreError('ssh-no-session', { host: this.#hop.name, reason: words }, { cause: error });
    }
  }

  #command(channel: ClientChannel, onEnded: () => void): RunningCommand {
    const { promise: ended, resolve } = Promise.withResolvers<{ code: number | null }>();
    let code: number | null = null;
    let isKilled = false;
    channel.on('exit', (exitCode: number | null) => {
      if (!isKilled) code = exitCode;
    });
    const end = (): void => {
      this.#commands.delete(end);
      onEnded();
      resolve({ code });
    };
    // A channel whose output nobody reads is never closed by ssh2, also when the connection is gone.
    this.#commands.add(end);
    channel.once('close', end);
    // What was written to a command that has ended is lost; its end tells it.
    channel.on('error', () => {});
    const kill = (): void => {
      isKilled = true;
      channel.close();
      channel.resume();
      channel.stderr.resume();
    };
    return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, kill };
  }

  /** ssh2 throws where it is not connected. */
  #ifOpen(onFailed: (error: Error) => void, use: () => void): void {
    if (this.#isClosed) {
      onFailed(lostError(this.#lastError, this.#hop));
      return;
    }
    try {
      use();
    } catch (error) {
      onFailed(lostError(error, this.#hop));
    }
  }

  #closed(reason: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelProbe?.();
    this.#cancelProbe = null;
    for (const end of this.#commands) end();
    this.onClosed?.(reason);
    this.onClosed = null;
  }
}

/** The server's end of a channel is closed only when ours is ended, too. */
function withDefaultEnd(channel: ClientChannel): Duplex {
  channel.on('end', () => channel.end());
  return channel;
}
