/**
 * What a command honours of its user's console: the keys of hosts that were accepted, the way that was chosen to each
 * host, settings. It works on copies, so that a console that runs is not disturbed.
 */
import { cp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HOSTS_FILE } from '../core/ssh/ssh-hosts.ts';
import { HOST_KEYS_FILE } from '../core/ssh/user-trust.ts';
import { dataFolderPath } from '../web/data-folder.ts';
import type { Terminal } from './terminal.ts';

type Whose = Pick<Terminal, 'env' | 'cwd'>;

/** The data folder of the console; it need not be there. */
export function consoleFolder({ env, cwd }: Whose): string {
  return dataFolderPath({ platform: process.platform, env, home: homedir() }, cwd);
}

/** Into another data folder. */
export async function copyConsoleFiles(whose: Whose, folder: string): Promise<void> {
  for (const name of [HOST_KEYS_FILE, HOSTS_FILE, 'settings.json']) {
    await cp(join(consoleFolder(whose), name), join(folder, name)).catch(() => {
      // There is none: nothing was accepted, chosen or set yet.
    });
  }
}
