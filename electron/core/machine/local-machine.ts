/** This machine, seen through the interface that remote ones have, too. */
import { spawn } from 'node:child_process';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { hostname } from 'node:os';
import type { Duplex } from 'node:stream';
import { createConfigHost } from '../config/node-config-host.ts';
import { listServerProcesses, readProcess } from '../discover/processes.ts';
import { CoreError, describe, isErrorCode } from '../errors.ts';
import { openEitherName } from './abstract-socket.ts';
import { collectOutput } from './collect-output.ts';
import { localSaver } from './local-saver.ts';
import {
  type FileStat,
  LOCAL,
  type Machine,
  type MachineFiles,
  type RunningCommand,
  type StreamAddress,
} from './machine.ts';

const files: MachineFiles = {
  stat: async (path) => {
    try {
      const found = await stat(path);
      const { uid, gid, size, mtimeMs } = found;
      return { kind: kindOf(found), mode: found.mode & 0o7777, uid, gid, sizeBytes: size, mtimeMs };
    } catch (error) {
      if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw new CoreError('files-unreadable', { path, reason: describe(error) }, { cause: error });
    }
  },
  readFile: async (path, mostBytes) => {
    const handle = await open(path, 'r').catch((error: unknown) => {
      throw new CoreError('files-unreadable', { path, reason: describe(error) }, { cause: error });
    });
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0);
      if (bytesRead > mostBytes) throw new CoreError('file-too-large', { path, megabytes: mostBytes / 1_000_000 });
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  },
  list: async (folder) => {
    try {
      return await readdir(folder);
    } catch (error) {
      throw new CoreError('files-unreadable', { path: folder, reason: describe(error) }, { cause: error });
    }
  },
  realPath: async (path) => {
    try {
      return await realpath(path);
    } catch (error) {
      throw new CoreError('files-unreadable', { path, reason: describe(error) }, { cause: error });
    }
  },
};

export const localMachine: Machine = {
  id: LOCAL,
  isLocal: true,
  name: hostname(),
  via: [],
  way: null,
  files,
  saver: localSaver,
  openStream: async (address, signal) => openEitherName(address, async (either) => connectHere(either, signal)),
  run: async (argv, options) => {
    const full: [string, ...string[]] = options.sudo === true ? ['sudo', '-n', '--', ...argv] : [...argv];
    return collectOutput(full[0], await startHere(full), options);
  },
  spawn: startHere,
  listServers: listServerProcesses,
  readProcess,
  withConfigHost: async (options, read) => read(createConfigHost(options)),
};

async function connectHere(address: StreamAddress, signal: AbortSignal): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const socket =
    address.type === 'unix' ? createConnection(address.path) : createConnection(address.port, address.host);
  const abort = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  socket.once('error', reject);
  socket.once('close', () => signal.removeEventListener('abort', abort));
  socket.once('connect', () => {
    socket.removeListener('error', reject);
    resolve(socket);
  });
  return promise;
}

async function startHere([program, ...args]: readonly [string, ...string[]]): Promise<RunningCommand> {
  const child = spawn(program, args, { stdio: 'pipe' });
  const { promise: ended, resolve } = Promise.withResolvers<{ code: number | null }>();
  const started = Promise.withResolvers<void>();
  child.once('spawn', started.resolve);
  child.once('error', (error) => {
    started.reject(new CoreError('command-failed', { command: program, reason: describe(error) }, { cause: error }));
    resolve({ code: null });
  });
  child.once('close', (code) => resolve({ code }));
  await started.promise;
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill: () => child.kill('SIGKILL') };
}

function kindOf(found: {
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}): FileStat['kind'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  if (found.isFIFO()) return 'fifo';
  return found.isSocket() ? 'socket' : 'other';
}
