/**
 * What a process and all its descendants use, from /proc: CPU time and memory. CPU of a child that has ended is in
 * its parent's `cutime`/`cstime` once the parent has waited for it, so those are counted too.
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  cpuSeconds: number;
  /** Memory that the tree would free, shared pages divided among their users. */
  pssBytes: number;
  rssBytes: number;
  processes: number;
}

interface Stat {
  pid: number;
  parent: number;
  ticks: number;
}

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Use of `rootPid` and everything below it. */
export function treeUsage(rootPid: number): Usage {
  const tree = treeOf(rootPid, allStats());
  const memory = tree.map(({ pid }) => memoryOf(pid));
  return {
    cpuSeconds: sum(tree.map(({ ticks }) => ticks)) / TICKS_PER_SECOND,
    pssBytes: sum(memory.map(({ pssBytes }) => pssBytes)),
    rssBytes: sum(memory.map(({ rssBytes }) => rssBytes)),
    processes: tree.length,
  };
}

/** CPU time of one process alone, its threads included. */
export function processCpuSeconds(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) throw new Error(`process ${pid} has ended`);
  const [user = 0, system = 0] = fieldsAfterName(text).slice(11, 13).map(Number);
  return (user + system) / TICKS_PER_SECOND;
}

function allStats(): Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const text = read(`/proc/${name}/stat`);
      if (text === null) return [];
      const fields = fieldsAfterName(text);
      const ticks = sum(fields.slice(11, 15).map(Number));
      return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
    });
}

function treeOf(rootPid: number, stats: Stat[]): Stat[] {
  const tree = stats.filter(({ pid }) => pid === rootPid);
  if (tree.length === 0) throw new Error(`process ${rootPid} has ended`);
  for (const { pid } of tree) tree.push(...stats.filter(({ parent }) => parent === pid));
  return tree;
}

/** Fields from `state` on; the name before them may hold blanks and parentheses. */
function fieldsAfterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function memoryOf(pid: number): { pssBytes: number; rssBytes: number } {
  const text = read(`/proc/${pid}/smaps_rollup`) ?? '';
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return { pssBytes: kib('Pss') * 1024, rssBytes: kib('Rss') * 1024 };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** null when the process has ended meanwhile. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
