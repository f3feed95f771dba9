/** Servers of tests that have a user of their own, which they are run as where the tests run as root. */
import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';

const isRoot = process.getuid?.() === 0;

/** Program and arguments that run this as that user. */
export function asUser(user: string, program: string, args: readonly string[]): [file: string, args: string[]] {
  if (!isRoot) return [program, [...args]];
  return ['setpriv', [`--reuid=${user}`, `--regid=${user}`, '--init-groups', program, ...args]];
}

/** Lets that user own these files and folders. */
export function giveTo(user: string, ...paths: readonly string[]): void {
  if (!isRoot) return;
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' })));
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${user}`);
  for (const path of paths) chownSync(path, uid, gid);
}
