/** Whether the built pages are there and newer than everything they are made from. Only file times are looked at. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrorCode } from '../core/errors.ts';

export type BuildState = 'fresh' | 'missing' | 'stale';

/** `sources` are files and folders under `root`; tests and hidden files in them do not count. */
export async function buildState(root: string, builtFile: string, sources: readonly string[]): Promise<BuildState> {
  const builtMs = await modifiedMs(join(root, builtFile));
  if (builtMs === null) return 'missing';
  const newestMs = await Promise.all(sources.map(async (source) => newestIn(join(root, source))));
  return newestMs.every((ms) => ms <= builtMs) ? 'fresh' : 'stale';
}

async function newestIn(path: string): Promise<number> {
  const ownMs = await modifiedMs(path);
  if (ownMs === null) return 0;
  const entries = await listFolder(path);
  const times = entries
    .filter((entry) => !entry.name.startsWith('.') && !/\.test\.tsx?$/.test(entry.name))
    .map(async (entry) => {
      const child = join(path, entry.name);
      return entry.isDirectory() ? newestIn(child) : ((await modifiedMs(child)) ?? 0);
    });
  // A folder's own time counts too: it changes when a file is removed.
  return Math.max(ownMs, ...(await Promise.all(times)));
}

async function listFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isErrorCode(error, 'ENOTDIR', 'ENOENT')) return [];
    throw error;
  }
}

async function modifiedMs(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
