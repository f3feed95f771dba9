/**
 * Key files of the user, as far as signing in needs them: the public half without a passphrase, the private half with
 * one, or why a file is of no use. The private half leaves this module only as ssh2's key, which signs and is never
 * printed.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { describe, isErrorCode } from '../errors.ts';
import { typeOfKey } from './known-hosts.ts';

const MOST_BYTES = 100_000;
const OPENSSH_MAGIC = 'openssh-key-v1\0';

export type KeyFile =
  /** `key` signs. */
  | { status: 'open'; path: string; key: ParsedKey }
  /** `publicKey` null: an old format that tells nothing before it is opened. */
  | { status: 'locked'; path: string; publicKey: ParsedKey | null; content: string }
  /** Only a `.pub`: the private half may be in the agent. */
  | { status: 'public'; path: string; publicKey: ParsedKey }
  | { status: 'absent'; path: string }
  /** `reason` is words; `needsSystem`: the system's ssh can use it. */
  | { status: 'unusable'; path: string; reason: string; needsSystem: boolean };

export async function readKeyFile(path: string): Promise<KeyFile> {
  const content = await readSmall(path);
  const beside = await readSmall(`${path}.pub`);
  const publicKey = 'text' in beside ? firstKey(beside.text) : null;
  if (!('text' in content)) {
    if (content.absent && publicKey !== null) return { status: 'public', path, publicKey };
    if (content.absent) return { status: 'absent', path };
    return { status: 'unusable', path, reason: content.reason, needsSystem: false };
  }
  const inside = publicBlob(content.text);
  const foreign = foreignType(inside === null ? '' : typeOfKey(inside), content.text);
  if (foreign !== null) return { status: 'unusable', path, reason: foreign, needsSystem: true };
  const parsed = firstOf(parse(content.text));
  if (parsed instanceof Error) {
    if (!/encrypted/i.test(parsed.message)) {
      return {
        status: 'unusable',
        path,
        reason: 'this is no private key in a format that is known',
        needsSystem: true,
      };
    }
    return { status: 'locked', path, publicKey: inside === null ? publicKey : keyOf(inside), content: content.text };
  }
  return parsed.isPrivateKey() ? { status: 'open', path, key: parsed } : { status: 'public', path, publicKey: parsed };
}

/** The key, when the passphrase is right; null: it is not. */
export function unlock(content: string, passphrase: string): ParsedKey | null {
  const parsed = firstOf(parse(content, passphrase));
  return parsed instanceof Error ? null : parsed;
}

/** `id_ed25519`, in the words of a page. */
export function nameOfKey(path: string): string {
  return basename(path);
}

/** A public key from its wire form; null when ssh2 does not know its type. */
export function keyOf(blob: Buffer): ParsedKey | null {
  return firstKey(`${typeOfKey(blob)} ${blob.toString('base64')}`);
}

/** Kinds of keys that only the system's ssh signs with; null: an ordinary one. */
export function foreignType(type: string, text = ''): string | null {
  if (type.includes('-cert-v01@')) return 'it is a certificate, which only the system’s ssh can sign in with';
  if (type.startsWith('sk-')) return 'it is on a hardware key, which only the system’s ssh can sign in with';
  if (/^(sk-[\w-]+@openssh\.com) /.test(text))
    return 'it is on a hardware key, which only the system’s ssh can sign in with';
  return null;
}

type Small = { text: string } | { absent: boolean; reason: string };

async function readSmall(path: string): Promise<Small> {
  try {
    // Opening a FIFO or a device would wait or read for ever.
    const found = await stat(path);
    if (!found.isFile()) return { absent: false, reason: 'it is no file' };
    if (found.size > MOST_BYTES) return { absent: false, reason: 'it is too large for a key' };
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return { absent: isErrorCode(error, 'ENOENT', 'ENOTDIR'), reason: describe(error) };
  }
}

function parse(content: string, passphrase?: string): ParsedKey | ParsedKey[] | Error {
  try {
    return ssh2.utils.parseKey(content, passphrase);
  } catch {
    // Damaged files make ssh2 throw instead of telling; the text of its error may quote them.
    return new Error('not understood');
  }
}

function firstKey(text: string): ParsedKey | null {
  const parsed = firstOf(parse(text));
  return parsed instanceof Error ? null : parsed;
}

function firstOf(parsed: ParsedKey | ParsedKey[] | Error): ParsedKey | Error {
  if (!Array.isArray(parsed)) return parsed;
  return parsed[0] ?? new Error('not understood');
}

/**
 * The public half of a key in OpenSSH's own format, which is in the clear also when the rest is encrypted: magic,
 * cipher, kdf, kdf options, number of keys, public key (OpenSSH's PROTOCOL.key).
 */
function publicBlob(text: string): Buffer | null {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return null;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.toString('latin1', 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC) return null;
  let at = OPENSSH_MAGIC.length;
  for (let i = 0; i < 3; i++) {
    if (at + 4 > bytes.length) return null;
    at += 4 + bytes.readUInt32BE(at);
  }
  at += 4;
  if (at + 4 > bytes.length) return null;
  const length = bytes.readUInt32BE(at);
  return at + 4 + length > bytes.length ? null : bytes.subarray(at + 4, at + 4 + length);
}
