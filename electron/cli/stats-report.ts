/**
 * A stats document as `reeve stats` shows it: one plain object with units in its names (what --json prints, see
 * `reeve help stats`), and a table made from it. Pure. null is what the server does not report, never 0.
 */
import type { StatsDocument, StatsWorker } from '../../engine/api/stats.ts';
import type { OwnRow } from '../core/emperor/vassal-rows.ts';

export interface StatsReport {
  address: string;
  version: string;
  masterPid: number;
  cwd: string;
  listenQueue: number;
  listenQueueMax: number | null;
  listenQueueErrors: number;
  load: number;
  requests: number;
  exceptions: number;
  harakiri: number;
  txBytes: number;
  rssBytes: number | null;
  workers: WorkerReport[];
  /** Of an emperor; null: it is a server. */
  vassals: VassalReport[] | null;
}

export interface VassalReport {
  id: string;
  state: string;
  /** In words; empty: there is nothing to say. */
  cause: string;
  pid: number | null;
  respawns: number;
  configPath: string | null;
}

export interface WorkerReport {
  id: number;
  pid: number;
  status: string;
  accepting: boolean;
  requests: number;
  avgRtMs: number | null;
  rssBytes: number | null;
  vszBytes: number | null;
  exceptions: number;
  harakiri: number;
  respawns: number;
  txBytes: number;
  spawnedAt: number | null;
  cores: number;
  busyCores: number;
}

export function statsReport(address: string, document: StatsDocument, vassals: readonly OwnRow[] | null): StatsReport {
  // Without memory-report every worker says 0 bytes.
  const hasMemory = document.workers.some(({ rss }) => rss > 0);
  const workers = document.workers.map((worker) => workerReport(worker, hasMemory));
  const sum = (pick: (worker: WorkerReport) => number): number =>
    workers.reduce((total, worker) => total + pick(worker), 0);
  const queueMax = Math.max(0, ...document.sockets.map(({ max_queue }) => max_queue));
  return {
    address,
    version: document.version,
    masterPid: document.pid,
    cwd: document.cwd,
    listenQueue: document.listen_queue,
    listenQueueMax: queueMax > 0 ? queueMax : null,
    listenQueueErrors: document.listen_queue_errors,
    load: document.load,
    requests: sum((worker) => worker.requests),
    exceptions: sum((worker) => worker.exceptions),
    harakiri: sum((worker) => worker.harakiri),
    txBytes: sum((worker) => worker.txBytes),
    rssBytes: hasMemory ? sum((worker) => worker.rssBytes ?? 0) : null,
    workers,
    vassals: vassals?.map(vassalReport) ?? null,
  };
}

function vassalReport({ id, state, cause, pid, respawns, configPath }: OwnRow): VassalReport {
  return { id, state, cause, pid, respawns, configPath };
}

function workerReport(worker: StatsWorker, hasMemory: boolean): WorkerReport {
  return {
    id: worker.id,
    pid: worker.pid,
    status: worker.status,
    accepting: worker.accepting === 1,
    requests: worker.requests,
    avgRtMs: worker.requests > 0 ? worker.avg_rt / 1000 : null,
    rssBytes: hasMemory ? worker.rss : null,
    vszBytes: hasMemory ? worker.vsz : null,
    exceptions: worker.exceptions,
    harakiri: worker.harakiri_count,
    respawns: worker.respawn_count,
    txBytes: worker.tx,
    spawnedAt: worker.last_spawn > 0 ? worker.last_spawn : null,
    cores: worker.cores.length,
    busyCores: worker.cores.filter(({ in_request }) => in_request === 1).length,
  };
}

/** Lines for a terminal: of an emperor its vassals, of a server two lines and one per worker, numbers aligned. */
export function statsTable(report: StatsReport): string[] {
  return report.vassals === null ? serverTable(report) : emperorTable(report, report.vassals);
}

function emperorTable(report: StatsReport, vassals: readonly VassalReport[]): string[] {
  const rows = vassals.map(({ id, pid, state, respawns, cause }) => [
    id,
    pid === null ? '-' : String(pid),
    state,
    String(respawns),
    cause,
  ]);
  const name = serverName(report.version);
  return [
    `Emperor of ${name} at ${report.address}, pid ${report.masterPid}, ${report.cwd}`,
    '',
    ...alignColumns([['VASSAL', 'PID', 'STATE', 'RESPAWNS', 'CAUSE'], ...rows], new Set([0, 2, 4])),
  ];
}

function serverTable(report: StatsReport): string[] {
  const { listenQueue, listenQueueMax, listenQueueErrors, workers } = report;
  const queueMax = listenQueueMax === null ? '' : ` of ${listenQueueMax}`;
  const queueErrors = listenQueueErrors === 0 ? '' : `, ${listenQueueErrors} refused`;
  const memory = report.rssBytes === null ? '' : `, memory ${formatBytes(report.rssBytes)}`;
  const head = [
    `${serverName(report.version)} at ${report.address}, master pid ${report.masterPid}, ${report.cwd}`,
    `${report.requests} requests, ${report.exceptions} exceptions, ${report.harakiri} harakiri, ` +
      `sent ${formatBytes(report.txBytes)}${memory}, listen queue ${listenQueue}${queueMax}${queueErrors}`,
  ];
  const rows = workers.map((worker) => [
    String(worker.id),
    String(worker.pid),
    worker.status === 'busy' && worker.cores > 1 ? `busy ${worker.busyCores}/${worker.cores}` : worker.status,
    String(worker.requests),
    worker.avgRtMs === null ? '-' : `${worker.avgRtMs.toFixed(worker.avgRtMs < 10 ? 1 : 0)} ms`,
    worker.rssBytes === null ? '-' : formatBytes(worker.rssBytes),
    String(worker.exceptions),
    String(worker.harakiri),
    String(worker.respawns),
    formatBytes(worker.txBytes),
  ]);
  const titles = [
    'WORKER',
    'PID',
    'STATE',
    'REQUESTS',
    'AVERAGE',
    'MEMORY',
    'EXCEPTIONS',
    'HARAKIRI',
    'SPAWNS',
    'SENT',
  ];
  return [...head, '', ...alignColumns([titles, ...rows], new Set([2]))];
}

function serverName(version: string): string {
  return version.startsWith('reeve-') ? `Reeve ${version.slice('reeve-'.length)}` : `uWSGI ${version}`;
}

/** Columns padded to one width; those in `leftAligned` to the left. */
function alignColumns(rows: readonly (readonly string[])[], leftAligned: ReadonlySet<number>): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return leftAligned.has(column) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}
