/**
 * What a configuration means to the bundled engine: one plain object, every unit in its name.
 * `buildSettings` (build-settings.ts) makes it from a resolved option list; the master, the gateways and
 * the workers read nothing else. Pure data: it can be sent to a thread or written to a worker as JSON.
 */

/** Where a value was written: shown in every error about it. `file` is `command line` or `environment` when it was no file. */
export interface Origin {
  file: string;
  /** 1-based; 0 when the value did not come from a file. */
  line: number;
}

/** A socket address in uWSGI's notation (`127.0.0.1:8080`, `:8080`, `[::1]:8080`, `/run/a.sock`, `@abstract`). */
export type SocketAddress =
  | { type: 'tcp'; host: string; port: number }
  | { type: 'unix'; path: string }
  | { type: 'abstract'; name: string };

/** `http` and `http-socket` speak HTTP/1.1, `socket` speaks the uwsgi protocol. */
export type ListenerKind = 'http' | 'http-socket' | 'uwsgi';

export interface ListenerSetting {
  kind: ListenerKind;
  address: SocketAddress;
  /** The value as written, for messages and the stats document. */
  text: string;
  origin: Origin;
}

export type AppSetting =
  | {
      language: 'python';
      /** `wsgi-file`, relative to the working directory after `chdir`. */
      wsgiFile: string | null;
      /** `module`, `pkg.mod` or `pkg.mod:callable`. */
      module: string | null;
      /** `callable`; uWSGI's default is `application`. */
      callable: string;
      pythonpath: string[];
      /** `virtualenv`/`home`; null: the `python3` on PATH. */
      virtualenv: string | null;
    }
  | { language: 'javascript' /** `js-app` */; file: string }
  | { language: 'none' };

export interface EngineSettings {
  /** The files read, in order, absolute. The first is the one the user named. */
  configFiles: string[];
  /** Every option in effect, in order, for `show-config`, SIGUSR1 and `uwsgi.opt`. */
  options: { key: string; value: string; origin: Origin }[];
  listeners: ListenerSetting[];
  app: AppSetting;
  master: boolean;
  processes: number;
  /** Cores of each worker; 1 unless `threads` says more. */
  threads: number;
  enableThreads: boolean;
  lazyApps: boolean;
  needApp: boolean;
  singleInterpreter: boolean;
  chdir: string | null;
  /** `env = K=V`, in order. */
  env: [name: string, value: string][];
  /** 0: off. */
  harakiriSeconds: number;
  harakiriVerbose: boolean;
  /** 0: off. */
  maxRequests: number;
  minWorkerLifetimeSeconds: number;
  workerReloadMercySeconds: number;
  /** `listen`: length of the gateway's request queue, and backlog of each socket when that is more than the engine's own. */
  listen: number;
  /** Largest request line plus headers (HTTP) or vars block (uwsgi), in bytes. The engine's default is 65536. */
  bufferSizeBytes: number;
  /** 0: no limit. */
  limitPostBytes: number;
  socketTimeoutSeconds: number;
  httpTimeoutSeconds: number;
  httpKeepaliveSeconds: number;
  stats: SocketAddress[];
  statsHttp: boolean;
  statsMinified: boolean;
  statsNoCores: boolean;
  masterFifos: string[];
  touchReload: string[];
  pidfile: string | null;
  dieOnTerm: boolean;
  vacuum: boolean;
  /** Octal mode of unix sockets, e.g. 0o666; null: as umask says. */
  chmodSocket: number | null;
  logto: string | null;
  logFormat: string | null;
  disableLogging: boolean;
  logDate: boolean;
  memoryReport: boolean;
  autoProcname: boolean;
  procnamePrefix: string;
  strict: boolean;
  showConfig: boolean;
}
