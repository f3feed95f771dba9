/**
 * Finds the masters that run on this machine: which processes they are, how their stats address can be asked, and
 * what is missing where it can't. Reads arguments and configuration files only; connects to nothing.
 */
import { basename, dirname } from 'node:path';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { Discovered } from '../../contract/model.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { readEffectiveConfig } from '../config/read-effective.ts';
import type { Machine } from '../machine/machine.ts';
import { HIDDEN } from '../samples/redact.ts';
import { sshAddress } from '../stats/target.ts';
import { hidesArguments, type ProcessInfo, serverArguments } from './processes.ts';
import { startFolderOf } from './start-folder.ts';
import { unitOf } from './supervisor.ts';

export interface FoundServer {
  process: ProcessInfo;
  /** null: its arguments can't be seen. */
  config: EffectiveConfig | null;
  /** The master that started it, also by its emperor process; null: none, or not known. */
  startedByPid: number | null;
}

export async function findServers(machine: Machine): Promise<FoundServer[]> {
  const processes = await machine.listServers();
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  return Promise.all(
    mastersOf(processes).map(async (process) => {
      const parent = byPid.get(process.parentPid) ?? null;
      const config = await configOf(machine, process, parent);
      return { process, config, startedByPid: parent === null ? null : masterOf(parent, byPid).pid };
    }),
  );
}

/**
 * The process that gave this document, with its configuration; null when it can't be seen, or is another server.
 * `statsAddress` is as seen from the machine.
 */
export async function findServerOf(
  machine: Machine,
  document: StatsDocument,
  statsAddress: string,
): Promise<FoundServer | null> {
  const process = await machine.readProcess(document.pid);
  if (process === null || serverArguments(process) === null) return null;
  // The folder of another user's process is hidden, but its statistics name it.
  const server = { process: { ...process, cwd: process.cwd ?? document.cwd }, startedByPid: null };
  const config = await configOf(machine, server.process, null);
  return isSameServer({ process, config }, document, statsAddress) ? { ...server, config } : null;
}

/** A master in a container gives its pid there, which may be another server's pid here. */
export function isSameServer(
  server: Pick<FoundServer, 'process' | 'config'>,
  document: StatsDocument,
  statsAddress: string,
): boolean {
  const { statsAddress: its = null, emperorStatsAddress = null } = server.config ?? {};
  if (statsAddress !== '' && (its === statsAddress || emperorStatsAddress === statsAddress)) return true;
  return server.process.cwd !== null && server.process.cwd === document.cwd;
}

/** A child with the same arguments is a worker or a gateway; one with others is a vassal, a master itself. */
export function mastersOf(processes: readonly ProcessInfo[]): ProcessInfo[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  return processes.filter((process) => masterOf(process, byPid) === process);
}

/** The process itself, or the first above it of those that were called the same way. */
function masterOf(process: ProcessInfo, byPid: ReadonlyMap<number, ProcessInfo>): ProcessInfo {
  const parent = byPid.get(process.parentPid);
  if (parent === undefined || parent === process || parent.args.join('\0') !== process.args.join('\0')) return process;
  return masterOf(parent, byPid);
}

/** As the page lists them. */
export function describeServers(
  machine: Machine,
  servers: readonly FoundServer[],
  instanceIdOf: (server: FoundServer) => string | null,
): Discovered[] {
  const emperors = new Set(servers.filter(isEmperor).map(({ process }) => process.pid));
  return servers.map((server) => {
    const { startedByPid } = server;
    const emperorPid = startedByPid !== null && emperors.has(startedByPid) ? startedByPid : null;
    return describeServer(machine, server, instanceIdOf(server), emperorPid);
  });
}

function isEmperor({ config }: Pick<FoundServer, 'config'>): boolean {
  return (config?.emperor.length ?? 0) > 0;
}

