/**
 * The processes of this machine that may be masters: what they were called with, where, as whom, since when.
 * From /proc on Linux, from `ps` elsewhere (then without working directory and environment). What their
 * arguments mean is discover.ts.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

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
}

const run = promisify(execFile);
/** Linux reports process times in hundredths of a second to user space. */
const TICKS_PER_SECOND = 100;

/** Processes that look like a uWSGI or a Reeve engine, masters and workers. */
export async function listServerProcesses(): Promise<ProcessInfo[]> {
  if (process.platform !== 'linux') return listByPs();
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
  args: string[];
  comm: string;
}

async function readCandidate(pid: number): Promise<ProcessInfo | null> {
  const basics = await readBasics(pid);
  return basics === null || serverArguments(basics) === null ? null : readDetails(basics);
}

async function readBasics(pid: number): Promise<Basics | null> {
  const cmdline = await readText(`/proc/${pid}/cmdline`);
  if (cmdline === null || cmdline === '') return null;
  const comm = ((await readText(`/proc/${pid}/comm`)) ?? '').trim();
  return { pid, args: cmdline.replace(/\0+$/, '').split('\0'), comm };
}

async function readDetails({ pid, args, comm }: Basics): Promise<ProcessInfo | null> {
  const [status, stat, environ, cwd, bootSeconds, users] = await Promise.all([
    readText(`/proc/${pid}/status`),
    readText(`/proc/${pid}/stat`),
    readText(`/proc/${pid}/environ`),
    readlink(`/proc/${pid}/cwd`).catch(() => null),
    readBootSeconds(),
    readUsers(),
  ]);
  if (status === null) return null;
  const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
  const startTicks = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return {
    pid,
    parentPid: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0),
    args,
    comm,
    user: uid === undefined ? null : (users.get(uid) ?? uid),
    cwd,
    env: environ === null ? null : parseEnvironment(environ),
    startedAtMs:
      bootSeconds === null || !Number.isFinite(startTicks)
        ? null
        : (bootSeconds + startTicks / TICKS_PER_SECOND) * 1000,
  };
}

function parseEnvironment(text: string): Record<string, string> {
  const pairs = text.split('\0').flatMap((entry): [string, string][] => {
    const cut = entry.indexOf('=');
    return cut > 0 ? [[entry.slice(0, cut), entry.slice(cut + 1)]] : [];
  });
  return Object.fromEntries(pairs);
}

async function readBootSeconds(): Promise<number | null> {
  const boot = /^btime (\d+)/m.exec((await readText('/proc/stat')) ?? '')?.[1];
  return boot === undefined ? null : Number(boot);
}

async function readUsers(): Promise<Map<string, string>> {
  const users = new Map<string, string>();
  for (const line of ((await readText('/etc/passwd')) ?? '').split('\n')) {
    const [name, , uid] = line.split(':');
    if (name !== undefined && uid !== undefined && !users.has(uid)) users.set(uid, name);
  }
  return users;
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
  return stdout.split('\n').flatMap((line): ProcessInfo[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line);
    if (match === null) return [];
    const [, pid, parentPid, user = '', command = ''] = match;
    const args = command.split(/\s+/);
    const comm = basename(args[0] ?? '').slice(0, 15);
    if (serverArguments({ args, comm }) === null) return [];
    return [
      { pid: Number(pid), parentPid: Number(parentPid), args, comm, user, cwd: null, env: null, startedAtMs: null },
    ];
  });
}
