/**
 * The files of the project as the checks see them: those that git tracks or would track, or, where there is no
 * git (an unpacked archive), everything outside the folders that tools write.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const WRITTEN_BY_TOOLS = new Set(['node_modules', '.git', 'out', 'dist', '.tsbuild', 'test-results', 'coverage']);

/** Paths of all files of `root`, relative to it, with `/`, sorted. */
export function projectFiles(root = PROJECT_ROOT): string[] {
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const listed =
    git.status === 0 && existsSync(join(root, '.git')) ? git.stdout.split('\0').filter(Boolean) : walk(root, '');
  return listed.filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true).toSorted();
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (WRITTEN_BY_TOOLS.has(entry.name)) return [];
    return entry.isDirectory() ? walk(root, path) : [path];
  });
}
