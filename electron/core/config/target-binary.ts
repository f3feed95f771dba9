/**
 * Asks the program of a uWSGI that runs on this machine which options it has: `uwsgi --plugin … --help`, with the
 * plugins that the server itself loads. Only a program that root or this user owns and nobody else may write is run,
 * as ourselves, without a shell, in an empty environment, with a deadline and a bound on what it may print.
 */

import { execFile } from 'node:child_process';
import { readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { findOption } from '../../../engine/config/option-table.ts';
import { resolveConfig } from '../../../engine/config/resolve.ts';
import { loadingArguments } from '../../../engine/config/sources.ts';
import { type BinaryOptions, parseBinaryOptions } from '../../../engine/config/target-options.ts';
import { hidesArguments, type ProcessInfo, serverArguments } from '../discover/processes.ts';
import { createConfigHost } from './node-config-host.ts';

const run = promisify(execFile);

const DEADLINE_MS = 5_000;
const MOST_BYTES = 1024 * 1024;
const MOST_PLUGINS = 100;
const MOST_REMEMBERED = 50;

/** What a server loads, as its command line would say it. */
interface PluginOptions {
  plugins: string[];
  folders: string[];
}

export class TargetBinaries {
  /** Answers by program, its file's version, and what was loaded. */
  readonly #answers = new Map<string, Promise<BinaryOptions | null>>();

  /**
   * Options of the program behind a server's process; null when it can't or must not be asked. `configPath` is read for
   * its plugins where the process hides its arguments.
   */
  async optionsOf(process: ProcessInfo, configPath: string | null): Promise<BinaryOptions | null> {
    const program = await findProgram(process.pid);
    if (program === null) return null;
    const { plugins, folders } = pluginsOf(process, configPath);
    const safeFolders = await keepSafe(folders);
    const args = [
      ...safeFolders.flatMap((folder) => ['--plugins-dir', folder]),
      ...plugins.flatMap((plugin) => ['--plugin', plugin]),
    ];
    const key = JSON.stringify([program, args]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#answers.size >= MOST_REMEMBERED) this.#answers.clear();
    const answer = ask(program.path, args);
    this.#answers.set(key, answer);
    return answer;
  }
}

interface Program {
  path: string;
  inode: number;
  mtimeMs: number;
}

/** The file a process runs; null when it is no uWSGI, was replaced since, or may be changed by somebody else. */
async function findProgram(pid: number): Promise<Program | null> {
  const link = `/proc/${pid}/exe`;
  try {
    const path = await readlink(link);
    if (!/^uwsgi[\w.-]*$/i.test(basename(path))) return null;
    const [running, onDisk] = await Promise.all([stat(link), stat(path)]);
    // In a container, its path may be another file here; after an upgrade, another program.
    if (running.ino !== onDisk.ino || running.dev !== onDisk.dev || !isSafe(onDisk)) return null;
    return { path, inode: onDisk.ino, mtimeMs: onDisk.mtimeMs };
  } catch {
    // It has ended, belongs to another user, or there is no /proc: all mean "can't be asked".
    return null;
  }
}

/** Plugins by plain names only: a path could be anybody's file, and loading it runs its code. */
function pluginsOf(process: ProcessInfo, configPath: string | null): PluginOptions {
  const own = hidesArguments(process) ? null : serverArguments(process);
  const argv = own ?? (configPath === null ? [] : loadingArguments(configPath));
  const program = process.args[0] ?? 'uwsgi';
  const cwd = process.cwd ?? '/';
  const host = createConfigHost({ cwd, env: process.env ?? {}, binaryPath: program, version: '2.0' });
  const resolved = resolveConfig(argv, host);
  const named = /^uwsgi_(\w+)$/.exec(basename(program))?.[1];
  const plugins = new Set(named === undefined ? [] : [named]);
  const folders: string[] = [];
  for (const { key, value } of resolved.ok ? resolved.applied : []) {
    const name = findOption(key)?.name;
    if (name === 'plugins-dir') folders.push(value);
    if (name !== 'plugins' && name !== 'need-plugins') continue;
    for (const plugin of value.split(',')) if (/^(\d+:)?\w[\w-]*$/.test(plugin.trim())) plugins.add(plugin.trim());
  }
  return { plugins: [...plugins].slice(0, MOST_PLUGINS), folders };
}

async function keepSafe(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      // A relative folder, or one that is gone, has no plugins to load.
      const info = folder.startsWith('/') ? await stat(folder).catch(() => null) : null;
      return info !== null && info.isDirectory() && isSafe(info) ? [folder] : [];
    }),
  );
  return found.flat();
}

/** Root's or our own, and nobody else's to write. */
function isSafe({ uid, mode }: { uid: number; mode: number }): boolean {
  return (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
}

async function ask(path: string, args: readonly string[]): Promise<BinaryOptions | null> {
  const options = {
    cwd: '/',
    env: { LC_ALL: 'C' },
    timeout: DEADLINE_MS,
    maxBuffer: MOST_BYTES,
    killSignal: 'SIGKILL',
  } as const;
  for (const question of ['--help', '--dump-options']) {
    // An error is an answer too: it exits with an error, prints too much, or takes too long.
    const found = await run(path, [...args, question], options).catch(() => null);
    const known = found === null ? null : parseBinaryOptions(found.stdout);
    if (known !== null) return known;
  }
  return null;
}
