/**
 * Who may talk to the headless host: one-time link tokens, and the sessions they are exchanged for.
 * A session has an id, which is part of the RPC path, and a secret, which travels only in an HttpOnly cookie bound to
 * that path. Cookies know no ports, so without the path every other server on this machine would be shown the secret.
 * Kept in memory only: a restart ends all sessions. Secrets are held as digests.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const TOKENS_MOST = 32;
const SESSIONS_MOST = 256;

export type Redeemed =
  | { status: 'accepted'; session: Session }
  /** The token was right once. */
  | { status: 'used' }
  | { status: 'unknown' };

export interface Session {
  /** Part of the RPC path. Not secret to the page, but never in the page's URL. */
  id: string;
  /** For the cookie. */
  secret: string;
}

export interface Sessions {
  /** A fresh token. Only the newest 32 unused ones are valid. */
  issueToken(): string;
  redeem(token: string): Redeemed;
  isValid(id: string, secret: string): boolean;
}

/** `randomText` gives unguessable URL-safe text; only tests replace it. */
export function createSessions(randomText: () => string = () => randomBytes(24).toString('base64url')): Sessions {
  const unused = new Set<string>();
  const used = new Set<string>();
  const sessions = new Map<string, string>();

  return {
    issueToken() {
      const token = randomText();
      addBounded(unused, digest(token), TOKENS_MOST);
      return token;
    },
    redeem(token) {
      const key = digest(token);
      if (!unused.delete(key)) return { status: used.has(key) ? 'used' : 'unknown' };
      addBounded(used, key, SESSIONS_MOST);
      const session = { id: randomText(), secret: randomText() };
      sessions.set(session.id, digest(session.secret));
      const [oldest] = sessions.keys();
      if (sessions.size > SESSIONS_MOST && oldest !== undefined) sessions.delete(oldest);
      return { status: 'accepted', session };
    },
    isValid(id, secret) {
      const expected = sessions.get(id);
      return expected !== undefined && isSameText(expected, digest(secret));
    },
  };
}

/** Compares without telling by its duration where the texts differ. */
export function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)));
}

function addBounded(set: Set<string>, value: string, most: number): void {
  set.add(value);
  const [oldest] = set;
  if (set.size > most && oldest !== undefined) set.delete(oldest);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
