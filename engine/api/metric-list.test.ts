import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtinMetrics, isBuiltinMetric, metricList } from './metric-list.ts';
import { parseStats } from './parse-stats.ts';
import type { StatsDocument } from './stats.ts';

function recorded(scenario: string): StatsDocument {
  const url = new URL(`../goldens/stats/${scenario}/stats.raw.json`, import.meta.url);
  const parsed = parseStats(readFileSync(url, 'utf8'));
  if (parsed.status !== 'stats') throw new Error(`read as ${parsed.status}`);
  return parsed.document;
}

test('the built-in metrics are those that uWSGI 2.0.21 shows for the same document, in its order', () => {
  const document = recorded('full');
  const built = builtinMetrics(document).map(({ name, type, oid, value }) => [name, { type, oid, value }]);
  expect(built).toEqual(Object.entries(document.metrics ?? {}).filter(([name]) => name !== 'sales'));
});

test('cores are left out, and have exceptions where these are known', () => {
  const document = recorded('full');
  const names = builtinMetrics(document, { noCores: true }).map(({ name }) => name);
  expect(names).toContain('worker.1.requests');
  expect(names.filter((name) => name.includes('.core.'))).toEqual([]);
  const metrics = builtinMetrics(document, { exceptionsOf: (worker, core) => worker * 10 + core });
  expect(metrics.find(({ name }) => name === 'worker.1.core.0.exceptions')?.value).toBe(10);
});

test('the list is that of the document, where it has one', () => {
  const document = recorded('full');
  expect(metricList(document).at(-1)).toEqual({ name: 'sales', type: 0, oid: '', value: 8 });
  const { metrics: _, ...plain } = document;
  expect(metricList(plain)).toEqual(builtinMetrics(plain));
});

test('built-in are the names that uWSGI gives', () => {
  for (const name of [
    'core.total_tx',
    'worker.0.requests',
    'worker.12.core.3.read_errors',
    'socket.0.listen_queue',
    'rss_size',
  ]) {
    expect(isBuiltinMetric(name)).toBe(true);
  }
  for (const name of ['sales', 'core', 'worker.x.requests', 'my.core.total_tx', 'worker.1.core.2.a.b']) {
    expect(isBuiltinMetric(name)).toBe(false);
  }
});
