/** Entries of the record of actions as words, filtered, and as a file. Pure. */
import type { AuditEntry } from '../../../electron/contract/logs-model.ts';

const TITLES: Readonly<Record<string, string>> = {
  reload: 'Reload',
  stop: 'Stop',
  'scale-up': 'Add a worker',
  'scale-down': 'Remove a worker',
  pause: 'Pause or resume',
  'log-rotate': 'Rotate log',
  'log-reopen': 'Reopen log',
  'respawn-worker': 'Respawn worker',
  'config.save': 'Save configuration',
  'engine.start': 'Start engine',
  'engine.stop': 'Stop engine',
  'engine.restart': 'Restart engine',
  'fleet.import': 'Import instances',
  'host-key.trust': 'Trust host key',
  'host-key.forget': 'Forget host key',
  'ssh.sign-in': 'Sign in',
  'log.show': 'Show secrets of a log',
  'requests.show': 'Show secrets of requests',
  'spool.show': 'Show secrets of a task',
  'spool.retry': 'Retry tasks',
  'spool.delete': 'Delete tasks',
};

/** Actions without a title of their own stand as they are called. */
export function titleOf({ action }: AuditEntry): string {
  return TITLES[action] ?? action;
}

/** Those in which every word stands, whatever its case. */
export function filterEntries(entries: readonly AuditEntry[], text: string): readonly AuditEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter((entry) => {
    const { action, instance, machine, who, detail, result, reason, hostKey } = entry;
    const all = [titleOf(entry), action, instance, machine, who, detail, result, reason, hostKey]
      .join('\n')
      .toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** One JSON object a line, as the record itself. */
export function exportText(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