export function describeServer(
  machine: Machine,
  server: Pick<FoundServer, 'process' | 'config'>,
  instanceId: string | null,
  emperorPid: number | null,
): Discovered {
  const { process, config } = server;
  return {
    machine: machine.id,
    role: isEmperor(server) ? 'emperor' : emperorPid === null ? 'server' : 'vassal',
    emperorPid,
    unit: unitOf(process),
    pidfile: config?.pidfile ?? null,
    pid: process.pid,
    command: shorten(hideSecrets(process.args.join(' '))),
    user: process.user,
    cwd: process.cwd,
    configPath: config?.configPath ?? null,
    statsAddress: sshAddressOf(machine, config),
    masterFifo: config?.masterFifos[0] ?? null,
    instanceId,
    missing: missingOf(server),
  };
}

/** As it is attached to from here. */
function sshAddressOf(machine: Machine, config: EffectiveConfig | null): string | null {
  const address = config === null ? null : addressToAsk(config);
  return address === null ? null : sshAddress(machine.id, address);
}

/** An emperor tells of its vassals at an address of its own. */
export function addressToAsk({ emperorStatsAddress, statsAddress }: EffectiveConfig): string | null {
  return emperorStatsAddress ?? statsAddress;
}

/** A name for an instance: its configuration file's, or its folder's. */
export function nameOf({ process, config }: Pick<FoundServer, 'process' | 'config'>): string {
  const path = config?.configPath ?? null;
  if (path !== null) return nameOfFile(path);
  return process.cwd === null ? `pid ${process.pid}` : basename(process.cwd) || `pid ${process.pid}`;
}

/** `shop` for /srv/shop/uwsgi.ini and /srv/shop/app.ini, `admin` for /srv/shop/admin.ini. */
export function nameOfFile(configPath: string): string {
  const name = basename(configPath).replace(/\.\w+$/, '');
  return name === 'uwsgi' || name === 'app' ? basename(dirname(configPath)) || name : name;
}

/** What a process was started with; null: its arguments can't be seen, or it is no server. */
export async function configOfProcess(machine: Machine, process: ProcessInfo): Promise<EffectiveConfig | null> {
  return configOf(machine, process, null);
}

/** Its folder was found by reading its files: what they said then counts. */
const ONE_LOOK_MS = 10_000;

async function configOf(
  machine: Machine,
  process: ProcessInfo,
  parent: ProcessInfo | null,
): Promise<EffectiveConfig | null> {
  const args = serverArguments(process);
  if (args === null || hidesArguments(process)) return null;
  const cwd = (await startFolderOf(machine, process, args, parent)) ?? '/';
  const options = { cwd, env: process.env ?? {}, binaryPath: process.args[0] ?? 'uwsgi', version: '2.0' };
  return machine.withConfigHost({ ...options, ageMs: ONE_LOOK_MS }, (host) => readEffectiveConfig(args, host));
}

function missingOf(server: Pick<FoundServer, 'process' | 'config'>): string | null {
  const { process, config } = server;
  if (config === null) return 'Its arguments can not be seen (auto-procname). Give its stats address by hand.';
  if (addressToAsk(config) !== null) return null;
  if (process.cwd === null) {
    return 'Its folder can not be seen by this user, so its configuration was not read. Sign in as its user or root, or give its stats address by hand.';
  }
  if (config.errors.length > 0) {
    return `Its configuration can not be read: ${config.errors[0] ?? ''} Give its stats address by hand.`;
  }
  if (isEmperor(server)) {
    return 'It is an emperor without statistics. Add "emperor-stats = 127.0.0.1:1777" to it and restart it, or attach to its vassals.';
  }
  const where =
    config.configPath === null ? `its arguments ("${basename(process.args[0] ?? '')} …")` : config.configPath;
  return `It has no stats address. Add "stats = 127.0.0.1:1717" to ${where} and restart it.`;
}

/** `--env DB_PASSWORD=…` stands in the arguments of some servers. */
function hideSecrets(command: string): string {
  return command.replace(/\b(\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|KEY|CREDENTIAL)\w*)=\S+/gi, `$1=${HIDDEN}`);
}

function shorten(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  return plain.length > 500 ? `${plain.slice(0, 499)}…` : plain;
}
