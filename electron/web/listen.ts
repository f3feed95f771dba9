/**
 * Takes a port for the headless host and never one that is in use: an asked port must be free,
 * otherwise the usual port is tried first (so that bookmarks and forwarded ports keep working), then any free one.
 */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { isErrorCode } from '../core/errors.ts';

/** Where the console is found when nobody asked for another port. */
export const USUAL_PORT = 4717;

/** The asked address cannot be listened on; an operator error. */
export class ListenError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
    this.hint = hint;
  }
}

/** Resolves to the port that is listened on. */
export async function listenOn(server: Server, host: string, port: number | null): Promise<number> {
  if (port !== null) return tryListen(server, host, port);
  try {
    return await tryListen(server, host, USUAL_PORT);
  } catch (error) {
    if (!(error instanceof ListenError) || !isErrorCode(error.cause, 'EADDRINUSE', 'EACCES')) throw error;
    return tryListen(server, host, 0);
  }
}

async function tryListen(server: Server, host: string, port: number): Promise<number> {
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, host, port);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`listening on ${host} gave no port`);
  return address.port;
}

function listenError(cause: unknown, host: string, port: number): ListenError {
  if (isErrorCode(cause, 'EADDRINUSE')) {
    return new ListenError(
      `Port ${port} on ${host} is in use by another process.`,
      'Give another port with --port, or leave --port out to get a free one.',
      cause,
    );
  }
  if (isErrorCode(cause, 'EACCES')) {
    return new ListenError(`Port ${port} on ${host} is not allowed for this user.`, 'Use a port above 1023.', cause);
  }
  if (isErrorCode(cause, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN')) {
    return new ListenError(
      `This machine has no address ${host}.`,
      'Give one of its own addresses with --host, 127.0.0.1 for this machine only.',
      cause,
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ListenError(`Cannot listen on port ${port} of ${host}: ${reason}`, 'Try another --host or --port.', cause);
}
