/**
 * The stats document as uWSGI's built-in metrics, in its order and with its numbers for SNMP, and what the document lists
 * as metrics of its own. Pure.
 */
import type { StatsDocument, StatsMetric, StatsWorker } from './stats.ts';

export const MetricType = { counter: 0, gauge: 1, absolute: 2, alias: 3 } as const;

export interface Metric extends StatsMetric {
  name: string;
}

export interface MetricOptions {
  /** `metrics-no-cores` */
  noCores?: boolean;
  /** Exceptions of a core, which the document has no place for. */
  exceptionsOf?: (worker: number, core: number) => number;
}

/** The document's metrics; where it has none (no `enable-metrics`) the built-in ones. */
export function metricList(document: StatsDocument): Metric[] {
  if (document.metrics === undefined) return builtinMetrics(document);
  return Object.entries(document.metrics).map(([name, { type, oid, value }]) => ({ name, type, oid, value }));
}

/** uWSGI counts these itself; all others are of the configuration. */
export function isBuiltinMetric(name: string): boolean {
  return /^(core\.\w+|worker\.\d+\.(core\.\d+\.)?\w+|socket\.\d+\.listen_queue|rss_size|vsz_size)$/.test(name);
}

/** uWSGI's names: core.*, worker.N.* (0 is the master), worker.N.core.M.*, socket.N.* and two aliases. */
export function builtinMetrics(document: StatsDocument, options: MetricOptions = {}): Metric[] {
  const workers = document.workers.filter(({ id }) => id !== 0);
  const sum = (pick: (worker: StatsWorker) => number): number =>
    workers.reduce((total, worker) => total + pick(worker), 0);
  const countOf = (status: string): number => workers.filter((worker) => worker.status === status).length;
  const serving = workers.filter(({ avg_rt: avgRt }) => avgRt > 0);
  const averageMicros = serving.length === 0 ? 0 : sum(({ avg_rt: avgRt }) => avgRt) / serving.length;
  const rss = sum((worker) => worker.rss);
  const vsz = sum((worker) => worker.vsz);
  return [
    counter(
      'core.routed_signals',
      '5.1',
      sum(({ signals }) => signals),
    ),
    counter('core.unrouted_signals', '5.2', 0),
    gauge('core.busy_workers', '5.3', countOf('busy')),
    gauge('core.idle_workers', '5.4', countOf('idle')),
    counter('core.overloaded', '5.5', document.listen_queue_errors),
    ...workerMetrics({ ...NOBODY, requests: sum(({ requests }) => requests) }, options),
    ...workers.flatMap((worker) => workerMetrics(worker, options)),
    counter(
      'core.total_tx',
      '5.100',
      sum(({ tx }) => tx),
    ),
    gauge('core.total_rss', '5.101', rss),
    gauge('core.total_vsz', '5.102', vsz),
    gauge('core.avg_response_time', '5.103', Math.floor(averageMicros)),
    counter(
      'core.total_running_time',
      '5.104',
      sum(({ running_time: micros }) => micros),
    ),
    ...document.sockets.map(({ queue }, index) => gauge(`socket.${index}.listen_queue`, `7.${index}.1`, queue)),
    { name: 'rss_size', type: MetricType.alias, oid: '5.101', value: rss },
    { name: 'vsz_size', type: MetricType.alias, oid: '5.102', value: vsz },
  ];
}

type Measured = Pick<
  StatsWorker,
  | 'id'
  | 'requests'
  | 'delta_requests'
  | 'exceptions'
  | 'respawn_count'
  | 'avg_rt'
  | 'tx'
  | 'rss'
  | 'vsz'
  | 'running_time'
  | 'cores'
>;

/** Number 0: of the master itself uWSGI shows the sum of requests and nothing else. */
const NOBODY: Measured = {
  id: 0,
  requests: 0,
  delta_requests: 0,
  exceptions: 0,
  respawn_count: 0,
  avg_rt: 0,
  tx: 0,
  rss: 0,
  vsz: 0,
  running_time: 0,
  cores: [],
};

/** The number 13 stands for two of them, as in uWSGI. */
function workerMetrics(worker: Measured, { noCores = false, exceptionsOf = () => 0 }: MetricOptions): Metric[] {
  const name = `worker.${worker.id}`;
  const oid = `3.${worker.id}`;
  const cores = noCores ? [] : worker.cores;
  return [
    counter(`${name}.requests`, `${oid}.1`, worker.requests),
    { name: `${name}.delta_requests`, type: MetricType.absolute, oid: `${oid}.2`, value: worker.delta_requests },
    counter(`${name}.failed_requests`, `${oid}.13`, worker.exceptions),
    counter(`${name}.respawns`, `${oid}.14`, worker.respawn_count),
    gauge(`${name}.avg_response_time`, `${oid}.8`, worker.avg_rt),
    counter(`${name}.total_tx`, `${oid}.9`, worker.tx),
    gauge(`${name}.rss_size`, `${oid}.11`, worker.rss),
    gauge(`${name}.vsz_size`, `${oid}.12`, worker.vsz),
    counter(`${name}.running_time`, `${oid}.13`, worker.running_time),
    ...cores.flatMap((core) => {
      const of = `${name}.core.${core.id}`;
      const at = `${oid}.2.${core.id}`;
      return [
        counter(`${of}.requests`, `${at}.1`, core.requests),
        counter(`${of}.write_errors`, `${at}.3`, core.write_errors),
        counter(`${of}.routed_requests`, `${at}.4`, core.routed_requests),
        counter(`${of}.static_requests`, `${at}.5`, core.static_requests),
        counter(`${of}.offloaded_requests`, `${at}.6`, core.offloaded_requests),
        counter(`${of}.exceptions`, `${at}.7`, exceptionsOf(worker.id, core.id)),
        counter(`${of}.read_errors`, `${at}.8`, core.read_errors),
      ];
    }),
  ];
}

function gauge(name: string, oid: string, value: number): Metric {
  return { name, type: MetricType.gauge, oid, value };
}

function counter(name: string, oid: string, value: number): Metric {
  return { name, type: MetricType.counter, oid, value };
}
