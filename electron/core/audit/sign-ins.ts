/**
 * Puts sign-ins on hosts on record, from what is told of the hosts: each that succeeded or was refused. A connection
 * that comes back as it was within the hour is the same sign-in: a link that breaks often leaves no heap of entries.
 */
import type { HostState } from '../../contract/hosts-model.ts';
import type { Clock } from '../ports.ts';
import type { AuditRecord } from './audit-log.ts';

const SAME_FOR_MS = 3_600_000;

export class SignIns {
  readonly #clock: Clock;
  readonly #record: (record: AuditRecord) => void;
  /** By host: what was said last, and when. */
  readonly #last = new Map<string, { said: string; atMs: number }>();

  constructor(clock: Clock, record: (record: AuditRecord) => void) {
    this.#clock = clock;
    this.#record = record;
  }

  see(hosts: readonly HostState[]): void {
    for (const host of hosts) {
      const record = recordOf(host);
      if (record === null) continue;
      const said = JSON.stringify(record);
      const last = this.#last.get(host.id);
      const now = this.#clock.now();
      if (last?.said === said && now - last.atMs < SAME_FOR_MS) continue;
      this.#last.set(host.id, { said, atMs: now });
      this.#record(record);
    }
  }
}

/** null: nothing was decided about its sign-in. */
function recordOf({ id, status, code, reason, hops }: HostState): AuditRecord | null {
  const last = hops.at(-1);
  const way = hops.map(({ user, name }) => `${user}@${name}`).join(' → ');
  const common = { action: 'ssh.sign-in', machine: id, hostKey: last?.hostKey ?? null };
  if (status === 'ready') {
    return { ...common, detail: [way, last?.text].filter(Boolean).join('. '), result: 'done' };
  }
  const isRefused = status === 'failed' && /^ssh-(?:auth|host-key|system-refused)/.test(code ?? '');
  return isRefused ? { ...common, detail: way, result: 'refused', reason } : null;
}
