/**
 * The engine's private folder: control sockets and request bodies that do not fit in memory. Only this user may
 * enter it. What an engine that was killed has left behind is removed by the next one.
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../errors.ts';
import { errorCode } from './engine-log.ts';

export interface RunFolder {
  path: string;
  bodyFolder: string;
}

const PREFIX = 'reeve-engine-';

export function makeRunFolder(): RunFolder {
  try {
    const path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    const bodyFolder = join(path, 'bodies');
    mkdirSync(bodyFolder, { mode: 0o700 });
    return { path, bodyFolder };
  } catch (error) {
    const message = `No folder for sockets and request bodies can be made in ${tmpdir()} (${errorCode(error)}).`;
    throw new EngineError('run-folder-not-made', message, null, { cause: error });
  }
}

/** All that is in it now, and itself. */
export function filesOf(folder: RunFolder): string[] {
  return [folder.path, ...readdirSync(folder.path).map((name) => join(folder.path, name))];
}

export function removeRunFolder(folder: RunFolder): void {
  rmSync(folder.path, { recursive: true, force: true });
}

/** Those of this user whose engine is gone. */
export function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (!Number.isInteger(pid) || pid <= 0 || isAlive(pid)) continue;
    const path = join(tmpdir(), name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true && found.uid === (process.getuid?.() ?? found.uid)) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
