/**
 * The state of the way to one instance, as a pure step: which try comes when, and what is shown meanwhile.
 * The shell (instances/monitor.ts) polls when an effect says so and reports the outcome back as an event.
 *
 *   idle ──start──▶ connecting ──answered──▶ attached ──failed──▶ lost ──failed──▶ waiting ⇄ connecting
 *                        └──failed, not a stats server──▶ failed ⇄ connecting (every 30 s)
 *   any ──held──▶ connecting, waiting or failed, as the way to the machine is ──released──▶ connecting
 *   any ──pause──▶ idle, paused ──retry──▶ connecting
 */
import type { Link } from '../../contract/model.ts';

export interface LinkState extends Link {
  /** Failed tries since the last answer. */
  failures: number;
  /** Poll rate while attached. */
  intervalMs: number;
  /** Try again quickly and without back-off: the bundled engine is about to come up. */
  eager: boolean;
  pollInFlight: boolean;
  /** Not tried until somebody asks. */
  paused: boolean;
  /** Polls that still come soon after the first answer: rates need two, and somebody waits for the first chart. */
  soonPolls: number;
  /** The machine itself is not reached: no tries of its own, the way to the machine is shown. */
  held: boolean;
  /** The slot of the present or next poll; slots are whole intervals apart so that instances keep their phase. */
  slotAtMs: number;
}

export type LinkEvent =
  | { type: 'start'; eager: boolean; phaseMs: number }
  | { type: 'due' }
  | { type: 'answered' }
  | { type: 'failed'; code: string; reason: string; permanent: boolean; random: number }
  | { type: 'retry' }
  | { type: 'interval'; intervalMs: number }
  | { type: 'eager'; eager: boolean }
  | {
      type: 'held';
      status: 'connecting' | 'waiting' | 'failed';
      reason: string | null;
      code: string | null;
      nextTryAtMs: number | null;
    }
  | { type: 'released' }
  | { type: 'pause' }
  | { type: 'stop' };

/** `arm` replaces the one timer; `disarm` clears it. */
export type LinkEffect = { type: 'poll' } | { type: 'arm'; atMs: number } | { type: 'disarm' };

export interface LinkStep {
  state: LinkState;
  effects: LinkEffect[];
}

export const POLL_INTERVAL_MS = 1_000;
const EAGER_INTERVAL_MS = 100;
/** The first samples of a link are half an interval apart, an even number of times: the polls after them keep their phase. */
export const SOON_INTERVAL_MS = 500;
export const SOON_POLLS = 4;
const SECOND_TRY_MS = 250;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const MOST_TRIES = 20;

export function initialLink(): LinkState {
  return {
    status: 'idle',
    reason: null,
    code: null,
    nextTryAtMs: null,
    lastAnswerAtMs: null,
    tries: [],
    failures: 0,
    intervalMs: POLL_INTERVAL_MS,
    eager: false,
    pollInFlight: false,
    paused: false,
    soonPolls: 0,
    held: false,
    slotAtMs: 0,
  };
}

/** The part that is shown. */
export function linkOf(state: LinkState): Link {
  const { status, reason, code, nextTryAtMs, lastAnswerAtMs, tries } = state;
  return { status, reason, code, nextTryAtMs, lastAnswerAtMs, tries };
}

export function stepLink(state: LinkState, event: LinkEvent, now: number): LinkStep {
  switch (event.type) {
    case 'start':
      return start(state, event, now);
    case 'due':
      return state.status === 'idle' ? stay(state) : poll(state, now);
    case 'retry':
      return state.status === 'idle' && !state.paused ? stay(state) : poll({ ...state, paused: false }, now);
    case 'answered':
      return state.status === 'idle' ? stay({ ...state, pollInFlight: false }) : answered(state, now);
    case 'failed':
      return state.status === 'idle' ? stay({ ...state, pollInFlight: false }) : failed(state, event, now);
    case 'interval':
      return changeInterval(state, event.intervalMs, now);
    case 'eager':
      return stay({ ...state, eager: event.eager });
    case 'held':
      return hold(state, event, now);
    case 'released':
      return release(state, now);
    case 'pause':
      return pause(state);
    case 'stop':
      return {
        state: { ...pause(state).state, reason: null, code: null, failures: 0, paused: false },
        effects: [{ type: 'disarm' }],
      };
  }
}

/** The reason of the last failure stays: it is why somebody gave up. The shell forgets the poll that is in flight. */
function pause(state: LinkState): LinkStep {
  if (state.status === 'idle') return stay(state);
  return {
    state: { ...state, status: 'idle', nextTryAtMs: null, eager: false, pollInFlight: false, paused: true },
    effects: [{ type: 'disarm' }],
  };
}

/** The shell forgets the poll that is in flight. */
function hold(state: LinkState, event: Extract<LinkEvent, { type: 'held' }>, now: number): LinkStep {
  if (state.status === 'idle') return stay({ ...state, held: true });
  const { status, reason, code, nextTryAtMs } = event;
  const isNews = reason !== null && reason !== state.reason;
  const tries = isNews ? withTry(state, now, false, reason) : state.tries;
  return {
    state: { ...state, held: true, status, reason, code, nextTryAtMs, tries, pollInFlight: false },
    effects: [{ type: 'disarm' }],
  };
}

