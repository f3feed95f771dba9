/**
 * Users and groups of this system by name or number: from /etc/passwd and /etc/group, and where these do not know
 * a name by the system's `getent` (directory services).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface SystemUser {
  uid: number;
  /** Its own group. */
  gid: number;
  /** null: a number that no name belongs to. */
  name: string | null;
}

/** null: there is no such user. A number needs no name. */
export function findUser(text: string): SystemUser | null {
  const found = findEntry('passwd', text);
  const [name = '', , uid, gid] = found ?? [];
  if (found !== null) return { uid: Number(uid), gid: Number(gid), name };
  return isId(text) ? { uid: Number(text), gid: Number(text), name: null } : null;
}

/** Number of a group; null: there is no such group. */
export function findGroup(text: string): number | null {
  if (isId(text)) return Number(text);
  const gid = findEntry('group', text)?.[2];
  return gid === undefined ? null : Number(gid);
}

/** The fields of its line: name, password, number ... */
function findEntry(database: 'passwd' | 'group', text: string): string[] | null {
  const field = isNumber(text) ? 2 : 0;
  for (const line of readLines(`/etc/${database}`)) {
    const fields = line.split(':');
    if (fields[field] === text) return fields;
  }
  try {
    const line = execFileSync('getent', [database, text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return line.trim().split(':');
  } catch {
    // It does not know the name either, or there is no such program.
    return null;
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // A system without this file: getent is asked.
    return [];
  }
}

/** The largest number of 32 bits stands for none (chown(2)). */
function isId(text: string): boolean {
  return isNumber(text) && Number(text) < 0xffff_ffff;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
