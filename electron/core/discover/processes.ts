/**
 * The processes of this machine that may be masters: what they were called with, where, as whom, since when.
 * From /proc on Linux, from `ps` elsewhere (then without working directory and environment). What their
 * arguments mean is discover.ts.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { argumentsOf, parseBootSeconds, parseUsers, processesFromPs, processFrom } from './process-text.ts';

export interface ProcessInfo {
  pid: number;
  parentPid: number;
  /** argv, also of a process that has renamed itself (then the title, cut at blanks, as one word). */
  args: string[];
  /** Name of the program as the kernel keeps it, at most 15 characters. */
  comm: string;
  user: string | null;
  cwd: string | null;
  /** null: not ours to read. */
  env: Record<string, string> | null;
  startedAtMs: number | null;
  /** Its control groups, as /proc/PID/cgroup says them; null: not known. */
  cgroup: string | null;
  /** Name of its parent's program. */
  parentComm: string | null;
}

const run = promisify(execFile);

/** Processes that look like a uWSGI or a Reeve engine, masters and workers. */
export async function listServerProcesses(): Promise<ProcessInfo[]> {
  if (process.platform !== 'linux') return serversAmong(await listByPs());
  const names = await readdir('/proc');
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(readCandidate));
  return found.filter((info) => info !== null);
}

/** null: it does not exist, or is hidden. */
export async function readProcess(pid: number): Promise<ProcessInfo | null> {
  if (process.platform !== 'linux') return (await listByPs()).find((info) => info.pid === pid) ?? null;
  const basics = await readBasics(pid);
  return basics === null ? null : readDetails(basics);
}

/** Arguments of the server itself, without the program's name; null: this is no server. */
export function serverArguments({ args, comm }: Pick<ProcessInfo, 'args' | 'comm'>): string[] | null {
  const [program = '', ...rest] = args;
  // `timeout 5 node …`, `sudo reeve …`: the server is the child.
  if (isWrapper(program)) return null;
  const entry = args.findIndex((arg) => /(^|[/\\])engine[/\\]main\.(ts|js|mjs)$/.test(arg));
  if (entry >= 0 && entry <= 8) return args.slice(entry + 1);
  const command = args.findIndex(
    (arg, i) => arg === 'engine' && /(^|[/\\])(reeve|main|cli)(\.\w+)?$/.test(args[i - 1] ?? ''),
  );
  if (command >= 0 && command <= 8) return args.slice(command + 1);
  if (/^uWSGI (master|worker|http|cheap|mule|spooler)|^uwsgi: /.test(program))
    return program.startsWith('uWSGI master') ? [] : null;
  return /^uwsgi/i.test(basename(program)) || /^uwsgi/i.test(comm) ? rest : null;
}

/** Only those that look like a uWSGI or a Reeve engine. */
export function serversAmong(processes: readonly ProcessInfo[]): ProcessInfo[] {
  return processes.filter((process) => serverArguments(process) !== null);
}

function isWrapper(program: string): boolean {
  return /^(timeout|sudo|doas|env|nohup|setsid|nice|ionice|strace|gdb|(ba|da|z)?sh|su|runuser|time|watch|tini|dumb-init)$/.test(
    basename(program),
  );
}

/** Its arguments can't be seen any more: `auto-procname` wrote a title over them. */
export function hidesArguments({ args }: Pick<ProcessInfo, 'args'>): boolean {
  return args[0]?.startsWith('uWSGI master') ?? false;
}

interface Basics {
  pid: number;
  cmdline: string;
  comm: string;
}

async function readCandidate(pid: number): Promise<ProcessInfo | null> {
  const basics = await readBasics(pid);
  if (basics === null) return null;
  const { cmdline, comm } = basics;
  return serverArguments({ args: argumentsOf(cmdline), comm }) === null ? null : readDetails(basics);
}

async function readBasics(pid: number): Promise<Basics | null> {
  const cmdline = await readText(`/proc/${pid}/cmdline`);
  if (cmdline === null || cmdline === '') return null;
  return { pid, cmdline, comm: ((await readText(`/proc/${pid}/comm`)) ?? '').trim() };
}

async function readDetails(basics: Basics): Promise<ProcessInfo | null> {
  const { pid } = basics;
  const [status, stat, environ, cgroup, cwd, boot, passwd] = await Promise.all([
    readText(`/proc/${pid}/status`),
    readText(`/proc/${pid}/stat`),
    readText(`/proc/${pid}/environ`),
    readText(`/proc/${pid}/cgroup`),
    readlink(`/proc/${pid}/cwd`).catch(() => null),
    readText('/proc/stat'),
    readText('/etc/passwd'),
  ]);
  const parent = /^PPid:\s+(\d+)/m.exec(status ?? '')?.[1];
  const parentComm = parent === undefined ? null : await readText(`/proc/${parent}/comm`);
  return processFrom(
    { ...basics, status, stat, environ, cgroup, cwd },
    { bootSeconds: parseBootSeconds(boot ?? ''), users: parseUsers(passwd ?? ''), commOf: () => parentComm },
  );
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // The process has ended, or belongs to another user: both mean "not known".
    return null;
  }
}

async function listByPs(): Promise<ProcessInfo[]> {
  if (process.platform === 'win32') return [];
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,user=,command='], { maxBuffer: 16 * 1024 * 1024 });
  return processesFromPs(stdout);
}
