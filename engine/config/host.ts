/**
 * What reading a configuration needs from the world, injected so that this folder stays pure: the real one is
 * engine/config-host.ts, tests use plain objects. All paths may be relative; they are relative to `cwd`.
 */

import type { FormatReaders } from './formats/readers.ts';

export type ReadFailure = 'not found' | 'is a folder' | 'not permitted' | 'too large' | 'failed';
export type ReadResult = { ok: true; bytes: Uint8Array } | { ok: false; reason: ReadFailure };

export interface ConfigHost {
  readFile(path: string): ReadResult;
  /** For the file name `-`. */
  readStdin(): ReadResult;
  /** null when there is nothing at this path. */
  kindOf(path: string): 'file' | 'folder' | 'other' | null;
  /** Absolute path of a folder with its links followed; null when there is none. */
  realFolder(path: string): string | null;
  /** Names in a folder, in any order; empty when it cannot be read. */
  list(path: string): string[];
  /** `%i`; null when there is no such file. */
  inode(path: string): string | null;
  env: Readonly<Record<string, string | undefined>>;
  /** Absolute, without a slash at the end. */
  cwd: string;
  hostname: string;
  cpus: number;
  uid: number;
  user: string;
  gid: number;
  group: string;
  /** Absolute path of the program: `%b`. */
  binaryPath: string;
  /** `%V`. */
  version: string;
  /** True when the configuration is read again for a reload: `if-reload`. */
  reloading: boolean;
  /** Listening sockets that the service manager handed over, from descriptor 3 on; none when it is not said. */
  inheritedSockets?: number;
  /** The emperor that has started this instance holds a listening socket for it, which is standard input. */
  standardInputListens?: boolean;
  /** What that emperor sends as the configuration: `emperor://NAME`. */
  readFromEmperor?: () => ReadResult;
  nowMicros(): number;
  /** Those that are there; a file of another format is an error with its name in `reader`. */
  readers: FormatReaders;
  /** What is known of the machine beyond that; absent where a configuration is only read. */
  facts?: HostFacts;
}

/** Facts for advice: what a rule does not know it says nothing about. */
export interface HostFacts {
  /** net.core.somaxconn: the most `listen` may be; null: not known. */
  maxBacklog: number | null;
  /** What starts and stops servers here; null: not known. */
  supervisor: 'container' | 'systemd' | null;
  /** True for a folder in which every user may make files; null: not known. */
  isWorldWritable(folder: string): boolean | null;
}

/** Absolute path without `.`, `..` and doubled slashes; links are not followed. */
export function resolvePath(cwd: string, path: string): string {
  const windows = /^[A-Za-z]:[\\/]/.test(path);
  const full = path.startsWith('/') || windows ? path : `${cwd}/${path}`;
  const parts: string[] = [];
  for (const part of (windows ? full.replaceAll('\\', '/') : full).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return windows ? parts.join('/') : `/${parts.join('/')}`;
}

/** As the system's own messages say it. */
export const SYSTEM_WORDS: Readonly<Record<ReadFailure, string>> = {
  'not found': 'No such file or directory',
  'is a folder': 'Is a directory',
  'not permitted': 'Permission denied',
  'too large': 'File too large',
  failed: 'Input/output error',
};
