/**
 * What a configuration means to the bundled engine: one plain object, every unit in its name.
 * `buildSettings` (build-settings.ts) makes it from a resolved option list; the master, the gateways and
 * the workers read nothing else. Pure data: it can be sent to a thread or written to a worker as JSON.
 */

import type { AlarmSettings } from './alarm-settings.ts';
import type { CgiApp } from './cgi-app.ts';
import type { CheaperSettings, SleepSettings } from './cheaper-settings.ts';
import type { CommonsSettings } from './commons-settings.ts';
import type { CompanionSetting } from './companion-settings.ts';
import type { CronSettings } from './cron-settings.ts';
import type { EmperorSettings } from './emperor-settings.ts';
import type { LogSettings } from './log-settings.ts';
import type { LoopSettings } from './loop-settings.ts';
import type { MetricSettings } from './metric-settings.ts';
import type { MuleSettings } from './mule-settings.ts';
import type { PerlApp } from './perl-app.ts';
import type { PhpApp } from './php-app.ts';
import type { PythonApp } from './python-app.ts';
import type { RoutingSettings } from './routing-settings.ts';
import type { RubyApp } from './ruby-app.ts';
import type { SignalSettings } from './signal-settings.ts';
import type { SpoolerSettings } from './spooler-settings.ts';
import type { StaticSettings } from './static-settings.ts';
import type { StatsSettings } from './stats-settings.ts';
import type { HookSetting, SystemSettings } from './system-settings.ts';
import type { WebSocketSettings } from './websocket-settings.ts';

/** Where a value was written: shown in every error about it. `file` is `command line` or `environment` when it was no file. */
export interface Origin {
  file: string;
  /** 1-based; 0 when the value did not come from a file. */
  line: number;
  /** What put this line in: the include, loop, condition or declared option around it. Absent for a line of its own. */
  via?: OriginStep;
}

/** `include = common.ini` in line 3 of shop.ini, which may itself have come in through another. */
export interface OriginStep {
  option: string;
  value: string;
  /** Of a loop: the word that `%(_)` stood for. */
  word?: string;
  origin: Origin;
}

/** A socket address in uWSGI's notation (`127.0.0.1:8080`, `:8080`, `[::1]:8080`, `/run/a.sock`, `@abstract`, `fd://3`). */
export type SocketAddress =
  | { type: 'tcp'; host: string; port: number }
  | { type: 'unix'; path: string }
  | { type: 'abstract'; name: string }
  /** A listening socket that was inherited: `fd://3`. */
  | { type: 'fd'; fd: number };

/**
 * What is spoken there: `http` (the router), `http-socket` and `http11-socket` speak HTTP/1.1, the others are for front
 * servers. `-nph`: answers begin with an HTTP status line instead of a `Status:` header.
 */
export type ListenerKind =
  | 'http'
  | 'http-socket'
  | 'http11-socket'
  | 'uwsgi'
  | 'fastcgi'
  | 'fastcgi-nph'
  | 'scgi'
  | 'scgi-nph';

export interface ListenerSetting {
  kind: ListenerKind;
  address: SocketAddress;
  /** The value as written, for messages and the stats document. */
  text: string;
  origin: Origin;
  /** Null: what is spoken here is not encrypted. */
  tls: CertificateSetting | null;
  /** `http-to-https`: requests are answered with the way to the same address by HTTPS. */
  redirects: boolean;
}

/** A certificate and what is asked of clients; paths are absolute. */
export interface CertificateSetting {
  certificateFile: string;
  keyFile: string;
  /** OpenSSL's list of ciphers; null: Node's. */
  ciphers: string | null;
  /** Authorities whose client certificates are believed; null: clients are not asked for one. */
  clientCaFile: string | null;
  /** A client without a certificate is refused. */
  requiresClient: boolean;
}

/** Certificates that are chosen by the name that the client asks for, and what all TLS listeners share. */
export interface TlsSettings {
  /** In order. `pattern`: a regular expression that the whole name or a part of it matches. */
  names: { match: { type: 'name' | 'pattern'; text: string }; certificate: CertificateSetting; origin: Origin }[];
  /** `sni-dir`: NAME.crt and NAME.key for the names that are not in `names`; NAME.ca for client certificates. */
  folder: string | null;
  folderCiphers: string | null;
  /** How long a session may be taken up again; 0: as long as OpenSSL has it. */
  sessionSeconds: number;
  sessionContext: string | null;
  /** `ssl-option`: bits of OpenSSL's SSL_OP_*. */
  opensslOptions: number;
  /** `ssl-verbose`: failed handshakes are logged. */
  isVerbose: boolean;
}

