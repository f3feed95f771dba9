/** Programs that a test starts and must not leave behind, and the processes that belong to a folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';

export interface Running {
  process: ChildProcess;
  /** All it has printed so far, both streams. */
  output: () => string;
  /** Resolves with the first match in what it prints; rejects when it ends before. */
  says: (pattern: RegExp) => Promise<string>;
  /** Resolves to the exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

const SAYS_DEADLINE_MS = 30_000;

/** Node's own folder first on PATH, so that the launcher finds a Node that is new enough. */
export function testEnv(env: Record<string, string>): NodeJS.ProcessEnv {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...inherited } = process.env;
  return { ...inherited, PATH: [dirname(process.execPath), inherited['PATH']].join(delimiter), ...env };
}

/** Starts a program in a process group of its own. */
export function run(
  file: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Running {
  const child = spawn(file, args, {
    cwd: options.cwd ?? '/',
    env: testEnv(options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  const listeners = new Set<() => void>();
  const collect = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? '');

  async function says(pattern: RegExp): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (): void => {
      const found = pattern.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    };
    const giveUp = (why: string): void => reject(new Error(`${why} without saying ${pattern}:\n${text}`));
    const deadline = setTimeout(() => giveUp(`waited ${SAYS_DEADLINE_MS} ms`), SAYS_DEADLINE_MS);
    void ended.then((end) => giveUp(`ended with ${end}`));
    listeners.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(deadline);
      listeners.delete(look);
    }
  }

  return { process: child, output: () => text, says, ended };
}

/** Sends a signal to the whole process group, as Ctrl-C in a terminal does. */
export function signalGroup({ process: { pid } }: Running, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

/** Command lines of running processes that name `folder`. Linux only; elsewhere none. */
export function processesOf(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const commandLine = readCommandLine(pid);
    if (commandLine.includes(folder)) found.push(`${pid} ${commandLine.replaceAll('\0', ' ')}`);
  }
  return found;
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended between the listing and the look.
    return '';
  }
}
