/**
 * Ciphers, key exchanges and the like that the configuration asks for, as far as ssh2 has them. What ssh uses without
 * any configuration is not taken over: Reeve has its own order. Pure.
 */
import type { Algorithms } from 'ssh2';
import { type ConfigValues, valueOf } from './config-values.ts';

/** Of ssh2 1.17, README, "Client methods: connect: algorithms". */
const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group15-sha512',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group17-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group-exchange-sha1',
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group1-sha1',
] as const;
export const SSH2_HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
] as const;
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
  'aes256-cbc',
  'aes192-cbc',
  'aes128-cbc',
] as const;
const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
] as const;

export function configuredAlgorithms(
  values: ConfigValues,
  defaults: ConfigValues | null,
): { algorithms: Algorithms; warnings: string[] } {
  const warnings: string[] = [];
  const pick = <T extends string>(option: string, shown: string, has: readonly T[]): T[] | null => {
    const asked = valueOf(values, option);
    if (asked === null || asked === (defaults === null ? null : valueOf(defaults, option))) return null;
    if (/^[+^-]/.test(asked)) {
      warnings.push(`${shown} ${asked} is left out: without an ssh on this machine its own list is not known.`);
      return null;
    }
    const both = asked.split(',').flatMap((name) => has.filter((known) => known === name));
    if (both.length > 0) return both;
    warnings.push(`${shown} asks for what only the system’s ssh has: ${asked}.`);
    return null;
  };
  const kex = pick('kexalgorithms', 'KexAlgorithms', KEX);
  const serverHostKey = pick('hostkeyalgorithms', 'HostKeyAlgorithms', SSH2_HOST_KEYS);
  const cipher = pick('ciphers', 'Ciphers', CIPHERS);
  const hmac = pick('macs', 'MACs', MACS);
  return {
    algorithms: {
      ...(kex === null ? {} : { kex }),
      ...(serverHostKey === null ? {} : { serverHostKey }),
      ...(cipher === null ? {} : { cipher }),
      ...(hmac === null ? {} : { hmac }),
    },
    warnings,
  };
}
