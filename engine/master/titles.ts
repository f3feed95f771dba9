/** Names of the engine's processes as `ps` shows them: `auto-procname`, `procname` and their kin. Pure. */
import type { EngineSettings } from '../config/settings.ts';

/** The master's; null: nothing asks for another than the program's own. */
export function masterTitle(settings: EngineSettings): string | null {
  const { name, master } = settings.system.procname;
  return titleOf(settings, master ?? name, 'reeve master');
}

/** Those of zygotes and workers; `{wid}` stands for the worker's number. */
export function runtimeTitles(settings: EngineSettings): { zygote: string | null; worker: string | null } {
  const { name } = settings.system.procname;
  return { zygote: titleOf(settings, name, 'reeve zygote'), worker: titleOf(settings, name, 'reeve worker {wid}') };
}

function titleOf(settings: EngineSettings, chosen: string | null, own: string): string | null {
  if (chosen === null && !settings.autoProcname) return null;
  return `${settings.procnamePrefix}${chosen ?? own}${settings.system.procname.append}`;
}
