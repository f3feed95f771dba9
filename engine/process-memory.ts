/**
 * What memory a process takes, as Linux tells it in /proc (proc_pid_status(5), proc_pid_smaps(5)); zeros elsewhere. For
 * the request log, the statistics, and the limits of workers.
 */
import { readFileSync } from 'node:fs';

export interface ProcessMemory {
  /** Pages in memory. */
  rssBytes: number;
  /** Its address space. */
  vszBytes: number;
}

export const NO_MEMORY: ProcessMemory = { rssBytes: 0, vszBytes: 0 };

export function readMemory(pid: number): ProcessMemory {
  try {
    // Not statm: it counts pages, and their size is not the same on every machine.
    const text = readFileSync(`/proc/${pid}/status`, 'latin1');
    return { rssBytes: kilobytes(text, 'VmRSS') * 1024, vszBytes: kilobytes(text, 'VmSize') * 1024 };
  } catch {
    // Not Linux, or the process has ended.
    return NO_MEMORY;
  }
}

/** Reading them makes the kernel walk all pages: not more often than this. */
const SHARES_KEPT_MS = 2000;
const shares = new Map<number, { readMs: number; uss: number; pss: number }>();

/** Bytes of its own and its share of shared ones, from /proc/PID/smaps_rollup; zeros where there is none. */
export function readMemoryShares(pid: number): { uss: number; pss: number } {
  const nowMs = performance.now();
  for (const [known, { readMs }] of shares) if (nowMs - readMs > SHARES_KEPT_MS) shares.delete(known);
  const kept = shares.get(pid);
  if (kept !== undefined) return { uss: kept.uss, pss: kept.pss };
  const found = pid === 0 ? { uss: 0, pss: 0 } : measureShares(pid);
  shares.set(pid, { readMs: nowMs, ...found });
  return found;
}

function measureShares(pid: number): { uss: number; pss: number } {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const bytes = (name: string): number => kilobytes(text, name) * 1024;
    return { uss: bytes('Private_Clean') + bytes('Private_Dirty'), pss: bytes('Pss') };
  } catch {
    // Not Linux, not permitted, or the process has ended.
    return { uss: 0, pss: 0 };
  }
}

/** The number of a line such as `VmRSS:   1234 kB`; 0: there is no such line, as for a zombie. */
function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}
