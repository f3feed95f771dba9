/**
 * The master's state: plain data, copied by every step. Wanted (`desired`, `active`, `rounds`, `stop`) and actual
 * (`generations`, `workers`) stand side by side; `settle` (settle.ts) compares them.
 */
import type { CheaperState } from './cheaper.ts';
import type { LoadedApp } from './control.ts';
import type { Command, Plan } from './events.ts';

/**
 *   requested  asked for; no process yet
 *   starting   the process exists and loads or connects
 *   ready      all its connections stand; it serves
 *   retiring   it gets no more requests and finishes those it has
 *   overdue    a request of it was given up; its siblings finish
 *   leaving    it was told to exit
 *   ending     SIGTERM or SIGABRT was sent
 *   killed     SIGKILL was sent
 */
export const WORKER_PHASES = [
  'requested',
  'starting',
  'ready',
  'retiring',
  'overdue',
  'leaving',
  'ending',
  'killed',
] as const;
export type WorkerPhase = (typeof WORKER_PHASES)[number];

export interface Worker {
  spawnId: number;
  wid: number;
  generation: number;
  /** Workers of an older round than their generation's are being replaced. */
  round: number;
  phase: WorkerPhase;
  /** 0 until the process exists. */
  pid: number;
  startedMs: number;
  /** At this time the next harder means is taken; null: never. */
  deadlineMs: number | null;
  overdueCount: number;
  /** The zygote it was forked from is gone: nobody reports its end. */
  isOrphan: boolean;
  /** Its control connection has ended. */
  isUnreachable: boolean;
  /** It is to be replaced, one after the other (wear.ts). */
  isWorn: boolean;
}

/**
 *   none     nothing runs (fresh workers, or waiting for `retryAtMs`)
 *   loading  the process exists and imports the app
 *   ready    forks on request
 *   leaving  told to exit when its workers are gone
 *   killed   SIGKILL was sent
 */
export const ZYGOTE_PHASES = ['none', 'loading', 'ready', 'leaving', 'killed'] as const;
export type ZygotePhase = (typeof ZYGOTE_PHASES)[number];

/** One worker number of a generation: how its last processes fared. */
export interface Seat {
  /** Processes in a row that died soon after their start. */
  earlyDeaths: number;
  notBeforeMs: number;
}

export interface Generation {
  number: number;
  plan: Plan;
  /** `incoming` loads beside the active one, `outgoing` only ends its workers. */
  role: 'incoming' | 'active' | 'outgoing';
  zygote: ZygotePhase;
  /** Ends of the zygote in a row that came too soon. */
  zygoteFailures: number;
  zygoteReadyMs: number;
  zygoteNotBeforeMs: number;
  /** A zygote that was told to leave is killed at this time; null: no hurry. */
  zygoteDeadlineMs: number | null;
  /** An app has been loaded, or a worker been ready, at least once. */
  hasLoaded: boolean;
  apps: LoadedApp[];
  /** Counts up with each reload of the workers alone. */
  round: number;
  /** Its workers are being replaced by those of the present round (renewal.ts). */
  renewal: Renewal | null;
  /** All its workers were ready at the same time, at least once. */
  wasComplete: boolean;
  seats: Map<number, Seat>;
  /** Worker numbers that have no worker for now (roster.ts). */
  resting: Set<number>;
  /** None has one until a request waits. */
  isAsleep: boolean;
  /** What the algorithm of `cheaper` remembers. */
  cheaper: CheaperState;
}

/** A reload of the workers alone; `chain`: one after the other, `brutal`: without waiting for requests. */
export interface Renewal {
  kind: 'workers' | 'brutal' | 'chain';
  /** Given up at this time; null: it takes as long as it takes. */
  deadlineMs: number | null;
}

/** The last reload, for the statistics. */
export interface ReloadReport {
  kind: 'graceful' | 'brutal' | 'workers' | 'brutal workers' | 'chain';
  status: 'running' | 'done' | 'failed';
  startedMs: number;
  endedMs: number | null;
  /** Why it failed. */
  reason: string | null;
}

export type ReloadStage =
  | { stage: 'reading'; isBrutal: boolean; startedMs: number }
  | { stage: 'binding'; isBrutal: boolean; startedMs: number; plan: Plan }
  | {
      stage: 'loading';
      isBrutal: boolean;
      startedMs: number;
      generation: number;
      /** Given up at this time; null: it takes as long as it takes. */
      deadlineMs: number | null;
      /** Mentioned in the log at this time. */
      remindMs: number;
    };

export interface Stop {
  how: 'graceful' | 'immediate' | 'forced';
  exitCode: number;
  deadlineMs: number;
  gateways: 'up' | 'draining' | 'drained' | 'stopping' | 'stopped';
}

/** What was seen of the requests at the end of the last cycle. */
export interface Activity {
  requests: number;
  /** When there was one last. */
  lastMs: number;
  /** Workers that served one then, by spawn id. */
  busy: ReadonlySet<number>;
  memory: 'below' | 'soft' | 'hard';
}

export interface MasterState {
  phase: 'booting' | 'serving' | 'stopping' | 'stopped';
  /** Worker numbers of the active generation, those that rest as well. */
  desired: number;
  /** Number of the generation that serves; 0 before the first. */
  active: number;
  reload: ReloadStage | null;
  /** null: there was none yet. */
  lastReload: ReloadReport | null;
  /** A reload that was asked for while another one ran. */
  nextReload: Extract<Command, 'reload' | 'brutal-reload'> | null;
  paused: boolean;
  activity: Activity;
  stop: Stop | null;
  generations: Map<number, Generation>;
  workers: Map<number, Worker>;
  lastGeneration: number;
  lastSpawnId: number;
}

/** The state before anything was started: the configuration has been read, listeners are to be bound. */
export function initialState(plan: Plan, nowMs: number): MasterState {
  return {
    phase: 'booting',
    desired: plan.processes,
    active: 0,
    reload: { stage: 'binding', isBrutal: false, startedMs: nowMs, plan },
    lastReload: null,
    nextReload: null,
    paused: false,
    activity: { requests: 0, lastMs: nowMs, busy: new Set(), memory: 'below' },
    stop: null,
    generations: new Map(),
    workers: new Map(),
    lastGeneration: 0,
    lastSpawnId: 0,
  };
}

/** A copy that a step may change without the original noticing. */
export function copyState(state: MasterState): MasterState {
  return {
    ...state,
    reload: state.reload && { ...state.reload },
    stop: state.stop && { ...state.stop },
    lastReload: state.lastReload && { ...state.lastReload },
    workers: new Map([...state.workers].map(([id, worker]) => [id, { ...worker }])),
    generations: new Map(
      [...state.generations].map(([number, generation]) => [
        number,
        {
          ...generation,
          renewal: generation.renewal && { ...generation.renewal },
          seats: new Map([...generation.seats].map(([wid, seat]) => [wid, { ...seat }])),
          resting: new Set(generation.resting),
        },
      ]),
    ),
  };
}

/** Takes requests or is on its way to. */
export function isLive(worker: Worker): boolean {
  return worker.phase === 'requested' || worker.phase === 'starting' || worker.phase === 'ready';
}

export function workersOf(state: MasterState, generation: number): Worker[] {
  return [...state.workers.values()].filter((worker) => worker.generation === generation);
}

export function seatOf(generation: Generation, wid: number): Seat {
  let seat = generation.seats.get(wid);
  if (seat === undefined) {
    seat = { earlyDeaths: 0, notBeforeMs: 0 };
    generation.seats.set(wid, seat);
  }
  return seat;
}