/** The machine is reached: asked at once, and from then on in the phase that it had. */
function release(state: LinkState, now: number): LinkStep {
  const released = { ...state, held: false };
  if (!state.held || state.status === 'idle') return stay(released);
  return poll({ ...released, status: 'connecting', slotAtMs: nextSlot(state, now) - state.intervalMs }, now);
}

function stay(state: LinkState): LinkStep {
  return { state, effects: [] };
}

function start(state: LinkState, event: { eager: boolean; phaseMs: number }, now: number): LinkStep {
  const slotAtMs = now + event.phaseMs;
  return {
    state: {
      ...state,
      status: 'connecting',
      reason: null,
      code: null,
      failures: 0,
      eager: event.eager,
      paused: false,
      slotAtMs,
    },
    effects: state.held ? [{ type: 'disarm' }] : [{ type: 'arm', atMs: slotAtMs }],
  };
}

/** One in flight: a poll that is due while the last one runs is skipped, never queued. */
function poll(state: LinkState, now: number): LinkStep {
  if (state.held) return stay(state.status === 'idle' ? { ...state, status: 'connecting' } : state);
  if (state.pollInFlight) return stay(state);
  const quiet = state.status === 'attached' || state.status === 'lost';
  return {
    state: {
      ...state,
      status: quiet ? state.status : 'connecting',
      nextTryAtMs: null,
      pollInFlight: true,
      slotAtMs: Math.max(state.slotAtMs, now - state.intervalMs),
    },
    effects: [{ type: 'disarm' }, { type: 'poll' }],
  };
}

function answered(state: LinkState, now: number): LinkStep {
  const recovered = state.tries.at(-1)?.ok === false;
  const isFirst = state.status === 'connecting';
  const soonPolls = isFirst ? SOON_POLLS : Math.max(0, state.soonPolls - 1);
  const base = isFirst && state.eager ? now : state.slotAtMs;
  const soonAtMs = base + SOON_INTERVAL_MS;
  const isSoon = soonPolls > 0 && soonAtMs > now && soonAtMs <= now + SOON_INTERVAL_MS;
  const slotAtMs = isSoon ? Math.min(soonAtMs, nextSlot(state, now)) : nextSlot(state, now);
  return {
    state: {
      ...state,
      status: 'attached',
      soonPolls,
      reason: null,
      code: null,
      nextTryAtMs: null,
      lastAnswerAtMs: now,
      failures: 0,
      eager: false,
      pollInFlight: false,
      slotAtMs,
      tries: recovered ? withTry(state, now, true, 'Answered.') : state.tries,
    },
    effects: [{ type: 'arm', atMs: slotAtMs }],
  };
}

function failed(state: LinkState, event: Extract<LinkEvent, { type: 'failed' }>, now: number): LinkStep {
  const failures = state.failures + 1;
  const base: LinkState = { ...state, pollInFlight: false, failures, reason: event.reason, code: event.code };
  if (state.eager) {
    const slotAtMs = now + EAGER_INTERVAL_MS;
    const status = state.status === 'attached' ? 'lost' : state.status;
    return { state: { ...base, status, slotAtMs }, effects: [{ type: 'arm', atMs: slotAtMs }] };
  }
  const tries = withTry(state, now, false, event.reason);
  if (state.status === 'attached') {
    const slotAtMs = now + SECOND_TRY_MS;
    return {
      state: { ...base, tries, status: 'lost', slotAtMs, nextTryAtMs: slotAtMs },
      effects: [{ type: 'arm', atMs: slotAtMs }],
    };
  }
  const waitMs = event.permanent ? LONGEST_WAIT_MS : backOffMs(failures, event.random);
  const slotAtMs = now + waitMs;
  return {
    state: { ...base, tries, status: event.permanent ? 'failed' : 'waiting', slotAtMs, nextTryAtMs: slotAtMs },
    effects: [{ type: 'arm', atMs: slotAtMs }],
  };
}

/** 1 s, 2 s, 4 s … 30 s, each up to a fifth shorter or longer. `random` is within 0..1. */
export function backOffMs(failures: number, random: number): number {
  const plain = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, Math.min(failures, 16) - 1));
  return Math.round(Math.min(LONGEST_WAIT_MS, plain * (0.8 + 0.4 * random)));
}

function changeInterval(state: LinkState, intervalMs: number, now: number): LinkStep {
  const next = { ...state, intervalMs };
  if (state.status !== 'attached' || state.pollInFlight) return stay(next);
  const slotAtMs = Math.min(state.slotAtMs, now + intervalMs);
  return { state: { ...next, slotAtMs }, effects: [{ type: 'arm', atMs: slotAtMs }] };
}

/** The next whole interval; never further off than one, so that a clock that was set back stops nothing. */
function nextSlot(state: LinkState, now: number): number {
  const missed = Math.floor((now - state.slotAtMs) / state.intervalMs);
  return Math.min(state.slotAtMs + (Math.max(0, missed) + 1) * state.intervalMs, now + state.intervalMs);
}

function withTry(state: LinkState, atMs: number, ok: boolean, text: string): Link['tries'] {
  return [...state.tries, { atMs, ok, text }].slice(-MOST_TRIES);
}
