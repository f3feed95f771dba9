/**
 * Reloads with proof: acts once, then watches every worker at four polls a second until there is a verdict, and
 * keeps the report. Watching can be given up; the reload itself can't be taken back.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { EventPayload } from '../../contract/api.ts';
import { type ReloadMethod, type ReloadPlan, type ReloadRun, reloadRunSchema } from '../../contract/model.ts';
import { DEFAULT_MERCY_MS, type EffectiveConfig } from '../config/effective-config.ts';
import { CoreError, toErrorData } from '../errors.ts';
import type { DocumentStore } from '../files/document-store.ts';
import type { Instance } from '../instances/instance.ts';
import type { MachineId } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { sampleValue } from '../samples/figures.ts';
import { plainEvent } from '../samples/poll-events.ts';
import { pollStats } from '../stats/stats-client.ts';
import { onMachine, parseStatsTarget, type StatsTarget } from '../stats/target.ts';
import { seconds } from '../words.ts';
import { act } from './act.ts';
import { makeReloadPlan, startupMsOf } from './reload-plan.ts';
import { verdictOf } from './verdict.ts';
import { beginWatch, observeDocument, observeGap, observeRefusal, type WatchState } from './watch-machine.ts';
import { info } from './watch-words.ts';

export const reportsFileSchema = z.object({ version: z.literal(1), runs: z.array(reloadRunSchema) });
export type ReportsFile = z.infer<typeof reportsFileSchema>;

export interface ReloadFlowOptions {
  clock: Clock;
  store: DocumentStore<ReportsFile>;
  /** Reads the instance's configuration as it is on disk now. */
  readConfig: (instance: Instance) => Promise<EffectiveConfig | null>;
  emitRun: (run: ReloadRun) => void;
  emitNotice: (notice: EventPayload<'notice'>) => void;
  onTrouble: (text: string) => void;
}

const WATCH_INTERVAL_MS = 250;
const SETTLE_MS = 2_500;
const REPORTS_PER_INSTANCE = 20;
const MOST_POINTS = 900;
const MOST_ERROR_LINES = 20;
/** What the bundled engine logs when the new generation of a reload could not be loaded. */
const REFUSAL =
  /reload (was )?(refused|failed|given up|cancelled)|old generation (goes on|serves on|keeps)|old workers (go on|serve on|keep)/i;

interface Active {
  instance: Instance;
  run: ReloadRun;
  watch: WatchState;
  stopListening: () => void;
  /** Stats address of the configuration on disk; null once it is followed, or when there is none. */
  nextAddress: string | null;
  /** The engine's last traceback or error, for a refusal. */
  lastError: string[];
}

export class ReloadFlow {
  readonly #options: ReloadFlowOptions;
  readonly #active = new Map<string, Active>();
  readonly #starting = new Set<string>();

  constructor(options: ReloadFlowOptions) {
    this.#options = options;
  }

