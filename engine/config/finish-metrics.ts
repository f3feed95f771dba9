/** What can be said of metrics only when the whole configuration has been read: what they are made of exists. */
import type { ConfigWarning } from './build-settings.ts';
import type { ConfigError } from './errors.ts';
import type { EngineSettings, Origin } from './settings.ts';

/** Those that the engine counts itself: which of them there are depends on workers and threads. */
const BUILTIN = /^((core|worker|socket)\.|(rss|vsz)_size$)/;

export function finishMetrics(
  { metrics: { isOn, metrics, thresholds }, alarms: { alarms } }: EngineSettings,
  originOf: (option: string) => Origin | null,
  errors: ConfigError[],
  warnings: ConfigWarning[],
): void {
  const names = new Set(metrics.map(({ name }) => name));
  const isKnown = (name: string): boolean => names.has(name) || BUILTIN.test(name);
  if (!isOn) {
    const option = metrics.length > 0 ? 'metric' : thresholds.length > 0 ? 'metric-threshold' : null;
    if (option === null) return;
    const message = `'${option}' does nothing without 'enable-metrics'.`;
    warnings.push({ code: 'no-effect', message, origin: originOf(option) ?? { file: '', line: 0 }, option });
    return;
  }
  for (const { name, collector, alias } of metrics) {
    const parts = collector === null || collector.type === 'file' ? [] : collector.children;
    const unknown = [...parts, ...(alias === null ? [] : [alias])].find((part) => !isKnown(part));
    if (unknown !== undefined) fault('metric', `The metric '${name}' is made of '${unknown}', which does not exist.`);
  }
  for (const { metric, alarm } of thresholds) {
    if (!isKnown(metric))
      fault('metric-threshold', `'metric-threshold' names the metric '${metric}', which does not exist.`);
    if (alarm === '' || alarms.some(({ name }) => name === alarm)) continue;
    const hint = `Define it with 'alarm = ${alarm} cmd:COMMAND', say.`;
    fault('metric-threshold', `'metric-threshold' names the alarm '${alarm}', which does not exist.`, hint);
  }

  function fault(option: string, message: string, hint: string | null = null): void {
    errors.push({ code: 'bad-value', message, origin: originOf(option) ?? { file: '', line: 0 }, option, hint });
  }
}
