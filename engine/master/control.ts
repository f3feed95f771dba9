/**
 * The control wire between the master and the language runtimes (zygote and workers): a unix socket that the
 * master listens on (loopback TCP on Windows), each message `u32le length | UTF-8 JSON`. A runtime is started with
 * one line of JSON on its standard input (RuntimeBoot) and then connects here. When this connection ends,
 * a runtime exits at once: nothing outlives its master.
 */
import type { CompanionRole, CompanionSetting } from '../config/companion-settings.ts';
import type { CronTime } from '../config/cron-time.ts';
import type { LoopSettings } from '../config/loop-settings.ts';
import type { AppSetting, RecyclingSettings } from '../config/settings.ts';
import type { SpoolerSettings } from '../config/spooler-settings.ts';
import type { RuntimePhase } from '../config/system-settings.ts';

/**
 * `zygote` loads the app and forks the others on request; `worker` loads the app and serves (lazy-apps, JavaScript,
 * Windows); the companions, started so, have no application, as in uWSGI.
 */
export type RuntimeRole = 'zygote' | 'worker' | CompanionRole;

/** Spawn ids of companions are above those of workers. */
export const FIRST_COMPANION_ID = 0x4000_0000;

export interface RuntimeBoot {
  role: RuntimeRole;
  controlEndpoint: string;
  gatewayEndpoints: string[];
  /** Where locks, caches and the rest that all processes share are (engine/commons/wire.ts). */
  commons: string;
  /** `uwsgi.queue_size`; 0: there is no queue. */
  queueSlots: number;
  /** Hex of 32 bytes; shown to the master in `hello` and to gateways in HELLO. */
  token: string;
  generation: number;
  app: AppSetting;
  chdir: string | null;
  /** Cores. */
  threads: number;
  loop: LoopSettings;
  enableThreads: boolean;
  /** How many applications must load, of those that are configured; with fewer the process ends instead of answering 500. */
  needApps: number;
  /**
   * When a worker has had enough at the end of a request (maxLifetime and evil* are the master's business). It then writes
   * `...The work of process PID is done (REASON). Seeya!` to its standard error, once, and flags the answer.
   */
  recycling: RecyclingSettings;
  /** The flag: `at-once` RETIRING; `when-replaced` WORN, except after an exception (engine/gateway/frames.ts). */
  retirement: 'at-once' | 'when-replaced';
  /** Set only with role `worker`. */
  spawnId: number;
  wid: number;
  /** Which of `companions` with this role it is; 0: it is none. */
  number: number;
  companions: CompanionSetting[];
  spooler: SpoolerSettings;
  processes: number;
  masterPid: number;
  /** Epoch seconds at which the engine was started. */
  startedOn: number;
  isReload: boolean;
  /** False: this worker number was served by a process of this generation before. */
  isFirst: boolean;
  system: RuntimeSystem;
  /** `worker-accept`; null: the gateways accept. */
  direct: DirectBoot | null;
  /** `uwsgi.opt`: every option, in order. */
  options: [key: string, value: string][];
}

/** What a worker needs to accept connections itself. */
export interface DirectBoot {
  /** Unix socket where it gets the listening sockets (resources/runtimes/python/reeve_keeper.py). */
  keeper: string;
  /** Where it makes its `board-SPAWNID` (worker-boards.ts). */
  folder: string;
  bodyFolder: string;
  harakiriSeconds: number;
  /** Every request is told to the gateway, which writes the log; otherwise those that the application wants logged. */
  logsRequests: boolean;
  trustedProxies: readonly string[];
  /** uwsgi packets beside requests that it answers (`uwsgi-modifiers`). */
  modifiers: readonly number[];
  bufferSizeBytes: number;
  limitPostBytes: number;
  socketTimeoutSeconds: number;
}

/** What a runtime is to the operating system; see config/system-settings.ts. */
export interface RuntimeSystem {
  /** In the order of their moments. */
  hooks: [phase: RuntimePhase, action: string, argument: string, text: string][];
  shell: string;
  /** Names for `ps`; `{number}` stands for that of the worker or mule. null: as it was started. */
  titles: Record<RuntimeRole, string | null>;
  chdir2: string | null;
  cpuAffinity: number;
}

