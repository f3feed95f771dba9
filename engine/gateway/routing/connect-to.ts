/** Connections to servers that rules name. */
import { connect, type Socket } from 'node:net';
import { parseAddress } from '../../config/address.ts';

/** @param written an address that was looked at when the rule was read */
export function connectTo(written: string): Socket {
  const parsed = parseAddress(written);
  const address = parsed.ok ? parsed.address : null;
  if (address?.type === 'unix') return connect(address.path);
  // An empty host is this machine.
  if (address?.type === 'tcp') return connect(address.port, address.host || '127.0.0.1');
  // Refused by the system, as a server that is not there.
  return connect(0, '127.0.0.1');
}
