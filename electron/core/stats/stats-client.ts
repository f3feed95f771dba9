/**
 * Asks a stats address once. The server's master writes its document synchronously and waits for a slow reader, so
 * this one drains at once, keeps a deadline and a size limit, and stops as soon as it is clear that the other side
 * is no stats server. Never throws: what went wrong is a value with code, message and next step.
 */
import type { Duplex } from 'node:stream';
import type { EmperorStats } from '../../../engine/api/emperor-stats.ts';
import { parseStats } from '../../../engine/api/parse-stats.ts';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { CoreError, describe, type ErrorCode, errnoOf } from '../errors.ts';
import { localMachine } from '../machine/local-machine.ts';
import type { Machine } from '../machine/machine.ts';
import { serverOfEmperor } from './emperor-document.ts';
import type { StatsTarget } from './target.ts';
import { tidyDocument } from './tidy-document.ts';

export interface StatsLimits {
  deadlineMs: number;
  maxBytes: number;
  /**
   * Send an HTTP request to a server that says nothing for this long: a web server then names itself, and
   * `stats-http` answers. Only for the first contact: a master that is merely slow would cut its answer short.
   */
  askHttpAfterMs: number | null;
}

export const LOCAL_LIMITS: StatsLimits = { deadlineMs: 900, maxBytes: 16 * 1024 * 1024, askHttpAfterMs: null };
/** A link over a continent takes several hundred milliseconds for each round trip, and there are two in a poll. */
export const REMOTE_LIMITS: StatsLimits = { ...LOCAL_LIMITS, deadlineMs: 3_000 };
export const FIRST_CONTACT_LIMITS: StatsLimits = { ...LOCAL_LIMITS, deadlineMs: 3_000, askHttpAfterMs: 1_000 };

export type StatsPoll =
  | {
      ok: true;
      document: StatsDocument;
      /** It is an emperor, and `document` only says which process; null: it is a server. */
      emperor: EmperorStats | null;
      bytes: number;
      tookMs: number;
      /** The answer came with an HTTP head. */
      http: boolean;
    }
  | { ok: false; error: CoreError; bytes: number; tookMs: number };

/** One connection, one document. Resolves within the deadline. */
export async function pollStats(
  target: StatsTarget,
  limits: StatsLimits = LOCAL_LIMITS,
  machine: Pick<Machine, 'openStream'> = localMachine,
): Promise<StatsPoll> {
  const { promise, resolve } = Promise.withResolvers<StatsPoll>();
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  let bytes = 0;
  let settled = false;
  let stream: Duplex | null = null;
  const opening = new AbortController();

  const settle = (error: CoreError | null): void => {
    if (settled) return;
    settled = true;
    clearTimeout(deadline);
    clearTimeout(httpTimer);
    if (stream === null) opening.abort();
    else stream.destroy();
    const tookMs = performance.now() - startedAt;
    resolve(error === null ? readAnswer(target, chunks, bytes, tookMs) : { ok: false, error, bytes, tookMs });
  };
  const deadline = setTimeout(() => settle(lateError(target, limits, chunks)), limits.deadlineMs);
  const httpTimer =
    limits.askHttpAfterMs === null || target.connect.type !== 'tcp'
      ? undefined
      : setTimeout(() => {
          if (bytes === 0) stream?.write(httpRequest(target, '/'));
        }, limits.askHttpAfterMs);

  const drain = (opened: Duplex): void => {
    stream = opened;
    // An error may come after all is settled: without a listener it would end the program.
    opened.on('error', (error) =>
      settle(bytes > 0 && errnoOf(error) === 'ECONNRESET' ? null : connectError(target, error)),
    );
    if (settled) {
      opened.destroy();
      return;
    }
    opened.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > limits.maxBytes) settle(tooLarge(target, limits));
      else if (chunks.length === 1 && !mayBeStats(chunk)) settle(null);
    });
    opened.on('end', () => settle(null));
    if (target.httpPath !== null) opened.write(httpRequest(target, target.httpPath));
  };
  machine
    .openStream(target.connect, opening.signal)
    .then(drain, (error: unknown) => settle(connectError(target, error)));
  return promise;
}

function httpRequest(target: StatsTarget, path: string): string {
  const { connect } = target;
  const host = connect.type === 'tcp' ? `${connect.host}:${connect.port}` : 'localhost';
  return `GET ${path} HTTP/1.0\r\nHost: ${host}\r\nAccept: application/json\r\nConnection: close\r\n\r\n`;
}

/** Whether the first bytes can begin a stats document or an HTTP answer with one. */
function mayBeStats(chunk: Buffer): boolean {
  const first = /[^\s\uFEFF]/.exec(chunk.toString('utf8', 0, 64))?.[0];
  return first === undefined || first === '{' || first === 'H';
}

function readAnswer(target: StatsTarget, chunks: Buffer[], bytes: number, tookMs: number): StatsPoll {
  const [first] = chunks;
  const text = (chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)).toString('utf8');
  const reading = parseStats(text);
  const answered = { ok: true, bytes, tookMs, http: text.startsWith('HTTP/') } as const;
  switch (reading.status) {
    case 'stats':
      return { ...answered, document: tidyDocument(reading.document), emperor: null };
    case 'emperor':
      return { ...answered, document: tidyDocument(serverOfEmperor(reading.document)), emperor: reading.document };
    case 'not-stats':
      return {
        ok: false,
        error: new CoreError(reading.code, { address: target.text, reason: reading.message, next: reading.hint }),
        bytes,
        tookMs,
      };
  }
}

/** At the deadline: what there is may already tell what the other side is. */
function lateError(target: StatsTarget, limits: StatsLimits, chunks: Buffer[]): CoreError {
  const seconds = limits.deadlineMs / 1000;
  if (chunks.length === 0) return new CoreError('stats-timeout', { address: target.text, seconds });
  const text = Buffer.concat(chunks).toString('utf8');
  const reading = parseStats(text);
  if (reading.status === 'not-stats' && reading.code !== 'stats-truncated') {
    return new CoreError(reading.code, { address: target.text, reason: reading.message, next: reading.hint });
  }
  return new CoreError('stats-slow', { address: target.text, seconds });
}

function tooLarge(target: StatsTarget, limits: StatsLimits): CoreError {
  return new CoreError('stats-too-large', { address: target.text, megabytes: limits.maxBytes / 1024 / 1024 });
}

const CONNECT_CODES: Record<string, ErrorCode> = {
  ECONNREFUSED: 'stats-refused',
  ENOENT: 'stats-no-socket',
  ENOTSOCK: 'stats-refused',
  EACCES: 'stats-permission',
  EPERM: 'stats-permission',
  ENOTFOUND: 'stats-host-unknown',
  EAI_AGAIN: 'stats-host-unknown',
  EHOSTUNREACH: 'stats-unreachable',
  ENETUNREACH: 'stats-unreachable',
  ECONNRESET: 'stats-reset',
  EPIPE: 'stats-reset',
};

function connectError(target: StatsTarget, error: unknown): CoreError {
  if (error instanceof CoreError) return error;
  const code = CONNECT_CODES[errnoOf(error) ?? ''] ?? 'stats-failed';
  return new CoreError(code, { address: target.text, reason: describe(error) }, { cause: error });
}
