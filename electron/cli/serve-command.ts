/** `reeve serve`: reads its flags and runs the console without a window. */
import { isIP } from 'node:net';
import { findInstallation } from './installation.ts';
import type { Parsed } from './parse-command.ts';
import { stopSignal } from './stop-signals.ts';
import { type Terminal, UsageError } from './terminal.ts';

const HOST_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

export async function runServe(parsed: Parsed, terminal: Terminal): Promise<number> {
  const flags = readServeFlags(parsed);
  const stopped = stopSignal();
  const { serveConsole } = await import('./serve-console.ts');
  return serveConsole({ terminal, installation: findInstallation(), ...flags, stopped });
}

/** Throws UsageError for a host that is none and a port that is none. */
export function readServeFlags({ flags }: Parsed): { host: string; port: number | null; open: boolean } {
  const host = flags.get('host') ?? '127.0.0.1';
  const bare = typeof host === 'string' ? host.replace(/^\[(.*)\]$/, '$1') : '';
  if (isIP(bare) === 0 && !HOST_NAME.test(bare)) {
    throw new UsageError(`--host needs an address or a name of this machine, not "${String(host)}".`, 'serve');
  }
  return { host: bare, port: readPort(flags.get('port')), open: !flags.has('no-open') };
}

function readPort(text: string | true | undefined): number | null {
  if (text === undefined) return null;
  const port = typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`--port needs a number from 0 to 65535, not "${String(text)}".`, 'serve');
  return port;
}
