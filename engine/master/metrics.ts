/**
 * The metrics of a running engine (`enable-metrics`): once a second takes the built-in ones from the stats document,
 * works out those of the configuration, tells the commons what applications may read, raises alarms about those that
 * have reached their value, and keeps the files of `metrics-dir`. Metrics that applications change live in the commons.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtinMetrics, type Metric, MetricType } from '../api/metric-list.ts';
import type { StatsDocument, StatsMetric } from '../api/stats.ts';
import type { MetricSetting, MetricSettings } from '../config/metric-settings.ts';
import { errorCode } from './engine-log.ts';
import { collectMetric, isOwn, leadingNumber } from './metric-collectors.ts';

const COLLECT_MS = 1000;
/** A file for `collector=file` is a number or a line of them. */
const MAX_FILE_BYTES = 65_536;

export interface MetricsHost {
  settings: () => MetricSettings;
  /** The stats document, without metrics. */
  document: () => StatsDocument;
  exceptionsOf: (worker: number, core: number) => number;
  /** The metrics that applications change, as last heard. */
  own: () => readonly (readonly [name: string, value: number])[];
  tell: (declared: [name: string, initial: number][], measured: [name: string, value: number][]) => void;
  set: (name: string, value: number) => void;
  /** The value `sent` of one that the application changes was handed on: what it has counted since stays. */
  beginAnew: (name: string, sent: number, initial: number) => void;
  raiseAlarm: (name: string, text: string) => void;
  log: (text: string) => void;
}

interface Collected {
  value: number;
  atMs: number;
}

export class Metrics {
  readonly #host: MetricsHost;
  readonly #collected = new Map<string, Collected>();
  /** When a threshold was last found reached, by its text. */
  readonly #reached = new Map<string, number>();
  /** What the files of the folder say, and what is being written. */
  readonly #written = new Map<string, string>();
  #restored = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #isWriting = false;
  #trouble = '';

  constructor(host: MetricsHost) {
    this.#host = host;
  }

