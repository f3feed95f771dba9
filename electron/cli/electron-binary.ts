/**
 * The Electron of a checkout: whether it can show a window here, and its binary, which the npm package fetches only
 * when it is first wanted. A reason instead of a path is what `npm start` prints before it falls back to the browser.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrorCode } from '../core/errors.ts';
import { hasDisplay } from '../web/browser.ts';

export type ElectronBinary = { status: 'found'; path: string } | { status: 'none'; reason: string };

const FETCH_DEADLINE_MS = 5 * 60_000;

export interface ElectronOptions {
  root: string;
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  isRoot: boolean;
  /** Told before something is fetched, as that takes its time. */
  onFetch: (line: string) => void;
}

/** Fetches the binary when a window could be shown and only the binary is missing. */
export async function findElectron(options: ElectronOptions): Promise<ElectronBinary> {
  const { platform, env, isRoot } = options;
  if (!hasDisplay({ platform, env })) return none('there is no display');
  if (isRoot && platform === 'linux') return none('Electron does not run as root');
  const installed = await installedPath(options.root, env);
  if (installed !== null) return { status: 'found', path: installed };
  if (env['ELECTRON_SKIP_BINARY_DOWNLOAD']) return none('Electron has no binary here');
  options.onFetch('Fetching Electron, once, about 110 MB …');
  const isFetched = await fetchElectron(options.root);
  const path = isFetched ? await installedPath(options.root, env) : null;
  return path === null ? none('Electron has no binary here and it could not be fetched') : { status: 'found', path };
}

function none(reason: string): ElectronBinary {
  return { status: 'none', reason };
}

/** The path that node_modules/electron/index.js would give, without its download. */
async function installedPath(root: string, env: ElectronOptions['env']): Promise<string | null> {
  const folder = join(root, 'node_modules', 'electron');
  try {
    const name = (await readFile(join(folder, 'path.txt'), 'utf8')).trim();
    const path = join(env['ELECTRON_OVERRIDE_DIST_PATH'] || join(folder, 'dist'), name);
    await access(path);
    return path;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

async function fetchElectron(root: string): Promise<boolean> {
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  const child = spawn(process.execPath, [installer], {
    stdio: 'ignore',
    timeout: FETCH_DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  const [code] = await once(child, 'close');
  return code === 0;
}
