/**
 * Writes the stats document byte for byte as uWSGI 2.0 does: its key order, its tabs, its empty lists, its
 * minified form and its HTTP head. Pure; what goes into the document is the master's business (stats-view.ts).
 * One difference is on purpose: every string is escaped, uWSGI leaves names and mountpoints raw.
 */
import type { StatsApp, StatsCore, StatsDocument, StatsMetric, StatsReeve, StatsWorker } from './stats.ts';
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
import { type Field, list, StatsWriter, scalars, section, shaped } from './stats-writer.ts';

export interface StatsFormat {
  /** `stats-minified`: no white space. */
  minified: boolean;
  /** `stats-no-cores`: workers without their `cores`. */
  noCores: boolean;
}

/** What `stats-http` puts before the document. */
export const STATS_HTTP_HEAD =
  'HTTP/1.0 200 OK\r\nConnection: close\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: application/json\r\n\r\n';

/** The document as text, without a line end after it, as uWSGI sends it. */
export function formatStats(document: StatsDocument, format: StatsFormat): string {
  const out = new StatsWriter(format.minified);
  out.object(0, [
    ...scalars(document, [
      'version',
      'listen_queue',
      'listen_queue_errors',
      'signal_queue',
      'load',
      'pid',
      'uid',
      'gid',
      'cwd',
    ]),
    ...section('daemons', DAEMON, document.daemons),
    list(
      'locks',
      document.locks.map((lock) => Object.entries(lock)),
    ),
    ...section('caches', CACHE, document.caches),
    ...metricsField(document.metrics),
    ...section('sockets', SOCKET, document.sockets),
    list(
      'workers',
      document.workers.map((worker) => workerFields(worker, format)),
    ),
    ...section('spoolers', SPOOLER, document.spoolers),
    ...section('crons', CRON, document.crons),
    ...reeveField(document.reeve),
  ]);
  return out.text;
}

function metricsField(metrics: Record<string, StatsMetric> | undefined): Field[] {
  if (metrics === undefined) return [];
  const fields = Object.entries(metrics).map(([name, { type, oid, value }]): Field => {
    const metric: Field[] = [
      ['type', type],
      ['oid', oid],
      ['value', value],
    ];
    return [name, { kind: 'nested', fields: metric }];
  });
  return [['metrics', { kind: 'nested', fields }]];
}

/** Behind all keys of uWSGI's, so that its readers find theirs where they expect them. */
function reeveField(reeve: StatsReeve | undefined): Field[] {
  if (reeve === undefined) return [];
  const { generation, last_reload: reload } = reeve;
  const fields: Field[] = [
    ...(generation === undefined ? [] : [['generation', generation] as const]),
    ...(reload === undefined ? [] : [['last_reload', { kind: 'nested', fields: shaped(reload, RELOAD) }] as const]),
    ...section('spools', SPOOL, reeve.spools),
    ...section('mules', MULE, reeve.mules),
    ...section('timers', TIMER, reeve.timers),
    ...section('cron_runs', CRON_RUN, reeve.cron_runs),
    ...section('signals', SIGNAL, reeve.signals),
    ...section('alarms', ALARM, reeve.alarms),
  ];
  return [['reeve', { kind: 'nested', fields }]];
}

const MEMORY_SHARES = ['uss', 'pss'] as const;

function workerFields(worker: StatsWorker, format: StatsFormat): Field[] {
  const fields = [
    ...scalars(worker, [
      'id',
      'pid',
      'accepting',
      'requests',
      'delta_requests',
      'exceptions',
      'harakiri_count',
      'signals',
      'signal_queue',
      'status',
      'rss',
      'vsz',
      ...MEMORY_SHARES.filter((key) => worker[key] !== undefined),
      'running_time',
      'last_spawn',
      'respawn_count',
      'tx',
      'avg_rt',
    ]),
    list('apps', worker.apps.map(appFields)),
  ];
  if (!format.noCores) fields.push(list('cores', worker.cores.map(coreFields)));
  return fields;
}

function appFields(app: StatsApp): Field[] {
  return scalars(app, ['id', 'modifier1', 'mountpoint', 'startup_time', 'requests', 'exceptions', 'chdir']);
}

function coreFields(core: StatsCore): Field[] {
  const start = core.req_info.request_start;
  return [
    ...scalars(core, [
      'id',
      'requests',
      'static_requests',
      'routed_requests',
      'offloaded_requests',
      'write_errors',
      'read_errors',
      'in_request',
    ]),
    ['vars', { kind: 'strings', items: core.vars }],
    ['req_info', { kind: 'nested', fields: start === undefined ? [] : [['request_start', start]] }],
  ];
}
