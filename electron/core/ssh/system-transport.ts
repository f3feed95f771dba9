/**
 * A connection made by the system's own ssh, for what ssh2 can't do: certificates, hardware keys, Kerberos, and whatever
 * a company has taught its ssh. One ssh holds the connection and shares it by a control socket in a folder that only
 * this user may enter, and ends with this process, however that ends; each command is a further ssh over that. Where there is no sharing (Windows) each command
 * connects for itself. It asks nothing (BatchMode), forwards no agent and listens on no port.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { CoreError, describe, isErrorCode } from '../errors.ts';
import type { RunningCommand, StreamAddress } from '../machine/machine.ts';
import { streamOfChild } from './child-stream.ts';
import type { Destination } from './destination.ts';
import { sshArguments } from './resolve-host.ts';
import type { SshTransport } from './ssh-transport.ts';

export interface SystemSshOptions {
  destination: Destination;
  /** `-F` and a file, where ssh would not find the user's own; usually empty. */
  configFile: readonly string[];
  /** Exists, and only this user may enter it. */
  controlFolder: string;
  platform: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

const SAFE = ['-a', '-x', '-T'].concat(
  [
    'BatchMode=yes',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'RemoteCommand=none',
    'ConnectTimeout=10',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
  ].flatMap((option) => ['-o', option]),
);
/** Printed by the LocalCommand of ssh once the connection is there. */
const READY = 'ready';
/** ssh's own exit code when it failed itself, and not the command. */
const SSH_FAILED = 255;
const MOST_ERROR_TEXT = 4_000;
/** Of a shell: there is no such program. */
const NOT_FOUND_CODE = 127;
/** Runs a program as long as the standard input is open, so that it ends with this process, however that ends. */
const WHILE_INPUT = [
  'exec 3<&0; "$@" </dev/null 3<&- & p=$!',
  '{ cat <&3; kill $p; } >/dev/null 2>&1 & g=$!',
  'exec 3<&- </dev/null',
  'wait $p; c=$?; kill $g; exit $c',
].join('\n');
/** ssh adds 18 characters while it makes the socket; the system's limit is 104 on macOS. */
const LONGEST_SOCKET_PATH = 85;

/** Words of ssh that mean: trying again without the user would not help. */
const FINAL =
  /permission denied|host key verification failed|identification has changed|too many authentication|revoked/i;

/** Rejects with `ssh-system` and `ssh-system-refused`; the latter is not to be tried again without the user. */
export async function connectSystemSsh(options: SystemSshOptions): Promise<SshTransport> {
  const path = join(options.controlFolder, randomBytes(4).toString('hex'));
  const isShared = options.platform !== 'win32' && Buffer.byteLength(path) <= LONGEST_SOCKET_PATH;
  const transport = new SystemSshTransport(options, isShared ? path : null);
  try {
    await transport.connect();
  } catch (error) {
    transport.close();
    throw error;
  }
  return transport;
}

class SystemSshTransport implements SshTransport {
  readonly kind = 'system';
  onClosed: ((reason: Error | null) => void) | null = null;
  readonly #options: SystemSshOptions;
  readonly #socketPath: string | null;
  readonly #children = new Set<ChildProcessWithoutNullStreams>();
  #isClosed = false;

  constructor(options: SystemSshOptions, socketPath: string | null) {
    this.#options = options;
    this.#socketPath = socketPath;
  }

