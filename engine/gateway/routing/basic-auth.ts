/** `basicauth` (RFC 7617): a name and a password, or a file of `htpasswd`, which is read again when it changes. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { headerText } from './answer-head.ts';
import { isPassword, isSlow } from './htpasswd.ts';
import { PacedLog } from './paced-log.ts';
import { PasswordTurns } from './password-turns.ts';
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

/** Who a request is from; `busy`: so many passwords wait to be looked at that this one can not be. */
type Caller = { status: 'known'; user: string } | { status: 'unknown' } | { status: 'busy' };

const UNKNOWN: Caller = { status: 'unknown' };

export function basicAuthActions(): LongActions['actions'] {
  const files = new PasswordFiles();
  const turns = new PasswordTurns();
  const check =
    (otherwise: Verdict): LongActions['actions'][string] =>
    (context, fields) => {
      // As uWSGI: who is known by one rule needs no other, and `basicauth-next` asks who says nothing, too.
      if (context.isAuthenticated) return 'next';
      const caller = callerOf(context, fields, files, turns);
      if (caller instanceof Promise) return caller.then((found) => decide(found, context, fields, otherwise));
      return decide(caller, context, fields, otherwise);
    };
  return { basicauth: check('break'), 'basicauth-next': check('next') };
}

function decide(caller: Caller, context: RouteContext, fields: Fields, otherwise: Verdict): Verdict {
  if (caller.status === 'known') {
    setUser(context, caller.user);
    context.isAuthenticated = true;
    return 'next';
  }
  if (caller.status === 'busy') {
    const lines = ['Content-Type: text/plain', 'Retry-After: 1'];
    context.reply = { status: 503, reason: 'Service Unavailable', lines, body: Buffer.from('Try again later.\n') };
    return 'break';
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
}

function callerOf(
  context: RouteContext,
  fields: Fields,
  files: PasswordFiles,
  turns: PasswordTurns,
): Caller | Promise<Caller> {
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(context.get('HTTP_AUTHORIZATION'))?.[1];
  if (encoded === undefined) return UNKNOWN;
  const given = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = given.indexOf(':');
  if (colon === -1) return UNKNOWN;
  const user = given.slice(0, colon);
  const password = given.slice(colon + 1);
  if (fields.file === undefined) {
    const wanted = `${field(context, fields, 'user')}:${field(context, fields, 'password')}`;
    return isSame(given, wanted) ? { status: 'known', user } : UNKNOWN;
  }
  const path = field(context, fields, 'file');
  const file = files.read(path, (text) => context.host.log(text));
  const known = file?.hashes.get(user);
  // A name that is not there takes as long as one that is.
  const [hash = known] = known === undefined ? (file?.hashes.values() ?? []) : [];
  if (file === null || hash === undefined) return UNKNOWN;
  const proof = digestOf(`${user}\0${hash}\0${password}`).toString('hex');
  const callerIf = (isRight: boolean): Caller => {
    if (!isRight || known === undefined) return UNKNOWN;
    if (file.proven.size >= MOST_PROVEN) file.proven.clear();
    file.proven.add(proof);
    return { status: 'known', user };
  };
  const isProven = (): boolean => known !== undefined && file.proven.has(proof);
  if (isProven()) return { status: 'known', user };
  if (!isSlow(hash)) return callerIf(isPassword(password, hash));
  return turns.take(
    () => callerIf(isProven() || (context.visit?.isOver === false && isPassword(password, hash))),
    () => ({ status: 'busy' }),
  );
}

/** In a time that does not tell where they differ. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(wanted));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'latin1').digest();
}

/** Files of passwords as they were read last. */
class PasswordFiles {
  readonly #files = new Map<string, PasswordFile>();
  readonly #paced = new PacedLog();

  /** null: it can not be read, which `log` is told. */
  read(path: string, log: (text: string) => void): PasswordFile | null {
    try {
      const bytes = Buffer.from(path, 'latin1');
      const { mtimeMs, size, ino } = statSync(bytes);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const known = this.#files.get(path);
      if (known?.stamp === stamp) return known;
      const file = { stamp, hashes: hashesOf(readFileSync(bytes, 'latin1')), proven: new Set<string>() };
      this.#files.set(path, file);
      return file;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#paced.say(`[routing] the passwords in ${path} can not be read: ${reason}`, log);
      return null;
    }
  }
}

/** By name; the first line of a name counts. */
function hashesOf(text: string): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [name = '', hash = ''] = line.split(':');
    if (name !== '' && !name.startsWith('#') && !hashes.has(name)) hashes.set(name, hash.trim());
  }
  return hashes;
}
