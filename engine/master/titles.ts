/** Names of the engine's processes as `ps` shows them: `auto-procname`, `procname` and their kin. Pure. */
import type { EngineSettings } from '../config/settings.ts';
import type { RuntimeRole } from './control.ts';

/** The master's; null: nothing asks for another than the program's own. */
export function masterTitle(settings: EngineSettings): string | null {
  const { name, master } = settings.system.procname;
  return titleOf(settings, master ?? name, 'reeve master');
}

/** Those of runtimes; `{number}` stands for that of the worker or mule. */
export function runtimeTitles(settings: EngineSettings): Record<RuntimeRole, string | null> {
  const title = (own: string): string | null => titleOf(settings, settings.system.procname.name, own);
  return {
    zygote: title('reeve zygote'),
    worker: title('reeve worker {number}'),
    mule: title('reeve mule {number}'),
    spooler: title('reeve spooler'),
  };
}

function titleOf(settings: EngineSettings, chosen: string | null, own: string): string | null {
  if (chosen === null && !settings.autoProcname) return null;
  return `${settings.procnamePrefix}${chosen ?? own}${settings.system.procname.append}`;
}
