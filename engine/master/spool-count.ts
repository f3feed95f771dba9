/**
 * Counts the tasks of a spooler's folder, for the statistics: names are listed piece by piece, so that a folder of
 * 100,000 tasks does not hold the master up, and only so many files are looked at one by one; what the spooler itself
 * has found in its last look, or else the time in its name, stands for the others.
 */
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './engine-log.ts';

export interface SpoolCount {
  /** Due, those that run included. */
  due: number;
  later: number;
  failed: number;
  /** Epoch seconds at which the oldest of those that are due became due; null: none is. */
  oldest: number | null;
}

export const FAILED_FOLDER = 'failed';
const PREFIX = 'uwsgi_spoolfile_on_';
const MOST_LOOKED_AT = 1000;
/** Names that are taken from the system at a time. */
const BUFFER_SIZE = 512;

export function emptyCount(): SpoolCount {
  return { due: 0, later: 0, failed: 0, oldest: null };
}

/** What a spooler has found: tasks that are not due, and since when (epoch seconds) the oldest of the others is. */
export interface SpoolLook {
  later: number;
  oldest: number | null;
}

/** A folder that is not there, or that may not be read, has no tasks. `look`: by a spooler of this server. */
export async function countTasks(folder: string, nowSeconds: number, look: SpoolLook | null): Promise<SpoolCount> {
  const count = emptyCount();
  let looksLeft = MOST_LOOKED_AT;
  const subfolders = await eachTask(folder, async (path, name) => {
    looksLeft -= 1;
    add(count, looksLeft >= 0 ? await timeOf(path) : timeInName(name), nowSeconds);
  });
  for (const name of subfolders.filter((other) => /^\d+$/.test(other))) {
    await eachTask(join(folder, name), async (path, task) => {
      looksLeft -= 1;
      add(count, looksLeft >= 0 ? await timeOf(path) : timeInName(task), nowSeconds);
    });
  }
  if (subfolders.includes(FAILED_FOLDER)) {
    const failed = join(folder, FAILED_FOLDER);
    const countOne = (): void => {
      count.failed += 1;
    };
    for (const name of await eachTask(failed, countOne)) await eachTask(join(failed, name), countOne);
  }
  if (looksLeft >= 0 || look === null) return count;
  const later = Math.min(look.later, count.due + count.later);
  return { ...count, due: count.due + count.later - later, later, oldest: look.oldest };
}

function add(count: SpoolCount, time: number | null, nowSeconds: number): void {
  if (time === null) return;
  if (time > nowSeconds) {
    count.later += 1;
    return;
  }
  count.due += 1;
  count.oldest = Math.min(count.oldest ?? time, time);
}

/** Gives the names of folders in it. */
async function eachTask(folder: string, use: (path: string, name: string) => Promise<void> | void): Promise<string[]> {
  const folders: string[] = [];
  try {
    const entries = await opendir(folder, { bufferSize: BUFFER_SIZE });
    for await (const entry of entries) {
      if (entry.isDirectory()) folders.push(entry.name);
      else if (entry.isFile() && entry.name.startsWith(PREFIX)) await use(join(folder, entry.name), entry.name);
    }
  } catch (error) {
    if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes(errorCode(error))) throw error;
  }
  return folders;
}

/** Epoch seconds; null: it is gone. */
async function timeOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).mtimeMs / 1000;
  } catch {
    // Done meanwhile.
    return null;
  }
}

/** When the task was put in, as its name says: `..._EPOCH_MICROS`. */
export function timeInName(name: string): number {
  return Number(/_(\d+)_\d+$/.exec(name)?.[1] ?? 0);
}
