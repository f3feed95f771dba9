/**
 * What Reeve offers a server, best first. AES-GCM before ChaCha20, since OpenSSL does it and no native add-on is built;
 * no signatures by SHA-1 (`ssh-rsa`), unless the configuration of the host asks for them. Pure.
 */
import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';
import { SSH2_HOST_KEYS } from './configured-algorithms.ts';

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = SSH2_HOST_KEYS.filter((type) => type !== 'ssh-rsa');

const DEFAULTS = {
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes256-ctr',
    'aes192-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  compress: ['none'],
} as const satisfies Algorithms;

/**
 * `configured` wins. Key types that are held of the server come first: another one of the same server would look like a
 * changed key.
 */
export function chooseAlgorithms(configured: Algorithms, heldKeyTypes: readonly string[] | null): Algorithms {
  const listed = configured.serverHostKey;
  const usual: readonly ServerHostKeyAlgorithm[] = Array.isArray(listed) ? listed : HOST_KEYS;
  const isHeld = (algorithm: string): boolean => heldKeyTypes?.includes(keyTypeOf(algorithm)) ?? false;
  const serverHostKey = [...usual.filter(isHeld), ...usual.filter((algorithm) => !isHeld(algorithm))];
  return { ...DEFAULTS, cipher: [...DEFAULTS.cipher], compress: [...DEFAULTS.compress], ...configured, serverHostKey };
}

/** Both RSA signatures are made with a key of the type `ssh-rsa`. */
function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}
