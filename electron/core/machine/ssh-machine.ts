/**
 * A machine behind SSH, seen through the interface that this one has, too. Programs are started by remote-command.ts,
 * files and processes are looked up by look-session.ts, and sockets are reached by forwarding or, where that is
 * forbidden, can't be done or costs too much, by the reader (remote-streams.ts).
 */
import type { Duplex } from 'node:stream';
import type { ConfigHost } from '../../../engine/config/host.ts';
import type { ConfigHostOptions } from '../config/node-config-host.ts';
import { processesFromAnswer } from '../discover/process-text.ts';
import { type ProcessInfo, serversAmong } from '../discover/processes.ts';
import { CoreError } from '../errors.ts';
import { parseDestination } from '../ssh/destination.ts';
import type { SshHost } from '../ssh/ssh-transport.ts';
import { collectOutput } from './collect-output.ts';
import type { FileSaver } from './file-saver.ts';
import { KeptSnapshot } from './kept-snapshot.ts';
import { lookFiles, lookSnapshot } from './look-files.ts';
import { LookSession } from './look-session.ts';
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
import {
  escapeBytes,
  guardedScript,
  INPUT_CUT_CODE,
  NOT_FOUND_CODE,
  REMOTE_SHELL,
  scriptLine,
} from './remote-command.ts';
import { createRemoteSaver } from './remote-saver.ts';
import { RemoteStreams } from './remote-streams.ts';
import { readFromSnapshot } from './snapshot-host.ts';

/** Of all that /proc says of the servers of a machine, with their environments. */
const MOST_PROCESS_BYTES = 16 * 1024 * 1024;

export class SshMachine implements Machine {
  readonly id: MachineId;
  readonly isLocal = false;
  readonly name: string;
  readonly files: MachineFiles;
  readonly saver: FileSaver;
  readonly #host: SshHost;
  readonly #look: LookSession;
  readonly #streams: RemoteStreams;
  readonly #snapshot: KeptSnapshot;

  constructor(host: SshHost) {
    this.id = host.id;
    this.name = parseDestination(host.id).host;
    this.#host = host;
    this.#look = new LookSession({ name: this.name, exec: async (command) => (await host.transport()).exec(command) });
    this.#snapshot = new KeptSnapshot(lookSnapshot(this.#look), () => performance.now());
    this.saver = createRemoteSaver(this, () => this.#snapshot.forget());
    this.#streams = new RemoteStreams(host, this.name, () => performance.now());
    this.files = lookFiles(this.#look, this.name);
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
    const [program] = argv;
    const input = options.input === undefined ? '' : escapeBytes(options.input);
    const command = await this.#start(argv, input, options.sudo === true);
    const result = await collectOutput(`${program} on ${this.name}`, command, options, { endsInput: false });
    const complaint = result.stderr.toString('utf8');
    const failed = (reason: string): CoreError =>
      new CoreError('command-failed', { command: `${program} on ${this.name}`, reason });
    if (result.code === NOT_FOUND_CODE && complaint === '') throw failed('it is not found there');
    if (result.code === INPUT_CUT_CODE && complaint === '') throw failed('the connection was lost on the way');
    return { ...result, code: codeOf(result.code) };
  }

  /** What is written to its input is not given to the program; closing it ends the program. */
  async spawn(argv: readonly [string, ...string[]]): Promise<RunningCommand> {
    const command = await this.#start(argv, '', false);
    return {
      ...command,
      ended: command.ended.then(({ code }) => ({ code: codeOf(code) })),
      kill: () => command.kill(),
    };
  }

  async listServers(): Promise<ProcessInfo[]> {
    return serversAmong(await this.#processes('servers'));
  }

  async readProcess(pid: number): Promise<ProcessInfo | null> {
    const found = await this.#processes(`process ${pid}`);
    return found.find((process) => process.pid === pid) ?? null;
  }

  async withConfigHost<T>(options: ConfigHostOptions, read: (host: ConfigHost) => T): Promise<T> {
    return readFromSnapshot(this.#snapshot.within(options.ageMs ?? 0), options, read);
  }

  async #processes(question: string): Promise<ProcessInfo[]> {
    const answer = await this.#look.ask(question, MOST_PROCESS_BYTES);
    return processesFromAnswer(answer.toString('utf8'), this.#look.mark);
  }

  async #start(argv: readonly string[], input: string, sudo: boolean): Promise<RunningCommand> {
    const command = await (await this.#host.transport()).exec(REMOTE_SHELL);
    command.stdin.on('error', () => {
      // Its end tells the rest.
    });
    command.stdin.write(scriptLine(guardedScript(argv, input.length, sudo)) + input);
    return command;
  }
}

/** A shell gives 128 and the signal's number for a program that a signal ended. */
function codeOf(code: number | null): number | null {
  return code !== null && code > 128 && code < 193 ? null : code;
}
