/**
 * Boards of spooler processes: what each tells of itself in a small file of the run folder, whose layout is drawn in
 * resources/runtimes/python/reeve_spool_board.py. Reading one costs the process nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SpoolBoard {
  pid: number;
  /** Tasks that are done. */
  tasks: number;
  /** Runs, and those of them that did not end with SPOOL_OK. */
  attempts: number;
  failures: number;
  /** Epoch milliseconds; 0: no task runs. */
  startedMs: number;
  /** When the task has taken too long; 0: it may take as long as it likes. */
  deadlineMs: number;
  /** At the last look at the folder: tasks that were not due, and since when the oldest of the others was; 0: none. */
  later: number;
  oldestMs: number;
}

const MAGIC = 0x31505352;
const FIELDS_BYTES = 64;

export function boardPath(runFolder: string, generation: number, number: number): string {
  return join(runFolder, `spooler-${generation}-${number}`);
}

/** null: there is none (yet). */
export function readBoard(path: string): SpoolBoard | null {
  try {
    return decodeBoard(readFileSync(path));
  } catch {
    // The process has not made it yet, or the run folder is gone.
    return null;
  }
}

/** null: the bytes are no board. */
export function decodeBoard(bytes: Buffer): SpoolBoard | null {
  if (bytes.length < FIELDS_BYTES || bytes.readUInt32LE(0) !== MAGIC) return null;
  const at = (offset: number): number => Number(bytes.readBigUInt64LE(offset));
  return {
    pid: bytes.readUInt32LE(4),
    tasks: at(8),
    attempts: at(16),
    failures: at(24),
    startedMs: at(32),
    deadlineMs: at(40),
    later: bytes.readUInt32LE(52),
    oldestMs: at(56),
  };
}
