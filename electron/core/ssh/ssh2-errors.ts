/** What ssh2 and sockets say went wrong, as errors of the catalogue. Pure. */
import { CoreError, describe, errnoOf } from '../errors.ts';
import type { ResolvedHop } from './ssh-trust.ts';

export type Stage = 'socket' | 'handshake' | 'login';

/** Of ssh2: where in its work an error came up. */
export function levelOf(error: unknown): string | null {
  return error instanceof Error && 'level' in error && typeof error.level === 'string' ? error.level : null;
}

/** Reason code of a refused channel (RFC 4254, section 5.1); null: it is another error. */
export function refusalOf(error: unknown): number | null {
  return error instanceof Error && 'reason' in error && typeof error.reason === 'number' ? error.reason : null;
}

export const PROHIBITED = 1;

/** Why a hop is not reached. `via` is the name of the hop in front; null: it is reached from this machine. */
export function connectError(error: unknown, hop: ResolvedHop, via: string | null, stage: Stage): CoreError {
  if (error instanceof CoreError) return error;
  const host = hop.name;
  const { port } = hop;
  const options = { cause: error };
  const reason = withoutPrefix(describe(error));
  if (via !== null && stage === 'socket') {
    if (refusalOf(error) === PROHIBITED) return new CoreError('ssh-hop-forbidden', { via, host }, options);
    return new CoreError('ssh-hop-refused', { via, host, port, reason: lowerFirst(reason) }, options);
  }
  if (levelOf(error) === 'handshake' || /no matching|unsupported/i.test(reason)) {
    return new CoreError('ssh-no-algorithm', { host, reason: lowerFirst(reason) }, options);
  }
  switch (errnoOf(error) ?? '') {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CoreError('ssh-host-unknown', { host: hop.hostName }, options);
    case 'ECONNREFUSED':
      return new CoreError('ssh-refused', { host, port }, options);
    case 'ETIMEDOUT':
      return new CoreError('ssh-unreachable', { host, port, reason: 'no reply' }, options);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return new CoreError('ssh-unreachable', { host, port, reason: 'no route to it' }, options);
    default:
      break;
  }
  if (/too many authentication/i.test(reason)) {
    const tried = 'It broke off after too many keys: IdentitiesOnly keeps the other keys of an agent out.';
    return new CoreError('ssh-auth-refused', { host, user: hop.user, tried }, options);
  }
  if (isBrokenOff(error)) {
    return new CoreError('ssh-closed-early', { host, stage: STAGE_WORDS[stage] }, options);
  }
  return new CoreError('ssh-failed', { host, reason: lowerFirst(reason) }, options);
}

/** Why a connection that was up is gone. */
export function lostError(error: unknown, hop: ResolvedHop): CoreError {
  if (error instanceof CoreError) return error;
  if (levelOf(error) === 'client-timeout') return new CoreError('ssh-silent', { host: hop.name }, { cause: error });
  const reason = error === null || isBrokenOff(error) ? 'the other side closed it' : withoutPrefix(describe(error));
  return new CoreError('ssh-lost', { host: hop.name, reason: lowerFirst(reason) }, { cause: error });
}

/**
 * Why a socket behind a host could not be opened: as the system's own error where the server tells it, so that it reads
 * like a local one. OpenSSH gives one and the same answer for a unix socket that is missing, closed or forbidden.
 */
export function forwardError(error: unknown, hostName: string, address: string): Error {
  const reason = withoutPrefix(describe(error));
  const code = refusalOf(error) === PROHIBITED ? undefined : ERRNO_BY_WORDS[reason.toLowerCase()];
  if (code !== undefined) return Object.assign(new Error(reason, { cause: error }), { code });
  return new CoreError(
    'ssh-forward-refused',
    { host: hostName, address, reason: lowerFirst(reason) },
    { cause: error },
  );
}

const ERRNO_BY_WORDS: Record<string, string> = {
  'connection refused': 'ECONNREFUSED',
  'name or service not known': 'ENOTFOUND',
  'no such file or directory': 'ENOENT',
  'permission denied': 'EACCES',
  'no route to host': 'EHOSTUNREACH',
  'network is unreachable': 'ENETUNREACH',
  'connection timed out': 'EHOSTUNREACH',
};

const STAGE_WORDS: Record<Stage, string> = {
  socket: 'it said anything',
  handshake: 'its host key was seen',
  login: 'signing in was done',
};

function isBrokenOff(error: unknown): boolean {
  return (
    error === null ||
    ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(errnoOf(error) ?? '') ||
    (error instanceof Error && /connection lost|closed|ended|not connected|no response/i.test(error.message))
  );
}

function withoutPrefix(text: string): string {
  return text.replace(/^\(SSH\) Channel open failure: /, '').replace(/^Handshake failed: /, '');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
