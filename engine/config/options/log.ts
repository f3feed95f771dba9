/**
 * The log: what its lines look like, which are kept, and where they go. Values with a language of their own are read
 * in loggers.ts.
 */
import { resolvePath } from '../host.ts';
import { type LogSettings, type LogTarget, STANDARD_DATE } from '../log-settings.ts';
import type { Origin } from '../settings.ts';
import { unknownConversion } from '../strftime.ts';
import { isFlagWord, isOn } from '../values.ts';
import { expressionError, parseEncoder, parseLogger, parseRoute, parseSocketTarget, parseSyslog } from './loggers.ts';
import { type Draft, flag, type OptionSection, type Reader, readFlag, readNumber, take } from './section.ts';

export const logOptions: OptionSection = {
  data: `
logto | path | works | | Writes the log to this file, or to a UDP address. | effect=restart here=reload
logto2 | path | works | | As 'logto', opened after privileges were dropped. | effect=restart here=reload
log-format | string | works | | Format of the line logged for each request.
logformat-strftime | flag | works | false | Writes '%(ftime)' of 'log-format' in the form of 'log-date'.
disable-logging | flag | works | false | Logs no requests, beside those that options such as 'log-5xx' ask for.
log-date | string | works | | Puts the date in front of each line of the server's own, in this form of strftime.
log-prefix | string | works | uWSGI | Puts this text in front of each line of the server's own.
log-master | flag | works | false | Sends what workers print through the master, which 'log-encoder' and 'log-filter' need.
log-master-bufsize | int | none: lines have no such limit | 8192 | Longest line that goes through the master. | unit=bytes
log-master-stream | flag | none: it is a stream anyway | | Sends lines through the master as a stream.
log-master-req-stream | flag | none: it is a stream anyway | | Sends request lines through the master as a stream.
threaded-logger | flag | none: no logger holds the master up | | Writes the log in a thread of its own.
log-4xx | flag | works | false | Logs requests answered with 4xx although request logging is off.
log-5xx | flag | works | false | Logs requests answered with 5xx although request logging is off.
log-slow | int | works | 0 | Logs requests that took this many milliseconds although request logging is off. | unit=milliseconds
log-big | bytes | works | 0 | Logs answers with a body of this size although request logging is off.
log-zero | flag | works | false | Logs answers without a body although request logging is off.
log-ioerror | flag | works | false | Logs requests whose client went away although request logging is off.
log-sendfile | flag | none: the gateway sends all answers, files too | | Logs requests answered with a file although request logging is off.
log-micros | flag | works | false | Gives the time of requests in microseconds.
log-x-forwarded-for | flag | works | false | Logs X-Forwarded-For in place of the peer's address; the engine believes it of trusted proxies only.
log-maxsize | bytes | works | 0 | Size at which the log file is renamed and a new one begun.
log-backupname | path | works | | Name of the renamed log file; the default is its name with the time.
log-reopen | flag | works | false | Opens the log file again at a reload.
log-truncate | flag | works | false | Empties the log file at the start. | effect=restart
logfile-chmod | mode | works | 640 | Mode of the log file, in octal. | effect=restart
logfile-chown | flag | none: the file of 'logto' is given to the user anyway | | Gives the log file to the user the server runs as. | effect=restart
logger | list | works | | Where the server's log goes: '[NAME ]PLUGIN:ARGUMENT'.
req-logger | list | works | | Where the request log goes: '[NAME ]PLUGIN:ARGUMENT'.
logger-list | flag | no | | Shows the loggers there are and ends.
log-syslog | string | works | uwsgi | Sends the log to syslog: '[IDENT][,FACILITY]'.
log-socket | address | works | | Sends the log to this address, a datagram for each line.
log-route | list | works | | Sends lines that match an expression to the logger of this name: 'NAME EXPRESSION'.
log-req-route | list | works | | Sends request lines that match an expression to the logger of this name: 'NAME EXPRESSION'.
log-filter | list | works | | Keeps only lines that match this expression.
log-drain | list | works | | Drops lines that match this expression.
log-encoder | list | works | | Changes each line: prefix, suffix, nl, format or json, with its text.
log-req-encoder | list | works | | Changes each request line: prefix, suffix, nl, format or json, with its text.
log-zeromq | string | no | | Sends the log to a ZeroMQ socket.
rsyslog-packet-size | bytes | works | 1024 | Longest datagram sent by the logger rsyslog; the rest of a line is cut off.
rsyslog-split-messages | flag | works | false | Sends the rest of a line in datagrams of its own instead of cutting it off.
`,
  readers: {
    logto: readLogto,
    logto2: log((settings, path, cwd) => {
      settings.logto2 = resolvePath(cwd, path);
    }),
    'log-format': (draft, value) => take(value, (text) => (draft.settings.logFormat = text)),
    'logformat-strftime': logFlag((settings, isSet) => (settings.formatTimes = isSet)),
    'disable-logging': flag('disableLogging'),
    'log-date': readLogDate,
    'log-prefix': ({ settings }, value) => {
      settings.log.prefix = isFlagWord(value) ? (isOn(value) ? 'uWSGI' : null) : value;
      return null;
    },
    'log-master': logFlag((settings, isSet) => (settings.throughMaster = isSet)),
    'log-4xx': logFlag(({ requestFilter }, isSet) => (requestFilter.status4xx = isSet)),
    'log-5xx': logFlag(({ requestFilter }, isSet) => (requestFilter.status5xx = isSet)),
    'log-slow': readNumber(({ log: { requestFilter } }, ms) => (requestFilter.slowMs = ms)),
    'log-big': readNumber(({ log: { requestFilter } }, bytes) => (requestFilter.bigBytes = bytes)),
    'log-zero': logFlag(({ requestFilter }, isSet) => (requestFilter.zero = isSet)),
    'log-ioerror': logFlag(({ requestFilter }, isSet) => (requestFilter.ioError = isSet)),
    'log-micros': logFlag((settings, isSet) => (settings.micros = isSet)),
    'log-x-forwarded-for': logFlag((settings, isSet) => (settings.forwardedFor = isSet)),
    'log-maxsize': readNumber((settings, bytes) => (settings.log.maxSizeBytes = bytes)),
    'log-backupname': log((settings, path, cwd) => {
      settings.backupName = resolvePath(cwd, path);
    }),
    'log-reopen': logFlag((settings, isSet) => (settings.reopenAtReload = isSet)),
    'log-truncate': logFlag((settings, isSet) => (settings.truncate = isSet)),
    'logfile-chmod': readFileMode,
    logger: readLogger('server'),
    'req-logger': readLogger('requests'),
    'log-syslog': addTarget((value) => parseSyslog(isFlagWord(value) ? '' : value)),
    'log-socket': addTarget(parseSocketTarget),
    'log-route': readRoute('server'),
    'log-req-route': readRoute('requests'),
    'log-filter': readExpression((settings, pattern) => settings.filters.push(pattern)),
    'log-drain': readExpression((settings, pattern) => settings.drains.push(pattern)),
    'log-encoder': readEncoder('server'),
    'log-req-encoder': readEncoder('requests'),
    'rsyslog-packet-size': readNumber((settings, bytes) => (settings.log.rsyslogPacketBytes = bytes), 64),
    'rsyslog-split-messages': logFlag((settings, isSet) => (settings.rsyslogSplits = isSet)),
  },
};

