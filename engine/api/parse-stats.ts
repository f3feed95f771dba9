/**
 * Reads what a stats address sent, from any uWSGI 2.0.x or from the bundled engine. Tolerant of what real servers
 * send (missing sections, strings that uWSGI does not escape, an HTTP head before the document) and exact about
 * what is something else: another server's greeting, a web page, a document that was cut off. Pure; the caller has
 * decoded the bytes already. Never throws.
 */
import { EMPEROR_KEYS, type EmperorStats, readEmperorStats } from './emperor-stats.ts';
import type { StatsApp, StatsCore, StatsDocument, StatsMetric, StatsReeve, StatsWorker } from './stats.ts';
import { isObject, StatsReader } from './stats-reader.ts';
import {
  ALARM,
  CACHE,
  CRON,
  CRON_RUN,
  DAEMON,
  MULE,
  RELOAD,
  SIGNAL,
  SOCKET,
  SPOOL,
  SPOOLER,
  TIMER,
} from './stats-sections.ts';

export type StatsReading =
  | {
      status: 'stats';
      document: StatsDocument;
      /** Top-level keys that StatsDocument does not carry (`legions`, …), as sent. */
      extra: Record<string, unknown>;
      /** Values that had the wrong type and were replaced by 0 or an empty value, as `workers[2].rss: expected a number`. */
      notes: string[];
    }
  | { status: 'emperor'; document: EmperorStats; extra: Record<string, unknown>; notes: string[] }
  | { status: 'not-stats'; code: NotStatsCode; message: string; hint: string; offset: number | null };

export type NotStatsCode =
  | 'stats-empty'
  | 'stats-http-server'
  | 'stats-ssh-server'
  | 'stats-not-json'
  | 'stats-truncated'
  | 'stats-router'
  | 'stats-not-uwsgi';

/** Reads one answer of a stats address. */
export function parseStats(text: string): StatsReading {
  const start = text.search(/[^\s\uFEFF]/);
  if (start < 0) {
    return notStats('stats-empty', 'The address closed the connection without sending anything', HINTS.empty, 0);
  }
  if (/^SSH-\d/.test(text.slice(start))) {
    return notStats('stats-ssh-server', `This is an SSH server (${firstLine(text, start)})`, HINTS.ssh, start);
  }
  const bodyStart = /^HTTP\/\d/.test(text.slice(start)) ? httpBodyStart(text, start) : start;
  if (bodyStart < 0) {
    return notStats('stats-http-server', `This is a web server (${firstLine(text, start)})`, HINTS.http, start);
  }
  const parsed = parseJson(text, bodyStart);
  if ('failure' in parsed) {
    return bodyStart === start
      ? parsed.failure
      : notStats('stats-http-server', `This is a web server (${firstLine(text, start)})`, HINTS.http, start);
  }
  return readDocument(parsed.value);
}

const HINTS = {
  empty:
    "Check that it is the server's 'stats' address and not its 'socket' address, and that the client may connect to it.",
  ssh: "Give the address of the 'stats' option of the server, not the SSH port of its machine.",
  http: "Give the address of the 'stats' option; an 'http' or 'http-socket' address serves the application.",
  json: "Give the address of the 'stats' option of a uWSGI server.",
  truncated: 'Ask again; if it happens each time, something between here and the server cuts the answer off.',
  router: "This is the address of 'http-stats' (the router); give the address of 'stats' instead.",
} as const;

function notStats(code: NotStatsCode, message: string, hint: string, offset: number | null): StatsReading {
  return { status: 'not-stats', code, message, hint, offset };
}

function firstLine(text: string, start: number): string {
  const line = /^[^\r\n]*/.exec(text.slice(start, start + 80))?.[0] ?? '';
  return line.replace(/[\p{Cc}\ufffd]/gu, '.').trim();
}

/** Offset of the JSON body of an HTTP answer that succeeded (`stats-http`), -1 when it is something else. */
function httpBodyStart(text: string, start: number): number {
  const headEnd = text.indexOf('\r\n\r\n', start);
  if (headEnd < 0 || !/^HTTP\/\d(\.\d)? 200\b/.test(text.slice(start, start + 16))) return -1;
  return text[headEnd + 4] === '{' ? headEnd + 4 : -1;
}

function parseJson(text: string, start: number): { value: unknown } | { failure: StatsReading } {
  const body = text.slice(start);
  if (body[0] !== '{' && body[0] !== '[') {
    const message = `This is not a stats document: it begins with "${firstLine(text, start).slice(0, 40)}"`;
    return { failure: notStats('stats-not-json', message, HINTS.json, start) };
  }
  const first = tryJson(body);
  if ('value' in first) return first;
  const second = tryJson(escapeRawStrings(body));
  if ('value' in second) return second;
  const offset = start + (first.offset ?? body.length);
  if (looksCutOff(body)) {
    const message = `The stats document was cut off after ${body.length} characters`;
    return { failure: notStats('stats-truncated', message, HINTS.truncated, text.length) };
  }
  return {
    failure: notStats('stats-not-json', `This is not valid JSON (at character ${offset})`, HINTS.json, offset),
  };
}

function tryJson(text: string): { value: unknown } | { offset: number | null } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    return { offset: position === undefined ? null : Number(position) };
  }
}

