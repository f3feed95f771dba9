/** What the configuration says about metrics. Part of EngineSettings (settings.ts); pure data. */

/** Where a metric's value comes from; null: the application changes it. */
export type MetricCollector =
  /** The number in a file; `position`: which of its words, from 0. */
  | { type: 'file'; path: string; position: number }
  /** Made of other metrics: their sum or average, what their sums add up to, or their sum and a number. */
  | { type: 'sum' | 'avg' | 'accumulator' | 'adder' | 'multiplier'; children: string[]; argument: number };

export interface MetricSetting {
  name: string;
  /** 0 counter, 1 gauge, 2 absolute, 3 alias, as in the stats document. */
  type: number;
  oid: string;
  initialValue: number;
  collector: MetricCollector | null;
  /** It shows this other metric. */
  alias: string | null;
  everySeconds: number;
  resetAfterPush: boolean;
}

/** Raises the alarm when the metric has at least this value. */
export interface MetricThreshold {
  metric: string;
  value: number;
  /** Empty: none is raised. */
  alarm: string;
  /** At most once in this time. */
  rateSeconds: number;
  /** null: the engine's words. */
  text: string | null;
  /** What the metric is set to then. */
  reset: number | null;
}

export interface MetricSettings {
  isOn: boolean;
  metrics: MetricSetting[];
  thresholds: MetricThreshold[];
  /** `metrics-dir` */
  folder: string | null;
  /** `metrics-dir-restore` */
  restores: boolean;
  /** `metrics-no-cores` */
  noCores: boolean;
  /** `stats-no-metrics` */
  isHidden: boolean;
}

export function defaultMetricSettings(): MetricSettings {
  return {
    isOn: false,
    metrics: [],
    thresholds: [],
    folder: null,
    restores: false,
    noCores: false,
    isHidden: false,
  };
}
