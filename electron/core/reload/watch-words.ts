/**
 * Lines of the log of a reload.
 */
import type { ReloadRun } from '../../contract/reload-model.ts';

export function info(atMs: number, text: string): ReloadRun['log'][number] {
  return { atMs, level: 'info', text };
}

export function warning(atMs: number, text: string): ReloadRun['log'][number] {
  return { atMs, level: 'warning', text };
}
