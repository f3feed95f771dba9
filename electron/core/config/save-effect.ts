/** Whether writing a configuration file is itself a reload: a server or an emperor may watch it. */
import type { Instance } from '../instances/instance.ts';

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
  const pid = instance.record.kind === 'attached' ? (instance.monitor.document?.pid ?? null) : null;
  const master = pid === null ? null : await machine.readProcess(pid).catch(() => null);
  if (master?.env?.['UWSGI_EMPEROR_FD'] === undefined) return null;
  return 'An emperor watches the folder of this file: saving reloads the server at once.';
}
