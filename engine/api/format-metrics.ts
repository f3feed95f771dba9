/**
 * The stats document as Prometheus metrics (text format 0.0.4): the names, labels and units of timonwong/uwsgi_exporter,
 * so that its dashboards work, and what that leaves out (paused workers, memory shares, the last reload). Pure.
 * Counters of the document begin anew with a reload; `MetricCounters` keeps them from falling.
 */
import { isBuiltinMetric, MetricType } from './metric-list.ts';
import type { StatsCore, StatsDocument, StatsWorker } from './stats.ts';

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Readonly<Record<string, string | number>>;

/** Adds up what a counter had before it began anew. One for each endpoint, for as long as it lives. */
export class MetricCounters {
  readonly #counted = new Map<string, { base: number; last: number }>();

  total(key: string, value: number): number {
    const counted = this.#counted.get(key) ?? { base: 0, last: 0 };
    if (value < counted.last) counted.base += counted.last;
    counted.last = value;
    this.#counted.set(key, counted);
    return counted.base + value;
  }
}

export interface MetricsContext {
  counters: MetricCounters;
  /** The exporter's label for the instance: `tcp://127.0.0.1:1717`. */
  statsUri: string;
  scrapes: number;
  scrapeSeconds: number;
  /** Without cores: `stats-no-cores`. */
  noCores: boolean;
}

export function formatMetrics(document: StatsDocument, context: MetricsContext): string {
  const page = new Page(context);
  addMain(page, document);
  for (const socket of document.sockets) {
    const labels = { name: socket.name, proto: socket.proto };
    page.gauge('uwsgi_socket_queue_length', 'Length of socket queue.', labels, socket.queue);
    page.gauge('uwsgi_socket_max_queue_length', 'Max length of socket queue.', labels, socket.max_queue);
    page.gauge('uwsgi_socket_shared', 'Is shared socket?', labels, socket.shared);
    page.gauge('uwsgi_socket_can_offload', 'Can socket offload?', labels, socket.can_offload);
  }
  // A number that never had a process is 0, as in uWSGI.
  for (const worker of document.workers) if (worker.id !== 0) addWorker(page, worker, context);
  addOwn(page, document);
  addReload(page, document);
  addSelf(page, context);
  return page.text();
}

function addMain(page: Page, document: StatsDocument): void {
  page.gauge('uwsgi_listen_queue_length', 'Length of listen queue.', {}, document.listen_queue);
  // A gauge in the exporter, although it counts.
  const errors = page.counters.total('listen_queue_errors', document.listen_queue_errors);
  page.gauge('uwsgi_listen_queue_errors', 'Number of listen queue errors.', {}, errors);
  page.gauge('uwsgi_signal_queue_length', 'Length of signal queue.', {}, document.signal_queue);
  page.gauge('uwsgi_workers', 'Number of workers.', {}, document.workers.filter(({ id }) => id !== 0).length);
  page.gauge('uwsgi_load', 'Load, as the server reports it.', {}, document.load);
}

const STATUSES = ['busy', 'idle', 'cheap', 'pause'] as const;

function addWorker(page: Page, worker: StatsWorker, { noCores }: MetricsContext): void {
  const labels = { worker_id: worker.id };
  page.gauge('uwsgi_worker_accepting', 'Is this worker accepting requests?', labels, worker.accepting);
  page.gauge('uwsgi_worker_delta_requests', 'Number of delta requests.', labels, worker.delta_requests);
  page.gauge('uwsgi_worker_signal_queue_length', 'Length of signal queue.', labels, worker.signal_queue);
  page.gauge('uwsgi_worker_rss_bytes', 'Worker RSS bytes.', labels, worker.rss);
  page.gauge('uwsgi_worker_vsz_bytes', 'Worker VSZ bytes.', labels, worker.vsz);
  if (worker.uss !== undefined) page.gauge('uwsgi_worker_uss_bytes', 'Worker USS bytes.', labels, worker.uss);
  if (worker.pss !== undefined) page.gauge('uwsgi_worker_pss_bytes', 'Worker PSS bytes.', labels, worker.pss);
  page.gauge('uwsgi_worker_running_time_seconds', 'Worker running time in seconds.', labels, worker.running_time / 1e6);
  page.gauge(
    'uwsgi_worker_last_spawn_time_seconds',
    'Last spawn time in seconds since epoch.',
    labels,
    worker.last_spawn,
  );
  const averageSeconds = worker.avg_rt / 1e6;
  page.gauge('uwsgi_worker_average_response_time_seconds', 'Average response time in seconds.', labels, averageSeconds);
  page.gauge('uwsgi_worker_apps', 'Number of apps.', labels, worker.apps.length);
  page.gauge('uwsgi_worker_cores', 'Number of cores.', labels, worker.cores.length);
  page.counter('uwsgi_worker_requests_total', 'Total number of requests.', labels, worker.requests);
  page.counter('uwsgi_worker_exceptions_total', 'Total number of exceptions.', labels, worker.exceptions);
  page.counter('uwsgi_worker_harakiri_count_total', 'Total number of harakiri count.', labels, worker.harakiri_count);
  page.counter('uwsgi_worker_signals_total', 'Total number of signals.', labels, worker.signals);
  page.counter('uwsgi_worker_respawn_count_total', 'Total number of respawn count.', labels, worker.respawn_count);
  page.counter('uwsgi_worker_transmitted_bytes_total', 'Worker transmitted bytes.', labels, worker.tx);
  for (const status of STATUSES) {
    page.gauge(
      `uwsgi_worker_${status}`,
      `Is the worker in the status ${status}?`,
      labels,
      Number(worker.status === status),
    );
  }
  page.gauge('uwsgi_worker_sig', 'Does the worker handle a signal?', labels, Number(worker.status.startsWith('sig')));
  for (const app of worker.apps) {
    const of = { ...labels, app_id: app.id, mountpoint: app.mountpoint, chdir: app.chdir };
    page.gauge('uwsgi_worker_app_startup_time_seconds', 'How long this app took to start.', of, app.startup_time);
    page.counter('uwsgi_worker_app_requests_total', 'Total number of requests.', of, app.requests);
    page.counter('uwsgi_worker_app_exceptions_total', 'Total number of exceptions.', of, app.exceptions);
  }
  if (!noCores) for (const core of worker.cores) addCore(page, worker.id, core);
}

