import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { describePeer, TrustedPeers } from './peers.ts';

/** Is a peer of 10.0.0.1 believed there? */
function from(kind: 'http' | 'uwsgi' | 'fastcgi' | 'scgi', networks: string[]): boolean {
  const socket = new Socket();
  Object.defineProperties(socket, { remoteAddress: { value: '10.0.0.1' }, remotePort: { value: 1 } });
  return describePeer(socket, kind, 'host', new TrustedPeers(networks), null).isTrusted;
}

/** Is a peer without an address believed, where the socket has this one on our side? */
function trusts(localAddress: string | undefined): boolean {
  const socket = new Socket();
  Object.defineProperties(socket, { remoteAddress: { value: undefined }, localAddress: { value: localAddress } });
  return describePeer(socket, 'http', 'host', new TrustedPeers(['10.0.0.1']), null).isTrusted;
}

describe('trusted peers', () => {
  test('are this machine without a configuration', () => {
    const trusted = new TrustedPeers([]);
    expect(['127.0.0.1', '127.9.9.9', '::1'].map((address) => trusted.has(address))).toEqual([true, true, true]);
    expect(['10.0.0.1', '::2', '', 'nonsense'].map((address) => trusted.has(address))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('are the addresses and networks that are configured, and no others', () => {
    const trusted = new TrustedPeers(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
    const asked = ['10.255.0.1', '192.0.2.7', '2001:db8:1::5', '11.0.0.1', '192.0.2.8', '2001:db9::1', '127.0.0.1'];
    expect(asked.map((address) => trusted.has(address))).toEqual([true, true, true, false, false, false, false]);
    // From what is remembered.
    expect(trusted.has('10.255.0.1')).toBe(true);
    expect(trusted.has('11.0.0.1')).toBe(false);
  });

  test('are front servers anywhere unless some are configured', () => {
    expect([from('http', []), from('uwsgi', []), from('fastcgi', []), from('scgi', [])]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect([from('uwsgi', ['192.0.2.1']), from('uwsgi', ['10.0.0.1'])]).toEqual([false, true]);
  });

  test('are peers on unix sockets, but no TCP client that has gone already', () => {
    expect([trusts(undefined), trusts('127.0.0.1')]).toEqual([true, false]);
  });
});
