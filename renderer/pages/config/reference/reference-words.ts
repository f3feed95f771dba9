/** Words and shapes of the reference. Pure. */
import type { Health } from '../../../../electron/contract/model.ts';
import type { Severity } from '../../../../engine/config/rules/rule.ts';

export const LEVELS: Record<Severity, Health['level']> = { error: 'crit', warning: 'warn', info: 'off' };
export const SEVERITY_WORDS: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' };

/** Last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `3 options`, `1 option`. */
export function countWords(count: number, word: string): string {
  return `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
}
