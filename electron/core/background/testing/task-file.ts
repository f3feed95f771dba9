/** Files of tasks as uWSGI writes them, for tests. */
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Header, variables and body; keys and values as latin-1, so that any byte can be written. */
export function taskBytes(vars: readonly (readonly [string, string])[], body: string | Buffer = ''): Buffer {
  const block = Buffer.concat(vars.flatMap(([key, value]) => [sized(key), sized(value)]));
  const head = Buffer.from([17, block.length & 0xff, block.length >> 8, 0]);
  return Buffer.concat([head, block, typeof body === 'string' ? Buffer.from(body) : body]);
}

let written = 0;

/** Returns the name of the file. `dueAtMs` is its time. */
export async function writeTask(
  folder: string,
  bytes: Buffer,
  { place = '', dueAtMs = Date.now() - 5_000 }: { place?: string; dueAtMs?: number } = {},
): Promise<string> {
  written += 1;
  const name = `uwsgi_spoolfile_on_web_1_77_${written}_123_1795329700_000123`;
  // Whole and with its time before a spooler can see it.
  const hidden = join(folder, place, `.${name}`);
  await mkdir(join(folder, place), { recursive: true });
  await writeFile(hidden, bytes, { mode: 0o600 });
  await utimes(hidden, dueAtMs / 1000, dueAtMs / 1000);
  await rename(hidden, join(folder, place, name));
  return name;
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([Buffer.from([bytes.length & 0xff, bytes.length >> 8]), bytes]);
}
