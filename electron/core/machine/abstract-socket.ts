/**
 * Names of abstract sockets. Every byte of one counts, and uWSGI 2.0.21 ends that of its `stats` with a NUL which nobody
 * writes: both names are tried.
 */
import type { Duplex } from 'node:stream';
import { errnoOf } from '../errors.ts';
import type { StreamAddress } from './machine.ts';

export function isAbstract(address: StreamAddress): boolean {
  return address.type === 'unix' && address.path.startsWith('\0');
}

/** Rejects as `open` does with the name as it is written. */
export async function openEitherName(
  address: StreamAddress,
  open: (address: StreamAddress) => Promise<Duplex>,
): Promise<Duplex> {
  try {
    return await open(address);
  } catch (error) {
    if (address.type !== 'unix' || !isAbstract(address) || errnoOf(error) !== 'ECONNREFUSED') throw error;
    return open({ ...address, path: `${address.path}\0` }).catch(() => {
      throw error;
    });
  }
}
