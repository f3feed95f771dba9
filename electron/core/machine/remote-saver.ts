/**
 * Saves files of a host behind SSH: one command for each save, which runs there once its input has come whole
 * (save-scripts.ts). A link that is lost on the way leaves a whole file; which text it has is seen at the next look.
 */
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { CoreError } from '../errors.ts';
import type { FileSaver } from './file-saver.ts';
import { mayWrite } from './look-files.ts';
import type { LookSession } from './look-session.ts';
import type { Machine } from './machine.ts';
import { CREATE_SCRIPT, REPLACE_SCRIPT, saveFailure } from './save-scripts.ts';

const DEADLINE_MS = 8_000;
const MOST_BYTES = 64 * 1024;

type Argv = readonly [string, ...string[]];

/** `onWritten`: what is known of files there may be another now. */
export function createRemoteSaver(
  machine: Pick<Machine, 'name' | 'run'>,
  look: LookSession,
  onWritten: () => void,
): FileSaver {
  return {
    isWritable: async (path) => mayWrite(look, path),
    replace: async ({ path, real, before, after }) => {
      const [old, now] = [Buffer.from(before), Buffer.from(after)];
      const args = [path, real, temporaryFor(real), String(old.length), String(now.length)];
      const argv: Argv = ['sh', '-c', REPLACE_SCRIPT, 'sh', ...args];
      return save(machine, path, argv, Buffer.concat([old, now])).finally(onWritten);
    },
    create: async (path, text, access) => {
      const [mode, owner] = access === null ? ['', ''] : [access.mode.toString(8), `${access.uid}:${access.gid}`];
      const args = [path, temporaryFor(path), mode, owner];
      return save(machine, path, ['sh', '-c', CREATE_SCRIPT, 'sh', ...args], Buffer.from(text)).finally(onWritten);
    },
  };
}

async function save(
  machine: Pick<Machine, 'name' | 'run'>,
  path: string,
  argv: Argv,
  input: Uint8Array,
): Promise<boolean> {
  const options = { input, deadlineMs: DEADLINE_MS, mostBytes: MOST_BYTES };
  const { code, stdout, stderr } = await machine.run(argv, options).catch((error: unknown) => {
    if (!(error instanceof CoreError) || error.code !== 'command-failed') throw error;
    throw cutWhileSaving(machine.name, path, error);
  });
  if (code === null) throw cutWhileSaving(machine.name, path);
  const outcome = stdout.toString('utf8').trim().split('\n').at(-1);
  if (outcome === 'saved') return true;
  if (outcome === 'changed') return false;
  throw new Error(saveFailure(stderr.toString('utf8')));
}

/** Whether it was carried out is not known. */
export function cutWhileSaving(host: string, path: string, cause?: unknown): CoreError {
  return new CoreError('config-save-cut', { path, host }, cause === undefined ? {} : { cause });
}

/** As those of this machine are called. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}
