/**
 * How many workers more or less: `cheaper` with its algorithms, each a pure function of what is seen once a cycle and
 * of what it remembers. Which workers these are, and that the bounds are kept, is for adapt.ts.
 */
import type { CheaperSettings } from '../config/cheaper-settings.ts';
import { type BusynessState, decideBusyness, NO_BUSYNESS } from './cheaper-busyness.ts';

export interface WorkerSight {
  spawnId: number;
  /** A request runs on one of its cores. */
  isBusy: boolean;
  /** Time its cores have worked so far, with what runs now. */
  runningMicros: number;
}

/** The server at the end of a cycle. */
export interface Observation {
  nowMs: number;
  /** Requests that wait, in the queue or behind others at a worker. */
  backlog: number;
  /** Requests its workers have answered; another number than before: there were some. */
  requests: number;
  /** Memory of the workers; 0 where no limit asks for it. */
  rssBytes: number;
  /** Workers that serve or are about to. */
  workers: WorkerSight[];
}

/** How far the number may go. */
export interface Room {
  /** Workers that may be added. */
  above: number;
  /** Workers that may be stopped. */
  below: number;
}

export interface Verdict<State> {
  state: State;
  /** Workers to add; negative: to stop. */
  delta: number;
  /** Lines for the log. */
  notes: string[];
}

export interface SpareState {
  /** Cycles in which all were busy, less those in which one was not. */
  overloaded: number;
  /** Cycles in which more than one was free, since all were busy or one was stopped. */
  idle: number;
}

/** What each algorithm remembers; values are replaced, never changed. */
export interface CheaperState {
  readonly spare: SpareState;
  readonly busyness: BusynessState;
}

export const NO_MEMORY: CheaperState = { spare: { overloaded: 0, idle: 0 }, busyness: NO_BUSYNESS };

export function decide(
  settings: CheaperSettings,
  state: CheaperState,
  seen: Observation,
  room: Room,
): Verdict<CheaperState> {
  switch (settings.algorithm) {
    case 'spare': {
      const verdict = decideSpare(settings, state.spare, seen);
      return { ...verdict, state: { ...state, spare: verdict.state } };
    }
    case 'busyness': {
      const verdict = decideBusyness(settings, state.busyness, seen, room);
      return { ...verdict, state: { ...state, busyness: verdict.state } };
    }
    case 'backlog':
      return { state, delta: decideBacklog(settings, seen), notes: [] };
    case 'manual':
      return { state, delta: 0, notes: [] };
  }
}

/**
 * One worker free to take the next request. Added when all were busy for more than `cheaper-overload` cycles; stopped
 * when more than one was free in that many (measured on uWSGI 2.0.21: one every `cheaper-overload` seconds).
 */
export function decideSpare(
  settings: Pick<CheaperSettings, 'step' | 'overload'>,
  { overloaded, idle }: SpareState,
  { workers }: Pick<Observation, 'workers'>,
): Verdict<SpareState> {
  const keep = (state: SpareState, delta = 0): Verdict<SpareState> => ({ state, delta, notes: [] });
  if (workers.length === 0) return keep({ overloaded, idle });
  const free = workers.filter((worker) => !worker.isBusy).length;
  const load = free === 0 ? overloaded + 1 : Math.max(0, overloaded - 1);
  if (load > settings.overload) return keep({ overloaded: 0, idle: 0 }, settings.step);
  if (free === 0) return keep({ overloaded: load, idle: 0 });
  if (load > 0 || free === 1) return keep({ overloaded: load, idle });
  if (idle + 1 >= settings.overload) return keep({ overloaded: 0, idle: 0 }, -1);
  return keep({ overloaded: 0, idle: idle + 1 });
}

/** More when more than `cheaper-overload` requests wait, fewer when fewer do. */
export function decideBacklog(
  settings: Pick<CheaperSettings, 'step' | 'overload'>,
  { backlog }: Pick<Observation, 'backlog'>,
): number {
  if (backlog > settings.overload) return settings.step;
  return backlog < settings.overload ? -1 : 0;
}
