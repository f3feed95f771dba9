/** What memory a process takes, from /proc/PID/statm (proc(5)); zeros where there is none. */
import { readFileSync } from 'node:fs';

export interface ProcessMemory {
  /** Pages in memory. */
  rssBytes: number;
  /** Its address space. */
  vszBytes: number;
}

export const NO_MEMORY: ProcessMemory = { rssBytes: 0, vszBytes: 0 };
const PAGE_BYTES = 4096;

export function readMemory(pid: number): ProcessMemory {
  try {
    const [size, resident] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return { rssBytes: Number(resident) * PAGE_BYTES, vszBytes: Number(size) * PAGE_BYTES };
  } catch {
    // Not Linux, or the process has ended.
    return NO_MEMORY;
  }
}
