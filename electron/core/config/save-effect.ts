/** Whether writing a configuration file is itself a reload: a server or an emperor may watch it. */
import { serverArguments } from '../discover/processes.ts';
import type { Instance } from '../instances/instance.ts';
import type { Machine } from '../machine/machine.ts';

/** Why a save reloads the server, as a sentence; null: it does not, as far as is known. */
export async function saveReloads(instance: Instance, path: string): Promise<string | null> {
  const { config, machine } = instance;
  const real = await machine.files.realPath(path).catch(() => path);
  const watched: [option: string, paths: readonly string[]][] = [
    ['touch-reload', config?.touchReload ?? []],
    ['touch-chain-reload', config?.touchChainReload ?? []],
    ['touch-workers-reload', config?.touchWorkersReload ?? []],
  ];
  const found = watched.find(([, paths]) => paths.includes(path) || paths.includes(real));
  if (found !== undefined) return `${found[0]} watches this file: saving reloads the server at once.`;
  const pid = instance.record.kind !== 'engine' ? (instance.monitor.document?.pid ?? null) : null;
  if (pid === null || !(await isVassal(machine, pid).catch(() => false))) return null;
  return 'An emperor watches the folder of this file: saving reloads the server at once.';
}

/** By the mark that an emperor leaves in its vassals' environment; where that is hidden, a server's child is a vassal. */
async function isVassal(machine: Machine, pid: number): Promise<boolean> {
  const master = await machine.readProcess(pid);
  if (master === null) return false;
  if (master.env !== null) return master.env['UWSGI_EMPEROR_FD'] !== undefined;
  const parent = await machine.readProcess(master.parentPid);
  return parent !== null && serverArguments(parent) !== null;
}
