/**
 * How many files and connections the engine may have open, and what `max-fd` makes of it. Node raises its own soft
 * limit to the hard one when it starts; beyond that root's right is needed, by the program prlimit(1).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { EngineSettings } from '../config/settings.ts';
import { EngineError } from '../errors.ts';

/** Files of the engine itself, with room for what applications' stats readers and logs need. */
const OWN_FILES = 100;
/** Fewer than these, and the log says how to have more. */
const FEW_CONNECTIONS = 1000;
/** A connection may have a temporary file; not all do at the same time. */
const SPOOL_SHARE = 0.1;

/** Open files this process may have; null where the system does not say. */
export function openFileLimit(): number | null {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return found === undefined ? null : Number(found);
  } catch {
    // No Linux.
    return null;
  }
}

/** Sets the limit that `max-fd` asks for. @throws EngineError when the system refuses */
export function applyFileLimit({ sockets: { maxFiles } }: EngineSettings): void {
  if (maxFiles === 0 || openFileLimit() === maxFiles) return;
  try {
    execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${maxFiles}:${maxFiles}`], { stdio: 'pipe' });
  } catch (error) {
    const message = `'max-fd = ${maxFiles}' can not be set (the limit is ${openFileLimit() ?? 'unknown'}).`;
    throw new EngineError('limit-not-set', message, null, { cause: error });
  }
}

/** Connections one gateway may have open; 0: no limit is known. */
export function connectionLimit({ sockets, processes, threads }: EngineSettings): number {
  const limit = openFileLimit();
  if (limit === null || sockets.gateways === 0) return 0;
  // Each core has a connection to each gateway, and a reload has both generations for a while.
  const workers = 2 * processes * (threads + 2) * sockets.gateways;
  return Math.max(16, Math.floor(((limit - OWN_FILES - workers) * (1 - SPOOL_SHARE)) / sockets.gateways));
}

/** What the limit means, for the log. */
export function describeFileLimit(settings: EngineSettings): string | null {
  const limit = openFileLimit();
  if (limit === null || settings.sockets.gateways === 0) return null;
  const connections = connectionLimit(settings) * settings.sockets.gateways;
  const advice = connections < FEW_CONNECTIONS ? " (raise it with 'ulimit -n' or 'max-fd')" : '';
  return `open files: at most ${limit}, so at most ${connections} connections at a time${advice}`;
}
