/**
 * Processes from what /proc says of them, wherever it was read: on this machine file by file (processes.ts), on another
 * one in one go by a script (machine/look-script.ts), or from `ps` where there is no /proc. Pure.
 */
import { basename } from 'node:path';
import type { ProcessInfo } from './processes.ts';

/** Files of one process; null: it has ended, or belongs to another user. */
export interface ProcessTexts {
  pid: number;
  cmdline: string | null;
  comm: string | null;
  status: string | null;
  stat: string | null;
  environ: string | null;
  cgroup: string | null;
  cwd: string | null;
}

export interface ProcessContext {
  /** When the machine was started, in seconds since 1970. */
  bootSeconds: number | null;
  /** Name by number. */
  users: ReadonlyMap<string, string>;
  /** Name of the program of another process. */
  commOf(pid: number): string | null;
}

/** Linux reports process times in hundredths of a second to user space. */
const TICKS_PER_SECOND = 100;

/** null: it has ended, or is one of the kernel's. */
export function processFrom(texts: ProcessTexts, context: ProcessContext): ProcessInfo | null {
  const { pid, cmdline, status, stat, environ, cwd, cgroup } = texts;
  if (cmdline === null || cmdline === '' || status === null) return null;
  const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
  const startTicks = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const parentPid = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  const { bootSeconds } = context;
  return {
    pid,
    parentPid,
    args: argumentsOf(cmdline),
    comm: (texts.comm ?? '').trim(),
    user: uid === undefined ? null : (context.users.get(uid) ?? uid),
    cwd,
    env: environ === null ? null : parseEnvironment(environ),
    startedAtMs:
      bootSeconds === null || !Number.isFinite(startTicks)
        ? null
        : (bootSeconds + startTicks / TICKS_PER_SECOND) * 1000,
    cgroup,
    parentComm: context.commOf(parentPid)?.trim() ?? null,
  };
}

/** argv from /proc/PID/cmdline. */
export function argumentsOf(cmdline: string): string[] {
  return cmdline.replace(/\0+$/, '').split('\0');
}

/** From the lines of /etc/passwd: the first name of a number counts. */
export function parseUsers(text: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name !== undefined && uid !== undefined && !users.has(uid)) users.set(uid, name);
  }
  return users;
}

/** From the `btime` line of /proc/stat. */
export function parseBootSeconds(text: string): number | null {
  const boot = /^btime (\d+)/m.exec(text)?.[1];
  return boot === undefined ? null : Number(boot);
}

/** From `ps -axo pid=,ppid=,user=,command=`. */
export function processesFromPs(text: string): ProcessInfo[] {
  return text.split('\n').flatMap((line): ProcessInfo[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line);
    if (match === null) return [];
    const [, pid, parentPid, user = '', command = ''] = match;
    const args = command.split(/\s+/);
    const comm = basename(args[0] ?? '').slice(0, 15);
    const hidden = { cwd: null, env: null, startedAtMs: null, cgroup: null, parentComm: null };
    return [{ pid: Number(pid), parentPid: Number(parentPid), args, comm, user, ...hidden }];
  });
}

/**
 * The answer of the script of look-script.ts to `servers` and `process`; `mark` ends its parts. All processes it tells
 * of, also those that are no servers.
 */
export function processesFromAnswer(answer: string, mark: string): ProcessInfo[] {
  const cut = answer.indexOf('\n');
  const body = answer.slice(cut + 1);
  if (answer.slice(0, cut) !== 'proc') return processesFromPs(body);
  const [words = '', lines = '', links = '', boot = '', passwd = ''] = body.split(`${mark}-1\n`);
  const files = new Map<string, string>();
  // `path:word NUL`, words of one file one after another.
  for (const entry of words.split('\0')) append(files, entry, '\0');
  for (const line of lines.split('\n')) append(files, line, '\n');
  const pids = new Set(
    [...files.keys()].flatMap((path) => /^\/proc\/(\d+)\/cmdline$/.exec(path)?.[1] ?? []).map(Number),
  );
  const folders = new Map(
    [...links.matchAll(/ \/proc\/(\d+)\/cwd -> (.*)$/gm)].map(([, pid, folder = '']) => [Number(pid), folder]),
  );
  const text = (pid: number, name: string): string | null => files.get(`/proc/${pid}/${name}`) ?? null;
  const context: ProcessContext = {
    bootSeconds: parseBootSeconds(boot),
    users: parseUsers(passwd),
    commOf: (pid) => text(pid, 'comm'),
  };
  return [...pids].flatMap((pid) => {
    const found = processFrom(
      {
        pid,
        cmdline: text(pid, 'cmdline'),
        comm: text(pid, 'comm'),
        status: text(pid, 'status'),
        stat: text(pid, 'stat'),
        environ: text(pid, 'environ'),
        cgroup: text(pid, 'cgroup'),
        cwd: folders.get(pid) ?? null,
      },
      context,
    );
    return found === null ? [] : [found];
  });
}

function append(files: Map<string, string>, entry: string, end: string): void {
  const [, path, word] = /^(\/proc\/\d+\/[a-z]+):(.*)$/s.exec(entry) ?? [];
  if (path !== undefined && word !== undefined) files.set(path, `${files.get(path) ?? ''}${word}${end}`);
}

function parseEnvironment(text: string): Record<string, string> {
  const pairs = text.split('\0').flatMap((entry): [string, string][] => {
    const cut = entry.indexOf('=');
    return cut > 0 ? [[entry.slice(0, cut), entry.slice(cut + 1)]] : [];
  });
  return Object.fromEntries(pairs);
}
