/**
 * The state of the connection to one hop, as a pure step: when it is tried, given up and tried again. A hop behind
 * another one is tried only while that one is ready, and at once when it becomes so. The shell (hop-node.ts) carries the
 * effects out and reports how they went.
 *
 *   idle ──want──▶ connecting ─verified─▶ authenticating ⇄ asking ──ready──▶ ready ──lost──▶ waiting ⇄ connecting
 *                       └─────failed, by itself again later─▶ waiting    └─ failed, only the user can help ─▶ failed
 *   blocked: the hop in front is not ready
 */

export interface HopError {
  code: string;
  reason: string;
  hint: string;
  /** The system's ssh could do what failed. */
  offersSystem: boolean;
  /** Not tried again without the user. */
  permanent: boolean;
}

export interface HopTry {
  atMs: number;
  ok: boolean;
  text: string;
}

export interface HopProgress {
  status: 'idle' | 'blocked' | 'connecting' | 'authenticating' | 'asking' | 'ready' | 'waiting' | 'failed';
  /** The hop in front is ready, or there is none. */
  wayOpen: boolean;
  /** Since it last was up for a while. */
  failures: number;
  /** The last failure; null after a success. */
  error: HopError | null;
  nextTryAtMs: number | null;
  startedAtMs: number | null;
  readySinceMs: number | null;
  /** Newest last. */
  tries: HopTry[];
}

export type HopEvent =
  | { type: 'want' }
  | { type: 'unwant' }
  | { type: 'way'; open: boolean }
  | { type: 'verified' }
  | { type: 'asking'; asking: boolean }
  | { type: 'ready' }
  | { type: 'failed'; error: HopError; random: number }
  | { type: 'lost'; error: HopError; random: number }
  | { type: 'due' }
  /** The user does not wait for the next try. */
  | { type: 'skip' }
  /** This machine slept, or its network is another one. */
  | { type: 'wake' };

/** `drop` gives a try up, or closes the connection. `arm` replaces the one timer; `disarm` clears it. */
export type HopEffect =
  | { type: 'connect' }
  | { type: 'drop' }
  | { type: 'probe' }
  | { type: 'arm'; atMs: number }
  | { type: 'disarm' };

export interface HopStep {
  state: HopProgress;
  effects: HopEffect[];
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** A connection that breaks sooner than that has not helped: the waits go on growing. */
const STEADY_MS = 10_000;
const MOST_TRIES = 20;

export function initialHop(wayOpen: boolean): HopProgress {
  return {
    status: 'idle',
    wayOpen,
    failures: 0,
    error: null,
    nextTryAtMs: null,
    startedAtMs: null,
    readySinceMs: null,
    tries: [],
  };
}

export function stepHop(state: HopProgress, event: HopEvent, now: number): HopStep {
  switch (event.type) {
    case 'want':
      return state.status === 'idle' ? tryNow({ ...state, failures: 0, error: null }, now) : stay(state);
    case 'unwant':
      return {
        state: { ...state, status: 'idle', error: null, nextTryAtMs: null, readySinceMs: null },
        effects: [{ type: 'disarm' }, { type: 'drop' }],
      };
    case 'way':
      return event.open ? wayOpened(state, now) : wayClosed(state);
    case 'verified':
      return state.status === 'connecting' ? stay({ ...state, status: 'authenticating' }) : stay(state);
    case 'asking':
      return asking(state, event.asking);
    case 'ready':
      return isTrying(state) ? ready(state, now) : { state, effects: [{ type: 'drop' }] };
    case 'failed':
      return isTrying(state) ? failed(state, event, now) : stay(state);
    case 'lost':
      return state.status === 'ready' ? lost(state, event, now) : stay(state);
    case 'due':
      return state.status === 'waiting' ? tryNow(state, now) : stay(state);
    case 'skip':
      return isStill(state) ? tryNow({ ...state, failures: 0 }, now) : stay(state);
    case 'wake':
      if (state.status === 'ready') return { state, effects: [{ type: 'probe' }] };
      return state.status === 'waiting' ? tryNow(state, now) : stay(state);
  }
}

/** Full jitter over 1 s, 2 s, 4 s … 5 min, never below one second. `random` is within 0..1. */
export function waitMs(failures: number, random: number): number {
  const limit = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 16));
  return Math.round(FIRST_WAIT_MS + random * (limit - FIRST_WAIT_MS));
}

export function isTrying({ status }: HopProgress): boolean {
  return status === 'connecting' || status === 'authenticating' || status === 'asking';
}

function isStill({ status }: HopProgress): boolean {
  return status === 'waiting' || status === 'failed';
}

function stay(state: HopProgress): HopStep {
  return { state, effects: [] };
}

function tryNow(state: HopProgress, now: number): HopStep {
  const next: HopProgress = { ...state, nextTryAtMs: null, readySinceMs: null };
  if (!state.wayOpen) return { state: { ...next, status: 'blocked' }, effects: [{ type: 'disarm' }] };
  return {
    state: { ...next, status: 'connecting', startedAtMs: now },
    effects: [{ type: 'disarm' }, { type: 'connect' }],
  };
}

function wayOpened(state: HopProgress, now: number): HopStep {
  const open = { ...state, wayOpen: true };
  return state.status === 'blocked' || state.status === 'waiting' ? tryNow(open, now) : stay(open);
}

/** What was refused stays refused; all else waits for the hop in front. */
function wayClosed(state: HopProgress): HopStep {
  const closed = { ...state, wayOpen: false };
  if (state.status === 'idle' || state.status === 'failed') return stay(closed);
  return {
    state: { ...closed, status: 'blocked', nextTryAtMs: null, readySinceMs: null },
    effects: [{ type: 'disarm' }, { type: 'drop' }],
  };
}

function asking(state: HopProgress, isAsking: boolean): HopStep {
  if (!isTrying(state)) return stay(state);
  // Asked before the host key is accepted: the sign-in begins after that.
  return stay({ ...state, status: isAsking ? 'asking' : 'authenticating' });
}

function ready(state: HopProgress, now: number): HopStep {
  const tookMs = state.startedAtMs === null ? 0 : now - state.startedAtMs;
  const text = `Connected in ${(tookMs / 1000).toFixed(1)} s.`;
  return {
    state: { ...withTry(state, now, true, text), status: 'ready', error: null, nextTryAtMs: null, readySinceMs: now },
    effects: [],
  };
}

function failed(state: HopProgress, event: Extract<HopEvent, { type: 'failed' }>, now: number): HopStep {
  const failures = state.failures + 1;
  const tried: HopProgress = { ...withTry(state, now, false, event.error.reason), failures, error: event.error };
  if (event.error.permanent) return { state: { ...tried, status: 'failed' }, effects: [{ type: 'disarm' }] };
  const nextTryAtMs = now + waitMs(failures, event.random);
  return { state: { ...tried, status: 'waiting', nextTryAtMs }, effects: [{ type: 'arm', atMs: nextTryAtMs }] };
}

function lost(state: HopProgress, event: Extract<HopEvent, { type: 'lost' }>, now: number): HopStep {
  const wasSteady = state.readySinceMs !== null && now - state.readySinceMs >= STEADY_MS;
  const failures = wasSteady ? 0 : state.failures;
  return failed({ ...state, failures, readySinceMs: null }, { ...event, type: 'failed' }, now);
}

function withTry(state: HopProgress, atMs: number, ok: boolean, text: string): HopProgress {
  return { ...state, tries: [...state.tries, { atMs, ok, text }].slice(-MOST_TRIES) };
}
