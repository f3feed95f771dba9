/**
 * Changes of a configuration in a few words, for histories: `processes 4 → 8, harakiri removed`. Values that are long
 * or look like a secret are not shown. Pure.
 */
import { plainValue } from './effective.ts';
import { findOption } from './option-table.ts';
import { holdsSecret, isSecretName } from './secrets.ts';
import type { SemanticChange } from './semantic-diff.ts';

const MOST_CHANGES = 4;
const LONGEST_VALUE = 32;

/** `processes 4 → 8`, `threads added`, `order of route changed`. */
export function changeWords({ name, type, before, after }: SemanticChange): string {
  if (type === 'reordered') return `order of ${name} changed`;
  const kind = findOption(name)?.kind;
  if (type === 'added') return kind === 'flag' ? `${name} on` : `${name} added`;
  if (type === 'removed') return kind === 'flag' ? `${name} off` : `${name} removed`;
  const [old, now] = [shortValue(name, before), shortValue(name, after)];
  return old === null || now === null || old === now ? `${name} changed` : `${name} ${old} → ${now}`;
}

/** One line about all changes; texts tell what is left when the meaning is the same. */
export function summaryWords(changes: readonly SemanticChange[], before: string, after: string): string {
  if (before === after) return 'the same text';
  if (changes.length === 0) {
    return sameLines(before, after) ? 'comments only' : 'written differently, the same meaning';
  }
  const shown = changes.slice(0, MOST_CHANGES).map(changeWords);
  const more = changes.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function shortValue(name: string, values: SemanticChange['before']): string | null {
  const [only] = values;
  if (only === undefined || values.length > 1 || isSecretName(name) || holdsSecret(only.value)) return null;
  const option = findOption(name);
  const value = name.startsWith('env ')
    ? only.value.slice(only.value.indexOf('=') + 1)
    : plainValue(option, only.value);
  return value === '' || value.length > LONGEST_VALUE ? null : value;
}

function sameLines(a: string, b: string): boolean {
  return writtenLines(a) === writtenLines(b);
}

function writtenLines(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith(';') && !line.startsWith('#'))
    .join('\n');
}
