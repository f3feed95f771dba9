/** `pidfile`: the master's pid and a line end, as uWSGI writes it. */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { EngineError } from '../errors.ts';
import { errorCode } from './engine-log.ts';

export function writePidfile(path: string): void {
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o644 });
  } catch (error) {
    throw new EngineError(
      'pidfile-not-written',
      `The pidfile ${path} can not be written (${errorCode(error)}).`,
      null,
      {
        cause: error,
      },
    );
  }
}

/** Removes it if it still is ours. */
export function removePidfile(path: string): void {
  try {
    if (Number(readFileSync(path, 'latin1')) === process.pid) unlinkSync(path);
  } catch {
    // Removed by somebody else, or not ours to remove: a pidfile left over harms nobody.
    return;
  }
}
