/**
 * Where Reeve keeps its settings, instances and history, by the rules of each system; `REEVE_DATA` overrides.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
import { posix, win32 } from 'node:path';

export interface DataFolderOptions {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  home: string;
}

/** The absolute path of the data folder; it need not exist. A relative `REEVE_DATA` counts from `cwd`. */
export function dataFolderPath({ platform, env, home }: DataFolderOptions, cwd: string): string {
  const path = platform === 'win32' ? win32 : posix;
  const asked = env['REEVE_DATA'];
  if (asked !== undefined && asked !== '') return path.resolve(cwd, asked);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Reeve');
  if (platform === 'win32') return path.join(env['APPDATA'] || path.join(home, 'AppData', 'Roaming'), 'Reeve');
  const xdg = env['XDG_DATA_HOME'];
  // The specification says that a relative value is to be ignored.
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'share');
  return path.join(base, 'reeve');
}
