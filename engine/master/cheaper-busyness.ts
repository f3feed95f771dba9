/**
 * `cheaper-algo = busyness`: which part of their time workers work, over windows of `cheaper-overload` seconds. Above
 * `-max` workers are added, below `-min` one is stopped after enough windows; a backlog starts workers at once.
 * The time of a request counts while it runs, so that a long one is seen in each window and not at its end.
 */
import type { CheaperSettings } from '../config/cheaper-settings.ts';
import type { Observation, Room, Verdict } from './cheaper.ts';

export interface BusynessState {
  /** Begin of the window, and what each worker had worked then; null: the first cycle begins it. */
  readonly window: { readonly sinceMs: number; readonly micros: ReadonlyMap<number, number> } | null;
  /** Windows since the number was last found right or changed: the clock of the next stop. */
  readonly calmWindows: number;
  /** Windows in a row that were neither idle nor too busy. */
  readonly middling: number;
  /** Idle windows that a stop takes now; 0: as configured. */
  readonly multiplier: number;
  /** Windows since a worker was stopped; null: none was. */
  readonly windowsSinceStop: number | null;
  /** Workers that a backlog has started. */
  readonly emergencies: number;
  /** Since when requests wait without a break; null: none does. */
  readonly backlogSinceMs: number | null;
}

export const NO_BUSYNESS: BusynessState = {
  window: null,
  calmWindows: 0,
  middling: 0,
  multiplier: 0,
  windowsSinceStop: null,
  emergencies: 0,
  backlogSinceMs: null,
};

/** A cycle that comes a little early ends its window all the same. */
const EARLY_MS = 500;
/** So many middling windows in a row put the clock of the next stop back. */
const MIDDLING_LIMIT = 3;

export function decideBusyness(
  settings: CheaperSettings,
  state: BusynessState,
  seen: Observation,
  room: Room,
): Verdict<BusynessState> {
  const urgent = decideBacklogAlert(settings, state, seen, room);
  if (urgent.delta > 0) return urgent;
  if (urgent.state.window === null) return { ...urgent, state: { ...urgent.state, window: beginWindow(seen) } };
  const lengthMs = seen.nowMs - urgent.state.window.sinceMs;
  if (lengthMs < settings.overload * 1000 - EARLY_MS) return urgent;
  const percents = busynessOf(urgent.state.window.micros, seen, lengthMs);
  const verdict = judgeWindow(settings, urgent.state, percents, room);
  const notes = settings.busyness.verbose ? verdict.notes : [];
  return { delta: verdict.delta, notes, state: { ...verdict.state, window: beginWindow(seen) } };
}

/** The line that says how it is set. */
export function describeBusyness({ overload, busyness }: CheaperSettings): string {
  const { minPercent, maxPercent, multiplier, penalty } = busyness;
  const parts = `min=${minPercent}%, max=${maxPercent}%, overload=${overload}, multiplier=${multiplier}`;
  return `[busyness] settings: ${parts}, respawn penalty=${penalty}`;
}

function beginWindow(seen: Observation): NonNullable<BusynessState['window']> {
  return {
    sinceMs: seen.nowMs,
    micros: new Map(seen.workers.map(({ spawnId, runningMicros }) => [spawnId, runningMicros])),
  };
}

/** Percent of the window each worker has worked; one that is new counts from its start. */
function busynessOf(before: ReadonlyMap<number, number>, seen: Observation, lengthMs: number): number[] {
  return seen.workers.map(({ spawnId, runningMicros }) => {
    const micros = runningMicros - (before.get(spawnId) ?? 0);
    return Math.min(100, Math.max(0, micros / lengthMs / 10));
  });
}

