/**
 * Requests that the gateway itself refuses, as lines of the log in uWSGI's words where it has some. Whoever sends
 * rubbish shall not fill the disk: one line a second for each kind, and how many more there were.
 */

const QUIET_MS = 1000;
/** Kinds are few, but their texts hold numbers of the configuration. */
const MOST_KINDS = 100;

interface Kind {
  saidMs: number;
  more: number;
}

export class Refusals {
  readonly #say: (text: string) => void;
  readonly #kinds = new Map<string, Kind>();

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** `client`: who was refused, for the line. */
  note(text: string, client: string, nowMs: number): void {
    const kind = this.#kinds.get(text);
    if (kind !== undefined && nowMs - kind.saidMs < QUIET_MS) {
      kind.more++;
      return;
    }
    if (kind === undefined && this.#kinds.size >= MOST_KINDS) return;
    const more = kind !== undefined && kind.more > 0 ? ` (and ${kind.more} more since the last such line)` : '';
    this.#kinds.set(text, { saidMs: nowMs, more: 0 });
    this.#say(`${text} - ${client === '' ? 'a local client' : client}${more}`);
  }

  /** Says what has not been said, when nothing has followed. Called now and then. */
  tick(nowMs: number): void {
    for (const [text, kind] of this.#kinds) {
      if (nowMs - kind.saidMs < QUIET_MS) continue;
      if (kind.more > 0) this.#say(`${text} (and ${kind.more} more since the last such line)`);
      this.#kinds.delete(text);
    }
  }
}

/** What the log says of a request that was refused; null: nothing (the client may be curious, slow or gone). */
export function describeRefusal(
  status: number,
  reason: string | undefined,
  limits: { bufferSizeBytes: number; listen: number },
): string | null {
  switch (status) {
    case 503:
      return `*** uWSGI listen queue full !!! (${limits.listen}/${limits.listen}) ***`;
    case 414:
    case 431:
      return `invalid request block size: more than buffer-size (max ${limits.bufferSizeBytes})...skip`;
    case 408:
      return 'timeout waiting for a request';
    default:
      return reason === undefined ? null : `invalid request (${status}): ${reason}`;
  }
}
