/**
 * `tofile`: the application's answer, when it is a 200, is a file too. It is there whole or not at all, and only below the
 * folder that the rule names before its first variable: uWSGI lets a path such as `..%2fname` out of it.
 */
import { randomBytes } from 'node:crypto';
import { realpath, rename, rm, writeFile } from 'node:fs/promises';
import { folderOf, isPlain } from './file-actions.ts';
import { PacedLog } from './paced-log.ts';
import { field } from './route-actions.ts';
import type { LongActions } from './route-program.ts';

const MODE = 0o644;

export function toFileAction(): LongActions['actions'][string] {
  const paced = new PacedLog();
  return (context, fields) => {
    const path = field(context, fields, 'filename');
    const root = folderOf(fields.filename);
    const mode = fields.mode === undefined ? MODE : Number.parseInt(field(context, fields, 'mode'), 8);
    if (!isPlain(path)) return 'next';
    context.keepers.push((body) => {
      keep(path, root, body, mode).catch((error: unknown) =>
        paced.say(
          `[routing] an answer is not kept in a file: ${error instanceof Error ? error.message : String(error)}`,
          (line) => context.host.log(line),
        ),
      );
    });
    return 'next';
  };
}

/** Paths are latin-1 of their bytes. */
async function keep(path: string, root: string | null, body: Buffer, mode: number): Promise<void> {
  const slash = path.lastIndexOf('/');
  const folder = slash === -1 ? '.' : path.slice(0, slash + 1);
  if (root !== null && !(await isBelow(folder, root))) throw new Error(`${folder} is not below ${root}`);
  const target = Buffer.from(path, 'latin1');
  const part = Buffer.from(`${folder}.${randomBytes(8).toString('hex')}.part`, 'latin1');
  try {
    await writeFile(part, body, { flag: 'wx', mode });
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function isBelow(folder: string, root: string): Promise<boolean> {
  const [inner, outer] = await Promise.all(
    [folder, root].map((name) => realpath(Buffer.from(name, 'latin1'), { encoding: 'latin1' })),
  );
  return inner === outer || outer === '/' || inner?.startsWith(`${outer}/`) === true;
}
