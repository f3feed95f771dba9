/**
 * Files and processes of a host behind SSH: by commands, or by SFTP for a user who may not run any. Which of them it is,
 * is found out once for each connection.
 */
import type { SFTPWrapper } from 'ssh2';
import { processesFromAnswer } from '../discover/process-text.ts';
import { listServersIn, type ProcessInfo, readProcessIn, serversAmong } from '../discover/processes.ts';
import { CoreError } from '../errors.ts';
import type { SshHost, SshTransport } from '../ssh/ssh-transport.ts';
import type { FileSaver } from './file-saver.ts';
import { lookFiles, lookSnapshot } from './look-files.ts';
import { LookSession } from './look-session.ts';
import type { Machine, MachineFiles } from './machine.ts';
import { createRemoteSaver } from './remote-saver.ts';
import { sftpFiles, sftpProcFiles, sftpSnapshot } from './sftp-files.ts';
import { createSftpSaver } from './sftp-saver.ts';
import { SftpSession } from './sftp-session.ts';
import type { Snapshot } from './snapshot-host.ts';

/** Of all that /proc says of the servers of a machine, with their environments. */
const MOST_PROCESS_BYTES = 16 * 1024 * 1024;
const MOST_LINE_BYTES = 64 * 1024;

interface Way {
  files: MachineFiles;
  snapshot: Snapshot;
  saver: FileSaver;
  listServers(): Promise<ProcessInfo[]>;
  readProcess(pid: number): Promise<ProcessInfo | null>;
}

export class RemoteAccess implements Way {
  readonly files: MachineFiles;
  readonly snapshot: Snapshot;
  readonly saver: FileSaver;
  readonly #host: SshHost;
  readonly #look: LookSession;
  readonly #byCommands: Way;
  readonly #bySftp: Way;
  readonly #found = new WeakMap<SshTransport, Promise<Way>>();
  /** Connections whose user runs no commands, and what was said to that. */
  readonly #withoutShell = new WeakMap<SshTransport, CoreError>();

  /** `onWritten`: what is known of files there may be another now. */
  constructor(host: SshHost, machine: Pick<Machine, 'name' | 'run'>, onWritten: () => void) {
    const { name } = machine;
    this.#host = host;
    this.#look = new LookSession({ name, exec: async (command) => (await host.transport()).exec(command) });
    const sftp = new SftpSession(name, async () => this.#openSftp());
    this.#byCommands = commandWay(this.#look, machine, onWritten);
    this.#bySftp = sftpWay(sftp, name, onWritten);
    this.files = {
      stat: async (path) => (await this.#way()).files.stat(path),
      readFile: async (path, mostBytes) => (await this.#way()).files.readFile(path, mostBytes),
      list: async (folder) => (await this.#way()).files.list(folder),
      realPath: async (path) => (await this.#way()).files.realPath(path),
    };
    this.snapshot = {
      stat: async (path) => (await this.#way()).snapshot.stat(path),
      read: async (path) => (await this.#way()).snapshot.read(path),
      list: async (path) => (await this.#way()).snapshot.list(path),
      real: async (path) => (await this.#way()).snapshot.real(path),
      facts: async () => (await this.#way()).snapshot.facts(),
    };
    this.saver = {
      isWritable: async (path) => (await this.#way()).saver.isWritable(path),
      replace: async (change) => (await this.#way()).saver.replace(change),
      create: async (path, text, access) => (await this.#way()).saver.create(path, text, access),
    };
  }

  async listServers(): Promise<ProcessInfo[]> {
    return (await this.#way()).listServers();
  }

  async readProcess(pid: number): Promise<ProcessInfo | null> {
    return (await this.#way()).readProcess(pid);
  }

  /** Throws `ssh-no-shell` where it is known that no command can be run. */
  requireShell(transport: SshTransport): void {
    const error = this.#withoutShell.get(transport);
    if (error !== undefined) throw error;
  }

  async #way(): Promise<Way> {
    const transport = await this.#host.transport();
    const known = this.#found.get(transport);
    if (known !== undefined) return known;
    const found = this.#findWay(transport);
    this.#found.set(transport, found);
    // What fails otherwise, such as a host that hangs, is tried again.
    found.catch(() => this.#found.delete(transport));
    return found;
  }

  async #findWay(transport: SshTransport): Promise<Way> {
    try {
      await this.#look.ask('real /', MOST_LINE_BYTES);
      return this.#byCommands;
    } catch (error) {
      if (!(error instanceof CoreError) || error.code !== 'ssh-no-shell') throw error;
      const sftp = await transport.sftp();
      if (sftp === null) throw error;
      sftp.end();
      this.#withoutShell.set(transport, error);
      return this.#bySftp;
    }
  }

  async #openSftp(): Promise<SFTPWrapper> {
    const transport = await this.#host.transport();
    const sftp = await transport.sftp();
    if (sftp !== null) return sftp;
    throw new CoreError('ssh-look', { host: this.#host.id, reason: 'it refuses SFTP' });
  }
}

function commandWay(look: LookSession, machine: Pick<Machine, 'name' | 'run'>, onWritten: () => void): Way {
  const ask = async (question: string): Promise<ProcessInfo[]> => {
    const answer = await look.ask(question, MOST_PROCESS_BYTES);
    return processesFromAnswer(answer.toString('utf8'), look.mark);
  };
  return {
    files: lookFiles(look, machine.name),
    snapshot: lookSnapshot(look),
    saver: createRemoteSaver(machine, look, onWritten),
    listServers: async () => serversAmong(await ask('servers')),
    readProcess: async (pid) => (await ask(`process ${pid}`)).find((process) => process.pid === pid) ?? null,
  };
}

function sftpWay(session: SftpSession, name: string, onWritten: () => void): Way {
  const proc = sftpProcFiles(session);
  return {
    files: sftpFiles(session, name),
    snapshot: sftpSnapshot(session, name),
    saver: createSftpSaver(session, name, onWritten),
    listServers: async () => listServersIn(proc),
    readProcess: async (pid) => readProcessIn(proc, pid),
  };
}
