/** The core's ports on the headless host: no keychain, no dialog, engines as child processes of this Node. */
import { homedir, hostname } from 'node:os';
import { createNodeEngineSpawner, createSessionSecrets, systemClock } from '../core/node-ports.ts';
import type { Ports } from '../core/ports.ts';
import { hasDisplay, openInBrowser } from './browser.ts';

export interface WebPortsOptions {
  dataFolder: string;
  resourcesFolder: string;
  version: string;
  /** Program and leading arguments that start the engine. */
  engineCommand: readonly [string, ...string[]];
  env: Readonly<Record<string, string | undefined>>;
}

export function createWebPorts(options: WebPortsOptions): Ports {
  const browser = { platform: process.platform, env: options.env };
  return {
    dataFolder: options.dataFolder,
    resourcesFolder: options.resourcesFolder,
    homeFolder: homedir(),
    version: options.version,
    hostname: hostname(),
    platform: process.platform,
    env: { ...options.env },
    clock: systemClock,
    secrets: createSessionSecrets(),
    windowControls: false,
    notifications: false,
    spawnEngine: createNodeEngineSpawner(options.engineCommand),
    pickFile: null,
    async openExternal(url) {
      if (!hasDisplay(browser)) throw new Error('the machine that runs Reeve has no display');
      await openInBrowser(url, browser);
    },
  };
}
