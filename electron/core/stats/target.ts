/**
 * A stats address as its user writes it, turned into what to connect to: `127.0.0.1:1717`, `:1717`, `/run/app.stats`,
 * `@abstract`, `http://127.0.0.1:1717`. Pure.
 */
import { formatAddress, parseAddress } from '../../../engine/config/address.ts';
import { CoreError } from '../errors.ts';

export interface StatsTarget {
  /** The address in its one spelling: what is stored, shown and compared. */
  text: string;
  connect: { type: 'tcp'; host: string; port: number } | { type: 'unix'; path: string };
  /** Request to send first, for `stats-http`; null: the server speaks at once. */
  httpPath: string | null;
}

/** Throws `stats-address`. */
export function parseStatsTarget(address: string, homeFolder: string): StatsTarget {
  const text = address.trim();
  if (/^https:/i.test(text)) throw refused(text, 'TLS is not supported.');
  if (/^http:\/\//i.test(text)) return parseHttp(text);
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined && !/^(tcp|unix):/i.test(scheme)) {
    throw refused(text, `${scheme} is not understood, only http://, tcp:// and unix:// are.`);
  }
  const plain = text.replace(/^(tcp|unix):(\/\/)?(?=.)/i, '').replace(/^~(?=\/)/, homeFolder);
  const result = parseAddress(plain);
  if (!result.ok) throw refused(text, result.message);
  const parsed = result.address;
  switch (parsed.type) {
    case 'tcp':
      if (parsed.port === 0) throw refused(text, 'port 0 can not be asked.');
      return {
        text: formatAddress(parsed),
        connect: { type: 'tcp', host: reachableHost(parsed.host), port: parsed.port },
        httpPath: null,
      };
    case 'abstract':
      return { text: formatAddress(parsed), connect: { type: 'unix', path: `\0${parsed.name}` }, httpPath: null };
    case 'fd':
      throw refused(text, 'a descriptor means nothing outside of the server that has it.');
    case 'unix':
      if (isHost(parsed.path)) throw refused(text, `the port is missing, as in ${parsed.path}:1717.`);
      if (!parsed.path.startsWith('/')) {
        throw refused(text, 'it has no port, and the path of a socket must begin with a slash.');
      }
      return { text: parsed.path, connect: { type: 'unix', path: parsed.path }, httpPath: null };
  }
}

/** Where to connect for a listener on all interfaces. */
export function reachableHost(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '*') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function isHost(text: string): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\]|localhost)$/i.test(text);
}

function refused(address: string, reason: string): CoreError {
  return new CoreError('stats-address', { address, reason });
}

function parseHttp(text: string): StatsTarget {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '') {
    throw refused(text, 'it is not a web address.');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    text: `http://${url.host}${url.pathname === '/' ? '' : url.pathname}${url.search}`,
    connect: { type: 'tcp', host: reachableHost(host), port: url.port === '' ? 80 : Number(url.port) },
    httpPath: `${url.pathname}${url.search}`,
  };
}
