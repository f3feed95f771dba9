/** Entry of the Electron host: wiring only. `--cli` runs the `reeve` commands instead, where no Node is installed. */

import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import * as electron from 'electron';
import { findCommand } from '../cli/commands.ts';
import { findInstallation } from '../cli/installation.ts';
import { processTerminal } from '../cli/process-terminal.ts';
import { runReeve } from '../cli/reeve.ts';
import { createCore } from '../core/core.ts';
import { systemClock } from '../core/node-ports.ts';
import { dataFolderPath } from '../web/data-folder.ts';
import { startElectronHost } from './host.ts';

const onError = (error: unknown): void => console.error(error);
// Linux packages put this program on the PATH as `reeve`: a command's name is meant as one, with or without the switch.
const args = process.argv.slice(electron.app.isPackaged ? 1 : 2);
const commandArgs = args[0] === '--cli' ? args.slice(1) : args;
if (commandArgs !== args || findCommand(args[0] ?? '') !== undefined) {
  process.exit(await runReeve(commandArgs, processTerminal()));
}

const installation = findInstallation();
startElectronHost({
  electron,
  ports: {
    dataFolder: dataFolderPath({ platform: process.platform, env: process.env, home: homedir() }, process.cwd()),
    resourcesFolder: installation.resourcesFolder,
    homeFolder: homedir(),
    version: installation.version,
    hostname: hostname(),
    env: { ...process.env },
    clock: systemClock,
  },
  createCore,
  platform: process.platform,
  rendererFolder: join(import.meta.dirname, '..', 'renderer'),
  preloadPath: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
  enginePath: join(installation.root, 'out', 'main', 'engine-process.js'),
  onError,
}).catch((error: unknown) => {
  onError(error);
  electron.dialog.showErrorBox('Reeve can not start', error instanceof Error ? error.message : String(error));
  electron.app.exit(1);
});
