/**
 * The stats document of uWSGI (2.0.x), key by key, in the order in which it is emitted.
 * The engine writes it, the console reads it from the engine and from a real uWSGI alike.
 * Units are uWSGI's own: `rss`/`vsz` bytes, `running_time`/`avg_rt` microseconds, `last_spawn` epoch seconds,
 * `startup_time` seconds. Parsing is in parse-stats.ts, writing in format-stats.ts.
 */

export interface StatsDocument {
  version: string;
  listen_queue: number;
  listen_queue_errors: number;
  signal_queue: number;
  load: number;
  pid: number;
  uid: number;
  gid: number;
  cwd: string;
  /** Programs beside the server (`attach-daemon`); the key is there only when there are some. */
  daemons?: StatsDaemon[] | undefined;
  locks: Record<string, number>[];
  /** Each of these keys is there only when the server has some. */
  caches?: StatsCache[] | undefined;
  metrics?: Record<string, StatsMetric> | undefined;
  sockets: StatsSocket[];
  workers: StatsWorker[];
  spoolers?: StatsSpooler[] | undefined;
  crons?: StatsCron[] | undefined;
  /** The engine's own: what uWSGI's document has no place for. */
  reeve?: StatsReeve | undefined;
}

/** Each part is there only when the server has some of it. */
export interface StatsReeve {
  /** Number of the generation of workers that serves; there once a reload was asked for. */
  generation?: number | undefined;
  last_reload?: StatsReload | undefined;
  /** What is in the folders of `spoolers`, in the same order, each folder once. */
  spools?: StatsSpool[] | undefined;
  mules?: StatsMule[] | undefined;
  timers?: StatsTimer[] | undefined;
  /** The runs of `crons`, in the same order. */
  cron_runs?: StatsCronRun[] | undefined;
  signals?: StatsSignal[] | undefined;
  alarms?: StatsAlarm[] | undefined;
}

export interface StatsReload {
  /** `graceful`, `brutal`, `workers`, … */
  kind: string;
  /** `running`, `done` or `failed`. */
  status: string;
  /** Epoch seconds. */
  started: number;
  /** Epoch seconds; 0 while it runs. */
  ended: number;
  /** Why it failed; empty otherwise. */
  reason: string;
}

export interface StatsCache {
  name: string;
  hash: string;
  hashsize: number;
  keysize: number;
  max_items: number;
  blocks: number;
  blocksize: number;
  items: number;
  hits: number;
  miss: number;
  full: number;
  /** Epoch seconds. */
  last_modified_at: number;
}

export interface StatsMetric {
  /** 0 counter, 1 gauge, 2 absolute, 3 alias. */
  type: number;
  oid: string;
  value: number;
}

/** One process of a spooler folder. `tasks` counts those it has run to their end. */
export interface StatsSpooler {
  dir: string;
  pid: number;
  tasks: number;
  respawns: number;
  running: number;
}

/** -1 in a field of time is any, -N every Nth. `pid` is -1 when it does not run. */
export interface StatsCron {
  minute: number;
  hour: number;
  day: number;
  month: number;
  week: number;
  command: string;
  unique: number;
  legion: string;
  pid: number;
  /** Epoch seconds. */
  started_at: number;
}

export interface StatsSpool {
  dir: string;
  /** Tasks that are due, those whose time is yet to come, those that run, and those that were given up. */
  waiting: number;
  later: number;
  running: number;
  failed: number;
  /** Age of the oldest task that is due, in seconds. */
  oldest_age: number;
  /** Runs since the start, and those of them that did not end with SPOOL_OK. */
  attempts: number;
  failures: number;
}

export interface StatsMule {
  id: number;
  pid: number;
  /** The script or function that it runs; empty: it waits for messages and signals. */
  command: string;
  /** Names of its farms, with commas. */
  farms: string;
  /** `idle`, `busy`, `sig` with a number, or `cheap` when it does not run. */
  status: string;
  /** Messages that wait for it. */
  queue: number;
  signals: number;
  respawn_count: number;
  /** Epoch seconds. */
  last_spawn: number;
}

export interface StatsTimer {
  /** `timer`, `rbtimer`, `cron` or `file`. */
  kind: string;
  signal: number;
  /** Of a file monitor: the path; of a cron: its five numbers; empty otherwise. */
  path: string;
  seconds: number;
  /** How often it is still to come; 0: for ever. */
  iterations: number;
  /** Epoch seconds; 0: never yet, or not known. */
  last: number;
  next: number;
  raised: number;
}

export interface StatsCronRun {
  /** Epoch seconds; 0: never yet. */
  last_started: number;
  last_ended: number;
  /** Exit code of the last run, or minus the number of its signal. */
  last_code: number;
  next: number;
  runs: number;
}

export interface StatsSignal {
  number: number;
  /** As it was registered: `worker`, `workers`, `mule1`, `spooler` ... */
  target: string;
  raised: number;
  /** Epoch seconds; 0: never yet. */
  last: number;
}

export interface StatsAlarm {
  name: string;
  /** `cmd:/usr/bin/mail ...`, as configured. */
  action: string;
  raised: number;
  last: number;
  last_message: string;
}

export interface StatsDaemon {
  cmd: string;
  pid: number;
  respawns: number;
}

export interface StatsSocket {
  name: string;
  proto: string;
  queue: number;
  max_queue: number;
  shared: number;
  can_offload: number;
}

export interface StatsWorker {
  id: number;
  pid: number;
  accepting: number;
  requests: number;
  delta_requests: number;
  exceptions: number;
  harakiri_count: number;
  signals: number;
  signal_queue: number;
  /** `idle`, `busy`, `cheap`, `pause` or `sig` with a number. */
  status: string;
  rss: number;
  vsz: number;
  /** With `memory-report = 2` (and always in uWSGI from 2.0.22 on): memory of its own, and its share of shared memory. */
  uss?: number;
  pss?: number;
  running_time: number;
  last_spawn: number;
  respawn_count: number;
  tx: number;
  avg_rt: number;
  apps: StatsApp[];
  cores: StatsCore[];
}

export interface StatsApp {
  id: number;
  modifier1: number;
  mountpoint: string;
  startup_time: number;
  requests: number;
  exceptions: number;
  chdir: string;
}

export interface StatsCore {
  id: number;
  requests: number;
  static_requests: number;
  routed_requests: number;
  offloaded_requests: number;
  write_errors: number;
  read_errors: number;
  in_request: number;
  /** `KEY=VALUE` of the request that runs now, then one empty string; empty when idle. */
  vars: string[];
  req_info: { request_start?: number };
}
