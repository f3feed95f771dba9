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
  daemons?: StatsDaemon[];
  locks: Record<string, number>[];
  sockets: StatsSocket[];
  workers: StatsWorker[];
  /** The engine's own, there once a reload was asked for. */
  reeve?: StatsReeve;
}

export interface StatsReeve {
  /** Number of the generation of workers that serves. */
  generation: number;
  last_reload: {
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
  };
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
