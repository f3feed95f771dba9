/**
 * What can happen to the master: the only input of the machine (machine.ts). The shell makes these from signals, FIFO
 * letters, runtime and gateway messages, exits and the timer; it decides nothing itself.
 */
import type { CheaperSettings } from '../config/cheaper-settings.ts';
import type { Observation } from './cheaper.ts';
import type { LoadedApp } from './control.ts';

/** What the machine needs to know of a configuration. */
export interface Plan {
  processes: number;
  /** Cores of each worker. */
  threads: number;
  /** `fork`: from a zygote that has loaded the app; `fresh`: a new interpreter for each worker (lazy-apps, JavaScript). */
  spawn: 'fork' | 'fresh';
  needApp: boolean;
  mercyMs: number;
  /** `lazy`: a reload replaces the workers only. */
  isLazy: boolean;
  /** `exit-on-reload`. */
  exitOnReload: boolean;
  /** `reload-timeout`; 0: none. */
  reloadTimeoutMs: number;
  /** `max-worker-lifetime` and its delta for each worker number above 1; 0: no end. */
  lifetimeMs: number;
  lifetimeDeltaMs: number;
  harakiri: {
    /** `harakiri-graceful-timeout`; 0: SIGABRT at once, then SIGKILL. */
    graceMs: number;
    /** Number of the signal that begins it. */
    signal: number;
    /** How long the worker has for cancelling the request before it is ended itself; 0: it can not (threads). */
    cancelMs: number;
  };
  /** `cheaper` and its companions; null: all workers run. */
  cheaper: CheaperSettings | null;
  /** `cheap`: no workers until the first request. */
  startsAsleep: boolean;
  /** `idle`; 0: never. */
  idleMs: number;
  /** `die-on-idle`. */
  stopsWhenIdle: boolean;
  /** Longest wait before a worker that dies at its start is started again. */
  forkbombDelayMs: number;
}

export type Command =
  | 'reload'
  | 'brutal-reload'
  | 'reload-workers'
  | 'brutal-reload-workers'
  | 'chain-reload'
  | 'stop'
  | 'graceful-stop'
  | 'pause'
  | 'add-worker'
  | 'remove-worker'
  | 'cheap';

/** How a process ended: an exit code, or the number of the signal. Both null: not known (its parent is gone as well). */
export interface Ending {
  code: number | null;
  signal: number | null;
}

export type WorkerEvent =
  /** The process exists. */
  | { type: 'worker-started'; spawnId: number; pid: number }
  | { type: 'worker-not-started'; spawnId: number; message: string }
  | { type: 'worker-load-failed'; spawnId: number; text: string }
  /** The gateways have all its connections. */
  | { type: 'worker-connected'; spawnId: number }
  /** It had enough (max-requests, say): it has answered its last request and takes no more. */
  | { type: 'worker-recycling'; spawnId: number }
  /** It had enough, and serves on until it is replaced. */
  | { type: 'worker-worn'; spawnId: number }
  /** Its memory is above `evil-reload-on-rss` or `-as`. */
  | { type: 'worker-too-large'; spawnId: number; what: 'RSS' | 'ADDRESS SPACE'; bytes: number }
  /** After `retire`: nothing runs on it any more. */
  | { type: 'worker-drained'; spawnId: number }
  /** A request is past its harakiri deadline, and its worker may be able to cancel it alone. */
  | { type: 'request-late'; spawnId: number; core: number; requestId: number; seconds: number }
  /** A request is past its harakiri deadline and can not be cancelled. `siblingsUntilMs`: the latest deadline of its other cores; null: none runs. */
  | {
      type: 'request-overdue';
      spawnId: number;
      core: number;
      requestId: number;
      seconds: number;
      siblingsUntilMs: number | null;
    }
  /** A handler of a signal of uWSGI's framework takes longer than a request may. */
  | { type: 'handler-overdue'; spawnId: number; number: number }
  /** Its control connection ended although its process was not seen to end. */
  | { type: 'worker-unreachable'; spawnId: number }
  | ({ type: 'worker-exited'; spawnId: number } & Ending);

export type ZygoteEvent =
  | { type: 'zygote-loaded'; generation: number; apps: LoadedApp[] }
  | { type: 'zygote-load-failed'; generation: number; text: string }
  | ({ type: 'zygote-exited'; generation: number } & Ending);

export type MasterEvent =
  | WorkerEvent
  | ZygoteEvent
  | { type: 'command'; command: Command }
  /** A configuration was read and is valid. */
  | { type: 'config-ready'; plan: Plan }
  | { type: 'config-failed'; message: string }
  | { type: 'listeners-ready' }
  | { type: 'listeners-failed'; message: string }
  | { type: 'gateways-drained' }
  | { type: 'gateways-stopped' }
  /** A gateway thread died and was replaced; all its workers' connections are gone. */
  | { type: 'gateway-restarted' }
  | { type: 'tick' }
  /** The master's cycle, about once a second. */
  | { type: 'cycle'; seen: Observation }
  /** Requests wait at a gateway: no worker serves, or they are too many to wait for the end of a cycle. */
  | { type: 'demand'; count: number };
