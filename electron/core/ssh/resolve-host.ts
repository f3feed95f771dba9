/**
 * From what a user wrote (`web1`, `deploy@10.0.0.3:2222`) to the settings of every machine on the way: asked of the
 * system's ssh (`ssh -G`), which knows Match, Include and canonical names exactly, or read by config-reader.ts where
 * there is none. ProxyJump is followed as ssh does it: each jump has its own configuration, and only the first one's own
 * jumps count further.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { currentUser } from '../current-user.ts';
import { CoreError, describe, isErrorCode } from '../errors.ts';
import { type ConfigFiles, listAliases, type ReadFiles, readConfigFor } from './config-reader.ts';
import { type ConfigValues, parseSshG, type TokenValues } from './config-values.ts';
import { type Destination, formatDestination, parseDestination } from './destination.ts';
import { type HopSettings, readHopSettings } from './hop-settings.ts';
import type { HostOutline } from './ssh-trust.ts';

const run = promisify(execFile);
const SSH_DEADLINE_MS = 5_000;
const MOST_HOPS = 8;
const SYSTEM_CONFIG = '/etc/ssh/ssh_config';

export interface ResolvePorts {
  homeFolder: string;
  platform: string;
  env: Readonly<Record<string, string | undefined>>;
}

export interface ResolvedSettings {
  /** As the user or the configuration calls it. */
  name: string;
  settings: HopSettings;
}

export class HostResolver {
  readonly #ports: ResolvePorts;
  /** The system's ssh without any configuration; null: there is no ssh here. Asked once. */
  #defaults: Promise<ConfigValues | null> | null = null;

  constructor(ports: ResolvePorts) {
    this.#ports = ports;
  }

  /** From here to the host, which is the last one. Throws `ssh-config` and `ssh-destination`. */
  async chain(destination: Destination): Promise<[ResolvedSettings, ...ResolvedSettings[]]> {
    return this.#follow(destination, []);
  }

  /** Whose reading of the configuration it is, for the page: `ssh -G web1`. */
  async resolvedBy(destination: Destination): Promise<string> {
    return (await this.#sshDefaults()) === null ? 'Reeve' : `ssh ${sshArguments(destination, ['-G']).join(' ')}`;
  }

  aliases(): string[] {
    return listAliases(this.#files(), this.#tokens(''));
  }

  /** By Reeve's own reader, which runs no program: good enough for a list, not for a connection. */
  outlines(): (alias: string) => HostOutline {
    const files = this.#files();
    const tokens = this.#tokens('');
    const read: ReadFiles = new Map();
    return (alias) => this.#outline(files, { ...tokens, name: alias, hostName: alias }, read);
  }

  #outline(files: ConfigFiles, tokens: TokenValues, read: ReadFiles): HostOutline {
    const { values } = readConfigFor(files, tokens, new Map(), read);
    const valueOf = (name: string): string | null => {
      const value = values.get(name)?.[0] ?? null;
      return value?.toLowerCase() === 'none' ? null : value;
    };
    const jumps = valueOf('proxyjump')?.split(',') ?? [];
    return {
      user: valueOf('user'),
      port: Number(valueOf('port') ?? 22),
      via: jumps.map((text) => parseJump(text).host),
      proxyCommand: jumps.length > 0 ? null : valueOf('proxycommand'),
    };
  }

  async #follow(destination: Destination, seen: string[]): Promise<[ResolvedSettings, ...ResolvedSettings[]]> {
    const name = formatDestination(destination);
    if (seen.includes(name) || seen.length >= MOST_HOPS) {
      const reason = seen.includes(name) ? 'its ProxyJump leads back to itself' : `more than ${MOST_HOPS} jumps`;
      throw new CoreError('ssh-config', { host: seen[0] ?? name, reason });
    }
    const settings = await this.#settings(destination);
    const own: ResolvedSettings = { name: destination.host, settings };
    if (settings.proxyJump === null) return [own];
    const jumps = settings.proxyJump.split(',').map((text) => parseJump(text));
    const [first, ...others] = jumps;
    if (first === undefined) return [own];
    const before = await this.#follow(first, [...seen, name]);
    for (const jump of others) {
      const jumped = await this.#settings(jump);
      // ssh is told the way to a jump in the middle: the jumps and commands of its own configuration don't count.
      before.push({ name: jump.host, settings: { ...jumped, proxyJump: null, proxyCommand: null } });
    }
    before.push(own);
    return before;
  }

