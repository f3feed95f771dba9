/**
 * Values of `logger`, `req-logger`, `log-route` and `log-encoder`: small languages of uWSGI's own. Pure readers; each
 * gives what it read, or what is wrong as the end of a sentence that begins with the line itself.
 */
import { parseAddress } from '../address.ts';
import { resolvePath } from '../host.ts';
import type { DatagramAddress, LogEncoderSetting, LogRoute, LogTarget } from '../log-settings.ts';
import { unknownConversion } from '../strftime.ts';
import { wholeNumber } from '../values.ts';

const KNOWN_LOGGERS = 'file, stdio, fd, socket, syslog, rsyslog, systemd and pipe';

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console solaris-cron local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
const DAEMON = 3;
/** LOG_DAEMON and LOG_NOTICE, as uWSGI's rsyslog plugin sends. */
const RSYSLOG_PRIORITY = 29;
const SYSLOG_PORT = 514;

/** `[name ]plugin[:argument]`. */
export function parseLogger(value: string, cwd: string): { name: string | null; target: LogTarget } | string {
  const parts = /^(?:(?<name>[^\s:]+)\s+)?(?<plugin>[a-z][a-z0-9_]*)(?::(?<argument>[^]*))?$/.exec(value)?.groups;
  const plugin = parts?.['plugin'];
  if (plugin === undefined) return `needs 'PLUGIN:ARGUMENT' or 'NAME PLUGIN:ARGUMENT'.`;
  const target = parseTarget(plugin, parts?.['argument'] ?? '', cwd);
  return typeof target === 'string' ? target : { name: parts?.['name'] ?? null, target };
}

function parseTarget(plugin: string, argument: string, cwd: string): LogTarget | string {
  switch (plugin) {
    case 'file':
      return parseFile(argument, cwd);
    case 'stdio':
      return { type: 'descriptor', fd: 1 };
    case 'fd': {
      const fd = wholeNumber(argument);
      return fd === null ? 'needs the number of a descriptor.' : { type: 'descriptor', fd };
    }
    case 'socket':
      return parseSocketTarget(argument, cwd);
    case 'syslog':
      return parseSyslog(argument);
    case 'rsyslog':
      return parseRsyslog(argument);
    case 'systemd':
      return { type: 'systemd', ident: argument === '' ? 'uwsgi' : argument };
    case 'pipe':
      return argument === '' ? 'needs a command.' : { type: 'pipe', command: argument };
    default:
      return `names the logger '${plugin}', which the engine does not have: it has ${KNOWN_LOGGERS}.`;
  }
}

/** A path, or `logfile=PATH,maxsize=BYTES,backupname=PATH`. */
function parseFile(argument: string, cwd: string): LogTarget | string {
  if (argument === '') return 'needs the path of a file.';
  if (!argument.includes('=')) {
    return { type: 'file', path: resolvePath(cwd, argument), maxSizeBytes: 0, backupName: null };
  }
  const values = new Map(argument.split(',').map((pair) => [pair.split('=', 1)[0] ?? '', pair.replace(/^[^=]*=/, '')]));
  const unknown = [...values.keys()].find((key) => !['logfile', 'maxsize', 'backupname'].includes(key));
  if (unknown !== undefined) return `has '${unknown}', which is none of logfile, maxsize and backupname.`;
  const path = values.get('logfile') ?? '';
  if (path === '') return "needs 'logfile='.";
  const maxSizeBytes = wholeNumber(values.get('maxsize') ?? '0');
  if (maxSizeBytes === null) return "needs a number of bytes as 'maxsize'.";
  const backupName = values.get('backupname');
  return {
    type: 'file',
    path: resolvePath(cwd, path),
    maxSizeBytes,
    backupName: backupName === undefined ? null : resolvePath(cwd, backupName),
  };
}

/** `ADDRESS[,PREFIX]`: UDP, or datagrams to a unix socket. */
export function parseSocketTarget(argument: string, cwd: string): LogTarget | string {
  const comma = argument.indexOf(',');
  const address = parseDatagramAddress(comma < 0 ? argument : argument.slice(0, comma), cwd);
  if (typeof address === 'string') return address;
  return { type: 'socket', address, prefix: comma < 0 ? null : argument.slice(comma + 1) };
}

function parseDatagramAddress(text: string, cwd: string): DatagramAddress | string {
  const parsed = parseAddress(text);
  if (!parsed.ok) return `has no address. ${parsed.message}`;
  const { address } = parsed;
  if (address.type === 'fd') return 'needs an address, not a descriptor.';
  return address.type === 'unix' ? { type: 'unix', path: resolvePath(cwd, address.path) } : address;
}

/** `[IDENT][,FACILITY]`. */
export function parseSyslog(argument: string): LogTarget | string {
  const [ident = '', name] = argument.split(',');
  const facility = name === undefined ? DAEMON : FACILITIES.indexOf(name);
  if (facility < 0) return `names '${name ?? ''}', which is no facility of syslog such as local6.`;
  return { type: 'syslog', ident: ident === '' ? 'uwsgi' : ident, facility };
}

/** `HOST[:PORT][,IDENT[,PRIORITY]]`. */
function parseRsyslog(argument: string): LogTarget | string {
  const [host = '', ident = '', written] = argument.split(',');
  const parsed = parseAddress(/:\d+$/.test(host) ? host : `${host}:${SYSLOG_PORT}`);
  if (!parsed.ok || parsed.address.type !== 'tcp' || parsed.address.host === '') return "needs 'HOST:PORT'.";
  const priority = written === undefined ? RSYSLOG_PRIORITY : wholeNumber(written);
  if (priority === null || priority > 191) return 'needs a priority from 0 to 191 as its third part.';
  return { type: 'rsyslog', address: parsed.address, ident: ident === '' ? 'uwsgi' : ident, priority };
}

/** `NAME EXPRESSION`. */
export function parseRoute(value: string): LogRoute | string {
  const parts = /^(?<logger>\S+)\s+(?<pattern>\S[^]*)$/.exec(value)?.groups;
  const { logger, pattern } = parts ?? {};
  if (logger === undefined || pattern === undefined) return 'needs the name of a logger and a regular expression.';
  return expressionError(pattern) ?? { logger, pattern };
}

/** null: it can be used. */
export function expressionError(pattern: string): string | null {
  try {
    ''.search(pattern);
    return null;
  } catch (error) {
    return `has a regular expression that can not be read (${error instanceof Error ? error.message : String(error)}).`;
  }
}

const ENCODERS = ['prefix', 'suffix', 'nl', 'format', 'json'] as const;

/** `NAME[:LOGGER][ ARGUMENT]`. */
export function parseEncoder(value: string): LogEncoderSetting | string {
  const parts = /^(?<type>[a-z]+)(?::(?<logger>\S+))?(?:\s(?<argument>[^]*))?$/.exec(value)?.groups;
  const type = ENCODERS.find((name) => name === parts?.['type']);
  if (parts === undefined || type === undefined) {
    return `needs one of ${ENCODERS.join(', ')} and what belongs to it, with a blank in between.`;
  }
  const argument = parts['argument'] ?? '';
  if (argument === '' && type !== 'nl') return `needs a text after '${type}'.`;
  for (const [, format = ''] of argument.matchAll(/\$\{strftime:([^}]*)\}/g)) {
    const unknown = unknownConversion(format);
    if (unknown !== null) return `has '${unknown}', which strftime does not know.`;
  }
  return { type, argument, logger: parts['logger'] ?? null };
}
