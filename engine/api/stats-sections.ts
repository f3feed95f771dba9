/**
 * The flat sections of the stats document: the keys of each item, in the order in which uWSGI emits them, and what they
 * hold. Reading (parse-stats.ts) and writing (format-stats.ts) go by the same lists.
 */
import type {
  StatsAlarm,
  StatsCache,
  StatsCron,
  StatsCronRun,
  StatsDaemon,
  StatsMule,
  StatsReload,
  StatsSignal,
  StatsSocket,
  StatsSpool,
  StatsSpooler,
  StatsTimer,
} from './stats.ts';

/** `0`: a number, `''`: a text; also what a missing key is read as. */
export type Shape<T> = { readonly [Key in keyof T]-?: T[Key] extends number ? 0 : '' };

export const DAEMON: Shape<StatsDaemon> = { cmd: '', pid: 0, respawns: 0 };

export const CACHE: Shape<StatsCache> = {
  name: '',
  hash: '',
  hashsize: 0,
  keysize: 0,
  max_items: 0,
  blocks: 0,
  blocksize: 0,
  items: 0,
  hits: 0,
  miss: 0,
  full: 0,
  last_modified_at: 0,
};

export const SOCKET: Shape<StatsSocket> = { name: '', proto: '', queue: 0, max_queue: 0, shared: 0, can_offload: 0 };

export const SPOOLER: Shape<StatsSpooler> = { dir: '', pid: 0, tasks: 0, respawns: 0, running: 0 };

export const CRON: Shape<StatsCron> = {
  minute: 0,
  hour: 0,
  day: 0,
  month: 0,
  week: 0,
  command: '',
  unique: 0,
  legion: '',
  pid: 0,
  started_at: 0,
};

export const RELOAD: Shape<StatsReload> = { kind: '', status: '', started: 0, ended: 0, reason: '' };

export const SPOOL: Shape<StatsSpool> = {
  dir: '',
  waiting: 0,
  later: 0,
  running: 0,
  failed: 0,
  oldest_age: 0,
  attempts: 0,
  failures: 0,
};

export const MULE: Shape<StatsMule> = {
  id: 0,
  pid: 0,
  command: '',
  farms: '',
  status: '',
  queue: 0,
  signals: 0,
  respawn_count: 0,
  last_spawn: 0,
};

export const TIMER: Shape<StatsTimer> = {
  kind: '',
  signal: 0,
  path: '',
  seconds: 0,
  iterations: 0,
  last: 0,
  next: 0,
  raised: 0,
};

export const CRON_RUN: Shape<StatsCronRun> = { last_started: 0, last_ended: 0, last_code: 0, next: 0, runs: 0 };

export const SIGNAL: Shape<StatsSignal> = { number: 0, target: '', raised: 0, last: 0 };

export const ALARM: Shape<StatsAlarm> = { name: '', action: '', raised: 0, last: 0, last_message: '' };
