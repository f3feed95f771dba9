/**
 * The part of the settings that is about the number of workers over time: `cheaper` and its kin (as many as are needed),
 * `cheap` and `idle` (none while nobody asks).
 */

export const CHEAPER_ALGORITHMS = ['spare', 'backlog', 'busyness', 'manual'] as const;
export type CheaperAlgorithm = (typeof CHEAPER_ALGORITHMS)[number];

/** How the number of workers follows the load. */
export interface CheaperSettings {
  /** `cheaper`: never fewer workers than this. */
  least: number;
  /** Workers at the start. */
  initial: number;
  /** Workers that are added at a time. */
  step: number;
  /** `spare`: cycles, `backlog`: waiting requests, `busyness`: seconds of a window. */
  overload: number;
  algorithm: CheaperAlgorithm;
  /** No more workers are started while those that run have this much memory; 0: no limit. */
  rssSoftLimitBytes: number;
  /** Workers are stopped while those that run have this much memory; 0: no limit. */
  rssHardLimitBytes: number;
  busyness: BusynessSettings;
}

export interface BusynessSettings {
  /** Below it a window is idle. */
  minPercent: number;
  /** Above it workers are added. */
  maxPercent: number;
  /** Idle windows before a worker is stopped. */
  multiplier: number;
  /** Added to the multiplier when a worker is needed again too soon. */
  penalty: number;
  verbose: boolean;
  /** More waiting requests than this start workers at once; 0: never. */
  backlogAlert: number;
  /** Workers that are started at once. */
  backlogStep: number;
  /** Idle windows before such a worker is stopped. */
  backlogMultiplier: number;
  /** Workers are started at once, too, when requests have waited this long without a break; 0: never. */
  backlogNonzeroSeconds: number;
}

export interface SleepSettings {
  /** `cheap`: no workers until the first request. */
  startsAsleep: boolean;
  /** `idle`: all workers are stopped after this time without a request; 0: never. */
  idleSeconds: number;
  /** The engine stops then. */
  stopsWhenIdle: boolean;
}

/** uWSGI's defaults. `least` 0 means that `cheaper` is not set. */
export function defaultCheaper(): CheaperSettings {
  return {
    least: 0,
    initial: 0,
    step: 1,
    overload: 3,
    algorithm: 'spare',
    rssSoftLimitBytes: 0,
    rssHardLimitBytes: 0,
    busyness: {
      minPercent: 25,
      maxPercent: 50,
      multiplier: 10,
      penalty: 2,
      verbose: false,
      backlogAlert: 33,
      backlogStep: 1,
      backlogMultiplier: 3,
      backlogNonzeroSeconds: 60,
    },
  };
}

export function defaultSleep(): SleepSettings {
  return { startsAsleep: false, idleSeconds: 0, stopsWhenIdle: false };
}
