/**
 * `uid`, `gid` and `add-gid`: the engine gives its rights up when everything is open and before any code of the
 * application runs. All threads and all processes started from then on have the new rights only.
 */
import { accessSync, chownSync, constants, lstatSync } from 'node:fs';
import type { EngineSettings, Origin } from '../config/settings.ts';
import { EngineError } from '../errors.ts';
import { errorCode } from './engine-log.ts';
import { findGroup, findUser } from './system-names.ts';

export interface Identity {
  /** null: stays as it is. */
  uid: number | null;
  gid: number | null;
  /** For the groups that the system lists for the user. */
  userName: string | null;
  extraGids: { gid: number; text: string }[];
}

type Options = EngineSettings['options'];

/** The numbers behind the names. Throws EngineError for names that the system does not know. */
export function resolveIdentity({ system, options }: Pick<EngineSettings, 'system' | 'options'>): Identity {
  const { user: userText, group, noInitgroups, extraGroups } = system.identity;
  const user = userText === null ? null : findUser(userText);
  if (userText !== null && user === null) {
    throw new EngineError('no-such-user', `There is no user '${userText}'.`, originOf(options, 'uid', userText));
  }
  const gid = group === null ? (user?.gid ?? null) : groupNumber(options, 'gid', group);
  return {
    uid: user?.uid ?? null,
    gid,
    userName: noInitgroups ? null : (user?.name ?? null),
    extraGids: extraGroups.map((text) => ({ gid: groupNumber(options, 'add-gid', text), text })),
  };
}

/** The user must be able to read what runs the application. Throws EngineError. */
export function checkReadable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    const message = `The user of 'uid' can not read ${folder}, which runs the application (${errorCode(error)}).`;
    throw new EngineError('program-not-readable', message, null, { cause: error });
  }
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Hands files that root has made so far to the user; those that belong to somebody else stay theirs. */
export function handOver(identity: Identity, paths: readonly string[]): void {
  for (const path of paths) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    // A link leads to what others have made: /dev/stdout and /dev/null are typical for logs.
    if (found === undefined || found.uid !== 0 || found.isSymbolicLink()) continue;
    chownSync(path, identity.uid ?? found.uid, identity.gid ?? found.gid);
  }
}

/** Takes the rights; returns what was done, for the log. Only root can. Throws EngineError. */
export function assume(identity: Identity): string[] {
  const { setgid, setgroups, setuid } = process;
  if (!isRoot() || setgid === undefined || setgroups === undefined || setuid === undefined) return [];
  const done: string[] = [];
  try {
    const { uid, gid, userName, extraGids } = identity;
    if (gid !== null) {
      setgid(gid);
      done.push(`setgid() to ${gid}`);
    }
    if (uid !== null) {
      if (userName === null) setgroups([]);
      else initgroups(userName, gid ?? 0);
    }
    if (extraGids.length > 0) {
      setgroups([...new Set([...(process.getgroups?.() ?? []), ...extraGids.map((extra) => extra.gid)])]);
      for (const extra of extraGids) done.push(`set additional group ${extra.gid} (${extra.text})`);
    }
    if (uid !== null) {
      setuid(uid);
      done.push(`setuid() to ${uid}`);
    }
  } catch (error) {
    throw new EngineError('identity-not-taken', `'uid' and 'gid' can not be taken (${errorCode(error)}).`, null, {
      cause: error,
    });
  }
  return done;
}

/** Takes the groups that the system lists for this user, and this one. */
function initgroups(userName: string, gid: number): void {
  // Node has it, its type declarations do not.
  const found: unknown = Reflect.get(process, 'initgroups');
  if (typeof found === 'function') Reflect.apply(found, process, [userName, gid]);
}

function groupNumber(options: Options, key: string, text: string): number {
  const gid = findGroup(text);
  if (gid === null) {
    throw new EngineError('no-such-group', `There is no group '${text}'.`, originOf(options, key, text));
  }
  return gid;
}

function originOf(options: Options, key: string, value: string): Origin | null {
  return options.findLast((option) => option.key === key && option.value === value)?.origin ?? null;
}
