/** Files and facts of a host by the questions of look-script.ts: for pages, and for reading a configuration there. */
import { type ReadFailure, SYSTEM_WORDS } from '../../../engine/config/host.ts';
import { CoreError } from '../errors.ts';
import type { LookSession } from './look-session.ts';
import type { FileStat, MachineFiles } from './machine.ts';
import { escapeBytes } from './remote-command.ts';
import type { MachineFacts, Snapshot } from './snapshot-host.ts';

/** Of a file that a configuration reads. */
export const MOST_CONFIG_BYTES = 4 * 1024 * 1024;
const MOST_LIST_BYTES = 4 * 1024 * 1024;
const MOST_LINE_BYTES = 64 * 1024;

/** The type bits of a file's mode, the same on every Unix. */
const KINDS = new Map<number, FileStat['kind']>([
  [0o100000, 'file'],
  [0o040000, 'folder'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
]);

interface Found {
  stat: FileStat;
  inode: string;
  rest: Buffer;
}

type Answer = { ok: true; found: Found } | { ok: false; words: string };

/** Throws errors that name the host. */
export function lookFiles(look: LookSession, name: string): MachineFiles {
  const placeOf = (path: string): string => `${path} on ${name}`;
  const failed = (path: string, words: string): CoreError =>
    new CoreError('files-unreadable', { path: placeOf(path), reason: reasonOf(words) });
  return {
    stat: async (path) => {
      const answer = await about(look, `stat ${escaped(path)}`, MOST_LINE_BYTES);
      if (answer.ok) return answer.found.stat;
      if (failureOf(answer.words) === 'not found') return null;
      throw failed(path, answer.words);
    },
    readFile: async (path, mostBytes) => {
      const answer = await about(look, `read ${mostBytes} ${escaped(path)}`, mostBytes + MOST_LINE_BYTES);
      if (!answer.ok) throw failed(path, answer.words);
      const { stat, rest } = answer.found;
      if (stat.kind !== 'file') throw failed(path, stat.kind === 'folder' ? 'Is a directory' : 'it is no plain file');
      if (rest.length > mostBytes) {
        throw new CoreError('file-too-large', { path: placeOf(path), megabytes: mostBytes / 1_000_000 });
      }
      return rest;
    },
    list: async (path) => {
      const answer = await about(look, `list ${escaped(path)}`, MOST_LIST_BYTES);
      if (!answer.ok) throw failed(path, answer.words);
      if (answer.found.stat.kind !== 'folder') throw failed(path, 'Not a directory');
      return namesIn(answer.found.rest);
    },
    realPath: async (path) => {
      const answer = (await look.ask(`real ${escaped(path)}`, MOST_LINE_BYTES)).toString('utf8');
      if (!answer.startsWith('=')) throw failed(path, answer.slice(1));
      return answer.slice(1);
    },
  };
}

/** Whether a file there may be written, and its folder, in which the new text is made. */
export async function mayWrite(look: LookSession, path: string): Promise<boolean> {
  return (await look.ask(`writable ${escaped(path)}`, MOST_LINE_BYTES)).toString('utf8') === '=';
}

/** What reading a configuration asks for: what can't be read is a value here, as it is for a server. */
export function lookSnapshot(look: LookSession): Snapshot {
  let facts: Promise<MachineFacts> | null = null;
  return {
    stat: async (path) => {
      const answer = await about(look, `stat ${escaped(path)}`, MOST_LINE_BYTES);
      if (!answer.ok) return null;
      const { stat, inode } = answer.found;
      const kind = stat.kind === 'file' || stat.kind === 'folder' ? stat.kind : 'other';
      return { kind, inode, mode: stat.mode };
    },
    read: async (path) => {
      const question = `read ${MOST_CONFIG_BYTES} ${escaped(path)}`;
      const answer = await about(look, question, MOST_CONFIG_BYTES + MOST_LINE_BYTES);
      if (!answer.ok) return { ok: false, reason: failureOf(answer.words) };
      const { stat, rest } = answer.found;
      if (stat.kind !== 'file') return { ok: false, reason: stat.kind === 'folder' ? 'is a folder' : 'failed' };
      return rest.length > MOST_CONFIG_BYTES ? { ok: false, reason: 'too large' } : { ok: true, bytes: rest };
    },
    list: async (path) => {
      const answer = await about(look, `list ${escaped(path)}`, MOST_LIST_BYTES);
      return answer.ok ? namesIn(answer.found.rest) : [];
    },
    real: async (path) => {
      const answer = (await look.ask(`real ${escaped(path)}`, MOST_LINE_BYTES)).toString('utf8');
      return answer.startsWith('=') ? answer.slice(1) : null;
    },
    facts: async () => {
      facts ??= readFacts(look).catch((error: unknown) => {
        facts = null;
        throw error;
      });
      return facts;
    },
  };
}

async function readFacts(look: LookSession): Promise<MachineFacts> {
  const answer = await look.ask('host', MOST_LINE_BYTES);
  const [hostname = '', cpus, uid, user = '', gid, group = ''] = answer.toString('utf8').split('\n');
  return { hostname, cpus: Number(cpus) || 1, uid: Number(uid), user, gid: Number(gid), group };
}

/** Its line, and what follows. */
async function about(look: LookSession, question: string, mostBytes: number): Promise<Answer> {
  const answer = await look.ask(question, mostBytes);
  const cut = answer.indexOf('\n');
  const line = (cut < 0 ? answer : answer.subarray(0, cut)).toString('utf8');
  if (!line.startsWith('=')) return { ok: false, words: line.slice(1) };
  const [mode = '', inode = '', uid, gid, size, mtime] = line.slice(1).split(' ');
  const bits = Number.parseInt(mode, 16);
  const stat: FileStat = {
    kind: KINDS.get(bits & 0o170000) ?? 'other',
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    sizeBytes: Number(size),
    mtimeMs: Number(mtime) * 1000,
  };
  return { ok: true, found: { stat, inode, rest: cut < 0 ? Buffer.alloc(0) : answer.subarray(cut + 1) } };
}

function escaped(path: string): string {
  return escapeBytes(Buffer.from(path));
}

/** Names, each ended by NUL. */
function namesIn(bytes: Buffer): string[] {
  return bytes
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
}

/** From what a program of the system says, in English. */
function failureOf(words: string): ReadFailure {
  if (/No such file|Not a directory/i.test(words)) return 'not found';
  return /permi/i.test(words) ? 'not permitted' : 'failed';
}

function reasonOf(words: string): string {
  const failure = failureOf(words);
  if (/not a directory/i.test(words)) return 'it is not a folder';
  return failure === 'failed' ? words : SYSTEM_WORDS[failure].toLowerCase();
}