  async plan(instance: Instance): Promise<ReloadPlan> {
    const config = await this.#options.readConfig(instance);
    return makeReloadPlan(instance, config, this.#options.clock.now());
  }

  /** Checks once more, acts, and begins to watch. Throws when nothing was done. */
  async start(instance: Instance, methodId: string): Promise<ReloadRun> {
    if (this.#activeOf(instance) !== null || this.#starting.has(instance.id)) {
      throw new CoreError('reload-running', { name: instance.record.name });
    }
    this.#starting.add(instance.id);
    try {
      return await this.#start(instance, methodId);
    } finally {
      this.#starting.delete(instance.id);
    }
  }

  /** Throws `reload-unknown`. */
  get(id: string): ReloadRun {
    const run = this.#active.get(id)?.run ?? this.#options.store.value.runs.find((kept) => kept.id === id);
    if (run === undefined) throw new CoreError('reload-unknown', { id });
    return run;
  }

  /** Newest first. */
  list(instanceId: string): ReloadRun[] {
    const active = [...this.#active.values()].map(({ run }) => run);
    return [...active, ...this.#options.store.value.runs.toReversed()].filter((run) => run.instanceId === instanceId);
  }

  stopWatching(id: string): ReloadRun {
    const active = this.#active.get(id);
    if (active === undefined) return this.get(id);
    const now = this.#options.clock.now();
    const fresh = active.watch.workers.filter((worker) => worker.state === 'new').length;
    const title = `Watching stopped after ${seconds(now - active.run.startedAtMs)}.`;
    const detail = `${fresh} of ${active.watch.workers.length} workers were new by then; the reload itself goes on.`;
    this.#finish(active, { status: 'stuck', title, detail }, now);
    return active.run;
  }

  async forget(instanceId: string): Promise<void> {
    this.#starting.delete(instanceId);
    for (const active of this.#active.values()) {
      if (active.instance.id === instanceId) this.#end(active);
    }
    const runs = this.#options.store.value.runs.filter((run) => run.instanceId !== instanceId);
    await this.#options.store.set({ version: 1, runs });
  }

  dispose(): void {
    this.#starting.clear();
    for (const active of this.#active.values()) this.#end(active);
  }

  async #start(instance: Instance, methodId: string): Promise<ReloadRun> {
    // Planned and carried out by one reading of the configuration: what was checked is what is done.
    const config = await this.#options.readConfig(instance);
    const plan = await makeReloadPlan(instance, config, this.#options.clock.now());
    const method = plan.methods.find((candidate) => candidate.id === methodId);
    if (method === undefined || !method.enabled) {
      const reason = method?.whyNot ?? 'There is no such way.';
      throw new CoreError('reload-method', { title: method?.title ?? methodId, reason });
    }
    const poll = await pollStats(instance.target(), undefined, instance.machine);
    if (!poll.ok) throw new CoreError('reload-no-figures', { name: instance.record.name }, { cause: poll.error });
    await this.#letSettle(instance, poll.document);
    // It was removed meanwhile, or Reeve is about to end.
    if (!this.#starting.has(instance.id)) throw new CoreError('instance-unknown', { id: instance.id });
    const startedAtMs = this.#options.clock.now();
    const watch = beginWatch(
      {
        startedAtMs,
        full: !instance.isReeveEngine && method.id !== 'fifo-chain' && method.id !== 'fifo-workers',
        chain: method.id === 'fifo-chain',
        mercyMs: config?.mercyMs ?? DEFAULT_MERCY_MS,
        startupMs: startupMsOf(instance),
        mayActAtMercy: !instance.isReeveEngine,
      },
      poll.document,
      instance.monitor.requests,
    );
    const active: Active = {
      instance,
      watch,
      run: makeRun(instance, method, plan, startedAtMs),
      stopListening: () => {},
      nextAddress: config?.statsAddress ?? null,
      lastError: [],
    };
    active.stopListening = this.#listenTo(active);
    this.#active.set(active.run.id, active);
    instance.monitor.reloadRunning = true;
    instance.monitor.setInterval(WATCH_INTERVAL_MS);
    instance.monitor.setEager(true);
    let done: string;
    try {
      done = await act(instance, method, config, poll.document);
    } catch (error) {
      this.#end(active);
      throw error;
    }
    const accepted = new Set([...instance.record.acceptedMethods, method.id]);
    instance.updateRecord({ acceptedMethods: [...accepted] });
    active.watch = {
      ...active.watch,
      log: [info(startedAtMs, done), ...active.watch.log],
    };
    this.#update(active, startedAtMs);
    return active.run;
  }

  /** A worker of uWSGI that has not set up its signals yet misses the command, and is only killed after mercy. */
  async #letSettle(instance: Instance, document: StatsDocument): Promise<void> {
    if (instance.isReeveEngine) return;
    const youngestMs = Math.max(0, ...document.workers.map((worker) => worker.last_spawn)) * 1000;
    const waitMs = youngestMs + SETTLE_MS - this.#options.clock.now();
    if (waitMs > 0 && waitMs <= SETTLE_MS) await sleep(waitMs);
  }

  #listenTo(active: Active): () => void {
    const { instance } = active;
    return instance.listen({
      onDocument: (document, atMs) => {
        active.watch = observeDocument(active.watch, document, instance.monitor.requests, atMs);
        this.#update(active, atMs);
      },
      onGap: (reason, code, atMs) => {
        active.watch = observeGap(active.watch, reason, code !== 'stats-timeout', atMs);
        this.#update(active, atMs);
        void this.#followAddress(active);
      },
      onSample: ({ atMs, row }) => {
        if (row === null) return;
        const point: ReloadRun['series'][number] = [
          atMs - active.run.startedAtMs,
          sampleValue(row, 'reqPerSec'),
          sampleValue(row, 'listenQueue'),
          sampleValue(row, 'slowestRtMs'),
        ];
        active.run = { ...active.run, series: [...active.run.series, point].slice(-MOST_POINTS) };
      },
      onLines: (lines) => {
        for (const line of lines) {
          if (line.level === 'error') active.lastError = [...active.lastError, line.text].slice(-MOST_ERROR_LINES);
          if (!REFUSAL.test(line.text)) continue;
          const text = [...active.lastError, line.text].join('\n');
          active.watch = observeRefusal(active.watch, text, line.atMs);
          this.#update(active, line.atMs);
        }
      },
    });
  }

  /** The configuration that was loaded may name another stats address: the server then answers there. */
  async #followAddress(active: Active): Promise<void> {
    const { instance, nextAddress } = active;
    if (nextAddress === null) return;
    active.nextAddress = null;
    const target = targetOf(nextAddress, instance.machine.id);
    if (target === null || target.text === instance.record.statsAddress) return;
    const poll = await pollStats(target, undefined, instance.machine);
    if (!this.#active.has(active.run.id)) return;
    if (!poll.ok) {
      active.nextAddress = nextAddress;
      return;
    }
    instance.updateRecord({ statsAddress: target.text });
    instance.attach({ eager: true });
    instance.monitor.setInterval(WATCH_INTERVAL_MS);
  }

  #update(active: Active, atMs: number): void {
    if (!this.#active.has(active.run.id)) return;
    active.instance.monitor.setEager(true);
    const { watch } = active;
    const verdict = verdictOf(watch, atMs);
    active.run = {
      ...active.run,
      phase: 'watching',
      verdict,
      workers: watch.workers.map(({ wid, oldPid, newPid, spans }) => ({ wid, oldPid, newPid, spans })),
      answered: watch.answered,
      cutOff: watch.cutOff,
      exceptions: watch.exceptions,
      queuePeak: watch.queuePeak,
      log: watch.log,
    };
    if (watch.outcome.status === 'finished' && verdict !== null) this.#finish(active, verdict, atMs);
    else this.#options.emitRun(active.run);
  }

  #finish(active: Active, verdict: NonNullable<ReloadRun['verdict']>, atMs: number): void {
    const { instance } = active;
    const workers = active.run.workers.map((worker) => ({
      ...worker,
      spans: worker.spans.map((span) => (span.toMs === null ? { ...span, toMs: atMs } : span)),
    }));
    const level = verdict.status === 'failed' ? ('error' as const) : ('info' as const);
    const log = [...active.run.log, { atMs, level, text: verdict.title }];
    active.run = { ...active.run, phase: 'finished', finishedAtMs: atMs, verdict, workers, log };
    this.#end(active);
    const worked = verdict.status === 'done' || verdict.status === 'done-with';
    if (worked) instance.updateRecord({ lastReloadAtMs: active.run.startedAtMs });
    instance.addEvent(
      plainEvent(
        active.run.startedAtMs,
        'reload',
        active.run.method.title,
        `${verdict.title} ${verdict.detail}`,
        active.run.id,
      ),
    );
    this.#keep(active.run);
    this.#options.emitRun(active.run);
    this.#options.emitNotice({
      level,
      text: `${instance.record.name}: ${verdict.title}`,
      instanceId: instance.id,
      reloadId: active.run.id,
    });
    void this.#refreshConfig(instance);
  }

