/**
 * The text of request log lines: uWSGI's default line and its `log-format` language. Pure; compiled once per format.
 * Recorded lines in engine/goldens/log. Bytes are latin-1, as in the environ. Control characters in what a client
 * sent are escaped, so that one request is one line.
 */

import { strftime } from '../config/strftime.ts';
import { encodeText } from '../config/text-bytes.ts';

/** What a line may say about a request. */
export interface LogEntry {
  method: string;
  uri: string;
  protocol: string;
  remoteAddress: string;
  remoteUser: string;
  contentLength: number;
  varCount: number;
  varBytes: number;
  status: number;
  headerCount: number;
  headBytes: number;
  bodyBytes: number;
  /** Epoch milliseconds at which the application began. */
  startedMs: number;
  micros: number;
  pid: number;
  wid: number;
  core: number;
  /** -1: the worker has no application. */
  app: number;
  /** Requests of this worker's application, and of all workers. */
  appRequests: number;
  totalRequests: number;
  /** Writes of the application; 0 if it never answered. */
  switches: number;
  writeErrors: number;
  readErrors: number;
  vszBytes: number;
  rssBytes: number;
  /** A request variable, or undefined. */
  variable(name: string): string | undefined;
  /** A variable that the application set for the log. */
  logVariable(name: string): string | undefined;
}

export type LogFormatter = (entry: LogEntry) => string;

export interface LogStyle {
  /** null: uWSGI's default line. */
  format: string | null;
  micros: boolean;
  memoryReport: boolean;
  /** strftime's form of `%(ftime)`; null: as `%(ltime)`. */
  timeFormat: string | null;
}

/** A function that makes a line (without its line end). */
export function compileLogFormat(style: LogStyle): LogFormatter {
  const formatter = style.format === null ? defaultFormatter(style) : customFormatter(style.format, style.timeFormat);
  return (entry) => escapeControls(formatter(entry));
}

function defaultFormatter(style: LogStyle): LogFormatter {
  return (e) => {
    const memory = style.memoryReport
      ? `{address space usage: ${e.vszBytes} bytes/${megabytes(e.vszBytes)}MB} {rss usage: ${e.rssBytes} bytes/${megabytes(e.rssBytes)}MB} `
      : '';
    const time = style.micros ? `${e.micros} micros` : `${Math.floor(e.micros / 1000)} msecs`;
    return (
      `${memory}[pid: ${e.pid}|app: ${e.app}|req: ${e.appRequests}/${e.totalRequests}] ${e.remoteAddress} (${e.remoteUser}) ` +
      `{${e.varCount * 2} vars in ${e.varBytes} bytes} [${formatCtime(e.startedMs)}] ${e.method} ${e.uri} => ` +
      `generated ${e.bodyBytes} bytes in ${time} (${e.protocol} ${e.status}) ` +
      `${e.headerCount} headers in ${e.headBytes} bytes (${e.switches} switches on core ${e.core})`
    );
  };
}

const FIELDS: Record<string, (entry: LogEntry) => string | number> = {
  uri: (e) => e.uri,
  method: (e) => e.method,
  user: (e) => e.remoteUser,
  addr: (e) => e.remoteAddress,
  host: (e) => e.variable('HTTP_HOST') ?? e.variable('SERVER_NAME') ?? '',
  proto: (e) => e.protocol,
  uagent: (e) => e.variable('HTTP_USER_AGENT') ?? '',
  referer: (e) => e.variable('HTTP_REFERER') ?? '',
  status: (e) => e.status,
  rsize: (e) => e.bodyBytes,
  hsize: (e) => e.headBytes,
  size: (e) => e.bodyBytes + e.headBytes,
  cl: (e) => e.contentLength,
  micros: (e) => e.micros,
  msecs: (e) => Math.floor(e.micros / 1000),
  secs: (e) => (e.micros / 1e6).toFixed(6),
  tmsecs: (e) => e.startedMs,
  tmicros: (e) => e.startedMs * 1000,
  time: (e) => Math.floor(e.startedMs / 1000),
  epoch: (e) => Math.floor(e.startedMs / 1000),
  ltime: (e) => formatLtime(e.startedMs),
  ctime: (e) => formatCtime(e.startedMs),
  pid: (e) => e.pid,
  wid: (e) => e.wid,
  core: (e) => e.core,
  switches: (e) => e.switches,
  vars: (e) => e.varCount * 2,
  pktsize: (e) => e.varBytes,
  modifier1: () => 0,
  modifier2: () => 0,
  headers: (e) => e.headerCount,
  vsz: (e) => e.vszBytes,
  rss: (e) => e.rssBytes,
  vszM: (e) => megabytes(e.vszBytes),
  rssM: (e) => megabytes(e.rssBytes),
  werr: (e) => e.writeErrors,
  rerr: (e) => e.readErrors,
  ioerr: (e) => e.writeErrors + e.readErrors,
};

/** Does the format show the memory of the worker? Reading it costs something. */
export function needsMemory(style: LogStyle): boolean {
  return style.format === null ? style.memoryReport : /%\((?:vsz|rss)M?\)/.test(style.format);
}

function customFormatter(format: string, timeFormat: string | null): LogFormatter {
  const pieces = latin1Of(format).split(/%\(([^)]*)\)/);
  const parts = pieces.map((piece, i) => (i % 2 === 0 ? piece : fieldOf(piece, timeFormat)));
  return (entry) => {
    let line = '';
    for (const part of parts) line += typeof part === 'string' ? part : part(entry);
    return line;
  };
}

/** The format's own text as its bytes: so are all values. */
function latin1Of(text: string): string {
  return Buffer.from(encodeText(text)).toString('latin1');
}

function fieldOf(name: string, timeFormat: string | null): (entry: LogEntry) => string {
  if (name === 'ftime') {
    if (timeFormat === null) return (entry) => formatLtime(entry.startedMs);
    return (entry) => latin1Of(strftime(timeFormat, new Date(entry.startedMs)));
  }
  // uWSGI gives 0 for a metric that it does not have, and the engine has none.
  if (name.startsWith('metric.')) return () => '0';
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field !== undefined) return (entry) => orDash(field(entry));
  if (name.startsWith('var.')) {
    const variable = name.slice(4);
    return (entry) => orDash(entry.variable(variable) ?? '');
  }
  // A variable of the application's own.
  return (entry) => orDash(entry.logVariable(name) ?? '');
}

function orDash(value: string | number): string {
  return value === '' ? '-' : String(value);
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

let ctimeSecond = Number.NaN;
let ctimeText = '';

/** `Sun Nov 22 07:42:34 2026`, local time, as C's ctime. */
export function formatCtime(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second === ctimeSecond) return ctimeText;
  const date = new Date(epochMs);
  const day = String(date.getDate()).padStart(2, ' ');
  ctimeText = `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${clock(date)} ${date.getFullYear()}`;
  ctimeSecond = second;
  return ctimeText;
}

/** `22/Nov/2026:07:42:33 +0000`, local time, as Apache. */
export function formatLtime(epochMs: number): string {
  const date = new Date(epochMs);
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  return `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}:${clock(date)} ${zone}`;
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function escapeControls(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return line.replace(/[\x00-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
