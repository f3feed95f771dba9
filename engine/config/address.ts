/**
 * Socket addresses in uWSGI's notation: `127.0.0.1:8080`, `:8080` (all interfaces), `[::1]:8080`, `/run/app.sock`,
 * `app.sock` (relative to the working directory), `@name` (Linux abstract namespace), `fd://3` (an inherited socket).
 * Text to SocketAddress and back; names are not looked up and paths are not touched.
 */
import type { SocketAddress } from './settings.ts';

export type AddressResult = { ok: true; address: SocketAddress } | { ok: false; message: string };

/** Unix socket paths are limited by the system: 108 bytes with the final NUL on Linux, 104 on macOS. */
export const MAX_SOCKET_PATH_BYTES = 103;

const EXPECTED = 'write host:port, :port, [ipv6]:port, a path of a unix socket, @name, or fd://number';

/** Reads an address. As in uWSGI a colon makes it TCP; anything else is the path of a unix socket. */
export function parseAddress(text: string): AddressResult {
  const value = text.trim();
  if (value === '') return { ok: false, message: `The address is empty: ${EXPECTED}.` };
  if (value.startsWith('@')) {
    if (value.length === 1) return { ok: false, message: `'@' needs a name after it: ${EXPECTED}.` };
    return { ok: true, address: { type: 'abstract', name: value.slice(1) } };
  }
  if (value.startsWith('fd://')) {
    const fd = value.slice('fd://'.length);
    if (!/^\d{1,7}$/.test(fd))
      return { ok: false, message: `'${fd}' in '${value}' is not the number of a descriptor.` };
    return { ok: true, address: { type: 'fd', fd: Number(fd) } };
  }
  const isPath = value.startsWith('/') || value.startsWith('./') || value.startsWith('../');
  const colon = value.lastIndexOf(':');
  if (isPath || colon === -1) {
    if (/^\d+$/.test(value)) {
      return { ok: false, message: `'${value}' is a port without a colon: write :${value} for all interfaces.` };
    }
    return { ok: true, address: { type: 'unix', path: value } };
  }
  const host = parseHost(value.slice(0, colon));
  if (host === null) {
    return { ok: false, message: `'${value}' is not an address; an IPv6 address stands in brackets: [::1]:8080.` };
  }
  const portText = value.slice(colon + 1);
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port > 65535) {
    return { ok: false, message: `'${portText}' in '${value}' is not a port: write a number from 0 to 65535.` };
  }
  return { ok: true, address: { type: 'tcp', host, port } };
}

/** The notation again. TCP on all interfaces is `:port`. */
export function formatAddress(address: SocketAddress): string {
  switch (address.type) {
    case 'unix':
      return address.path;
    case 'abstract':
      return `@${address.name}`;
    case 'fd':
      return `fd://${address.fd}`;
    case 'tcp':
      return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
  }
}

/** Empty: all interfaces. null: not a host. */
function parseHost(text: string): string | null {
  if (text.startsWith('[') && text.endsWith(']')) {
    const inner = text.slice(1, -1);
    return /^[0-9a-fA-F:.]+(%[\w.-]+)?$/.test(inner) && inner.includes(':') ? inner : null;
  }
  if (text.includes(':') || /[\s/]/.test(text)) return null;
  return text === '*' ? '' : text;
}