function addCore(page: Page, workerId: number, core: StatsCore): void {
  const labels = { worker_id: workerId, core_id: core.id };
  page.gauge('uwsgi_worker_core_busy', 'Is core busy?', labels, core.in_request);
  page.counter('uwsgi_worker_core_requests_total', 'Total number of requests.', labels, core.requests);
  page.counter(
    'uwsgi_worker_core_static_requests_total',
    'Total number of static requests.',
    labels,
    core.static_requests,
  );
  page.counter(
    'uwsgi_worker_core_routed_requests_total',
    'Total number of routed requests.',
    labels,
    core.routed_requests,
  );
  page.counter(
    'uwsgi_worker_core_offloaded_requests_total',
    'Total number of offloaded requests.',
    labels,
    core.offloaded_requests,
  );
  page.counter('uwsgi_worker_core_write_errors_total', 'Total number of write errors.', labels, core.write_errors);
  page.counter('uwsgi_worker_core_read_errors_total', 'Total number of read errors.', labels, core.read_errors);
}

/** Metrics of the configuration; the built-in ones are those above by other names. */
function addOwn(page: Page, { metrics }: StatsDocument): void {
  for (const [name, { type, value }] of Object.entries(metrics ?? {})) {
    if (isBuiltinMetric(name)) continue;
    if (type === MetricType.counter)
      page.counter('reeve_metric_total', 'Counters of the configuration.', { name }, value);
    else page.gauge('reeve_metric', 'Other metrics of the configuration.', { name }, value);
  }
}

function addReload(page: Page, { reeve }: StatsDocument): void {
  const { generation, last_reload: reload } = reeve ?? {};
  if (generation !== undefined) {
    page.gauge('reeve_generation', 'Number of the generation of workers that serves.', {}, generation);
  }
  if (reload === undefined || reload.status === 'running') return;
  page.gauge('reeve_last_reload_success', 'Did the last reload succeed?', {}, Number(reload.status === 'done'));
  page.gauge('reeve_last_reload_time_seconds', 'End of the last reload in seconds since epoch.', {}, reload.ended);
}

/** What the exporter says of itself. */
function addSelf(page: Page, { scrapes, scrapeSeconds }: MetricsContext): void {
  page.gauge('uwsgi_up', 'Was the server up?', {}, 1);
  page.counter('uwsgi_exporter_scrapes_total', 'Number of scrapes.', {}, scrapes);
  page.counter('uwsgi_exporter_scrape_errors_total', 'Number of scrapes that failed.', {}, 0);
  page.gauge('uwsgi_exporter_last_scrape_error', 'Did the last scrape fail?', {}, 0);
  page.summary('uwsgi_exporter_scrape_duration_seconds', 'Time that scrapes took.', scrapeSeconds, scrapes);
}

/** Metrics by family, as the format wants them: all samples of a name together, under its HELP and TYPE. */
class Page {
  readonly counters: MetricCounters;
  readonly #statsUri: string;
  readonly #families = new Map<string, { help: string; type: string; samples: Map<string, number> }>();

  constructor({ counters, statsUri }: MetricsContext) {
    this.counters = counters;
    this.#statsUri = statsUri;
  }

  gauge(name: string, help: string, labels: Labels, value: number): void {
    this.#add(name, help, 'gauge', name + this.#labels(labels), value);
  }

  counter(name: string, help: string, labels: Labels, value: number): void {
    const sample = name + this.#labels(labels);
    this.#add(name, help, 'counter', sample, this.counters.total(sample, value));
  }

  summary(name: string, help: string, sum: number, count: number): void {
    this.#add(name, help, 'summary', `${name}_sum${this.#labels({})}`, sum);
    this.#add(name, help, 'summary', `${name}_count${this.#labels({})}`, count);
  }

  text(): string {
    let text = '';
    for (const [name, { help, type, samples }] of this.#families) {
      text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
      for (const [sample, value] of samples) text += `${sample} ${value}\n`;
    }
    return text;
  }

  /** Of two samples with the same labels the first counts. */
  #add(name: string, help: string, type: string, sample: string, value: number): void {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { help, type, samples: new Map() };
      this.#families.set(name, family);
    }
    if (!family.samples.has(sample)) family.samples.set(sample, value);
  }

  #labels(labels: Labels): string {
    const all: Labels = { stats_uri: this.#statsUri, ...labels };
    const pairs = Object.entries(all);
    return `{${pairs.map(([key, value]) => `${key}="${escapeLabel(String(value))}"`).join(',')}}`;
  }
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
