/**
 * The machine an instance runs on: this one, or one behind SSH. Everything the core does where an instance lies goes
 * through this interface, so that a local and a remote server are handled by the same code. Nothing of it throws
 * anything but a CoreError, whose text names the machine where it is not this one.
 */
import type { Duplex, Readable, Writable } from 'node:stream';
import type { ConfigHost } from '../../../engine/config/host.ts';
import type { HostState } from '../../contract/hosts-model.ts';
import type { ConfigHostOptions } from '../config/node-config-host.ts';
import type { ProcessInfo } from '../discover/processes.ts';
import type { FileSaver } from './file-saver.ts';

/** `local`, or a destination as in ssh-destination.ts: `web1`, `deploy@10.0.0.3:2222`. */
export type MachineId = string;
export const LOCAL: MachineId = 'local';

/** Where a stream goes to, as seen from the machine. An abstract socket's path begins with NUL. */
export type StreamAddress = { type: 'tcp'; host: string; port: number } | { type: 'unix'; path: string };

export interface FileStat {
  kind: 'file' | 'folder' | 'fifo' | 'socket' | 'other';
  /** Permission bits, 0o7777. */
  mode: number;
  uid: number;
  gid: number;
  sizeBytes: number;
  mtimeMs: number;
}

/** Reading only; links are followed. Who writes has its own part (control, saving a configuration). */
export interface MachineFiles {
  /** null: there is nothing of that name. */
  stat(path: string): Promise<FileStat | null>;
  /** At most `mostBytes`; throws `file-too-large` when there is more. */
  readFile(path: string, mostBytes: number): Promise<Buffer>;
  /** Names in a folder. */
  list(folder: string): Promise<string[]>;
  realPath(path: string): Promise<string>;
}

export interface CommandOptions {
  /** Written to its standard input, which is then closed. */
  input?: Uint8Array;
  deadlineMs: number;
  /** Of standard output and of standard error, each; what comes after that ends the command. */
  mostBytes: number;
  /** Runs it through `sudo -n --`. */
  sudo?: boolean;
}

export interface CommandResult {
  /** null: ended by a signal. */
  code: number | null;
  stdout: Buffer;
  stderr: Buffer;
}

/** A command that goes on, such as a tail. */
export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects; null: ended by a signal, by `kill`, or with the connection. */
  readonly ended: Promise<{ code: number | null }>;
  kill(): void;
}

/** The way to a machine that is not this one. */
export interface MachineWay {
  readonly state: HostState;
  /** Begins to connect, unless it waits for its next try or for its user. */
  begin(): void;
  /** The user asks for it: skips the wait before the next try, and tries once more what was refused. */
  connect(): void;
  /** Resolves with a connection; rejects with an `ssh-…` error, at once while it waits for its next try or its user. */
  reached(): Promise<void>;
  /** Each change of `state`, until the returned function is called. */
  listen(listener: () => void): () => void;
}

export interface Machine {
  readonly id: MachineId;
  readonly isLocal: boolean;
  /** For the pages: the host as its user calls it. */
  readonly name: string;
  /** Machines in front of it, nearest first. */
  readonly via: readonly string[];
  /** null: it is this machine. */
  readonly way: MachineWay | null;
  readonly files: MachineFiles;
  readonly saver: FileSaver;
  /**
   * A stream to a socket of that machine. Rejects with a `stats-…` or `ssh-…` error; after that the stream tells its
   * end and its errors itself.
   */
  openStream(address: StreamAddress, signal: AbortSignal): Promise<Duplex>;
  /** Runs a program with exactly these arguments: no shell reads them, here or there. */
  run(argv: readonly [string, ...string[]], options: CommandOptions): Promise<CommandResult>;
  spawn(argv: readonly [string, ...string[]]): Promise<RunningCommand>;
  /** Processes that look like a uWSGI or a Reeve engine. */
  listServers(): Promise<ProcessInfo[]>;
  /** null: it does not exist, or is hidden. */
  readProcess(pid: number): Promise<ProcessInfo | null>;
  /**
   * Reads configuration as a server on that machine would. `read` is pure and may be called several times, each time
   * with more of the machine's files at hand; the last result counts.
   */
  withConfigHost<T>(options: ConfigHostOptions, read: (host: ConfigHost) => T): Promise<T>;
}
