/**
 * Passwords as htpasswd(1) and openssl-passwd(1) write them: `{SHA}`, MD5 (`$apr1$`, `$1$`) and SHA-crypt (`$5$`, `$6$`,
 * Ulrich Drepper's specification). bcrypt is not here: it takes a tenth of a second, which a gateway does not have.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { desCrypt } from './des-crypt.ts';

/** Longer ones are none, as for crypt(3): some hashes take the square of their length. */
const LONGEST_PASSWORD = 512;

/** Does it take longer than a moment to make such a hash? */
export function isSlow(hash: string): boolean {
  return !hash.startsWith('{SHA}');
}

export function isPassword(password: string, hash: string): boolean {
  if (password.length > LONGEST_PASSWORD) return false;
  const made = hashAs(Buffer.from(password, 'latin1'), hash);
  if (made === null || made.length !== hash.length) return false;
  return timingSafeEqual(Buffer.from(made, 'latin1'), Buffer.from(hash, 'latin1'));
}

/** The password hashed as `hash` is; null: in a way that is not known here. */
function hashAs(password: Buffer, hash: string): string | null {
  if (hash.startsWith('{SHA}')) return `{SHA}${createHash('sha1').update(password).digest('base64')}`;
  const [, kind = '', first = '', second = ''] = /^\$(apr1|1|5|6)\$([^$]*)(?:\$([^$]*))?/.exec(hash) ?? [];
  if (kind === 'apr1' || kind === '1') return md5Crypt(password, first.slice(0, 8), `$${kind}$`);
  if (kind === '5' || kind === '6') return shaCrypt(password, first, second, kind);
  return /^[./\w]{13}$/.test(hash) ? desCrypt(password, hash) : null;
}

const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes of a digest in their order, three at a time, six bits a letter. */
function encode(digest: Buffer, order: readonly (readonly number[])[]): string {
  let text = '';
  for (const places of order) {
    let bits = 0;
    for (const place of places) bits = bits * 256 + (digest[place] ?? 0);
    for (let letters = Math.ceil((places.length * 8) / 6); letters > 0; letters--) {
      text += DIGITS[bits & 63];
      bits >>>= 6;
    }
  }
  return text;
}

const MD5_ORDER = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]];

function md5(...parts: readonly (Buffer | string)[]): Buffer {
  return digestOf('md5', parts);
}

function md5Crypt(password: Buffer, salt: string, magic: string): string {
  const inner = md5(password, salt, password);
  const parts: (Buffer | string)[] = [password, magic, salt];
  for (let left = password.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)));
  for (let bits = password.length; bits > 0; bits >>= 1) {
    parts.push((bits & 1) === 1 ? Buffer.from([0]) : password.subarray(0, 1));
  }
  let digest = md5(...parts);
  for (let round = 0; round < 1000; round++) {
    const odd = round % 2 === 1;
    const mixed: (Buffer | string)[] = [odd ? password : digest];
    if (round % 3 !== 0) mixed.push(salt);
    if (round % 7 !== 0) mixed.push(password);
    mixed.push(odd ? digest : password);
    digest = md5(...mixed);
  }
  return `${magic}${salt}$${encode(digest, MD5_ORDER)}`;
}

const LEAST_ROUNDS = 1000;
/** More would hold up the gateway for seconds. */
const MOST_ROUNDS = 100_000;

function shaCrypt(password: Buffer, first: string, second: string, kind: '5' | '6'): string | null {
  const given = /^rounds=(\d+)$/.exec(first)?.[1];
  const salt = (given === undefined ? first : second).slice(0, 16);
  const rounds = given === undefined ? 5000 : Math.max(LEAST_ROUNDS, Number(given));
  if (rounds > MOST_ROUNDS) return null;
  const sha = (...parts: readonly (Buffer | string)[]): Buffer => digestOf(kind === '5' ? 'sha256' : 'sha512', parts);
  const size = kind === '5' ? 32 : 64;
  const inner = sha(password, salt, password);
  const parts: (Buffer | string)[] = [password, salt, stretch(inner, password.length, size)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? inner : password);
  let digest = sha(...parts);
  const firstByte = digest[0] ?? 0;
  const passwords = stretch(sha(...Array.from({ length: password.length }, () => password)), password.length, size);
  const salts = stretch(sha(...Array.from({ length: 16 + firstByte }, () => salt)), salt.length, size);
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    const mixed: Buffer[] = [odd ? passwords : digest];
    if (round % 3 !== 0) mixed.push(salts);
    if (round % 7 !== 0) mixed.push(passwords);
    mixed.push(odd ? digest : passwords);
    digest = sha(...mixed);
  }
  const head = given === undefined ? '' : `rounds=${rounds}$`;
  return `$${kind}$${head}${salt}$${encode(digest, kind === '5' ? SHA256_ORDER : SHA512_ORDER)}`;
}

/** The digest over and over, to this length. */
function stretch(digest: Buffer, length: number, size: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(length / size) }, () => digest)).subarray(0, length);
}

/** Thirds of the digest, turning: which of them comes first changes with each group. */
const SHA256_ORDER: readonly (readonly number[])[] = [
  ...Array.from({ length: 10 }, (_, at) => turned([at, at + 10, at + 20], at, 1)),
  [31, 30],
];
const SHA512_ORDER: readonly (readonly number[])[] = [
  ...Array.from({ length: 21 }, (_, at) => turned([at, at + 21, at + 42], at, 2)),
  [63],
];

function turned(places: readonly number[], at: number, direction: 1 | 2): number[] {
  // SHA-256 turns 0 10 20, 21 1 11, 12 22 2; SHA-512 turns 0 21 42, 22 43 1, 44 2 23.
  const by = direction === 1 ? (3 - (at % 3)) % 3 : at % 3;
  return [...places.slice(by), ...places.slice(0, by)];
}

function digestOf(name: string, parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash(name);
  for (const part of parts) {
    if (typeof part === 'string') hash.update(part, 'latin1');
    else hash.update(part);
  }
  return hash.digest();
}
