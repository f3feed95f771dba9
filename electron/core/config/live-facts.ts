/**
 * Gathers what live figures are made of (live-figures.ts): the samples and peaks of an instance, its newest document, the
 * history of a day, watched reloads, the values its server has read, and its machine. Cheap enough for every few seconds.
 */
import type { LiveFigures } from '../../contract/live-figures.ts';
import type { ReloadRun } from '../../contract/reload-model.ts';
import type { HistoryPeaks } from '../history/history-db.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import type { ReloadFlow } from '../reload/reload-flow.ts';
import { statusOf, workersOf } from '../samples/worker-rows.ts';
import { liveFigures } from './live-figures.ts';
import type { LiveFacts } from './live-rule.ts';
import { MachineFigures } from './machine-figures.ts';
import { readingOf, readOptions } from './option-reading.ts';

const DAY_MS = 24 * 3600 * 1000;
const DAY_FRESH_MS = 60_000;

export class LiveFigureDesk {
  readonly #ports: Ports;
  readonly #reloads: ReloadFlow;
  /** Values that the server read at its start: read anew when its configuration is another object. */
  readonly #values = new WeakMap<Instance, { config: unknown; values: Promise<ReadonlyMap<string, string>> }>();
  readonly #days = new WeakMap<Instance, { atMs: number; peaks: HistoryPeaks | null }>();
  readonly #machines: MachineFigures;

  constructor(ports: Ports, reloads: ReloadFlow) {
    this.#ports = ports;
    this.#reloads = reloads;
    this.#machines = new MachineFigures(ports.clock);
  }

  async figuresOf(instance: Instance): Promise<LiveFigures> {
    const { document, figures, ring } = instance.monitor;
    if (document === null || figures === null) return { atMs: null, windowMs: 0, figures: [] };
    const [values, machine] = await Promise.all([this.#valuesOf(instance), this.#machines.of(instance.machine)]);
    const facts = this.#gather(instance, values, machine);
    return { atMs: figures.atMs, windowMs: ring.spanMs, figures: facts === null ? [] : liveFigures(facts) };
  }

  #gather(instance: Instance, values: ReadonlyMap<string, string>, machine: LiveFacts['machine']): LiveFacts | null {
    const { monitor, live } = instance;
    const { document, figures, ring, requests } = monitor;
    if (document === null || figures === null) return null;
    const nowMs = this.#ports.clock.now();
    const sinceMs = nowMs - 15 * 60_000;
    const workers = workersOf(document);
    const running = workers.filter((worker) => worker.pid > 0 && statusOf(worker).status !== 'cheap');
    const nearest = running.toSorted((a, b) => b.delta_requests - a.delta_requests)[0];
    const longest = requests.toSorted((a, b) => (b.elapsedMs ?? 0) - (a.elapsedMs ?? 0))[0];
    const apps = running.flatMap((worker) => worker.apps);
    return {
      nowMs,
      ...samplesIn(instance),
      windowMs: ring.spanMs,
      queueLimit: figures.listenMax,
      workers: workers.length,
      cores: workers.reduce((sum, worker) => sum + worker.cores.length, 0),
      nearest: nearest === undefined ? null : { wid: nearest.id, requests: nearest.delta_requests },
      longestNow:
        longest?.elapsedMs == null ? null : { ms: longest.elapsedMs, what: `${longest.method} ${longest.path}`.trim() },
      startupMs: apps.length === 0 ? null : Math.max(...apps.map((app) => app.startup_time)) * 1000,
      memoryBytes: figures.rssBytes,
      largestBytes: figures.rssLargestBytes,
      peaks: live.peaksSince(sinceMs),
      lives: live.livesSince(sinceMs),
      day: this.#dayOf(instance, nowMs),
      drains: this.#reloads.list(instance.id).flatMap(drainOf),
      machine,
      values,
    };
  }

  async #valuesOf(instance: Instance): Promise<ReadonlyMap<string, string>> {
    const { config } = instance;
    const known = this.#values.get(instance);
    if (known !== undefined && known.config === config) return known.values;
    const values = this.#readValues(instance);
    this.#values.set(instance, { config, values });
    return values;
  }

  async #readValues(instance: Instance): Promise<ReadonlyMap<string, string>> {
    // Without a file that is known there are figures all the same, but no limits to compare them with.
    const reading = await readingOf(instance, this.#ports).catch(() => null);
    if (reading === null) return new Map();
    const list = await readOptions(reading).catch(() => null);
    const inEffect = list?.options.filter(({ status }) => status === 'in effect') ?? [];
    return new Map(inEffect.map(({ name, value }) => [name, value]));
  }

  #dayOf(instance: Instance, nowMs: number): HistoryPeaks | null {
    const known = this.#days.get(instance);
    if (known !== undefined && nowMs - known.atMs < DAY_FRESH_MS) return known.peaks;
    const peaks = instance.historyPeaks(nowMs - DAY_MS);
    this.#days.set(instance, { atMs: nowMs, peaks });
    return peaks;
  }
}

type Sampled = Pick<LiveFacts, 'samples' | 'allBusySamples' | 'busyPeak' | 'queuePeak' | 'queuePeakAtMs' | 'slowestMs'>;

/** One pass over the ring. Polls without data count for nothing. */
function samplesIn({ monitor: { ring } }: Instance): Sampled {
  const found: Sampled = {
    samples: 0,
    allBusySamples: 0,
    busyPeak: 0,
    queuePeak: 0,
    queuePeakAtMs: 0,
    slowestMs: null,
  };
  for (let i = 0; i < ring.length; i += 1) {
    const busy = ring.at('busy', i);
    if (busy === null) continue;
    found.samples += 1;
    found.busyPeak = Math.max(found.busyPeak, busy);
    const free = (ring.at('idle', i) ?? 0) + (ring.at('cheap', i) ?? 0);
    if (busy > 0 && free === 0) found.allBusySamples += 1;
    const queue = ring.at('listenQueue', i) ?? 0;
    if (queue > found.queuePeak) {
      found.queuePeak = queue;
      found.queuePeakAtMs = ring.at('atMs', i) ?? 0;
    }
    const slowest = ring.at('slowestRtMs', i);
    if (slowest !== null) found.slowestMs = Math.max(found.slowestMs ?? 0, slowest);
  }
  return found;
}

/** What a watched reload says about mercy; nothing when no worker was seen to let go. */
function drainOf(run: ReloadRun): { longestMs: number; cutOff: number }[] {
  const spans = run.workers.flatMap((worker) => worker.spans).filter(({ state }) => state === 'draining');
  const lengths = spans.flatMap(({ fromMs, toMs }) => (toMs === null ? [] : [toMs - fromMs]));
  if (run.phase !== 'finished' || (lengths.length === 0 && run.cutOff === 0)) return [];
  return [{ longestMs: Math.max(0, ...lengths), cutOff: run.cutOff }];
}
