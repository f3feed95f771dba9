/**
 * One instance: what is kept of it, the way to it, its engine when the bundled one runs it, and who watches it.
 * It knows nothing of other instances and of the contract's methods; the registry and the handlers do.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { LogLine } from '../../contract/logs-model.ts';
import type { InstanceEvent, Instance as InstanceRow, WatchSnapshot } from '../../contract/model.ts';
import { NO_CHANGES, ToldRows } from '../../contract/tick-changes.ts';
import type { Connection } from '../../rpc/server.ts';
import { sectionsOf } from '../background/background-view.ts';
import { CronRuns } from '../background/cron-runs.ts';
import { DEFAULT_HEARTBEAT_MS, type EffectiveConfig } from '../config/effective-config.ts';
import { clockAheadMs } from '../config/machine-clock.ts';
import { type OwnRow, vassalRows, vassalTrouble } from '../emperor/vassal-rows.ts';
import type { EngineRunner } from '../engine/engine-runner.ts';
import type { History, HistoryPeaks } from '../history/history-db.ts';
import { POLL_INTERVAL_MS } from '../link/link-machine.ts';
import type { Machine } from '../machine/machine.ts';
import type { Machines } from '../machine/machines.ts';
import type { Clock } from '../ports.ts';
import { LiveTracker } from '../samples/live-tracker.ts';
import { hasSocket, machineOf, parseStatsTarget, type StatsTarget } from '../stats/target.ts';
import { judgeHealth } from './health.ts';
import { missingApplication } from './missing-application.ts';
import { Monitor, type MonitorSample } from './monitor.ts';
import type { InstanceRecord } from './record.ts';
import { languageOf, runtimeIn } from './runtime-name.ts';

export interface InstanceOptions {
  record: InstanceRecord;
  clock: Clock;
  homeFolder: string;
  history: History;
  machines: Machines;
  isReadOnly: (tags: readonly string[]) => boolean;
  /** Its row is another than before. */
  onChanged: (instance: Instance) => void;
  /** Its figures are newer. */
  onFigures: (instance: Instance) => void;
  /** Its configuration was read. */
  onConfig: (instance: Instance) => void;
  /** Its record is another than before and has to be kept. */
  onRecord: () => void;
}

export interface InstanceListener {
  onDocument?: (document: StatsDocument, atMs: number) => void;
  onGap?: (reason: string, code: string, atMs: number) => void;
  onSample?: (sample: MonitorSample) => void;
  onLines?: (lines: LogLine[]) => void;
}

interface Watch {
  connection: Connection;
  seq: number;
  told: ToldRows;
}

export class Instance {
  readonly monitor: Monitor;
  readonly live = new LiveTracker();
  readonly cronRuns = new CronRuns();
  readonly #options: InstanceOptions;
  #record: InstanceRecord;
  #config: EffectiveConfig | null = null;
  #runner: EngineRunner | null = null;
  #runtime: string | null = null;
  #vassals: OwnRow[] = [];
  /** How far the clock of its machine is ahead of ours. */
  #aheadMs = 0;
  #master: { pid: number; parentPid: number | null; startedAtMs: number | null } | null = null;
  readonly #watches = new Map<number, Watch>();
  #cancelBeat: (() => void) | null = null;
  readonly #listeners = new Set<InstanceListener>();

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#record = options.record;
    this.monitor = new Monitor({
      clock: options.clock,
      random: Math.random,
      onChanged: () => options.onChanged(this),
      onFigures: () => options.onFigures(this),
      onSample: (sample) => this.#sampled(sample),
      onDocument: (document, atMs) => this.#answered(document, atMs),
      onGap: (reason, code, atMs) => {
        for (const listener of this.#listeners) listener.onGap?.(reason, code, atMs);
      },
    });
  }

  get id(): string {
    return this.#record.id;
  }

  get record(): InstanceRecord {
    return this.#record;
  }

  get config(): EffectiveConfig | null {
    return this.#config;
  }

  get runner(): EngineRunner | null {
    return this.#runner;
  }