/** What holds for every listening socket. */
export interface SocketSettings {
  /** `http-processes`: gateway threads. */
  gateways: number;
  /** `chown-socket`, as written: `user` or `user:group`. */
  owner: { text: string; origin: Origin } | null;
  /** `worker-accept`: workers accept connections themselves; all listeners are plain uwsgi sockets then. */
  workerAccept: boolean;
  /** `so-keepalive`. */
  keepAlive: boolean;
  /** `reuse-port`: other servers may listen on the same TCP ports. */
  reusePort: boolean;
  /** `max-fd`: open files each process may have; 0: as it was started. */
  maxFiles: number;
}

export type AppSetting =
  | PythonApp
  | { language: 'javascript' /** `js-app` */; file: string }
  | RubyApp
  | PerlApp
  | PhpApp
  | CgiApp
  | { language: 'none' };

/** How requests are read and answered, beside the limits below; the gateways get it as it stands. */
export interface ProtocolSettings {
  /** `http-headers-timeout`: longest time for a request's head on `http`; 0: 60 seconds. */
  headersTimeoutSeconds: number;
  /** `http-manage-expect = N`: larger bodies of clients that wait for 100 Continue are refused; 0: no limit of its own. */
  expectLimitBytes: number;
  /** `http-auto-gzip`: compresses what the application marks with `uWSGI-Encoding: gzip`. */
  autoGzip: boolean;
  /** `http-var`, in order: variables of each request that comes through `http`. */
  httpVars: [name: string, value: string][];
  /** `http-server-name-as-http-host`: SERVER_NAME of `http` is the Host header. */
  serverNameIsHost: boolean;
  /** `http-enable-proxy-protocol`: PROXY protocol headers are read on `http`. */
  routerProxyProtocol: boolean;
  /** `enable-proxy-protocol`: PROXY protocol headers are read on `http-socket` and its kin. */
  socketProxyProtocol: boolean;
  /**
   * `trusted-proxy`: addresses and networks whose PROXY headers and X-Forwarded-* are believed; empty: this machine, and any front server that speaks uwsgi, FastCGI or SCGI.
   * Peers on unix sockets are always believed.
   */
  trustedProxies: string[];
  /** `add-header`, as written: `Name: value`. */
  addHeaders: string[];
  /** `add-header = Connection: close`: HTTP connections end with their first answer. */
  closesConnections: boolean;
  /** `del-header`: names of response headers that are left out. */
  delHeaders: string[];
  /** `uwsgi-modifiers`, and plugins that stand for one: packets beside requests that uwsgi sockets take. */
  modifiers: number[];
}

/** When a worker is replaced; 0 or empty: not for this reason. `min` keeps young workers from all but exceptions. */
export interface RecyclingSettings {
  maxRequests: number;
  /** Added to `maxRequests` for each worker number above 1. */
  maxRequestsDelta: number;
  minLifetimeSeconds: number;
  maxLifetimeSeconds: number;
  /** Added to `maxLifetimeSeconds` for each worker number above 1. */
  maxLifetimeDeltaSeconds: number;
  /** Replaced when a request ends and its memory (`rss`) or its address space (`as`) is at least this. */
  onRssBytes: number;
  onAsBytes: number;
  /** Killed by the master, whatever it does. */
  evilOnRssBytes: number;
  evilOnAsBytes: number;
  onException: boolean;
  onExceptionTypes: string[];
  onExceptionValues: string[];
  onExceptionReprs: string[];
}

export interface HarakiriSettings {
  /** 0: off. */
  seconds: number;
  verbose: boolean;
  /** 0: SIGABRT, then SIGKILL. Otherwise the worker gets `gracefulSignal` and this long before SIGKILL. */
  gracefulTimeoutSeconds: number;
  gracefulSignal: number;
  /** A request is given up only when at least this many others wait; 0: always. */
  queueThreshold: number;
}

