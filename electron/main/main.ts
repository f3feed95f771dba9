/** Entry of the Electron host: wiring only. `--cli` runs the `reeve` commands instead, where no Node is installed. */

import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import * as electron from 'electron';
import { findInstallation } from '../cli/installation.ts';
import { processTerminal } from '../cli/process-terminal.ts';
import { runReeve } from '../cli/reeve.ts';
import { createCore } from '../core/core.ts';
import { systemClock } from '../core/node-ports.ts';
import { dataFolderPath } from '../web/data-folder.ts';
import { startElectronHost } from './host.ts';

const onError = (error: unknown): void => console.error(error);
const cliAt = process.argv.indexOf('--cli');
if (cliAt >= 0) process.exit(await runReeve(process.argv.slice(cliAt + 1), processTerminal()));

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
