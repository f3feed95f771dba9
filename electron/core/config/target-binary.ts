/**
 * Asks the program of a uWSGI, on whatever machine it runs, which options it has: `uwsgi --plugin … --help`, with the
 * plugins that the server itself loads. Only a program that root or our user there owns and nobody else may write is
 * run, as ourselves, without a shell, in an empty environment, with a deadline and a bound on what it may print.
 */
import { basename } from 'node:path';
import { findOption } from '../../../engine/config/option-table.ts';
import { resolveConfig } from '../../../engine/config/resolve.ts';
import { loadingArguments } from '../../../engine/config/sources.ts';
import { type BinaryOptions, parseBinaryOptions } from '../../../engine/config/target-options.ts';
import { hidesArguments, type ProcessInfo, serverArguments } from '../discover/processes.ts';
import { CoreError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';

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
  /** Answers by machine, program, its file's version, and what was loaded. */
  readonly #answers = new Map<string, Promise<BinaryOptions | null>>();

  /**
   * Options of the program behind a server's process; null when it can't or must not be asked. `configPath` is read for
   * its plugins where the process hides its arguments. Throws when the machine can't be reached.
   */
  async optionsOf(machine: Machine, process: ProcessInfo, configPath: string | null): Promise<BinaryOptions | null> {
    const { plugins, folders } = await pluginsOf(machine, process, configPath);
    const program = await findProgram(machine, process.pid, folders);
    if (program === null) return null;
    const args = [
      ...program.safeFolders.flatMap((folder) => ['--plugins-dir', folder]),
      ...plugins.flatMap((plugin) => ['--plugin', plugin]),
    ];
    const key = JSON.stringify([machine.id, program, args]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#answers.size >= MOST_REMEMBERED) this.#answers.clear();
    const answer = ask(machine, program.path, args);
    this.#answers.set(key, answer);
    // A link that was lost is no answer.
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }
}

interface Program {
  path: string;
  /** Its file's place and time. */
  version: string;
  safeFolders: string[];
}

/**
 * Its arguments are a process's link to its program, and folders. Prints the program, our user id, and a line for each
 * of link, program and folders: device:inode, mode in hexadecimal, owner, time; `-` for one that is not there.
 */
const LOOK = `p=$(readlink -- "$1") || exit 1
printf '%s\\0' "$p" "$(id -u)"
look() { printf '%s\\0' "$(stat -L -c '%d:%i %f %u %Y' -- "$1" 2>/dev/null || echo -)"; }
look "$1"; look "$p"; shift
for f; do look "$f"; done`;

/** The file a process runs; null when it is no uWSGI, was replaced since, or may be changed by somebody else. */
async function findProgram(machine: Machine, pid: number, folders: readonly string[]): Promise<Program | null> {
  const argv = ['sh', '-c', LOOK, 'sh', `/proc/${pid}/exe`, ...folders] as const;
  const { code, stdout } = await machine.run(argv, { deadlineMs: DEADLINE_MS, mostBytes: MOST_BYTES });
  // It has ended, belongs to another user, or there is no /proc: all mean "can't be asked".
  if (code !== 0) return null;
  const [path = '', me = '', running, onDisk, ...folderLines] = stdout.toString('utf8').split('\0');
  if (!/^uwsgi[\w.-]*$/i.test(basename(path))) return null;
  const [process, program] = [parseLook(running), parseLook(onDisk)];
  // In a container, its path may be another file here; after an upgrade, another program.
  if (process === null || program === null || process.place !== program.place || !isSafe(program, me)) return null;
  const safeFolders = folders.filter((_, i) => {
    const info = parseLook(folderLines[i]);
    return info?.isFolder === true && isSafe(info, me);
  });
  return { path, version: `${program.place} ${program.time}`, safeFolders };
}

interface Looked {
  place: string;
  mode: number;
  isFolder: boolean;
  uid: string;
  time: string;
}

function parseLook(line: string | undefined): Looked | null {
  const [, place = '', hexMode = '', uid = '', time = ''] = /^(\d+:\d+) ([\da-f]+) (\d+) (\d+)$/.exec(line ?? '') ?? [];
  if (place === '') return null;
  const mode = Number.parseInt(hexMode, 16);
  return { place, mode, isFolder: (mode & 0o170000) === 0o040000, uid, time };
}

/** Root's or our own, and nobody else's to write. */
function isSafe({ uid, mode }: Looked, me: string): boolean {
  return (uid === '0' || uid === me) && (mode & 0o022) === 0;
}

/** Plugins by plain names only: a path could be anybody's file, and loading it runs its code. */
async function pluginsOf(machine: Machine, process: ProcessInfo, configPath: string | null): Promise<PluginOptions> {
  const own = hidesArguments(process) ? null : serverArguments(process);
  const argv = own ?? (configPath === null ? [] : loadingArguments(configPath));
  const program = process.args[0] ?? 'uwsgi';
  const cwd = process.cwd ?? '/';
  const options = { cwd, env: process.env ?? {}, binaryPath: program, version: '2.0' };
  const applied = await machine.withConfigHost(options, (host) => {
    const resolved = resolveConfig(argv, host);
    return resolved.ok ? resolved.applied : [];
  });
  const named = /^uwsgi_(\w+)$/.exec(basename(program))?.[1];
  const plugins = new Set(named === undefined ? [] : [named]);
  const folders: string[] = [];
  for (const { key, value } of applied) {
    const name = findOption(key)?.name;
    // A relative folder has no plugins to load where the question is asked.
    if (name === 'plugins-dir' && value.startsWith('/')) folders.push(value);
    if (name !== 'plugins' && name !== 'need-plugins') continue;
    for (const plugin of value.split(',')) if (/^(\d+:)?\w[\w-]*$/.test(plugin.trim())) plugins.add(plugin.trim());
  }
  return { plugins: [...plugins].slice(0, MOST_PLUGINS), folders };
}

async function ask(machine: Machine, path: string, args: readonly string[]): Promise<BinaryOptions | null> {
  for (const question of ['--help', '--dump-options']) {
    const argv = ['sh', '-c', 'cd / && exec env -i LC_ALL=C "$@"', 'sh', path, ...args, question] as const;
    // An error is an answer too: it exits with an error, prints too much, or takes too long.
    const found = await machine
      .run(argv, { deadlineMs: DEADLINE_MS, mostBytes: MOST_BYTES })
      .catch((error: unknown) => {
        if (error instanceof CoreError && error.code !== 'command-failed') throw error;
        return null;
      });
    const known = found === null || found.code !== 0 ? null : parseBinaryOptions(found.stdout.toString('utf8'));
    if (known !== null) return known;
  }
  return null;
}