  async #refreshConfig(instance: Instance): Promise<void> {
    try {
      instance.setConfig(await this.#options.readConfig(instance));
    } catch (error) {
      this.#options.onTrouble(toErrorData(error).message);
    }
  }

  #end(active: Active): void {
    active.stopListening();
    this.#active.delete(active.run.id);
    const { monitor } = active.instance;
    monitor.reloadRunning = false;
    monitor.setInterval(null);
    monitor.setEager(false);
  }

  #keep(run: ReloadRun): void {
    const kept = [...this.#options.store.value.runs, run];
    const mine = kept.filter((other) => other.instanceId === run.instanceId);
    const dropped = new Set(mine.slice(0, Math.max(0, mine.length - REPORTS_PER_INSTANCE)));
    this.#options.store
      .set({ version: 1, runs: kept.filter((other) => !dropped.has(other)) })
      .catch((error: unknown) => {
        this.#options.onTrouble(toErrorData(error).message);
      });
  }

  #activeOf(instance: Instance): Active | null {
    return [...this.#active.values()].find((active) => active.instance === instance) ?? null;
  }
}

/** null: an address that can't be asked, e.g. one with port 0. */
function targetOf(statsAddress: string, machine: MachineId): StatsTarget | null {
  try {
    return onMachine(machine, parseStatsTarget(statsAddress, ''));
  } catch (error) {
    if (error instanceof CoreError) return null;
    throw error;
  }
}

function makeRun(instance: Instance, method: ReloadMethod, plan: ReloadPlan, startedAtMs: number): ReloadRun {
  return {
    id: randomUUID(),
    instanceId: instance.id,
    method,
    checks: plan.checks,
    startedAtMs,
    finishedAtMs: null,
    phase: 'acting',
    verdict: null,
    workers: [],
    answered: 0,
    cutOff: 0,
    exceptions: 0,
    queuePeak: 0,
    forecast: plan.forecast,
    series: [],
    log: [],
  };
}