export interface LoadedApp {
  id: number;
  modifier1: number;
  mountpoint: string;
  startupSeconds: number;
  chdir: string;
}

export type RuntimeToMaster =
  | { type: 'hello'; role: RuntimeRole; token: string; generation: number; spawnId: number; pid: number }
  /** `runtime` is e.g. `Python 3.11.2`. An app that cannot be loaded with need-app off gives `loaded` with no apps. */
  | { type: 'loaded'; apps: LoadedApp[]; runtime: string }
  /** The traceback has been written to the log already; `text` repeats it for those who have no log. */
  | { type: 'load-failed'; text: string }
  | { type: 'forked'; spawnId: number; pid: number }
  | { type: 'fork-failed'; spawnId: number; message: string }
  /** From the zygote, for each worker it reaped: exit code, or the signal's number. */
  | { type: 'exited'; spawnId: number; pid: number; code: number | null; signal: number | null }
  /** From a worker: application code called `uwsgi.reload()` or `uwsgi.stop()`, or `py-autoreload` found a change. */
  | { type: 'reload-requested' }
  | { type: 'stop-requested' }
  /** `uwsgi.alarm`, and hooks that raise one. */
  | { type: 'alarm'; name: string; text: string }
  /** From a worker that got SIGHUP: it is to be replaced, and serves until then. */
  | { type: 'worn' }
  /** With `worker-accept`: it takes no more requests of its own accord (max-requests, say). */
  | { type: 'retiring' }
  /** The answer to `retire`: nothing runs on it. */
  | { type: 'retired' }
  /** The answer to `harakiri`: the client has heard, if there was one to hear. */
  | { type: 'given-up' }
  /** From a worker: `uwsgi.workers()` and its kin; answered with the same id. */
  | { type: 'question'; id: number; what: Question }
  /** Signals of uWSGI's framework. Registrations are those of the speaker's generation. */
  | { type: 'register-signal'; number: number; target: string }
  | { type: 'raise-signal'; number: number }
  /** Its handler runs here, and has ended. */
  | { type: 'signal-begun'; number: number }
  | { type: 'signal-done'; number: number }
  | { type: 'add-timer'; kind: 'timer' | 'rbtimer'; number: number; seconds: number; iterations: number }
  | { type: 'add-cron'; number: number; time: CronTime }
  | { type: 'add-file-monitor'; number: number; path: string }
  /** A mule has a message, and is done with it. */
  | { type: 'task-begun' }
  | { type: 'task-done' }
  /** The first and last message of a connection that only tells the worker that the master is there. */
  | { type: 'lifeline'; token: string };

/** What signal-desk.ts is told. */
export type SignalMessage = Extract<
  RuntimeToMaster,
  {
    type:
      | 'register-signal'
      | 'raise-signal'
      | 'signal-begun'
      | 'signal-done'
      | 'add-timer'
      | 'add-cron'
      | 'add-file-monitor'
      | 'task-begun'
      | 'task-done';
  }
>;

export const QUESTIONS = ['workers', 'total-requests', 'listen-queue'] as const;
export type Question = (typeof QUESTIONS)[number];

export type MasterToRuntime =
  | {
      type: 'fork';
      role: 'worker' | CompanionRole;
      spawnId: number;
      /** 0: it is no worker. */
      wid: number;
      /** As in RuntimeBoot. */
      number: number;
      processes: number;
      isFirst: boolean;
    }
  /** Worker, companion: exit when what it does is done. Zygote: exit when all its children are gone. */
  | { type: 'exit' }
  /** The log file was rotated: standard output and error go to this path anew. */
  | { type: 'reopen-log'; path: string }
  | { type: 'answer'; id: number; value: unknown }
  /** Run the handler of this signal, answered with `signal-begun` and `signal-done`. */
  | { type: 'signal'; number: number }
  /** With `worker-accept`: connections are taken, or not. At first they are not. */
  | { type: 'accept'; on: boolean }
  /** No more connections; `drain`: those that wait are served before. Answered with `retired`. */
  | { type: 'retire'; drain: boolean }
  /** Answer 504 to this request if it still runs, and take no more; the worker is about to be killed. */
  | { type: 'harakiri'; core: number; requestId: number }
  /** To a worker that runs its requests in one loop: this one has taken too long, its client has its answer; end it alone. */
  | { type: 'cancel'; requestId: number };
