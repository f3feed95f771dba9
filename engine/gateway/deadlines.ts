/**
 * How long a client's connection may take for what it does: the limits of `http-timeout`, `socket-timeout`,
 * `http-keepalive` and `http-headers-timeout`, and the engine's own. Pure: the connection measures and acts.
 */
import type { ListenerKind } from '../config/settings.ts';
import type { GatewayOptions } from './messages.ts';

/**
 * idle: between requests · reading: a request is coming · waiting: it is with the dispatcher ·
 * answering: its answer has begun · closing: the last bytes are on their way out · closed
 */
export type Phase = 'idle' | 'reading' | 'waiting' | 'answering' | 'closing' | 'closed';

/** finish: send what is left and close · refuse: answer 408 · give-up: answer 504 · destroy: close at once */
export type Overdue = 'finish' | 'refuse' | 'give-up' | 'destroy';

/** A connection as it stands. All times are how long ago something was. */
export interface ConnectionTimes {
  phase: Phase;
  kind: ListenerKind;
  /** Speaks HTTP with the client itself. */
  isHttp: boolean;
  /** No request has come yet. */
  isFirst: boolean;
  inBody: boolean;
  /** Since the client has sent something, or its phase began. */
  silenceMs: number;
  /** Since the first byte of the request that is coming; of a connection that is closing: since it closes. */
  readingMs: number;
  /** Has the client something to take, and since when has it taken nothing? */
  isPending: boolean;
  untakenMs: number;
}

type Timeouts = Pick<
  GatewayOptions,
  'httpTimeoutSeconds' | 'socketTimeoutSeconds' | 'httpKeepaliveSeconds' | 'protocols'
>;

/**
 * How long to go on reading after an answer that came before the request's end, so that the client sees the answer: as
 * long as it sends, but not for ever.
 */
const LINGER_MS = 2000;
const LONGEST_LINGER_MS = 30_000;
/** Front servers close the connections that they keep themselves, after a minute mostly. */
const FRONT_KEEP_MS = 600_000;
/** No head may take longer than this, however it trickles in, unless `http-headers-timeout` says otherwise. */
const HEAD_LIMIT_MS = 60_000;

/** What is to be done about a connection that takes too long; null: nothing. */
export function findOverdue(times: ConnectionTimes, options: Timeouts): Overdue | null {
  const { httpTimeoutSeconds, socketTimeoutSeconds } = options;
  if (times.isPending && times.untakenMs > Math.max(httpTimeoutSeconds, socketTimeoutSeconds) * 1000) return 'destroy';
  const { silenceMs } = times;
  const patienceMs = (times.kind === 'http' ? httpTimeoutSeconds : socketTimeoutSeconds) * 1000;
  switch (times.phase) {
    case 'idle': {
      const limitMs = times.isFirst ? patienceMs : keepMs(times, options);
      // Idle begins when the client has taken the last answer, not when the worker has given it.
      return !times.isPending && Math.min(silenceMs, times.untakenMs) > limitMs ? 'finish' : null;
    }
    case 'reading':
      return silenceMs > patienceMs || (!times.inBody && times.readingMs > headLimitMs(times, options))
        ? 'refuse'
        : null;
    case 'waiting':
      return times.kind === 'http' && silenceMs > patienceMs ? 'give-up' : null;
    case 'closing':
      return (silenceMs > LINGER_MS || times.readingMs > LONGEST_LINGER_MS) && !times.isPending ? 'destroy' : null;
    case 'answering':
    case 'closed':
      return null;
  }
}

/** How long a kept connection may be idle. */
function keepMs({ isHttp }: ConnectionTimes, { httpKeepaliveSeconds }: Timeouts): number {
  return isHttp ? httpKeepaliveSeconds * 1000 : FRONT_KEEP_MS;
}

function headLimitMs({ kind }: ConnectionTimes, { protocols }: Timeouts): number {
  const seconds = kind === 'http' ? protocols.headersTimeoutSeconds : 0;
  return seconds > 0 ? seconds * 1000 : HEAD_LIMIT_MS;
}
