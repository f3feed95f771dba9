/**
 * The control wire between the master and the language runtimes (zygote and workers): a unix socket that the
 * master listens on (loopback TCP on Windows), each message `u32le length | UTF-8 JSON`. A runtime is started with
 * one line of JSON on its standard input (RuntimeBoot) and then connects here. When this connection ends,
 * a runtime exits at once: nothing outlives its master.
 */
import type { AppSetting, RecyclingSettings } from '../config/settings.ts';

export interface RuntimeBoot {
  /** `zygote` loads the app and forks workers on request; `worker` loads the app and serves (lazy-apps, JavaScript, Windows). */
  role: 'zygote' | 'worker';
  controlEndpoint: string;
  gatewayEndpoints: string[];
  /** Hex of 32 bytes; shown to the master in `hello` and to gateways in HELLO. */
  token: string;
  generation: number;
  app: AppSetting;
  chdir: string | null;
  threads: number;
  enableThreads: boolean;
  needApp: boolean;
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
  processes: number;
  masterPid: number;
  autoProcname: boolean;
  procnamePrefix: string;
  /** `uwsgi.opt`: every option, in order. */
  options: [key: string, value: string][];
}

export interface LoadedApp {
  id: number;
  modifier1: number;
  mountpoint: string;
  startupSeconds: number;
  chdir: string;
}

export type RuntimeToMaster =
  | { type: 'hello'; role: 'zygote' | 'worker'; token: string; generation: number; spawnId: number; pid: number }
  /** `runtime` is e.g. `Python 3.11.2`. An app that cannot be loaded with need-app off gives `loaded` with no apps. */
  | { type: 'loaded'; apps: LoadedApp[]; runtime: string }
  /** The traceback has been written to the log already; `text` repeats it for those who have no log. */
  | { type: 'load-failed'; text: string }
  | { type: 'forked'; spawnId: number; pid: number }
  | { type: 'fork-failed'; spawnId: number; message: string }
  /** From the zygote, for each worker it reaped: exit code, or the signal's number. */
  | { type: 'exited'; spawnId: number; pid: number; code: number | null; signal: number | null }
  /** From a worker: application code asked for `uwsgi.reload()`. */
  | { type: 'reload-requested' };

export type MasterToRuntime =
  | { type: 'fork'; spawnId: number; wid: number; processes: number }
  /** Worker: exit when the present request is done. Zygote: exit when its workers are gone. */
  | { type: 'exit' }
  /** The log file was rotated: standard output and error go to this path anew. */
  | { type: 'reopen-log'; path: string };
