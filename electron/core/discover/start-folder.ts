/**
 * Where a server was started: relative names in its arguments and files begin there, though `chdir` may have taken it
 * elsewhere since. Its present folder, its emperor's and the shell's PWD are the candidates; its own configuration says which one fits.
 */
import { resolvePath } from '../../../engine/config/host.ts';
import { findOption } from '../../../engine/config/option-table.ts';
import { resolveConfig } from '../../../engine/config/resolve.ts';
import type { Machine } from '../machine/machine.ts';
import type { ProcessInfo } from './processes.ts';

type Started = Pick<ProcessInfo, 'parentPid' | 'args' | 'cwd' | 'env'>;

/** uWSGI tells a vassal by its environment how to talk with its emperor. */
function isVassal({ env }: Started): boolean {
  return env?.['UWSGI_EMPEROR_FD'] !== undefined;
}

/**
 * With these arguments; null when neither its folder nor its environment can be seen. `parent` need not be known: of a
 * vassal it is read, for an emperor stays in the folder of its vassals' files.
 */
export async function startFolderOf(
  machine: Machine,
  process: Started,
  argv: readonly string[],
  parent: ProcessInfo | null = null,
): Promise<string | null> {
  const emperor = isVassal(process) ? (parent ?? (await machine.readProcess(process.parentPid))) : null;
  const folders = candidates(process, emperor?.cwd ?? null);
  const reads = await Promise.all(folders.map(async (folder) => readFrom(machine, folder, process, argv)));
  const fitting = reads.find(({ isRead, goesTo }) => isRead && goesTo === process.cwd);
  // An application may have gone to any other folder: then one from which all is found has to do, the present one first.
  return (fitting ?? reads.findLast(({ isRead }) => isRead) ?? reads.at(-1))?.folder ?? null;
}

/** PWD first: after an absolute `chdir` the present folder fits, too, and is not where it was started. */
function candidates({ cwd, env }: Started, emperorFolder: string | null): string[] {
  const shell = env?.['PWD']?.startsWith('/') ? env['PWD'] : null;
  return [...new Set([emperorFolder, shell, cwd])].filter((folder) => folder !== null && folder !== undefined);
}

async function readFrom(machine: Machine, cwd: string, { args, env }: Started, argv: readonly string[]) {
  const options = { cwd, env: env ?? {}, binaryPath: args[0] ?? 'uwsgi', version: '2.0' };
  return machine.withConfigHost(options, (host) => {
    const resolved = resolveConfig(argv, host);
    const applied = resolved.ok ? resolved.applied : [];
    const chdir = applied.findLast(({ key }) => findOption(key)?.name === 'chdir')?.value ?? '.';
    return { folder: cwd, isRead: resolved.ok, goesTo: host.realFolder(resolvePath(cwd, chdir)) };
  });
}
