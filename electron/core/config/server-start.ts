/**
 * How the server of an instance was started, as far as that can be seen from here: whoever reads its configuration
 * (checks, the editor's questions, effective options, drift) reads it from the same folder, with the same environment.
 */
import { dirname } from 'node:path';
import type { CheckTarget } from '../../../engine/config/diagnostics.ts';
import type { HostFacts } from '../../../engine/config/host.ts';
import { loadingArguments } from '../../../engine/config/sources.ts';
import { findServerOf } from '../discover/discover.ts';
import { hidesArguments, serverArguments } from '../discover/processes.ts';
import { startFolderOf } from '../discover/start-folder.ts';
import { supervisorOf } from '../discover/supervisor.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { configPathOf } from './config-path.ts';

export interface ServerStart {
  server: CheckTarget['server'];
  /** Its arguments; null: they can't be seen. */
  argv: string[] | null;
  cwd: string;
  /** null: it can't be seen. */
  env: Readonly<Record<string, string | undefined>> | null;
  binaryPath: string;
  version: string;
  /** What stands above it; null: it is not known to run on this machine, so that no fact of this machine counts. */
  machine: Pick<HostFacts, 'supervisor'> | null;
}

/** Looking costs more than a pause between two words of the editor should. */
const KEPT_MS = 10_000;
/** What is asked while a text is typed is answered at once, and by what the machine said a little ago. */
export const TYPING_MS = 60_000;

interface Known {
  path: string;
  pid: number | null;
  atMs: number;
  start: Promise<ServerStart>;
}

const starts = new WeakMap<Instance, Known>();

/** Throws `config-none` when the file of the instance is not known. */
export async function serverStartOf(instance: Instance, ports: Ports): Promise<ServerStart> {
  const path = configPathOf(instance);
  const pid = instance.monitor.document?.pid ?? null;
  const atMs = ports.clock.monotonicMs();
  const known = starts.get(instance);
  const isSame = known !== undefined && known.path === path && known.pid === pid;
  if (isSame && atMs - known.atMs < KEPT_MS) return known.start;
  const start = look(instance, path, ports);
  // Behind a link, what was seen a little ago serves until the new look is done.
  if (isSame && !instance.machine.isLocal && atMs - known.atMs < TYPING_MS) {
    starts.set(instance, { ...known, atMs });
    void start.then(() => starts.set(instance, { path, pid, atMs, start }));
    return known.start;
  }
  starts.set(instance, { path, pid, atMs, start });
  return start;
}

/** Never rejects: what can't be seen is not known. */
async function look(instance: Instance, path: string, ports: Ports): Promise<ServerStart> {
  const { version } = ports;
  const cwd = dirname(path);
  const server = instance.isReeveEngine ? 'engine' : 'uwsgi';
  if (instance.record.kind === 'engine') {
    // What starts the console does not start its engines.
    const machine = { supervisor: null };
    return { server, argv: null, cwd, env: ports.env, binaryPath: process.execPath, version, machine };
  }
  const { document } = instance.monitor;
  const unseen: ServerStart = {
    server,
    argv: null,
    cwd,
    env: null,
    binaryPath: 'uwsgi',
    version: document?.version ?? version,
    machine: null,
  };
  if (document === null) return unseen;
  const found = await findServerOf(instance.machine, document, instance.target().address).catch(() => null);
  if (found === null) return unseen;
  const { process: master } = found;
  const argv = hidesArguments(master) ? null : serverArguments(master);
  return {
    ...unseen,
    argv,
    cwd: (await startFolderOf(instance.machine, master, argv ?? loadingArguments(path))) ?? cwd,
    env: master.env,
    binaryPath: master.args[0] ?? 'uwsgi',
    machine: { supervisor: supervisorOf(master) },
  };
}
