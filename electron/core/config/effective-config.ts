/**
 * What a server's configuration says about the ways to watch and to reload it, in one plain object: from the file
 * the bundled engine runs, or from the arguments of a process that was found. Reading is in read-effective.ts.
 */
import type { BackgroundOptions } from '../background/background-options.ts';
import type { LogOption } from '../logs/log-options.ts';

export interface EffectiveConfig {
  /** The file its user named; null when everything came from the command line. */
  configPath: string | null;
  /** Every file that was read, in order. */
  files: string[];
  optionCount: number;
  /** `module = shop.wsgi`, the last of LISTED_APPLICATIONS; null: none of them is set. */
  application: string | null;
  /** Why it could not be read to its end; then the rest is what is known. */
  errors: string[];
  /** It asks for what is not read here (a program's output, another machine, a plugin): that is no fault of the file. */
  otherFormat: boolean;
  /** As Reeve writes it: `http://` in front with stats-http, absolute path for a unix socket. */
  statsAddress: string | null;
  masterFifos: string[];
  /** null: off. */
  harakiriMs: number | null;
  touchReload: string[];
  touchWorkersReload: string[];
  touchChainReload: string[];
  lazyApps: boolean;
  /** `lazy`, the old mode: a graceful reload replaces only the workers, the master stays as it is. */
  lazy: boolean;
  /** uWSGI's own HTTP router stands before the workers. */
  router: boolean;
  mercyMs: number;
  listen: number;
  processes: number;
  /** Where a browser reaches it. */
  url: string | null;
  memoryReport: boolean;
  /** The number of workers may change while it runs: `cheaper` or `cheap`. */
  cheaper: boolean;
  /** Where its master writes its number; null: nowhere. */
  pidfile: string | null;
  /** What an emperor watches: folders, patterns of files; empty: it is none. */
  emperor: string[];
  /** `emperor-stats`, written as `statsAddress`. */
  emperorStatsAddress: string | null;
  /** A vassal that promised heartbeats is killed after so long without one. */
  heartbeatMs: number;
  /** A file that takes the log; null: standard error. */
  logto: string | null;
  /** Every place that is named for a log. */
  logs: LogOption[];
  /** `log-format`; null: uWSGI's own request line. */
  logFormat: string | null;
  /** Spoolers, mules and the like. */
  background: BackgroundOptions;
}

/** Options that name applications which stand in uWSGI's stats; those of PHP and CGI never do. */
export const LISTED_APPLICATIONS = [
  'wsgi-file',
  'module',
  'asgi',
  'js-app',
  'psgi',
  'rack',
  'mount',
  'eval',
  'paste',
] as const;

export const DEFAULT_MERCY_MS = 60_000;
export const DEFAULT_HEARTBEAT_MS = 30_000;
export const DEFAULT_LISTEN = 100;