  /** The settings in effect are there, at the start or by a reload. */
  adopt(): void {
    const { isOn, metrics, folder, restores } = this.#host.settings();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (!isOn) {
      this.#host.tell([], []);
      return;
    }
    if (folder !== null) this.#makeFolder(folder);
    if (folder !== null && restores) this.#restore(folder, metrics);
    this.#timer = setInterval(() => this.collect(), COLLECT_MS);
    this.#timer.unref();
    this.collect();
  }

  dispose(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** `metrics` of this document; undefined: there are none. */
  #of(document: StatsDocument): Record<string, StatsMetric> | undefined {
    if (!this.#host.settings().isOn) return undefined;
    return Object.fromEntries(this.#list(document).map(({ name, type, oid, value }) => [name, { type, oid, value }]));
  }

  /** The document with all metrics as they are now, if there are any. */
  addTo(document: StatsDocument): StatsDocument {
    const metrics = this.#of(document);
    return metrics === undefined ? document : { ...document, metrics };
  }

  /** As the stats addresses show it: `stats-no-metrics` leaves them out. */
  addShown(document: StatsDocument): StatsDocument {
    return this.#host.settings().isHidden ? document : this.addTo(document);
  }

  /** A sender has just sent them: those with `reset_after_push` begin anew, with the values that this gives. */
  pushed(): [name: string, value: number][] {
    const sent = this.#ownValues();
    const renewed = this.#host.settings().metrics.filter(({ resetAfterPush }) => resetAfterPush);
    for (const metric of renewed) {
      const { name, initialValue } = metric;
      if (isOwn(metric)) this.#host.beginAnew(name, sent.get(name) ?? initialValue, initialValue);
      else this.#set(metric, initialValue);
    }
    return renewed.map(({ name, initialValue }) => [name, initialValue]);
  }

  collect(nowMs = Date.now()): void {
    const { metrics, thresholds, folder } = this.#host.settings();
    const document = this.#host.document();
    const values = new Map(this.#builtin(document).map(({ name, value }) => [name, value]));
    for (const [name, value] of this.#ownValues()) values.set(name, value);
    for (const metric of metrics) {
      if (metric.alias !== null) values.set(metric.name, values.get(metric.alias) ?? 0);
      else if (!isOwn(metric)) values.set(metric.name, this.#collectOne(metric, values, nowMs));
    }
    for (const threshold of thresholds) {
      const value = values.get(threshold.metric) ?? 0;
      const key = JSON.stringify(threshold);
      const passedMs = nowMs - (this.#reached.get(key) ?? Number.NEGATIVE_INFINITY);
      if (value < threshold.value || (passedMs >= 0 && passedMs < threshold.rateSeconds * 1000)) continue;
      this.#reached.set(key, nowMs);
      const { alarm, metric: name, reset, text } = threshold;
      if (alarm !== '') this.#host.raiseAlarm(alarm, text ?? `the metric ${name} has reached ${threshold.value}`);
      const metric = metrics.find((one) => one.name === name);
      if (reset !== null && metric !== undefined) this.#set(metric, reset);
    }
    const own = metrics.filter(isOwn);
    const declared = own.map((metric): [string, number] => [metric.name, this.#initialOf(metric)]);
    const isDeclared = new Set(own.map(({ name }) => name));
    this.#host.tell(
      declared,
      [...values].filter(([name]) => !isDeclared.has(name)),
    );
    if (folder !== null) void this.#write(folder, values);
  }

  #builtin(document: StatsDocument): Metric[] {
    const { noCores } = this.#host.settings();
    return builtinMetrics(document, { noCores, exceptionsOf: this.#host.exceptionsOf });
  }

  #list(document: StatsDocument): Metric[] {
    const builtin = this.#builtin(document);
    const values = new Map(builtin.map(({ name, value }) => [name, value]));
    const own = this.#ownValues();
    const oids = new Map(builtin.map(({ name, oid }) => [name, oid]));
    const { metrics } = this.#host.settings();
    for (const { name, oid } of metrics) oids.set(name, oid);
    return [
      ...builtin,
      ...metrics.map((metric): Metric => {
        const { name, type, oid, alias } = metric;
        if (alias !== null) {
          const value = values.get(alias) ?? own.get(alias) ?? this.#collected.get(alias)?.value ?? 0;
          return { name, type: MetricType.alias, oid: oids.get(alias) ?? oid, value };
        }
        return { name, type, oid, value: own.get(name) ?? this.#collected.get(name)?.value ?? metric.initialValue };
      }),
    ];
  }

  #ownValues(): Map<string, number> {
    const values = new Map<string, number>();
    for (const metric of this.#host.settings().metrics)
      if (isOwn(metric)) values.set(metric.name, this.#initialOf(metric));
    for (const [name, value] of this.#host.own()) if (values.has(name)) values.set(name, value);
    return values;
  }

  #initialOf({ name, initialValue }: MetricSetting): number {
    return this.#restored.get(name) ?? initialValue;
  }

  #collectOne(metric: MetricSetting, values: ReadonlyMap<string, number>, nowMs: number): number {
    const { name, collector, everySeconds } = metric;
    const before = this.#collected.get(name);
    // A tick may come a little early.
    const isEarly = before !== undefined && Math.abs(nowMs - before.atMs) < everySeconds * 1000 - COLLECT_MS / 2;
    if (collector === null || isEarly) return before?.value ?? metric.initialValue;
    const valueOf = (child: string): number => values.get(child) ?? this.#collected.get(child)?.value ?? 0;
    const value = collectMetric(collector, before?.value ?? this.#initialOf(metric), { valueOf, readFile });
    this.#collected.set(name, { value, atMs: nowMs });
    return value;
  }

  #set(metric: MetricSetting, value: number): void {
    if (isOwn(metric)) this.#host.set(metric.name, value);
    else this.#collected.set(metric.name, { value, atMs: Date.now() });
  }

  #makeFolder(folder: string): void {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      this.#failed(folder, error);
    }
  }

  #restore(folder: string, metrics: readonly MetricSetting[]): void {
    const restored = new Map<string, number>();
    for (const { name, collector, alias } of metrics) {
      if (alias !== null || (collector !== null && collector.type !== 'accumulator')) continue;
      const value = leadingNumber(readFile(fileOf(folder, name)) ?? '');
      if (value !== null) restored.set(name, value);
    }
    this.#restored = restored;
  }

  /** Only what has changed; a folder that is slow gets the next values. */
  async #write(folder: string, values: ReadonlyMap<string, number>): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      for (const [name, value] of values) {
        const path = fileOf(folder, name);
        const text = `${value}\n`;
        if (this.#written.get(path) === text) continue;
        await writeFile(path, text);
        this.#written.set(path, text);
      }
      this.#trouble = '';
    } catch (error) {
      this.#failed(folder, error);
    }
    this.#isWriting = false;
  }

  #failed(folder: string, error: unknown): void {
    const trouble = `*** metrics-dir ${folder} can not be written (${errorCode(error)}) ***`;
    if (trouble !== this.#trouble) this.#host.log(trouble);
    this.#trouble = trouble;
  }
}

/** Names are the configuration's; a slash in one must not lead elsewhere. */
function fileOf(folder: string, name: string): string {
  return join(folder, name.replaceAll('/', '_'));
}

function readFile(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').slice(0, MAX_FILE_BYTES);
  } catch {
    // It is not there (yet): the value stays.
    return null;
  }
}
