/** The stats document as uWSGI's built-in metrics by name, for the pushers `socket` and `statsd`. Pure. */
import type { StatsDocument } from './stats.ts';

export interface Metric {
  name: string;
  type: 'counter' | 'gauge';
  value: number;
}

/** uWSGI's names: core.*, socket.N.*, worker.N.* and worker.N.core.M.*. */
export function metricList(document: StatsDocument): Metric[] {
  const workers = document.workers.filter(({ id }) => id !== 0);
  const sum = (pick: (worker: StatsDocument['workers'][number]) => number): number =>
    workers.reduce((total, worker) => total + pick(worker), 0);
  const busy = workers.filter(({ status }) => status === 'busy').length;
  const serving = workers.filter(({ avg_rt: avgRt }) => avgRt > 0);
  const averageMicros = serving.length === 0 ? 0 : sum(({ avg_rt: avgRt }) => avgRt) / serving.length;
  const metrics: Metric[] = [
    gauge('core.busy_workers', busy),
    gauge('core.idle_workers', workers.filter(({ status }) => status === 'idle').length),
    counter('core.overloaded', document.listen_queue_errors),
    counter(
      'core.total_tx',
      sum(({ tx }) => tx),
    ),
    gauge(
      'core.total_rss',
      sum(({ rss }) => rss),
    ),
    gauge(
      'core.total_vsz',
      sum(({ vsz }) => vsz),
    ),
    gauge('core.avg_response_time', Math.floor(averageMicros)),
    counter(
      'core.total_running_time',
      sum(({ running_time: micros }) => micros),
    ),
    counter(
      'worker.0.requests',
      sum(({ requests }) => requests),
    ),
  ];
  document.sockets.forEach((socket, index) => metrics.push(gauge(`socket.${index}.listen_queue`, socket.queue)));
  for (const worker of workers) {
    const name = `worker.${worker.id}`;
    metrics.push(
      counter(`${name}.requests`, worker.requests),
      counter(`${name}.delta_requests`, worker.delta_requests),
      counter(`${name}.failed_requests`, worker.exceptions),
      counter(`${name}.respawns`, worker.respawn_count),
      gauge(`${name}.avg_response_time`, worker.avg_rt),
      counter(`${name}.total_tx`, worker.tx),
      gauge(`${name}.rss_size`, worker.rss),
      gauge(`${name}.vsz_size`, worker.vsz),
      counter(`${name}.running_time`, worker.running_time),
    );
    for (const core of worker.cores) {
      const of = `${name}.core.${core.id}`;
      metrics.push(counter(`${of}.requests`, core.requests), counter(`${of}.write_errors`, core.write_errors));
    }
  }
  return metrics;
}

function gauge(name: string, value: number): Metric {
  return { name, type: 'gauge', value };
}

function counter(name: string, value: number): Metric {
  return { name, type: 'counter', value };
}
