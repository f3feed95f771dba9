/** Whether tests can run the engine as a user without rights: only root becomes another one, who has to reach the code. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';

/** Why the engine can not be run as another user here; null when it can. */
export function whyNoOtherUser(): string | null {
  if (process.getuid?.() !== 0) return 'only root can give up rights';
  return isReachableByAll(import.meta.dirname) ? null : 'the checkout can be read by its owner only';
}

function isReachableByAll(folder: string): boolean {
  const isHere = (statSync(folder).mode & 0o001) !== 0;
  return isHere && (folder === '/' || isReachableByAll(dirname(folder)));
}
