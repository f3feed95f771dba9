/**
 * The master's process on its machine: before any signal it is made sure that the pid of the figures is this server's
 * master there, and not another process with the same number, as with a server in a container.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { findSignalDenial } from '../control/control.ts';
import { findServerOf } from '../discover/discover.ts';
import type { ProcessInfo } from '../discover/processes.ts';
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';

/** Throws `signal-not-master` unless the process is this server's. */
export async function findMaster(instance: Instance, document: StatsDocument): Promise<ProcessInfo> {
  const { machine } = instance;
  const isOwn = instance.runner?.state.pid === document.pid;
  const found = isOwn
    ? await machine.readProcess(document.pid)
    : (await findServerOf(machine, document, instance.target().address))?.process;
  if (found == null) throw new CoreError('signal-not-master', { pid: document.pid });
  return found;
}

/** Why the master can't be signalled; null: nothing is known that stands in the way. Sends nothing. */
export async function findSignalTrouble(
  instance: Instance,
  document: StatsDocument,
  sudo: boolean,
): Promise<string | null> {
  const { pid } = document;
  const { machine } = instance;
  if (machine.isLocal && process.platform === 'win32') return 'Windows has no such signal.';
  try {
    await findMaster(instance, document);
    const reason = await findSignalDenial({ machine, sudo }, pid);
    return reason === null ? null : `Process ${pid} can not be signalled: ${reason}.`;
  } catch (error) {
    if (error instanceof CoreError) return error.message;
    throw error;
  }
}
