/**
 * What an emperor knows of its vassals: plain data for vassals.ts (which changes it) and emperor-view.ts (which shows it).
 */

/** What a monitor has found. */
export interface FoundVassal {
  /** Name in the folder, or the path. */
  id: string;
  /** Absolute path of its file; empty when there is none. */
  file: string;
  /** Folder it runs in. */
  folder: string;
  /** Configuration that the emperor sends it; null: it reads its file. */
  config: string | null;
  mtimeMs: number;
  /** Another mark means another configuration. */
  mark: string;
  uid: number;
  gid: number;
  /** Socket that the emperor holds for it; empty: it starts at once. */
  onDemand: string;
  /** Why it must not be started; null: it may. */
  refusal: string | null;
}

/**
 *   waiting    to be started at `nextMs`
 *   on demand  to be started when somebody connects
 *   starting   hooks run, its process is made
 *   running    it has a process (`pid`)
 *   refused    not to be started as it is
 */
export interface Vassal {
  found: FoundVassal;
  monitor: number;
  status: 'waiting' | 'on demand' | 'starting' | 'running' | 'refused';
  nextMs: number;
  pid: number;
  startedMs: number;
  /** Its socket is bound. */
  isHeld: boolean;
  /** Somebody waits there. */
  isWanted: boolean;
  isReady: boolean;
  isAccepting: boolean;
  isLoyal: boolean;
  bornMs: number;
  firstRunMs: number;
  lastRunMs: number;
  lastReadyMs: number;
  lastAcceptingMs: number;
  lastLoyalMs: number;
  lastHeartbeatMs: number;
  respawns: number;
  /** It was told to end and is killed at `deadlineMs`; `isPlanned`: it was told, or asked for it. */
  curse: { atMs: number; deadlineMs: number; next: 'remove' | 'restart'; isPlanned: boolean } | null;
  /** It died early, so often in a row. */
  strikes: { attempt: number; throttleMs: number; firstMs: number; lastMs: number } | null;
  /** Why it is in this state. */
  cause: string;
}

export interface VassalsState {
  isStopping: boolean;
  vassals: Map<string, Vassal>;
}

export function initialVassals(): VassalsState {
  return { isStopping: false, vassals: new Map() };
}

export function newVassal(found: FoundVassal, monitor: number, nowMs: number): Vassal {
  return {
    found,
    monitor,
    status: 'waiting',
    nextMs: nowMs,
    pid: 0,
    startedMs: 0,
    isHeld: false,
    isWanted: false,
    isReady: false,
    isAccepting: false,
    isLoyal: false,
    bornMs: nowMs,
    firstRunMs: 0,
    lastRunMs: 0,
    lastReadyMs: 0,
    lastAcceptingMs: 0,
    lastLoyalMs: 0,
    lastHeartbeatMs: 0,
    respawns: 0,
    curse: null,
    strikes: null,
    cause: '',
  };
}

export function copyVassal(vassal: Vassal): Vassal {
  return {
    ...vassal,
    curse: vassal.curse && { ...vassal.curse },
    strikes: vassal.strikes && { ...vassal.strikes },
  };
}
