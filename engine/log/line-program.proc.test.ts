/** A logger's program at its end. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'vitest';
import { isRunning, waitFor } from '../testing/engine-process.ts';
import { LineProgram } from './line-program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-line-program-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('that does not end with its input is killed, and what it has started with it', async () => {
  const pidFile = join(folder, 'pid');
  const command = `sleep 600 & echo $! > ${pidFile}; wait`;
  const setting = { file: '/bin/sh', args: ['-c', command], name: 'pipe' };
  const program = new LineProgram(setting, { env: process.env, cwd: folder, trouble: () => undefined });
  const pid = await waitFor('its child', () => (existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8'))) || null);
  program.dispose();
  await waitFor('the end of its child', () => !isRunning(pid));
});
