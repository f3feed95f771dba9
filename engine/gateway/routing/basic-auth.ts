/** `basicauth` (RFC 7617): a name and a password, or a file of `htpasswd`, which is read again when it changes. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { headerText } from './answer-head.ts';
import { isPassword } from './htpasswd.ts';
import { type Fields, field, setUser } from './route-actions.ts';
import type { RouteContext, Verdict } from './route-context.ts';
import type { LongActions } from './route-program.ts';

interface PasswordFile {
  /** Of the file as it was read: another one is read again. */
  stamp: string;
  hashes: Map<string, string>;
  /** Digests of what was found right, so that slow hashes are made once. */
  proven: Set<string>;
}

const MOST_PROVEN = 1024;

export function basicAuthActions(): LongActions['actions'] {
  const files = new Map<string, PasswordFile>();
  const check =
    (otherwise: Verdict): LongActions['actions'][string] =>
    (context, fields) => {
      // As uWSGI: who is known by one rule needs no other, and `basicauth-next` asks who says nothing, too.
      if (context.isAuthenticated) return 'next';
      const user = userOf(context, fields, files);
      if (user !== null) {
        setUser(context, user);
        context.isAuthenticated = true;
        return 'next';
      }
      const verdict = context.get('HTTP_AUTHORIZATION') === '' ? 'break' : otherwise;
      if (verdict === 'break') {
        const realm = headerText(field(context, fields, 'realm')).replaceAll('"', "'");
        context.reply = {
          status: 401,
          reason: 'Authorization Required',
          lines: [`WWW-Authenticate: Basic realm="${realm}"`],
          body: Buffer.from('Unauthorized'),
        };
      }
      return verdict;
    };
  return { basicauth: check('break'), 'basicauth-next': check('next') };
}

/** Who it is; null: it can't be said. */
function userOf(context: RouteContext, fields: Fields, files: Map<string, PasswordFile>): string | null {
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(context.get('HTTP_AUTHORIZATION'))?.[1];
  if (encoded === undefined) return null;
  const given = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = given.indexOf(':');
  if (colon === -1) return null;
  const user = given.slice(0, colon);
  const password = given.slice(colon + 1);
  if (fields.file === undefined) {
    const wanted = `${field(context, fields, 'user')}:${field(context, fields, 'password')}`;
    return isSame(given, wanted) ? user : null;
  }
  const path = field(context, fields, 'file');
  const file = readPasswords(path, files, (text) => context.host.log(text));
  const hash = file?.hashes.get(user);
  if (file === null || hash === undefined) return null;
  const proof = createHash('sha256').update(`${user}\0${hash}\0${password}`, 'latin1').digest('hex');
  if (file.proven.has(proof)) return user;
  if (!isPassword(password, hash)) return null;
  if (file.proven.size >= MOST_PROVEN) file.proven.clear();
  file.proven.add(proof);
  return user;
}

/** In a time that does not tell where they differ. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(wanted));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'latin1').digest();
}

function readPasswords(
  path: string,
  files: Map<string, PasswordFile>,
  log: (text: string) => void,
): PasswordFile | null {
  try {
    const bytes = Buffer.from(path, 'latin1');
    const { mtimeMs, size, ino } = statSync(bytes);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    const known = files.get(path);
    if (known?.stamp === stamp) return known;
    const hashes = new Map<string, string>();
    for (const line of readFileSync(bytes, 'latin1').split(/\r?\n/)) {
      const [name = '', hash = ''] = line.split(':');
      if (name !== '' && !name.startsWith('#') && !hashes.has(name)) hashes.set(name, hash.trim());
    }
    const file = { stamp, hashes, proven: new Set<string>() };
    files.set(path, file);
    return file;
  } catch (error) {
    log(
      `[routing] the passwords in ${path} can not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
}
