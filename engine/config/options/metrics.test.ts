/** Options about metrics that have a second name; what metrics do is in engine/metrics.proc.test.ts. */
import { expect, test } from 'vitest';
import { buildSettings } from '../build-settings.ts';
import { formatConfigError } from '../errors.ts';
import type { MetricSettings } from '../metric-settings.ts';
import { resolveConfig } from '../resolve.ts';
import { memoryHost } from '../test-host.ts';

function metricsOf(lines: string): MetricSettings {
  const resolved = resolveConfig(['--ini', 'u.ini'], memoryHost({ 'u.ini': `[uwsgi]\nhttp-socket = :8080\n${lines}` }));
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  const built = buildSettings(resolved);
  if (!built.ok) throw new Error(built.errors.map(formatConfigError).join('\n'));
  return built.settings.metrics;
}

test.each(['metric', 'metrics'])(
  '%s-dir and %s-dir-restore name the folder of the values and begin with them',
  (name) => {
    const lines = `master = true\nenable-metrics = true\n${name}-dir = values`;
    expect(metricsOf(lines)).toMatchObject({ folder: '/srv/app/values', restores: false });
    expect(metricsOf(`${lines}\n${name}-dir-restore = true`)).toMatchObject({ restores: true });
  },
);
