/**
 * Decides from the headers alone whether a request was meant for this host and comes from its own page.
 * Against DNS rebinding: a page of another site that makes its name point to 127.0.0.1 still sends its name as Host.
 * Ports are not compared, so that a forwarded port (`ssh -L 9000:127.0.0.1:4717`) works; Origin must equal Host.
 */
import { isIP } from 'node:net';

/** Names that are always meant for this machine. */
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const HOST_HEADER = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/** What the host listens on, as the user asked for it. */
export interface HostPolicy {
  host: string;
  /** Names of this machine; they count only when the host does not listen on loopback alone. */
  names: readonly string[];
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return LOOPBACK_NAMES.has(name) || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/** True when the Host header names this machine and not a site whose name points here. */
export function isAllowedHost(header: string | undefined, policy: HostPolicy): boolean {
  const name = hostName(header);
  if (name === null) return false;
  if (isLoopback(name)) return true;
  if (isLoopback(policy.host)) return false;
  const bare = name.startsWith('[') ? name.slice(1, -1) : name;
  // An address cannot be rebound; a name can, so only our own are taken.
  return isIP(bare) !== 0 || [policy.host, ...policy.names].some((own) => own.toLowerCase() === name);
}

/** True when the Origin header is there and is the page this Host header serves. `https` is a proxy in front. */
export function isOwnOrigin(origin: string | undefined, hostHeader: string | undefined): boolean {
  if (origin === undefined || hostHeader === undefined) return false;
  const host = hostHeader.toLowerCase();
  return origin === `http://${host}` || origin === `https://${host}`;
}

function hostName(header: string | undefined): string | null {
  return header === undefined ? null : (HOST_HEADER.exec(header)?.[1]?.toLowerCase() ?? null);
}

/** The value of the first cookie called `name`. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}