type ChannelName = 'server' | 'requests';

function logFlag(use: (settings: LogSettings, isSet: boolean) => unknown): Reader {
  return readFlag((settings, isSet) => {
    use(settings.log, isSet);
  });
}

function log(use: (settings: LogSettings, value: string, cwd: string) => void): Reader {
  return ({ settings, host }, value) => take(value, (text) => use(settings.log, text, host.cwd));
}

/** As in uWSGI an address makes it UDP. */
function readLogto(draft: Draft, value: string, origin: Origin): string | null {
  if (!/^[^/]+:\d+$/.test(value)) {
    return take(value, (path) => (draft.settings.logto = resolvePath(draft.host.cwd, path)));
  }
  const target = parseSocketTarget(value, draft.host.cwd);
  if (typeof target === 'string') return target;
  draft.settings.log.server.loggers.push({ name: null, target, text: value, origin });
  return null;
}

function readLogDate(draft: Draft, value: string): string | null {
  const unknown = unknownConversion(value);
  if (unknown !== null) return `has '${unknown}', which strftime does not know.`;
  draft.settings.log.dateFormat = isFlagWord(value) ? (isOn(value) ? STANDARD_DATE : null) : value;
  return null;
}

function readFileMode(draft: Draft, value: string): string | null {
  if (!/^[0-7]{3,4}$/.test(value)) return 'needs an octal file mode such as 644.';
  draft.settings.log.fileMode = Number.parseInt(value, 8);
  return null;
}

function readLogger(channel: ChannelName): Reader {
  return (draft, value, origin) => {
    const logger = parseLogger(value, draft.host.cwd);
    if (typeof logger === 'string') return logger;
    draft.settings.log[channel].loggers.push({ ...logger, text: value, origin });
    return null;
  };
}

function addTarget(parse: (value: string, cwd: string) => LogTarget | string): Reader {
  return (draft, value, origin) => {
    const target = parse(value, draft.host.cwd);
    if (typeof target === 'string') return target;
    draft.settings.log.server.loggers.push({ name: null, target, text: value, origin });
    return null;
  };
}

function readRoute(channel: ChannelName): Reader {
  return (draft, value) => {
    const route = parseRoute(value);
    if (typeof route === 'string') return route;
    draft.settings.log[channel].routes.push(route);
    return null;
  };
}

function readExpression(use: (settings: LogSettings, pattern: string) => unknown): Reader {
  return (draft, value) => {
    const error = value === '' ? 'needs a regular expression.' : expressionError(value);
    if (error === null) use(draft.settings.log, value);
    return error;
  };
}

function readEncoder(channel: ChannelName): Reader {
  return (draft, value) => {
    const encoder = parseEncoder(value);
    if (typeof encoder === 'string') return encoder;
    draft.settings.log[channel].encoders.push(encoder);
    return null;
  };
}
