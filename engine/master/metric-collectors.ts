/** What the metrics of the configuration are worth now: made of files and of other metrics. Pure but for the reader it is given. */
import type { MetricCollector, MetricSetting } from '../config/metric-settings.ts';

export interface MetricReadings {
  /** The value of any metric as it is now; 0 for one that is not there. */
  valueOf: (name: string) => number;
  /** null: it can not be read. */
  readFile: (path: string) => string | null;
}

/** `before`: the value until now, which an accumulator adds to and an unreadable file leaves. */
export function collectMetric(collector: MetricCollector, before: number, readings: MetricReadings): number {
  const value = valueNow(collector, before, readings);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}

function valueNow(collector: MetricCollector, before: number, { valueOf, readFile }: MetricReadings): number {
  if (collector.type === 'file') {
    const words = readFile(collector.path)?.trim().split(/\s+/) ?? [];
    return leadingNumber(words[collector.position] ?? '') ?? before;
  }
  const { type, children, argument } = collector;
  const sum = children.reduce((total, child) => total + valueOf(child), 0);
  switch (type) {
    case 'sum':
      return sum;
    case 'avg':
      return children.length === 0 ? 0 : Math.trunc(sum / children.length);
    case 'accumulator':
      return before + sum;
    case 'adder':
      return sum + argument;
    case 'multiplier':
      return sum * argument;
  }
}

/** What a file of `metrics-dir` says; uWSGI's are filled up with zeros. */
export function leadingNumber(text: string): number | null {
  const digits = /^\s*[+-]?\d{1,19}/.exec(text)?.[0];
  return digits === undefined ? null : Number(digits);
}

/** The application changes it: it has no other source. */
export function isOwn({ collector, alias }: MetricSetting): boolean {
  return collector === null && alias === null;
}
