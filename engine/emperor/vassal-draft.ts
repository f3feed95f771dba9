/**
 * What the vassals' machine (vassals.ts) hears and answers, the draft of a step, and what its handlers share: log, curse,
 * reload.
 */
import type { EmperorSettings } from '../config/emperor-settings.ts';
import type { FoundVassal, Vassal, VassalsState } from './vassal-state.ts';
import { TO_VASSAL } from './words.ts';

export type VassalEvent =
  | { type: 'scanned'; monitor: number; found: readonly FoundVassal[] }
  /** Its process exists. */
  | { type: 'spawned'; key: string; pid: number }
  | { type: 'not-spawned'; key: string; message: string }
  | { type: 'said'; key: string; pid: number; byte: number }
  | { type: 'pipe-closed'; key: string; pid: number }
  | { type: 'exited'; key: string; pid: number; code: number | null; signal: string | null }
  /** Somebody waits at the socket that the emperor holds for it. */
  | { type: 'wanted'; key: string }
  | { type: 'held'; key: string }
  | { type: 'not-held'; key: string; message: string }
  | { type: 'reload-all' }
  /** Forgets all waits. */
  | { type: 'forgive' }
  | { type: 'stop'; isGraceful: boolean; mercyMs: number }
  | { type: 'tick' };

export type VassalEffect =
  | { type: 'start'; key: string }
  | { type: 'tell'; key: string; byte: number }
  | { type: 'kill'; key: string; pid: number }
  | { type: 'send-config'; key: string }
  /** Waits for a connection at its socket, which is bound when it is not yet. */
  | { type: 'hold'; key: string; socket: string }
  | { type: 'release'; key: string }
  /** Its process has ended. */
  | { type: 'ended'; id: string; folder: string }
  | { type: 'log'; text: string };

export type VassalPolicy = Pick<
  EmperorSettings,
  'isTyrant' | 'throttleMs' | 'maxThrottleMs' | 'noBlacklist' | 'curseToleranceSeconds' | 'requiredHeartbeatSeconds'
> & {
  /** Vassals that may load at the same time. */
  mostStarting: number;
  gracefulShutdown: boolean;
};

export interface Draft {
  state: VassalsState;
  effects: VassalEffect[];
  policy: VassalPolicy;
  nowMs: number;
}

export function reload(draft: Draft, key: string, vassal: Vassal): void {
  if (vassal.status === 'waiting') {
    // Perhaps it was repaired.
    vassal.nextMs = draft.nowMs;
    return;
  }
  if (vassal.status !== 'running' || vassal.curse !== null) return;
  log(draft, `reload the uwsgi instance ${vassal.found.id}`);
  draft.effects.push({ type: 'tell', key, byte: TO_VASSAL.reload });
  vassal.isReady = false;
  vassal.respawns += 1;
  vassal.lastRunMs = draft.nowMs;
}

export function curse(
  draft: Draft,
  vassal: Vassal,
  why: string,
  next: 'remove' | 'restart',
  forMs: number,
  isPlanned = true,
): void {
  vassal.curse = { atMs: draft.nowMs, deadlineMs: draft.nowMs + forMs, next, isPlanned };
  vassal.cause = why;
  log(draft, `curse the uwsgi instance ${vassal.found.id} (pid: ${vassal.pid}): ${why}`);
}

export function refuse(vassal: Vassal, why: string): void {
  Object.assign(vassal, { status: 'refused', pid: 0, cause: why, isReady: false, isAccepting: false });
}

export function toleranceMs({ policy }: Draft): number {
  return policy.curseToleranceSeconds * 1000;
}

/** The name of a file may have the end of a line in it, and becomes no line of its own. */
export function log(draft: Draft, text: string): void {
  draft.effects.push({ type: 'log', text: `[emperor] ${text.replace(/\p{Cc}/gu, '?')}` });
}
