/**
 * A machine behind SSH, seen through the interface that this one has, too. Programs are started by remote-command.ts,
 * files and processes are looked up by remote-access.ts, and sockets are reached by forwarding or, where that is
 * forbidden or can't be done, by the reader (remote-streams.ts).
 */
import { type Duplex, pipeline, type Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ConfigHost } from '../../../engine/config/host.ts';
import type { ConfigHostOptions } from '../config/node-config-host.ts';
import type { ProcessInfo } from '../discover/processes.ts';
import { CoreError } from '../errors.ts';
import { parseDestination } from '../ssh/destination.ts';
import type { SshHost } from '../ssh/ssh-transport.ts';
import { AfterMark, bytesAfterMark } from './after-mark.ts';
import { collectOutput } from './collect-output.ts';
import type { FileSaver } from './file-saver.ts';
import { KeptSnapshot } from './kept-snapshot.ts';
import type {
  CommandOptions,
  CommandResult,
  Machine,
  MachineFiles,
  MachineId,
  MachineWay,
  RunningCommand,
  StreamAddress,
} from './machine.ts';
import { RemoteAccess } from './remote-access.ts';
import {
  escapeBytes,
  guardedScript,
  INPUT_CUT_CODE,
  NOT_FOUND_CODE,
  REMOTE_SHELL,
  scriptLine,
} from './remote-command.ts';
import { RemoteStreams } from './remote-streams.ts';
import { readFromSnapshot } from './snapshot-host.ts';

export class SshMachine implements Machine {
  readonly id: MachineId;
  readonly isLocal = false;
  readonly name: string;
  readonly files: MachineFiles;
  readonly saver: FileSaver;
  readonly #host: SshHost;
  readonly #access: RemoteAccess;
  readonly #streams: RemoteStreams;
  readonly #snapshot: KeptSnapshot;

  constructor(host: SshHost) {
    this.id = host.id;
    this.name = parseDestination(host.id).host;
    this.#host = host;
    this.#access = new RemoteAccess(host, this, () => this.#snapshot.forget());
    this.#snapshot = new KeptSnapshot(this.#access.snapshot, () => performance.now());
    this.saver = this.#access.saver;
    this.#streams = new RemoteStreams({ host, name: this.name, spawn: async (argv) => this.spawn(argv) });
    this.files = this.#access.files;
  }

  get via(): readonly string[] {
    return this.#host.state.hops.slice(0, -1).map(({ name }) => name);
  }

  get way(): MachineWay {
    return this.#host;
  }

  async openStream(address: StreamAddress, signal: AbortSignal): Promise<Duplex> {
    return this.#streams.openStream(address, signal);
  }

  async run(argv: readonly [string, ...string[]], options: CommandOptions): Promise<CommandResult> {
    const place = `${argv[0]} on ${this.name}`;
    const input = options.input === undefined ? '' : escapeBytes(options.input);
    const command = await this.#start(argv, input, options.sudo === true);
    const { code, ...output } = await collectOutput(place, command, options, { endsInput: false });
    const stdout = bytesAfterMark(output.stdout);
    const stderr = bytesAfterMark(output.stderr);
    const complaint = stderr.toString('utf8');
    const failed = (reason: string): CoreError => new CoreError('command-failed', { command: place, reason });
    if (code === NOT_FOUND_CODE && complaint === '') throw failed('it is not found there');
    if (code === INPUT_CUT_CODE && complaint === '') throw failed('the connection was lost on the way');
    return { code: codeOf(code), stdout, stderr };
  }

  /** What is written to its input is not given to the program; closing it ends the program. */
  async spawn(argv: readonly [string, ...string[]]): Promise<RunningCommand> {
    const command = await this.#start(argv, '', false);
    return {
      stdin: command.stdin,
      stdout: afterMark(command.stdout),
      stderr: afterMark(command.stderr),
      // What it printed last is on its way through the streams.
      ended: command.ended.then(async ({ code }) => {
        await setImmediate();
        return { code: codeOf(code) };
      }),
      kill: () => command.kill(),
    };
  }

  async listServers(): Promise<ProcessInfo[]> {
    return this.#access.listServers();
  }

  async readProcess(pid: number): Promise<ProcessInfo | null> {
    return this.#access.readProcess(pid);
  }

  async withConfigHost<T>(options: ConfigHostOptions, read: (host: ConfigHost) => T): Promise<T> {
    return readFromSnapshot(this.#snapshot.within(options.ageMs ?? 0), options, read);
  }

  async #start(argv: readonly string[], input: string, sudo: boolean): Promise<RunningCommand> {
    const transport = await this.#host.transport();
    this.#access.requireShell(transport);
    const command = await transport.exec(REMOTE_SHELL);
    command.stdin.on('error', () => {
      // Its end tells the rest.
    });
    command.stdin.write(scriptLine(guardedScript(argv, input.length, sudo)) + input);
    return command;
  }
}

function afterMark(source: Readable): Readable {
  const read = new AfterMark();
  // A channel that breaks off is told by the end of its command.
  pipeline(source, read, () => {});
  read.on('error', () => {});
  return read;
}

/** A shell gives 128 and the signal's number for a program that a signal ended. */
function codeOf(code: number | null): number | null {
  return code !== null && code > 128 && code < 193 ? null : code;
}