/** uWSGI writes mountpoints, directories of apps and names raw: escapes what JSON does not allow inside strings. */
function escapeRawStrings(text: string): string {
  return text.replace(/"(?:[^"\\]|\\[^])*"/g, (literal) =>
    literal
      .replace(/\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/g, '\\\\')
      .replace(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** A document of the right kind that has more opening than closing brackets. */
function looksCutOff(body: string): boolean {
  if (!/^\{\s*"version"/.test(body)) return false;
  const bare = body.replace(/"(?:[^"\\]|\\[^])*"?/g, '');
  let depth = 0;
  for (const c of bare) {
    if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
  }
  return depth > 0;
}

const DOCUMENT_KEYS = new Set([
  'version',
  'listen_queue',
  'listen_queue_errors',
  'signal_queue',
  'load',
  'pid',
  'uid',
  'gid',
  'cwd',
  'daemons',
  'locks',
  'caches',
  'metrics',
  'sockets',
  'workers',
  'spoolers',
  'crons',
  'reeve',
]);

function readDocument(value: unknown): StatsReading {
  if (!isObject(value)) {
    return notStats('stats-not-uwsgi', 'This is JSON, but not a stats document of uWSGI', HINTS.json, null);
  }
  const notes: string[] = [];
  const read = new StatsReader(value, '', notes);
  const isSigned = typeof value['version'] === 'string' && typeof value['pid'] === 'number';
  if (isSigned && Array.isArray(value['vassals'])) {
    return {
      status: 'emperor',
      document: readEmperorStats(read),
      extra: Object.fromEntries(Object.entries(value).filter(([key]) => !EMPEROR_KEYS.has(key))),
      notes,
    };
  }
  if (isSigned && !('workers' in value) && 'active_sessions' in value) {
    return notStats('stats-router', 'These are the statistics of a router, without workers', HINTS.router, null);
  }
  if (!isSigned || !Array.isArray(value['workers'])) {
    const message = "This is JSON, but not a stats document of uWSGI ('version', 'pid' and 'workers' are missing)";
    return notStats('stats-not-uwsgi', message, HINTS.json, null);
  }
  return {
    status: 'stats',
    document: {
      version: read.text('version'),
      listen_queue: read.number('listen_queue'),
      listen_queue_errors: read.number('listen_queue_errors'),
      signal_queue: read.number('signal_queue'),
      load: read.number('load'),
      pid: read.number('pid'),
      uid: read.number('uid'),
      gid: read.number('gid'),
      cwd: read.text('cwd'),
      daemons: read.section('daemons', DAEMON),
      locks: read.list('locks', (lock) => lock.numbers()),
      caches: read.section('caches', CACHE),
      metrics: read.has('metrics') ? read.record('metrics', readMetric) : undefined,
      sockets: read.list('sockets', (socket) => socket.shaped(SOCKET)),
      workers: read.list('workers', readWorker),
      spoolers: read.section('spoolers', SPOOLER),
      crons: read.section('crons', CRON),
      reeve: read.has('reeve') ? readReeve(read.child('reeve')) : undefined,
    },
    extra: Object.fromEntries(Object.entries(value).filter(([key]) => !DOCUMENT_KEYS.has(key))),
    notes,
  };
}

function readMetric(read: StatsReader): StatsMetric {
  return { type: read.number('type'), oid: read.text('oid'), value: read.number('value') };
}

function readReeve(read: StatsReader): StatsReeve {
  return {
    generation: read.optionalNumber('generation') ?? undefined,
    last_reload: read.has('last_reload') ? read.child('last_reload').shaped(RELOAD) : undefined,
    spools: read.section('spools', SPOOL),
    mules: read.section('mules', MULE),
    timers: read.section('timers', TIMER),
    cron_runs: read.section('cron_runs', CRON_RUN),
    signals: read.section('signals', SIGNAL),
    alarms: read.section('alarms', ALARM),
  };
}

function readWorker(read: StatsReader): StatsWorker {
  return {
    id: read.number('id'),
    pid: read.number('pid'),
    accepting: read.number('accepting'),
    requests: read.number('requests'),
    delta_requests: read.number('delta_requests'),
    exceptions: read.number('exceptions'),
    harakiri_count: read.number('harakiri_count'),
    signals: read.number('signals'),
    signal_queue: read.number('signal_queue'),
    status: read.text('status'),
    rss: read.number('rss'),
    vsz: read.number('vsz'),
    running_time: read.number('running_time'),
    last_spawn: read.number('last_spawn'),
    respawn_count: read.number('respawn_count'),
    tx: read.number('tx'),
    avg_rt: read.number('avg_rt'),
    apps: read.list('apps', readApp),
    cores: read.list('cores', readCore),
  };
}

function readApp(read: StatsReader): StatsApp {
  return {
    id: read.number('id'),
    modifier1: read.number('modifier1'),
    mountpoint: read.text('mountpoint'),
    startup_time: read.number('startup_time'),
    requests: read.number('requests'),
    exceptions: read.number('exceptions'),
    chdir: read.text('chdir'),
  };
}

function readCore(read: StatsReader): StatsCore {
  const start = read.child('req_info').optionalNumber('request_start');
  return {
    id: read.number('id'),
    requests: read.number('requests'),
    static_requests: read.number('static_requests'),
    routed_requests: read.number('routed_requests'),
    offloaded_requests: read.number('offloaded_requests'),
    write_errors: read.number('write_errors'),
    read_errors: read.number('read_errors'),
    in_request: read.number('in_request'),
    vars: read.strings('vars'),
    req_info: start === null ? {} : { request_start: start },
  };
}
