/**
 * What the configuration says about the log: how lines look, which of them are kept, where they go. Part of
 * EngineSettings (settings.ts); pure data. Texts that end up in the log are kept as the configuration has them.
 */
import type { Origin, SocketAddress } from './settings.ts';

/** Where lines go. */
export type LogTarget =
  | { type: 'file'; path: string; maxSizeBytes: number; backupName: string | null }
  /** A descriptor the engine was started with; `stdio` is 1. */
  | { type: 'descriptor'; fd: number }
  /** One datagram a line; `prefix` and a blank stand before it. */
  | { type: 'socket'; address: DatagramAddress; prefix: string | null }
  /** The system's own syslog, at /dev/log. */
  | { type: 'syslog'; ident: string; facility: number }
  /** Syslog over UDP; `priority` is the number in angle brackets. */
  | { type: 'rsyslog'; address: DatagramAddress; ident: string; priority: number }
  /** systemd's journal. */
  | { type: 'systemd'; ident: string }
  /** Standard input of a command for the shell. */
  | { type: 'pipe'; command: string };

/** UDP (`tcp` in shape), or a unix socket of datagrams. */
export type DatagramAddress = Exclude<SocketAddress, { type: 'fd' }>;

export interface LoggerSetting {
  /** Lines reach a logger with a name only by a route to it. */
  name: string | null;
  target: LogTarget;
  text: string;
  origin: Origin;
}

/** Lines that match go to the logger of this name, and only there. */
export interface LogRoute {
  logger: string;
  pattern: string;
}

/** One step on a line's way; `logger`: only for the logger of this name. */
export interface LogEncoderSetting {
  type: 'prefix' | 'suffix' | 'nl' | 'format' | 'json';
  argument: string;
  logger: string | null;
}

/** What is logged although `disable-logging` is on; 0 and false: not for this reason. */
export interface RequestLogFilter {
  status4xx: boolean;
  status5xx: boolean;
  slowMs: number;
  bigBytes: number;
  zero: boolean;
  ioError: boolean;
}

/** One of the two logs: the server's (with what applications print) or that of requests. */
export interface LogChannel {
  loggers: LoggerSetting[];
  routes: LogRoute[];
  encoders: LogEncoderSetting[];
}

export interface LogSettings {
  /** `log-date` as a format of strftime; null: lines have no date. */
  dateFormat: string | null;
  /** `log-prefix` */
  prefix: string | null;
  /** `log-master`: what workers print goes through the master. */
  throughMaster: boolean;
  server: LogChannel;
  requests: LogChannel;
  /** `log-filter`: lines that match none of these are dropped. Regular expressions, as are `drains` and routes. */
  filters: string[];
  /** `log-drain`: lines that match one of these are dropped. */
  drains: string[];
  /** `logto2`: the log file from when privileges have been dropped. */
  logto2: string | null;
  /** `log-maxsize`; 0: no rotation by size. */
  maxSizeBytes: number;
  /** `log-backupname` */
  backupName: string | null;
  /** `log-truncate`: the file is emptied at the start. */
  truncate: boolean;
  /** `logfile-chmod` */
  fileMode: number | null;
  /** `log-reopen`: the file is opened anew at a reload. */
  reopenAtReload: boolean;
  requestFilter: RequestLogFilter;
  micros: boolean;
  /** `log-x-forwarded-for`: the client's address in request lines is what the proxy said. */
  forwardedFor: boolean;
  /** `log-format-strftime`: `%(ftime)` follows `log-date`. */
  formatTimes: boolean;
  rsyslogPacketBytes: number;
  rsyslogSplits: boolean;
}

/** uWSGI's standard form of dates. */
export const STANDARD_DATE = '%a %b %e %H:%M:%S %Y';

export function defaultLogSettings(): LogSettings {
  return {
    dateFormat: null,
    prefix: null,
    throughMaster: false,
    server: { loggers: [], routes: [], encoders: [] },
    requests: { loggers: [], routes: [], encoders: [] },
    filters: [],
    drains: [],
    logto2: null,
    maxSizeBytes: 0,
    backupName: null,
    truncate: false,
    fileMode: null,
    reopenAtReload: false,
    requestFilter: { status4xx: false, status5xx: false, slowMs: 0, bigBytes: 0, zero: false, ioError: false },
    micros: false,
    forwardedFor: false,
    formatTimes: false,
    rsyslogPacketBytes: 1024,
    rsyslogSplits: false,
  };
}
