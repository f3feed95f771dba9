/**
 * Words and lines that the watcher of reloads and its verdict share.
 */
import type { ReloadRun } from '../../contract/model.ts';

export function info(atMs: number, text: string): ReloadRun['log'][number] {
  return { atMs, level: 'info', text };
}

export function warning(atMs: number, text: string): ReloadRun['log'][number] {
  return { atMs, level: 'warning', text };
}

/** `0.4 s`, `22 s`. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