  async connect(): Promise<void> {
    const local = ['-o', 'PermitLocalCommand=yes', '-o', `LocalCommand=echo ${READY}`];
    const shared = this.#socketPath !== null;
    // Without sharing a command that does nothing shows that commands can be run.
    const master = this.#start(shared ? ['-M', '-N', ...local] : [], shared ? [] : ['exit 0']);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const said = collectText(master);
    const abort = (): void => {
      reject(this.#options.signal.reason);
      master.kill();
    };
    this.#options.signal.addEventListener('abort', abort, { once: true });
    if (!shared) master.stdin.end();
    master.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(READY)) resolve();
    });
    master.once('error', (error) => reject(this.#failure(describe(error), error)));
    master.once('close', (code) => {
      if (!shared && code === 0) return resolve();
      if (shared && code === NOT_FOUND_CODE) return reject(new CoreError('ssh-no-system'));
      const failure = this.#failure(lastWords(said()) ?? `exit code ${code ?? 'none'}`);
      reject(failure);
      if (shared) this.#closed(failure);
    });
    try {
      await promise;
    } finally {
      this.#options.signal.removeEventListener('abort', abort);
    }
  }

  /**
   * TCP goes by `ssh -W`; ssh has no such way to unix sockets, which the reader on the host reaches instead. Whether the
   * socket there can be opened shows only in the stream.
   */
  async openStream(address: StreamAddress, signal: AbortSignal): Promise<Duplex> {
    const host = this.#options.destination.host;
    if (address.type === 'unix') {
      const reason = 'the system’s ssh forwards no unix sockets this way';
      throw new CoreError('ssh-forward-refused', { host, address: address.path, reason });
    }
    const name = address.host.includes(':') ? `[${address.host}]` : address.host;
    const child = this.#start(['-W', `${name}:${address.port}`], []);
    const said = collectText(child);
    await started(child);
    const stream = streamOfChild(child);
    const abort = (): void => {
      stream.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    child.once('close', (code) => {
      signal.removeEventListener('abort', abort);
      if (code !== SSH_FAILED || stream.destroyed) return;
      const reason = lastWords(said()) ?? 'ssh ended';
      stream.destroy(new CoreError('ssh-forward-refused', { host, address: `${name}:${address.port}`, reason }));
    });
    return stream;
  }

  async exec(command: string): Promise<RunningCommand> {
    const child = this.#start([], [command]);
    const { promise: ended, resolve } = Promise.withResolvers<{ code: number | null }>();
    child.once('close', (code) => resolve({ code: code === SSH_FAILED ? null : code }));
    await started(child);
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      ended,
      kill: () => {
        child.kill();
      },
    };
  }

  async sftp(): Promise<null> {
    return null;
  }

  close(): void {
    this.#closed(null);
  }

  #start(options: readonly string[], command: readonly string[]): ChildProcessWithoutNullStreams {
    if (this.#isClosed) throw this.#failure('the connection is closed');
    const { destination, configFile, env } = this.#options;
    const sharing =
      this.#socketPath === null
        ? ['-o', 'ControlMaster=no', '-o', 'ControlPath=none']
        : [
            ...(options.includes('-M') ? [] : ['-o', 'ControlMaster=no']),
            '-o',
            'ControlPersist=no',
            '-S',
            this.#socketPath,
          ];
    const args = [...sshArguments(destination, [...configFile, ...SAFE, ...sharing, ...options]), ...command];
    const isMaster = this.#socketPath !== null && options.includes('-M');
    const [program, ...rest] = isMaster ? ['/bin/sh', '-c', WHILE_INPUT, 'sh', 'ssh', ...args] : ['ssh', ...args];
    const child = spawn(program, rest, { stdio: 'pipe', env, windowsHide: true });
    this.#children.add(child);
    // What ssh says and how it ends tells the rest; a pipe that broke adds nothing to it.
    child.stdin.on('error', () => {});
    child.on('error', () => this.#children.delete(child));
    child.once('close', () => this.#children.delete(child));
    return child;
  }

  #closed(reason: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const child of this.#children) {
      child.stdin.destroy();
      child.kill();
    }
    if (this.#socketPath !== null) void removeSocket(this.#socketPath);
    this.onClosed?.(reason);
  }

  #failure(reason: string, cause?: unknown): CoreError {
    const { host } = this.#options.destination;
    if (isErrorCode(cause, 'ENOENT')) return new CoreError('ssh-no-system', {}, { cause });
    return FINAL.test(reason)
      ? new CoreError('ssh-system-refused', { host, reason }, { cause })
      : new CoreError('ssh-system', { host, reason }, { cause });
  }
}

async function started(child: ChildProcessWithoutNullStreams): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('spawn', resolve);
  child.once('error', (error) => {
    reject(new CoreError('command-failed', { command: 'ssh', reason: describe(error) }, { cause: error }));
  });
  await promise;
}

function collectText(child: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-MOST_ERROR_TEXT);
  });
  return () => text;
}

/** The last line of ssh's words, without what is only the frame of a warning. */
function lastWords(text: string): string | null {
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/[\p{Cc}\p{Cf}]+/gu, '').trim());
  const line = lines.findLast((each) => each !== '' && !each.startsWith('@'));
  return line === undefined ? null : line.replace(/\.$/, '');
}

async function removeSocket(path: string): Promise<void> {
  // ssh removes it itself, unless it was killed.
  await rm(path, { force: true }).catch(() => {});
}
