import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatMetrics, MetricCounters, type MetricsContext } from './format-metrics.ts';
import { metricList } from './metric-list.ts';
import { parseStats } from './parse-stats.ts';
import type { StatsDocument } from './stats.ts';

function recorded(name: string): StatsDocument {
  const reading = parseStats(readFileSync(new URL(`../goldens/stats/${name}/stats.raw.json`, import.meta.url), 'utf8'));
  if (reading.status !== 'stats') throw new Error(reading.status);
  return reading.document;
}

function context(changes: Partial<MetricsContext> = {}): MetricsContext {
  return {
    counters: new MetricCounters(),
    statsUri: 'tcp://127.0.0.1:1717',
    scrapes: 1,
    scrapeSeconds: 0.5,
    noCores: false,
    ...changes,
  };
}

interface Sample {
  family: string;
  type: string;
  name: string;
  labels: Map<string, string>;
  value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/** A strict reader of the text format 0.0.4. */
function parse(text: string): Sample[] {
  expect(text.endsWith('\n')).toBe(true);
  const samples: Sample[] = [];
  const seen = new Set<string>();
  const families = new Set<string>();
  let family = '';
  let type = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    const typed = /^# TYPE (\S+) (counter|gauge|summary)$/.exec(line);
    if (help !== null) {
      family = help[1] ?? '';
      expect(families.has(family), `${family} comes once`).toBe(false);
      families.add(family);
      type = '';
    } else if (typed !== null) {
      expect(typed[1]).toBe(family);
      type = typed[2] ?? '';
    } else {
      const [, name = '', written = '', value = ''] = SAMPLE.exec(line) ?? [];
      expect(name, line).not.toBe('');
      expect(type === 'summary' ? [`${family}_sum`, `${family}_count`] : [family]).toContain(name);
      const labels = new Map<string, string>();
      LABEL.lastIndex = 0;
      while (LABEL.lastIndex < written.length) {
        const found = LABEL.exec(written);
        if (found === null) throw new Error(`bad labels: ${line}`);
        labels.set(
          found[1] ?? '',
          (found[2] ?? '').replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
        );
      }
      expect(Number.isFinite(Number(value)), line).toBe(true);
      const key = line.slice(0, line.lastIndexOf(' '));
      expect(seen.has(key), `${key} comes once`).toBe(false);
      seen.add(key);
      samples.push({ family, type, name, labels, value: Number(value) });
    }
  }
  return samples;
}

function value(samples: Sample[], name: string, labels: Record<string, string> = {}): number | undefined {
  return samples.find(
    (sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels.get(key) === text),
  )?.value;
}

/** Those of uwsgi_exporter 1.3.0, without its caches. */
const EXPORTER = `
listen_queue_length listen_queue_errors signal_queue_length workers up
socket_queue_length socket_max_queue_length socket_shared socket_can_offload
worker_accepting worker_delta_requests worker_signal_queue_length worker_rss_bytes worker_vsz_bytes
worker_running_time_seconds worker_last_spawn_time_seconds worker_average_response_time_seconds worker_apps
worker_cores worker_requests_total worker_exceptions_total worker_harakiri_count_total worker_signals_total
worker_respawn_count_total worker_transmitted_bytes_total worker_busy worker_idle worker_cheap
worker_app_startup_time_seconds worker_app_requests_total worker_app_exceptions_total
worker_core_busy worker_core_requests_total worker_core_static_requests_total worker_core_routed_requests_total
worker_core_offloaded_requests_total worker_core_write_errors_total worker_core_read_errors_total
exporter_scrapes_total exporter_scrape_errors_total exporter_scrape_duration_seconds exporter_last_scrape_error`
  .trim()
  .split(/\s+/)
  .map((name) => `uwsgi_${name}`);

describe('the metrics', () => {
  for (const name of ['idle', 'busy', 'threads-tcp', 'harakiri', 'cheaper', 'full']) {
    it(`of the recording "${name}" are text of the format 0.0.4`, () => {
      const samples = parse(formatMetrics(recorded(name), context()));
      expect(samples.every(({ labels }) => labels.get('stats_uri') === 'tcp://127.0.0.1:1717')).toBe(true);
      for (const { type, family } of samples) expect(type === 'counter').toBe(family.endsWith('_total'));
    });
  }

  it('have the names of uwsgi_exporter', () => {
    const families = new Set(parse(formatMetrics(recorded('busy'), context())).map(({ family }) => family));
    expect(EXPORTER.filter((name) => !families.has(name))).toEqual([]);
  });

  it('give times in seconds and leave the cores out when asked', () => {
    const document = recorded('busy');
    const [worker] = document.workers;
    if (worker === undefined) throw new Error('the recording has a worker');
    worker.avg_rt = 1500;
    const samples = parse(formatMetrics(document, context({ noCores: true })));
    const labels = { worker_id: String(worker.id) };
    expect(value(samples, 'uwsgi_worker_average_response_time_seconds', labels)).toBe(0.0015);
    expect(samples.some(({ name }) => name.startsWith('uwsgi_worker_core_'))).toBe(false);
  });

  it('escape what a name may hold, and take the first of two sockets that are called the same', () => {
    const document = recorded('idle');
    const [socket] = document.sockets;
    if (socket === undefined) throw new Error('the recording has a socket');
    const name = 'a"b\\c\nd';
    document.sockets = [
      { ...socket, name, queue: 3 },
      { ...socket, name, queue: 4 },
    ];
    expect(value(parse(formatMetrics(document, context())), 'uwsgi_socket_queue_length', { name })).toBe(3);
  });

  it('never let a counter fall when workers begin anew', () => {
    const document = recorded('busy');
    const [worker] = document.workers;
    if (worker === undefined) throw new Error('the recording has a worker');
    const shared = context();
    const scrape = (requests: number): number | undefined => {
      worker.requests = requests;
      const samples = parse(formatMetrics(document, shared));
      return value(samples, 'uwsgi_worker_requests_total', { worker_id: String(worker.id) });
    };
    expect([scrape(10), scrape(12), scrape(2), scrape(5), scrape(0)]).toEqual([10, 12, 14, 17, 17]);
  });

  it('tell a failed reload', () => {
    const last = { kind: 'reload', status: 'failed', started: 1, ended: 2, reason: 'no' };
    const samples = parse(
      formatMetrics({ ...recorded('idle'), reeve: { generation: 1, last_reload: last } }, context()),
    );
    expect(value(samples, 'reeve_last_reload_success')).toBe(0);
  });
});

it("the list of metrics has uWSGI's names", () => {
  const names = metricList(recorded('busy')).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['core.busy_workers', 'worker.0.requests', 'worker.1.core.0.requests']));
  expect(new Set(names).size).toBe(names.length);
});