  /** What answers, and what has started it; null: not known. */
  get masterProcess(): { pid: number | null; parentPid: number | null } {
    return { pid: this.#master?.pid ?? null, parentPid: this.#master?.parentPid ?? null };
  }

  /** Of an emperor, as its newest answer has them. */
  get vassals(): readonly OwnRow[] {
    return this.#vassals;
  }

  /** Where it runs. */
  get machine(): Machine {
    return this.#options.machines.get(machineOf(this.#record.statsAddress));
  }

  /** By one of its tags: changing it takes typing its name. */
  get isReadOnly(): boolean {
    return this.#options.isReadOnly(this.#record.tags);
  }

  /** It is Reeve's engine, whoever started it: its reloads keep the master process, a real uWSGI's start it anew. */
  get isReeveEngine(): boolean {
    return this.#record.kind === 'engine' || (this.monitor.document?.version.startsWith('reeve') ?? false);
  }

  updateRecord(change: Partial<InstanceRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#options.onRecord();
    this.#options.onChanged(this);
  }

  setRunner(runner: EngineRunner): void {
    this.#runner = runner;
  }

  setConfig(config: EffectiveConfig | null): void {
    this.#config = config;
    this.monitor.harakiriMs = config?.harakiriMs ?? null;
    this.#options.onConfig(this);
    this.#options.onChanged(this);
  }

  /** Begins to poll, where there is an address. `known`: what it has answered already. Throws `stats-address`. */
  attach(options: { eager?: boolean; phaseMs?: number; known?: StatsDocument } = {}): void {
    if (!hasSocket(this.#record.statsAddress)) return;
    this.monitor.start(this.target(), { ...options, machine: this.machine });
  }

  target(): StatsTarget {
    return parseStatsTarget(this.#record.statsAddress, this.#options.homeFolder);
  }

  /** The engine wrote to its log. */
  addLines(lines: LogLine[]): void {
    for (const line of lines) this.#learnRuntime(line);
    for (const listener of this.#listeners) listener.onLines?.(lines);
  }

  /** Every poll and line until the returned function is called. */
  listen(listener: InstanceListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Highest figures that are kept since then; null: nothing is. */
  historyPeaks(sinceMs: number): HistoryPeaks | null {
    return this.#options.history.peaks(this.id, sinceMs);
  }

  addEvent(event: InstanceEvent): void {
    this.monitor.addEvent(event);
  }

  watch(connection: Connection): WatchSnapshot {
    const { monitor } = this;
    const shown = { workers: monitor.workers(), requests: monitor.requests };
    this.#watches.set(connection.id, { connection, seq: 0, told: new ToldRows(shown) });
    if (this.#cancelBeat === null) this.#armBeat();
    return { instance: this.row(), seq: 0, history: monitor.ring.history(monitor.events), ...shown };
  }

  unwatch(connection: Connection): void {
    this.#watches.delete(connection.id);
    if (this.#watches.size === 0) this.#disarmBeat();
  }

  row(): InstanceRow {
    const { monitor } = this;
    const record = this.#record;
    const { document, figures } = monitor;
    const attached = monitor.link.status === 'attached';
    const { machine } = this;
    return {
      id: record.id,
      name: record.name,
      group: machine.isLocal ? 'local' : (record.tags[0] ?? machine.name),
      kind: record.kind,
      statsAddress: record.statsAddress,
      machine: machine.id,
      hostName: machine.name,
      via: [...machine.via],
      tags: record.tags,
      readOnly: this.isReadOnly,
      health: this.#health(),
      link: monitor.link,
      engine: this.#engineState(),
      // An emperor has no workers: what stands for it is its vassals.
      figures: record.kind === 'emperor' ? null : figures,
      version: document?.version ?? null,
      masterPid: attached ? (document?.pid ?? null) : null,
      runtime: this.#runtime ?? languageOf(document),
      cwd: document?.cwd ?? null,
      upSinceMs: attached ? this.#upSinceMs() : null,
      url: this.#config?.url ?? null,
      configPath: record.configPath,
      sample: record.sample,
      harakiriMs: monitor.harakiriMs,
      lastReloadAtMs: record.lastReloadAtMs,
      emperor: this.#emperorRow(),
      sections: record.kind === 'emperor' ? ['emperor'] : sectionsOf(document, this.#config?.background ?? null),
    };
  }

  async dispose(): Promise<void> {
    this.monitor.dispose();
    this.#watches.clear();
    this.#disarmBeat();
    this.#listeners.clear();
    await this.#runner?.dispose();
  }

  /** Charts of an instance that is stopped or out of reach go on, with a gap. */
  #armBeat(): void {
    this.#cancelBeat = this.#options.clock.setTimer(() => {
      this.#armBeat();
      this.monitor.beat();
    }, POLL_INTERVAL_MS);
  }

  #disarmBeat(): void {
    this.#cancelBeat?.();
    this.#cancelBeat = null;
  }

  #learnRuntime(line: LogLine): void {
    if (line.level === 'request') return;
    const runtime = runtimeIn(line.text);
    if (runtime === null || runtime === this.#runtime) return;
    this.#runtime = runtime;
    this.#options.onChanged(this);
  }

  #engineState(): InstanceRow['engine'] {
    return this.#record.kind === 'engine' ? (this.#runner?.state ?? STOPPED) : null;
  }

  #health(): InstanceRow['health'] {
    const { monitor } = this;
    const now = this.#options.clock.now();
    const exceptionsLastMin = monitor.ring.sumSince('exceptions', now - 60_000);
    return judgeHealth({
      kind: this.#record.kind,
      name: this.#record.name,
      link: monitor.link,
      engine: this.#engineState(),
      figures: monitor.figures,
      requests: monitor.requests,
      harakiriMs: monitor.harakiriMs,
      queueErrorsLastMin: monitor.queueErrorsSince(now - 60_000),
      exceptionsLastMin,
      exceptionsMinuteBefore: monitor.ring.sumSince('exceptions', now - 120_000) - exceptionsLastMin,
      missingApplication: missingApplication(this.#config?.application ?? null, monitor.document),
      vassals: vassalTrouble(this.#vassals),
      reloadRunning: monitor.reloadRunning,
    });
  }

  #emperorRow(): InstanceRow['emperor'] {
    if (this.monitor.emperor === null) return null;
    return { vassals: this.#vassals.length, trouble: vassalTrouble(this.#vassals)?.count ?? 0 };
  }

  #upSinceMs(): number | null {
    const engineStart = this.#runner?.state.startedAtMs ?? null;
    if (engineStart !== null) return engineStart;
    return this.#master?.startedAtMs ?? null;
  }

  #answered(document: StatsDocument, atMs: number): void {
    this.#followEmperor(atMs);
    this.live.see(document, this.monitor.requests, atMs);
    this.cronRuns.see(document, atMs);
    this.#followEngine(document);
    if (this.#master?.pid !== document.pid) {
      this.#master = { pid: document.pid, parentPid: null, startedAtMs: null };
      if (this.#runner === null) void this.#learnStart(document.pid);
    }
    for (const listener of this.#listeners) listener.onDocument?.(document, atMs);
  }

  /** An address may be another kind of server's after its restart. */
  #followEmperor(atMs: number): void {
    const { emperor } = this.monitor;
    const heartbeatMs = this.#config?.heartbeatMs ?? DEFAULT_HEARTBEAT_MS;
    this.#vassals = emperor === null ? [] : vassalRows(emperor, { atMs, aheadMs: this.#aheadMs, heartbeatMs });
    if (this.#record.kind === 'engine') return;
    const kind = emperor === null ? 'attached' : 'emperor';
    if (this.#record.kind !== kind) this.updateRecord({ kind });
    if (emperor !== null) void this.#learnClock();
  }

  async #learnClock(): Promise<void> {
    this.#aheadMs = await clockAheadMs(this.machine);
  }

  /** An engine runs when its own master answers and has workers; another server may hold its address. */
  #followEngine(document: StatsDocument): void {
    const runner = this.#runner;
    if (runner === null || runner.state.pid !== document.pid) return;
    if (document.workers.some((worker) => worker.pid > 0 || worker.status === 'cheap')) runner.answered();
  }

  /** The stats document does not say since when the master runs; on its machine its process does. */
  async #learnStart(pid: number): Promise<void> {
    // Where it can't be looked up, its age stays unknown.
    const info = await this.machine.readProcess(pid).catch(() => null);
    if (info === null || this.#master?.pid !== pid) return;
    this.#master = { pid, parentPid: info.parentPid, startedAtMs: info.startedAtMs };
    this.#options.onChanged(this);
  }

  #sampled(sample: MonitorSample): void {
    if (sample.row !== null) this.#options.history.record(this.id, sample.row);
    for (const listener of this.#listeners) listener.onSample?.(sample);
    if (this.#watches.size === 0) return;
    const { atMs, row, states, events } = sample;
    const shown = row === null ? null : { workers: this.monitor.workers(), requests: this.monitor.requests };
    for (const watch of this.#watches.values()) {
      watch.seq += 1;
      watch.connection.emit('tick', {
        instanceId: this.id,
        seq: watch.seq,
        atMs,
        row,
        states,
        ...(shown === null ? NO_CHANGES : watch.told.changes(shown)),
        events,
      });
    }
  }
}

const STOPPED = { status: 'stopped', pid: null, error: null, startedAtMs: null } as const;
