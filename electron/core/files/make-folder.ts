/**
 * Makes a folder with those above it. Not mkdir's `recursive`: below a folder that never takes one, such as /proc,
 * Node tries for ever and the process can not even be interrupted.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrorCode } from '../errors.ts';

/** Makes the folder, for this user only. One that is there keeps its permissions: it may be shared on purpose. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isErrorCode(error, 'EEXIST') && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (!isErrorCode(error, 'ENOENT') || parent === path || (await isThere(parent))) throw error;
    await makeFolder(parent);
    await makeFolder(path);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
