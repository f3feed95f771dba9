/**
 * A real OpenSSH server for process tests, on a free port of 127.0.0.1, with its own keys, configuration and log:
 *
 *   const web = await Sshd.start({ config: ['MaxSessions 2'], path: standIns });
 *   await writeSshHome(home, [{ alias: 'bastion', sshd: bastion }, { alias: 'web1', sshd: web, via: 'bastion' }]);
 *   … core.call('hosts.connect', { destination: 'web1' }) …
 *   await web.kill(); await web.restart(); await web.dispose();
 *
 * `kill` ends the listener and all its sessions with SIGKILL; `restart` brings it back on the same port with the same
 * keys; `dispose` ends all and removes the folder. Any user of the system can sign in with `keyPath`; one without a
 * shell (`user: 'nobody'`) serves as a bastion.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../testing/free-port.ts';
import { waitUntil } from '../../testing/wait-until.ts';

const SSHD = '/usr/sbin/sshd';
const run = promisify(execFile);

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshdOptions {
  /** More lines of sshd_config; they come first, so they win over the bench's own. */
  config?: string[];
  /** The first is the one of `knownHostsLine`. */
  hostKeyTypes?: KeyType[];
  /** Who signs in; the user of this process unless given. */
  user?: string;
  /** A private key that signs in, instead of one of its own (`<keyPath>.pub` must be there). */
  keyPath?: string;
  /** A folder that is put before the PATH of the sessions, for stand-ins of systemctl and the like. */
  path?: string;
}

/** Makes a key pair; returns the path of the private key. */
export async function makeKey(path: string, { type = 'ed25519', passphrase = '' } = {}): Promise<string> {
  await run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', path]);
  return path;
}

export class Sshd {
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly keyPath: string;
  /** Of the server, the first type: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  #process: ChildProcess | null = null;

  private constructor(found: { folder: string; port: number; user: string; keyPath: string; hostKey: string }) {
    this.folder = found.folder;
    this.port = found.port;
    this.user = found.user;
    this.keyPath = found.keyPath;
    this.hostKey = found.hostKey;
  }

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    const folder = await mkdtemp(join(tmpdir(), 'reeve-sshd-'));
    // Another user's session reads authorized_keys and its own stand-ins.
    await chmod(folder, 0o755);
    const types = options.hostKeyTypes ?? ['ed25519'];
    for (const type of types) await makeKey(join(folder, `host_${type}`), { type });
    const keyPath = options.keyPath ?? (await makeKey(join(folder, 'id')));
    await writeFile(join(folder, 'authorized_keys'), await readFile(`${keyPath}.pub`));
    const port = await freePort();
    await writeFile(join(folder, 'sshd_config'), configText(folder, port, types, options));
    const hostKey = (await readFile(join(folder, `host_${types[0] ?? 'ed25519'}.pub`), 'utf8')).split(' ');
    const user = options.user ?? userInfo().username;
    const sshd = new Sshd({ folder, port, user, keyPath, hostKey: hostKey.slice(0, 2).join(' ') });
    await sshd.restart();
    return sshd;
  }

  /** A line for known_hosts. */
  get knownHostsLine(): string {
    return `[127.0.0.1]:${this.port} ${this.hostKey}`;
  }

  /** `ssh://` host part: `root@127.0.0.1:34567`. */
  get destination(): string {
    return `${this.user}@127.0.0.1:${this.port}`;
  }

  get logText(): string {
    const path = join(this.folder, 'log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** How many connections have come in so far. */
  get connectionCount(): number {
    return this.logText.match(/^Connection from /gm)?.length ?? 0;
  }

  /** Between `restart` and `kill`. */
  get isRunning(): boolean {
    return this.#process !== null;
  }

  /** Of the listener, below which its sessions are; null: it does not run. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** More keys that sign in. */
  async authorize(publicKeyPath: string): Promise<void> {
    await appendFile(join(this.folder, 'authorized_keys'), await readFile(publicKeyPath));
  }

  /** Starts it again with the same port, keys and configuration. */
  async restart(): Promise<void> {
    await this.kill();
    if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
    const listening = countListening(this.logText);
    const child = spawn(SSHD, ['-D', '-f', join(this.folder, 'sshd_config'), '-E', join(this.folder, 'log')], {
      stdio: 'ignore',
    });
    this.#process = child;
    await waitUntil(`sshd on port ${this.port}`, () => {
      if (child.exitCode !== null) throw new Error(`sshd did not start: ${this.logText}`);
      return countListening(this.logText) > listening;
    });
  }

  /** SIGKILL for the listener and all sessions with what they run: peers see their connections reset or ended. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child?.pid === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const all = [child.pid, ...descendants(child.pid)];
    // A second look finds what was forked meanwhile.
    for (const pid of [...all, ...all.flatMap(descendants)]) killOne(pid);
    if (child.exitCode === null && child.signalCode === null) await ended;
  }

  /** Ends the sessions, as a restart of the machine's network does; the listener goes on. */
  endSessions(): void {
    if (this.#process?.pid !== undefined) for (const pid of descendants(this.#process.pid)) killOne(pid);
  }

  /** Stops (SIGSTOP) or continues listener and sessions: connections stay open and say nothing, as behind a pulled cable. */
  freeze(frozen: boolean): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    for (const each of [pid, ...descendants(pid)]) process.kill(each, frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Writes `.ssh/config` and `.ssh/known_hosts` of a home folder: an alias for each server. `via` is another alias. */
export async function writeSshHome(
  home: string,
  hosts: { alias: string; sshd: Sshd; via?: string; known?: boolean; config?: string[] }[],
): Promise<void> {
  const folder = join(home, '.ssh');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const blocks = hosts.map(({ alias, sshd, via, config = [] }) =>
    [
      `Host ${alias}`,
      ...config.map((line) => `  ${line}`),
      '  HostName 127.0.0.1',
      `  Port ${sshd.port}`,
      `  User ${sshd.user}`,
      `  IdentityFile ${sshd.keyPath}`,
      `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
      ...(via === undefined ? [] : [`  ProxyJump ${via}`]),
    ].join('\n'),
  );
  await writeFile(join(folder, 'config'), `${blocks.join('\n\n')}\n`, { mode: 0o600 });
  const known = hosts.filter((host) => host.known !== false).map(({ sshd }) => `${sshd.knownHostsLine}\n`);
  await writeFile(join(folder, 'known_hosts'), known.join(''), { mode: 0o600 });
}

function configText(folder: string, port: number, types: KeyType[], options: SshdOptions): string {
  const usual = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return `${[
    ...(options.config ?? []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...types.map((type) => `HostKey ${join(folder, `host_${type}`)}`),
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PidFile none',
    'UsePAM no',
    'UseDNS no',
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'KbdInteractiveAuthentication no',
    'PasswordAuthentication no',
    'Subsystem sftp internal-sftp',
    'LogLevel VERBOSE',
    // The depth of shells keeps bash from reading the .bashrc of whoever runs the tests, which may take for ever.
    `SetEnv SHLVL=1${options.path === undefined ? '' : ` PATH=${options.path}:${usual}`}`,
  ].join('\n')}\n`;
}

function countListening(log: string): number {
  return log.match(/^Server listening on /gm)?.length ?? 0;
}

/** All processes below one, from /proc. */
function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    if (parent !== null) parents.set(Number(name), parent);
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found.slice(1);
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