/** What happens when a file is touched. */
export type TouchAction =
  | { type: 'reload' | 'brutal-reload' | 'reload-workers' | 'chain-reload' | 'reopen-log' | 'rotate-log' }
  /** `touch-signal`: one of uWSGI's framework. */
  | { type: 'signal'; number: number }
  | { type: 'renew-mules' | 'renew-spoolers' }
  /** `touch-exec`: a command for the shell. */
  | { type: 'exec'; command: string }
  | SystemTouchAction;

/** `hook-touch`, and the key `touch` of `attach-daemon2`. */
export type SystemTouchAction = { type: 'hook'; hook: HookSetting } | { type: 'restart-daemons' };

export interface TouchSetting {
  path: string;
  action: TouchAction;
}

export interface EngineSettings {
  /** The files read, in order, absolute. The first is the one the user named. */
  configFiles: string[];
  /** Every option in effect, in order, for `show-config`, SIGUSR1 and `uwsgi.opt`. */
  options: { key: string; value: string; origin: Origin }[];
  listeners: ListenerSetting[];
  protocols: ProtocolSettings;
  tls: TlsSettings;
  sockets: SocketSettings;
  app: AppSetting;
  master: boolean;
  processes: number;
  /** Cores of each worker: `threads`, or what `async`, `gevent` and their kin say (loop). */
  threads: number;
  loop: LoopSettings;
  enableThreads: boolean;
  websockets: WebSocketSettings;
  staticFiles: StaticSettings;
  cheaper: CheaperSettings;
  /** What all processes share: locks, caches, the queue. */
  commons: CommonsSettings;
  /** `route` and its kin. */
  routing: RoutingSettings;
  sleep: SleepSettings;
  /** `check-interval`: length of the master's cycle. */
  checkIntervalSeconds: number;
  /** Longest wait before a worker that dies at its start is started again. */
  forkbombDelaySeconds: number;
  listCheaperAlgorithms: boolean;
  lazyApps: boolean;
  /** `lazy`: as `lazyApps`, and a reload replaces the workers only, without reading the configuration again. */
  lazy: boolean;
  needApp: boolean;
  chdir: string | null;
  /** `env`, `unenv` and `envdir`, in order; null removes the variable. */
  env: [name: string, value: string | null][];
  /** Mules and spoolers. */
  companions: CompanionSetting[];
  mules: MuleSettings;
  signals: SignalSettings;
  spooler: SpoolerSettings;
  alarms: AlarmSettings;
  cron: CronSettings;
  metrics: MetricSettings;
  emperor: EmperorSettings;
  harakiri: HarakiriSettings;
  recycling: RecyclingSettings;
  workerReloadMercySeconds: number;
  /** A reload whose new workers are not ready after this time is given up; 0: it waits as long as it takes. */
  reloadTimeoutSeconds: number;
  /** A reload stops the engine instead. */
  exitOnReload: boolean;
  /** `listen`, as the backlog of each socket when that is more than the engine's own. */
  listen: number;
  /** Requests that may wait for a worker: what `listen` says, and 1024 when it is not given. For statistics too. */
  queueLength: number;
  /** Largest request line plus headers (HTTP) or vars block (uwsgi), in bytes. The engine's default is 65536. */
  bufferSizeBytes: number;
  /** 0: no limit. */
  limitPostBytes: number;
  socketTimeoutSeconds: number;
  httpTimeoutSeconds: number;
  httpKeepaliveSeconds: number;
  stats: SocketAddress[];
  statistics: StatsSettings;
  statsHttp: boolean;
  statsMinified: boolean;
  statsNoCores: boolean;
  masterFifos: string[];
  touches: TouchSetting[];
  pidfile: string | null;
  system: SystemSettings;
  dieOnTerm: boolean;
  vacuum: boolean;
  /** Octal mode of unix sockets, e.g. 0o666; null: as umask says. */
  chmodSocket: number | null;
  logto: string | null;
  logFormat: string | null;
  disableLogging: boolean;
  log: LogSettings;
  memoryReport: boolean;
  autoProcname: boolean;
  procnamePrefix: string;
  strict: boolean;
  showConfig: boolean;
}
