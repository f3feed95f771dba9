/**
 * The lines of known_hosts files (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) and what they say of a key: hashed names,
 * wildcards, negation, `[host]:port`, `@revoked` and `@cert-authority`. Pure; host-keys.ts reads the files.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';

export interface KnownHostsLine {
  /** `~/.ssh/known_hosts:12`. */
  place: string;
  marker: 'none' | 'revoked' | 'cert-authority';
  /** As written: patterns with commas, or one hashed name. */
  names: string;
  keyType: string;
  key: Buffer;
}

/** What is held of one host. */
export type KeyVerdict =
  | { status: 'known'; place: string }
  | { status: 'revoked'; place: string }
  /** Keys of the host are held, and this is none of them. */
  | { status: 'changed'; place: string; known: Buffer }
  /** Only a certificate authority is held for it. */
  | { status: 'authority'; place: string }
  | { status: 'unknown' };

/** Lines that are not understood are left out, as OpenSSH does: what they hold is then unknown. */
export function parseKnownHosts(text: string, path: string): KnownHostsLine[] {
  const lines: KnownHostsLine[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const words = raw.trim().split(/\s+/);
    if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) continue;
    const marker = words[0].startsWith('@') ? words.shift() : undefined;
    const [names, keyType, encoded] = words;
    if (names === undefined || keyType === undefined || encoded === undefined) continue;
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') continue;
    const key = Buffer.from(encoded, 'base64');
    if (typeOfKey(key) !== keyType) continue;
    lines.push({
      place: `${path}:${i + 1}`,
      marker: marker === '@revoked' ? 'revoked' : marker === undefined ? 'none' : 'cert-authority',
      names,
      keyType,
      key,
    });
  }
  return lines;
}

/** The name under which OpenSSH looks for a host: in lower case, with its port when it is not 22. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

export function judgeKey(lines: readonly KnownHostsLine[], name: string, key: Buffer): KeyVerdict {
  const mine = lines.filter((line) => namesInclude(line.names, name));
  const revoked = mine.find((line) => line.marker === 'revoked' && line.key.equals(key));
  if (revoked !== undefined) return { status: 'revoked', place: revoked.place };
  const plain = mine.filter((line) => line.marker === 'none');
  const same = plain.find((line) => line.key.equals(key));
  if (same !== undefined) return { status: 'known', place: same.place };
  const type = typeOfKey(key);
  const other = plain.find((line) => line.keyType === type) ?? plain[0];
  if (other !== undefined) return { status: 'changed', place: other.place, known: other.key };
  const authority = mine.find((line) => line.marker === 'cert-authority');
  return authority === undefined ? { status: 'unknown' } : { status: 'authority', place: authority.place };
}

/** Types of the keys that are held of a host. */
export function heldKeyTypes(lines: readonly KnownHostsLine[], name: string): string[] {
  const mine = lines.filter((line) => line.marker === 'none' && namesInclude(line.names, name));
  return [...new Set(mine.map((line) => line.keyType))];
}

/** A line to append; `hashed` as `HashKnownHosts` writes it. */
export function formatKnownHostsLine(name: string, key: Buffer, hashed: boolean): string {
  return `${hashed ? hashName(name, randomBytes(20)) : name} ${typeOfKey(key)} ${key.toString('base64')}\n`;
}

/** `SHA256:…`, as ssh-keygen -l shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The first string of a public key is its type (RFC 4253, section 6.6); empty when it has none. */
export function typeOfKey(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > 100 || 4 + length > key.length ? '' : key.toString('latin1', 4, 4 + length);
}

function namesInclude(names: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(names);
  if (hashed !== null) return hashName(name, Buffer.from(hashed[1] ?? '', 'base64')) === names;
  return matchesPatterns(names.toLowerCase().split(','), name);
}

function hashName(name: string, salt: Buffer): string {
  const digest = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${digest}`;
}

/** ssh_config(5), PATTERNS: one that is negated and matches decides at once. */
export function matchesPatterns(patterns: readonly string[], name: string): boolean {
  let found = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), name)) return false;
    } else if (matchesPattern(pattern, name)) found = true;
  }
  return found;
}

/** `*` and `?`, without a regular expression: a pattern of many stars must not take for ever. */
function matchesPattern(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  let i = 0;
  while (i < name.length) {
    if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[i]) && pattern[at] !== '*') {
      at += 1;
      i += 1;
    } else if (pattern[at] === '*') {
      star = at;
      at += 1;
      retry = i;
    } else if (star >= 0) {
      at = star + 1;
      retry += 1;
      i = retry;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
