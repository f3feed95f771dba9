/**
 * Where this program's own parts are. A checkout and the `reeve` folder of the package have the same shape
 * (package.json, resources/, out/); in a checkout the commands run from source, in the package from out/main/cli.js.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface Installation {
  /** Folder of package.json. */
  root: string;
  rendererFolder: string;
  resourcesFolder: string;
  version: string;
  /** Program and leading arguments that start the engine. */
  engineCommand: readonly [string, ...string[]];
}

const packageSchema = z.object({ version: z.string() });
/** Node calls a module experimental that Reeve uses (node:sqlite); its users can do nothing about that. */
const QUIET_FLAG = '--disable-warning=ExperimentalWarning';

export function findInstallation(): Installation {
  const root = findRoot();
  const packageText = readFileSync(join(root, 'package.json'), 'utf8');
  return {
    root,
    rendererFolder: join(root, 'out', 'renderer'),
    resourcesFolder: join(root, 'resources'),
    version: packageSchema.parse(JSON.parse(packageText)).version,
    engineCommand: engineCommand(root),
  };
}

function engineCommand(root: string): [string, ...string[]] {
  // Inside Electron the same program takes the commands behind a switch of its own (main.ts).
  if (process.versions['electron'] !== undefined) return [process.execPath, '--cli', 'engine'];
  const source = join(root, 'engine', 'main.ts');
  if (existsSync(source)) return [process.execPath, QUIET_FLAG, source];
  return [process.execPath, QUIET_FLAG, join(root, 'out', 'main', 'cli.js'), 'engine'];
}

/**
 * Both electron/cli/ and out/main/ are two levels below package.json. In the packaged application this file is inside
 * the archive; what other programs read (runtimes, samples, the launcher) lies beside it.
 */
function findRoot(): string {
  if ('resourcesPath' in process && typeof process.resourcesPath === 'string') {
    const beside = join(process.resourcesPath, 'reeve');
    if (existsSync(beside)) return beside;
  }
  return join(dirname(fileURLToPath(import.meta.url)), '..', '..');
}
