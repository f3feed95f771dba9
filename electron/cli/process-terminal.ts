/** The terminal of this process and the end of this process, for the entry points. */
import { encodeText } from '../../engine/config/text-bytes.ts';
import { isErrorCode } from '../core/errors.ts';
import type { Terminal } from './terminal.ts';

export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    // A reader that has seen enough (`reeve stats … | head -1`) or a terminal that was closed is no error.
    stream.on('error', (error) => {
      if (!isErrorCode(error, 'EPIPE', 'EIO')) throw error;
    });
  }
  return {
    // Bytes of files that are no UTF-8 go out as they came in.
    out: (line) => process.stdout.write(encodeText(`${line}\n`)),
    err: (line) => process.stderr.write(encodeText(`${line}\n`)),
    flushed: async () => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      process.stdout.write('', (error) => resolve(error === null || error === undefined));
      return promise;
    },
    env: process.env,
    cwd: process.cwd(),
  };
}

/** Time for what was written to get out, and for what is closing to close. */
const LAST_MS = 100;

/** Ends this process with `code`, also when something that was left open would keep it running. */
export function exitWith(code: number): void {
  process.exitCode = code;
  setTimeout(() => process.exit(code), LAST_MS).unref();
}