/** `-backlog-alert` and `-backlog-nonzero`: does not wait for the window's end. */
function decideBacklogAlert(
  { busyness }: CheaperSettings,
  state: BusynessState,
  { backlog, nowMs }: Observation,
  room: Room,
): Verdict<BusynessState> {
  const { backlogAlert, backlogNonzeroSeconds, backlogStep } = busyness;
  const backlogSinceMs = backlog > 0 ? (state.backlogSinceMs ?? nowMs) : null;
  const calm: Verdict<BusynessState> = { state: { ...state, backlogSinceMs }, delta: 0, notes: [] };
  const isAlert = backlogAlert > 0 && backlog > backlogAlert;
  const waitedMs = backlogSinceMs === null ? 0 : nowMs - backlogSinceMs;
  const isLong = backlogNonzeroSeconds > 0 && waitedMs >= backlogNonzeroSeconds * 1000;
  const delta = Math.min(backlogStep, room.above);
  if ((!isAlert && !isLong) || delta <= 0) return calm;
  const why = isAlert ? `${backlog} requests wait` : `requests have waited for ${Math.round(waitedMs / 1000)} s`;
  return {
    delta,
    notes: [`[busyness] ${why}, spawning ${delta} emergency worker(s)`],
    state: {
      ...state,
      calmWindows: 0,
      middling: 0,
      emergencies: state.emergencies + delta,
      // The next time only after another such wait.
      backlogSinceMs: nowMs,
    },
  };
}

function judgeWindow(
  { overload, step, busyness }: CheaperSettings,
  before: BusynessState,
  percents: readonly number[],
  room: Room,
): Verdict<BusynessState> {
  const { minPercent, maxPercent } = busyness;
  const multiplier = before.multiplier === 0 ? busyness.multiplier : before.multiplier;
  const windowsSinceStop = before.windowsSinceStop === null ? null : before.windowsSinceStop + 1;
  const state: BusynessState = { ...before, multiplier, windowsSinceStop, calmWindows: before.calmWindows + 1 };
  if (percents.length === 0) return { state, delta: 0, notes: [] };
  const average = percents.reduce((sum, percent) => sum + percent, 0) / percents.length;
  const is = `[busyness] ${overload}s average busyness of ${percents.length} worker(s) is at ${Math.floor(average)}%`;

  if (average > maxPercent) {
    const isSoon = windowsSinceStop !== null && windowsSinceStop < multiplier;
    const next = isSoon ? multiplier + busyness.penalty : busyness.multiplier;
    const delta = Math.min(step, room.above);
    const what = delta > 0 ? `will spawn ${delta} new worker(s)` : 'but all workers run already';
    const notes = [`${is}, ${what}`];
    if (delta > 0 && isSoon) notes.push(`[busyness] needed again too soon, increasing the multiplier to ${next}`);
    return {
      state: { ...state, calmWindows: 0, middling: 0, multiplier: delta > 0 ? next : multiplier },
      delta: Math.max(0, delta),
      notes,
    };
  }

  if (average >= minPercent) {
    const middling = state.middling + 1;
    const isReset = middling >= MIDDLING_LIMIT;
    const notes = [`${is}, ${middling} non-idle cycle(s)`];
    return {
      state: isReset ? { ...state, middling: 0, calmWindows: 0 } : { ...state, middling },
      delta: 0,
      notes,
    };
  }

  const wait = state.emergencies > 0 ? busyness.backlogMultiplier : multiplier;
  if (room.below <= 0) return { state: { ...state, middling: 0, emergencies: 0 }, delta: 0, notes: [is] };
  if (state.calmWindows < wait) {
    const seconds = (wait - state.calmWindows) * overload;
    return { state: { ...state, middling: 0 }, delta: 0, notes: [`${is}, ${seconds} s until one is stopped`] };
  }
  return {
    state: {
      ...state,
      calmWindows: 0,
      middling: 0,
      windowsSinceStop: 0,
      emergencies: Math.max(0, state.emergencies - 1),
    },
    delta: -1,
    notes: [`${is}, cheap one of ${percents.length} running workers`],
  };
}
