/**
 * What was done to servers from this console: one JSON object a line in `audit.log` of the data folder, newest last.
 * Bounded: at 1 MiB the file becomes `audit.1.log` and a new one is begun. Who records leaves secrets out; whatever
 * still looks like one in an address or a command is hidden here.
 */
import { appendFile, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditEntry, auditEntrySchema } from '../../contract/logs-model.ts';
import { describe } from '../errors.ts';
import { hideSecrets } from '../logs/line-secrets.ts';
import type { Machine } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { Turns } from '../turns.ts';

const MOST_FILE_BYTES = 1024 * 1024;
const MOST_TEXT = 1_000;

export interface AuditLogOptions {
  folder: string;
  /** The console's user. */
  who: string;
  clock: Clock;
  onTrouble: (text: string) => void;
}

export type AuditRecord = Pick<AuditEntry, 'action' | 'machine' | 'detail' | 'result'> &
  Partial<Pick<AuditEntry, 'instance' | 'hostKey' | 'reason'>>;

type Outcome = Pick<AuditRecord, 'result' | 'reason'>;

export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #turns = new Turns();
  readonly #path: string;
  #lastWrite: Promise<void> = Promise.resolve();
  #saidTrouble = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#path = join(options.folder, 'audit.log');
  }

  /** Keeps one entry. Never throws: what was done stays done, and that it is not on record is told once. */
  record(record: AuditRecord): void {
    const entry: AuditEntry = {
      atMs: this.#options.clock.now(),
      who: this.#options.who,
      action: record.action,
      instance: record.instance ?? null,
      machine: record.machine,
      hostKey: record.hostKey ?? null,
      detail: hideSecrets(record.detail).slice(0, MOST_TEXT),
      result: record.result,
      reason:
        record.reason === undefined || record.reason === null ? null : hideSecrets(record.reason).slice(0, MOST_TEXT),
    };
    this.#lastWrite = this.#turns
      .take('write', async () => this.#write(entry))
      .catch((error: unknown) => {
        if (this.#saidTrouble) return;
        this.#saidTrouble = true;
        this.#options.onTrouble(`The record of actions ${this.#path} can not be written: ${describe(error)}.`);
      });
  }

  /** Does the work and keeps one entry of how it went. `judge`: of a result that is not done, what it was. */
  async around<T>(
    record: Omit<AuditRecord, 'result' | 'reason'>,
    work: () => Promise<T>,
    judge?: (result: T) => Outcome,
  ): Promise<T> {
    try {
      const result = await work();
      this.record({ ...record, ...(judge?.(result) ?? { result: 'done' }) });
      return result;
    } catch (error) {
      this.record({ ...record, result: 'failed', reason: describe(error) });
      throw error;
    }
  }

  /** Newest first. Lines that are no entries are passed over. */
  async read(most: number): Promise<AuditEntry[]> {
    await this.settle();
    const texts = await Promise.all([this.#olderPath(), this.#path].map(readText));
    const lines = texts.flatMap((text) => text.split('\n'));
    const entries: AuditEntry[] = [];
    for (let i = lines.length - 1; i >= 0 && entries.length < most; i -= 1) {
      const entry = parseEntry(lines[i] ?? '');
      if (entry !== null) entries.push(entry);
    }
    return entries;
  }

  /** Resolves when everything recorded so far is on the disk. */
  async settle(): Promise<void> {
    await this.#lastWrite;
  }

  #olderPath(): string {
    return join(this.#options.folder, 'audit.1.log');
  }

  async #write(entry: AuditEntry): Promise<void> {
    const found = await stat(this.#path).catch(() => null);
    if (found !== null && found.size >= MOST_FILE_BYTES) await rename(this.#path, this.#olderPath());
    await appendFile(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }
}

/** Fingerprint of the host key that a machine was reached under; null: it is this one, or was reached without one. */
export function hostKeyOf({ way }: Machine): string | null {
  return way?.state.hops.at(-1)?.hostKey ?? null;
}

function parseEntry(line: string): AuditEntry | null {
  if (line === '') return null;
  try {
    return auditEntrySchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    // Cut off by a crash in the middle of a write.
    return null;
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
