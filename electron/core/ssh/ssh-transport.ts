/**
 * One authenticated connection to a host, whatever makes it: ssh2 or the system's ssh. What runs over it (stats,
 * files, commands, logs) knows only this.
 */
import type { Duplex } from 'node:stream';
import type { SFTPWrapper } from 'ssh2';
import type { HostState } from '../../contract/hosts-model.ts';
import type { MachineId, MachineWay, RunningCommand, StreamAddress } from '../machine/machine.ts';

export interface SshTransport {
  readonly kind: 'ssh2' | 'system';
  /**
   * A stream to a socket of the host. Rejects with `ssh-forward-refused` when the server forbids it or can't (abstract
   * sockets, no streamlocal), and with a `stats-…` error when the socket itself refused.
   */
  openStream(address: StreamAddress, signal: AbortSignal): Promise<Duplex>;
  /** One session channel; waits for a free one where the server allows few. `command` is a fixed text. */
  exec(command: string): Promise<RunningCommand>;
  /**
   * null: this transport has none, or the server refuses it; files then go through commands. Each call is a session of
   * its own, of the few that the server allows: whoever asked for it ends it when it is idle.
   */
  sftp(): Promise<SFTPWrapper | null>;
  /** Asks the host for a sign of life, and closes the connection when none comes within seconds. */
  probe?(): void;
  /** Called once, when the connection is gone. */
  onClosed: ((reason: Error | null) => void) | null;
  close(): void;
}

/** The way to one host over time: what connects, waits and connects again. One per host, however many instances. */
export interface SshHost extends MachineWay {
  readonly id: MachineId;
  /**
   * The connection; begins to connect when there is none. Rejects with an `ssh-…` error, at once while the host waits
   * for its next try or for its user.
   */
  transport(): Promise<SshTransport>;
  /** How stats are read there, once that is known. */
  noteReadBy(readBy: HostState['readBy']): void;
}
