/**
 * The folders and configuration files of a folder, for hosts without a file dialog.
 */
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Result } from '../../contract/api.ts';
import { CoreError, describe } from '../errors.ts';

const MOST_ENTRIES = 2_000;

/** Empty path: the home folder. Throws `files-unreadable`. */
export async function listFolder(path: string, homeFolder: string): Promise<Result<'files.list'>> {
  const folder = resolve(path === '' ? homeFolder : path.replace(/^~(?=$|\/)/, homeFolder));
  try {
    const found = await readdir(folder, { withFileTypes: true });
    const entries = await Promise.all(
      found
        .filter((entry) => !entry.name.startsWith('.'))
        .slice(0, MOST_ENTRIES)
        .map(async (entry) => {
          const full = join(folder, entry.name);
          const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolderAt(full)));
          if (isFolder) return { name: entry.name, path: full, kind: 'folder' as const };
          return /\.ini$/i.test(entry.name) ? { name: entry.name, path: full, kind: 'config' as const } : null;
        }),
    );
    const parent = dirname(folder);
    return {
      path: folder,
      parent: parent === folder ? null : parent,
      entries: entries
        .filter((entry) => entry !== null)
        .toSorted((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'config' ? -1 : 1)),
    };
  } catch (error) {
    throw new CoreError('files-unreadable', { path: folder, reason: describe(error) }, { cause: error });
  }
}

async function isFolderAt(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
