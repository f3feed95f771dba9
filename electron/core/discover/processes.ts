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

/** How /proc of a machine is read; null: it has ended, or belongs to another user, which both mean "not known". */
export interface ProcFiles {
  pids(): Promise<number[]>;
  read(path: string): Promise<string | null>;
  readLink(path: string): Promise<string | null>;
}

const run = promisify(execFile);

/** Processes that look like a uWSGI or a Reeve engine, masters and workers. */
export async function listServerProcesses(): Promise<ProcessInfo[]> {
  return process.platform === 'linux' ? listServersIn(procHere) : serversAmong(await listByPs());
}

/** null: it does not exist, or is hidden. */
export async function readProcess(pid: number): Promise<ProcessInfo | null> {
  if (process.platform === 'linux') return readProcessIn(procHere, pid);
  return (await listByPs()).find((info) => info.pid === pid) ?? null;
}

/** As listServerProcesses, wherever /proc is. */
export async function listServersIn(proc: ProcFiles): Promise<ProcessInfo[]> {
  const found = await Promise.all((await proc.pids()).map(async (pid) => readCandidate(proc, pid)));
  return found.filter((info) => info !== null);
}

/** As readProcess, wherever /proc is. */
export async function readProcessIn(proc: ProcFiles, pid: number): Promise<ProcessInfo | null> {
  const basics = await readBasics(proc, pid);
  return basics === null ? null : readDetails(proc, basics);
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

async function readCandidate(proc: ProcFiles, pid: number): Promise<ProcessInfo | null> {
  const basics = await readBasics(proc, pid);
  if (basics === null) return null;
  const { cmdline, comm } = basics;
  return serverArguments({ args: argumentsOf(cmdline), comm }) === null ? null : readDetails(proc, basics);
}

async function readBasics(proc: ProcFiles, pid: number): Promise<Basics | null> {
  const cmdline = await proc.read(`/proc/${pid}/cmdline`);
  if (cmdline === null || cmdline === '') return null;
  return { pid, cmdline, comm: ((await proc.read(`/proc/${pid}/comm`)) ?? '').trim() };
}

async function readDetails(proc: ProcFiles, basics: Basics): Promise<ProcessInfo | null> {
  const { pid } = basics;
  const [status, stat, environ, cgroup, cwd, boot, passwd] = await Promise.all([
    proc.read(`/proc/${pid}/status`),
    proc.read(`/proc/${pid}/stat`),
    proc.read(`/proc/${pid}/environ`),
    proc.read(`/proc/${pid}/cgroup`),
    proc.readLink(`/proc/${pid}/cwd`),
    proc.read('/proc/stat'),
    proc.read('/etc/passwd'),
  ]);
  const parent = /^PPid:\s+(\d+)/m.exec(status ?? '')?.[1];
  const parentComm = parent === undefined ? null : await proc.read(`/proc/${parent}/comm`);
  return processFrom(
    { ...basics, status, stat, environ, cgroup, cwd },
    { bootSeconds: parseBootSeconds(boot ?? ''), users: parseUsers(passwd ?? ''), commOf: () => parentComm },
  );
}

const procHere: ProcFiles = {
  pids: async () => (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number),
  read: async (path) => readFile(path, 'utf8').catch(() => null),
  readLink: async (path) => readlink(path).catch(() => null),
};

async function listByPs(): Promise<ProcessInfo[]> {
  if (process.platform === 'win32') return [];
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,user=,command='], { maxBuffer: 16 * 1024 * 1024 });
  return processesFromPs(stdout);
}
