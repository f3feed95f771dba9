/**
 * One Reeve per data folder. The lock is an open SQLite transaction: the operating system drops it when the process
 * ends, however it ends, so a lock is never stale. Beside it `running.json` says who holds it and how it is reached;
 * that file is only a hint and is read only while the lock is held.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { isErrorCode } from '../core/errors.ts';

const ownerSchema = z.object({
  pid: z.number().int().positive(),
  kind: z.enum(['window', 'web']),
  /** Address of the headless host, without a token. */
  url: z.string().nullable(),
  /** For `POST /link`; the file is readable by its owner only. */
  linkSecret: z.string().nullable(),
});
export type LockOwner = z.infer<typeof ownerSchema>;

export interface DataLock {
  /** Tells other processes how this one is reached. */
  announce(owner: LockOwner): void;
  release(): void;
}

export type Taken =
  | { status: 'taken'; lock: DataLock }
  /** `owner` is null while the other process has not announced itself yet. */
  | { status: 'held'; owner: LockOwner | null };

/** In the data folder. */
export const LOCK_FILE = 'reeve.lock';
const SQLITE_BUSY = 5;

/** Takes the lock of a folder that exists. Throws when the folder cannot be written. */
export function takeDataLock(folder: string): Taken {
  const announcement = join(folder, 'running.json');
  const database = new DatabaseSync(join(folder, LOCK_FILE));
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return { status: 'held', owner: readOwner(announcement) };
    throw error;
  }
  // What an earlier process left behind when it was killed.
  rmSync(announcement, { force: true });
  let isHeld = true;
  return {
    status: 'taken',
    lock: {
      announce(owner) {
        writeFileSync(announcement, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
      },
      release() {
        if (!isHeld) return;
        isHeld = false;
        rmSync(announcement, { force: true });
        database.close();
      },
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function readOwner(path: string): LockOwner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const isUnreadable = error instanceof SyntaxError || error instanceof z.ZodError;
    if (isUnreadable || isErrorCode(error, 'ENOENT', 'EACCES')) return null;
    throw error;
  }
}
