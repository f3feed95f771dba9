/**
 * A folder without a configuration file: what of it engine/config looks at is read (names of two levels, the beginnings
 * of a few files), and the file that its user has agreed to is written. Nothing is run, nothing is overwritten.
 */
import type { Dirent } from 'node:fs';
import { open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { presetText } from '../../../engine/config/presets.ts';
import { findApplications, tellsByText, usualFirst } from '../../../engine/config/project-applications.ts';
import { isProjectFileName, presetOf, projectFileName } from '../../../engine/config/project-file.ts';
import type { Result } from '../../contract/api.ts';
import type { ProjectFile } from '../../contract/project-model.ts';
import { CoreError, describe, isErrorCode } from '../errors.ts';
import { findFreePort } from '../sample/free-port.ts';

/** Folders that are no part of the application, and may be large. */
const LEFT_OUT = /^(\..+|node_modules|vendor|__pycache__)$/;
const VENV = '.venv';
const MOST_FOLDERS = 2000;
const MOST_LINKS = 200;
const MOST_NAMES = 500;
const MOST_TEXTS = 100;
const MOST_BYTES = 64 * 1024;

/** Throws `files-unreadable`. */
export async function lookAtProject(path: string, homeFolder: string): Promise<Result<'project.look'>> {
  const folder = resolve(path.replace(/^~(?=$|[/\\])/, homeFolder));
  const { own, names } = await namesIn(folder);
  const asked = usualFirst(names.filter((name) => tellsByText(name))).slice(0, MOST_TEXTS);
  const texts = await Promise.all(
    asked.map(async (name) => [name, await beginningOf(join(folder, name)).catch(() => '')] as const),
  );
  const http = await findFreePort('127.0.0.1', 8000, new Set());
  return {
    folder,
    fileName: projectFileName(own),
    ...findApplications({ names, texts: new Map(texts) }),
    ports: { http, stats: await findFreePort('127.0.0.1', 9191, new Set([http])) },
  };
}

/** Makes the file; gives its path. Throws `project-name`, `project-preset`, `project-exists`, `config-unwritable`. */
export async function writeProjectFile({ folder, name, preset, answers }: ProjectFile): Promise<string> {
  if (!isProjectFileName(name)) throw new CoreError('project-name', { name });
  const known = presetOf(preset);
  if (known === undefined) throw new CoreError('project-preset', { preset });
  const path = join(resolve(folder), name);
  try {
    await writeFile(path, presetText(known, answers), { flag: 'wx', mode: 0o644 });
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) throw new CoreError('project-exists', { path }, { cause: error });
    // Half a file that this has made: the disk is full.
    if (isErrorCode(error, 'ENOSPC', 'EDQUOT', 'EIO')) await rm(path, { force: true });
    throw new CoreError('config-unwritable', { path, reason: describe(error) }, { cause: error });
  }
  return path;
}

/** `own`: all names of the folder itself; `names`: its files and those one folder below. */
async function namesIn(folder: string): Promise<{ own: string[]; names: string[] }> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new CoreError('files-unreadable', { path: folder, reason: describe(error) }, { cause: error });
  }
  const linked = await linkedFolders(folder, entries);
  const folders = entries
    .filter((entry) => entry.isDirectory() || linked.has(entry.name))
    .map(({ name }) => name)
    .filter((name) => name === VENV || !LEFT_OUT.test(name))
    .slice(0, MOST_FOLDERS);
  const below = await Promise.all(
    folders.map(async (name) => {
      // One that may not be read has nothing for the server either.
      const found = await readdir(join(folder, name), { withFileTypes: true }).catch(() => []);
      return found
        .filter((entry) => mayBeFile(entry))
        .slice(0, MOST_NAMES)
        .map((entry) => `${name}/${entry.name}`);
    }),
  );
  const files = entries.filter((entry) => mayBeFile(entry) && !linked.has(entry.name)).map(({ name }) => name);
  return { own: entries.map(({ name }) => name), names: [...files, ...below.flat()] };
}

function mayBeFile(entry: Dirent): boolean {
  return entry.isFile() || entry.isSymbolicLink();
}

/** Names of the symbolic links to folders. */
async function linkedFolders(folder: string, entries: readonly Dirent[]): Promise<ReadonlySet<string>> {
  const links = entries.filter((entry) => entry.isSymbolicLink()).slice(0, MOST_LINKS);
  const named = await Promise.all(
    links.map(async ({ name }) => {
      const isFolder = await stat(join(folder, name)).then(
        (found) => found.isDirectory(),
        () => false,
      );
      return isFolder ? [name] : [];
    }),
  );
  return new Set(named.flat());
}

/** Of a file; what a link may lead to besides (a pipe) could keep whoever opens it waiting for ever. */
async function beginningOf(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) return '';
  const { size } = found;
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
