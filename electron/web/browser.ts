/** Opens an address in the browser of the person at this machine, where there is one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface BrowserOptions {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
}

/** True when a window could be shown to whoever started this process. */
export function hasDisplay({ platform, env }: BrowserOptions): boolean {
  if (platform === 'win32') return true;
  if (platform === 'darwin') return !env['SSH_CONNECTION'];
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** The system's command that opens `url`. */
export function openCommand(platform: NodeJS.Platform, url: string): [file: string, ...args: string[]] {
  if (platform === 'darwin') return ['open', url];
  // Not `start`: cmd would read & and ^ in the address as its own.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}

/** Resolves once the command runs; rejects when it is not there. What the browser does with it is not waited for. */
export async function openInBrowser(url: string, options: BrowserOptions): Promise<void> {
  const [file, ...args] = openCommand(options.platform, url);
  const child = spawn(file, args, { stdio: 'ignore', detached: true });
  await once(child, 'spawn');
  child.unref();
}
