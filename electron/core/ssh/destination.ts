/**
 * How a user names a host: an alias of ssh's configuration or a name, with or without user and port. Pure.
 */
import { CoreError } from '../errors.ts';

export interface Destination {
  /** Alias, name or IP address, as it was written. */
  host: string;
  user: string | null;
  port: number | null;
}

/**
 * A ProxyCommand and a `Match exec` give names to a shell as they stand: one that comes from a link or from a list must
 * not be a command. ssh itself refuses these signs since OpenSSH 9.6.
 */
const COMMAND_SIGNS = /['"`$;&<>|(){}]/;

/** `web1`, `deploy@web1`, `deploy@[2001:db8::1]:2222`. Throws `ssh-destination`. */
export function parseDestination(text: string): Destination {
  const match = /^(?:([^@\s]+)@)?(\[[\da-f:.]+(?:%\w+)?\]|[^\s:@/[\]]+)(?::(\d{1,5}))?$/i.exec(text.trim());
  const [, user = null, written = '', digits] = match ?? [];
  const host = written.replace(/^\[|\]$/g, '');
  const port = digits === undefined ? null : Number(digits);
  // ssh takes what begins with a dash for an option.
  const isOption = host.startsWith('-') || (user?.startsWith('-') ?? false);
  const isCommand = COMMAND_SIGNS.test(host) || COMMAND_SIGNS.test(user ?? '') || (user?.endsWith('\\') ?? false);
  const isPort = port === null || (port > 0 && port <= 65_535);
  if (match === null || isOption || isCommand || !isPort || hasControl(text)) {
    throw new CoreError('ssh-destination', { destination: text });
  }
  return { host, user, port };
}

/** The one spelling: what is stored, shown and compared. */
export function formatDestination({ host, user, port }: Destination): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${user === null ? '' : `${user}@`}${name}${port === null ? '' : `:${port}`}`;
}

function hasControl(text: string): boolean {
  return Array.from(text).some((char) => char < ' ' || char === '\u007F');
}