  async #settings(destination: Destination): Promise<HopSettings> {
    checkSafe(destination);
    const defaults = await this.#sshDefaults();
    const { host, user, port } = destination;
    const tokens = this.#tokens(host);
    const surroundings = { tokens, platform: this.#ports.platform, defaults };
    if (defaults !== null) {
      return readHopSettings(this.#atHome(await this.#askSsh(destination)), surroundings);
    }
    const given = new Map<string, string[]>();
    if (user !== null) given.set('user', [user]);
    if (port !== null) given.set('port', [String(port)]);
    const full = { ...tokens, hostName: host, port: port ?? 22, user: user ?? tokens.localUser };
    const { values, warnings } = readConfigFor(this.#files(), { ...full, hostKeyAlias: null, proxyJump: '' }, given);
    const settings = readHopSettings(values, surroundings);
    return { ...settings, warnings: [...warnings, ...settings.warnings] };
  }

  async #askSsh(destination: Destination): Promise<ConfigValues> {
    try {
      const { stdout } = await run('ssh', sshArguments(destination, ['-G', ...this.configFile()]), {
        timeout: SSH_DEADLINE_MS,
        maxBuffer: 1_000_000,
        env: this.#ports.env,
      });
      return parseSshG(stdout);
    } catch (error) {
      throw new CoreError('ssh-config', { host: destination.host, reason: sshReason(error) }, { cause: error });
    }
  }

  async #sshDefaults(): Promise<ConfigValues | null> {
    this.#defaults ??= this.#askDefaults();
    return this.#defaults;
  }

  async #askDefaults(): Promise<ConfigValues | null> {
    try {
      const args = ['-G', '-F', 'none', '--', 'localhost'];
      const { stdout } = await run('ssh', args, { timeout: SSH_DEADLINE_MS, env: this.#ports.env });
      return parseSshG(stdout);
    } catch (error) {
      if (isErrorCode(error, 'ENOENT', 'EACCES')) return null;
      // One that is too old for -G, or hangs: Reeve reads the files itself.
      return null;
    }
  }

  /** Arguments of ssh: it looks for its files in the home folder of the system's list of users, whatever HOME says. */
  configFile(): string[] {
    if (this.#ports.homeFolder === systemHome()) return [];
    const path = join(this.#ports.homeFolder, '.ssh/config');
    return ['-F', existsSync(path) ? path : 'none'];
  }

  /** ssh has put the system's home folder for `~` in some of its paths already. */
  #atHome(values: ConfigValues): ConfigValues {
    const { homeFolder } = this.#ports;
    const system = systemHome();
    if (system === null || system === homeFolder) return values;
    const moved = (text: string): string =>
      text
        .split(' ')
        .map((word) => (word.startsWith(`${system}/`) ? homeFolder + word.slice(system.length) : word))
        .join(' ');
    return new Map(
      [...values].map(([name, list]) => [
        name,
        name === 'userknownhostsfile' || name === 'identityagent' ? list.map(moved) : list,
      ]),
    );
  }

  #files(): ConfigFiles {
    const userFolder = join(this.#ports.homeFolder, '.ssh');
    const ours = join(userFolder, 'config');
    const isSystemsHome = this.#ports.homeFolder === systemHome();
    return { paths: isSystemsHome ? [ours, SYSTEM_CONFIG] : [ours], userFolder };
  }

  #tokens(name: string) {
    const user = currentUser();
    return {
      name,
      homeFolder: this.#ports.homeFolder,
      localUser: user.name,
      localHost: hostname(),
      uid: user.uid,
      env: this.#ports.env,
      hostName: name,
      port: 22,
      user: user.name,
      hostKeyAlias: null,
      proxyJump: '',
    };
  }
}

/** `ssh <options> -l user -p port -- host`: nothing of it can be taken for an option. */
export function sshArguments({ host, user, port }: Destination, options: readonly string[]): string[] {
  const who = user === null ? [] : ['-l', user];
  const where = port === null ? [] : ['-p', String(port)];
  return [...options, ...who, ...where, '--', host];
}

/** ssh allows `ssh://user@host:port` in ProxyJump, too. */
function parseJump(text: string): Destination {
  return parseDestination(
    text
      .trim()
      .replace(/^ssh:\/\//, '')
      .replace(/\/$/, ''),
  );
}

/** Names reach the user's shell through ProxyCommand and `Match exec`: what a shell would act on is refused, as ssh does. */
function checkSafe(destination: Destination): void {
  const { host, user } = destination;
  const dangerous = /['"`$\\;&<>|(){}\s]/;
  if (dangerous.test(host) || (user !== null && (/['"`;&<>|(){}\s]/.test(user) || user.endsWith('\\')))) {
    throw new CoreError('ssh-destination', { destination: formatDestination(destination) });
  }
}

function systemHome(): string | null {
  try {
    return userInfo().homedir;
  } catch {
    // The system has no entry for this user.
    return null;
  }
}

/** Where ssh found something wrong first, or the last line of what it said, or why it did not run. */
function sshReason(error: unknown): string {
  const said =
    error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  if (said !== '') {
    const lines = said.split('\n').map((line) =>
      line
        .replace(/[\p{Cc}]+/gu, ' ')
        .replace(/\.\s*$/, '')
        .trim(),
    );
    return lines.find((line) => / line \d+: /.test(line)) ?? lines.at(-1) ?? said;
  }
  const killed = error instanceof Error && 'killed' in error && error.killed === true;
  return killed ? `ssh -G did not end within ${SSH_DEADLINE_MS / 1000} s` : describe(error);
}
