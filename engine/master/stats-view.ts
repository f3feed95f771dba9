/**
 * What the stats document shows: the machine's workers, the books, the scoreboard, made into uWSGI's shape. A worker
 * number is shown by the process that serves under it; while an old generation still answers a request there, by that
 * one, so that a reload that waits for a request is seen to wait.
 */
import type {
  StatsAlarm,
  StatsApp,
  StatsCore,
  StatsCron,
  StatsCronRun,
  StatsDaemon,
  StatsDocument,
  StatsReeve,
  StatsWorker,
} from '../api/stats.ts';
import type { CommonsReport } from '../commons/state.ts';
import { LANGUAGES } from '../config/languages.ts';
import { protocolName } from '../config/listener-names.ts';
import type { EngineSettings } from '../config/settings.ts';
import { decodeEnviron } from '../gateway/environ-reader.ts';
import { NO_MEMORY, readMemory, readMemoryShares } from '../process-memory.ts';
import { HeaderField, headerTotal, type Scoreboard, SlotField, VARS_BYTES } from '../scoreboard.ts';
import { ENGINE_VERSION } from '../version.ts';
import type { Accounts, AppTotals, CoreTotals, SeatTotals } from './accounts.ts';
import type { CompanionStats } from './companion-stats.ts';
import type { LoadedApp } from './control.ts';
import { isLive, type MasterState, type ReloadReport, type Worker } from './machine-state.ts';
import type { SpoolStats } from './spools.ts';

interface GateTotals {
  requests: number;
  staticRequests: number;
  routedRequests: number;
  offloadedRequests: number;
  txBytes: number;
  writeErrors: number;
}

export interface StatsSources {
  state: MasterState;
  accounts: Accounts;
  board: Scoreboard;
  settings: EngineSettings;
  cwd: string;
  /** Apps that fresh workers reported themselves, by spawn id. */
  workerApps: ReadonlyMap<number, LoadedApp[]>;
  daemons: readonly StatsDaemon[];
  commons: CommonsReport;
  crons: { crons: StatsCron[]; runs: StatsCronRun[] };
  alarms: StatsAlarm[];
  spools: SpoolStats;
  companions: CompanionStats;
}

export function buildStats(sources: StatsSources): StatsDocument {
  const { state, board, settings } = sources;
  const listenQueue = headerTotal(board, HeaderField.listenQueue);
  return {
    version: ENGINE_VERSION,
    listen_queue: listenQueue,
    listen_queue_errors: headerTotal(board, HeaderField.listenQueueErrors),
    signal_queue: sources.companions.queued,
    load: listenQueue,
    pid: process.pid,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    cwd: settings.chdir ?? sources.cwd,
    ...(sources.daemons.length > 0 ? { daemons: [...sources.daemons] } : {}),
    locks: [...sources.commons.locks.map(([name, pid]) => ({ [name]: pid })), ...sources.spools.locks],
    ...(sources.commons.caches.length > 0 ? { caches: sources.commons.caches } : {}),
    // All listeners share one queue: it is shown with the first.
    sockets: settings.listeners.map((listener, index) => ({
      name: listener.text,
      proto: protocolName(listener),
      queue: index === 0 ? listenQueue : 0,
      max_queue: settings.queueLength,
      shared: 0,
      can_offload: 0,
    })),
    workers: shownWorkers(sources).map(([wid, worker]) => workerStats(sources, wid, worker, state.paused)),
    ...(sources.spools.spoolers.length > 0 ? { spoolers: sources.spools.spoolers } : {}),
    ...(sources.crons.crons.length > 0 ? { crons: sources.crons.crons } : {}),
    ...reeveStats(sources),
  };
}

/** The engine's own part; there is none where it would be empty. */
function reeveStats({ state, crons, alarms, spools, companions }: StatsSources): { reeve?: StatsReeve } {
  const reeve: StatsReeve = {
    ...(state.lastReload === null ? {} : reloadStats(state.active, state.lastReload)),
    ...(spools.spools.length > 0 ? { spools: spools.spools } : {}),
    ...(companions.mules.length > 0 ? { mules: companions.mules } : {}),
    ...(companions.timers.length > 0 ? { timers: companions.timers } : {}),
    ...(crons.runs.length > 0 ? { cron_runs: crons.runs } : {}),
    ...(companions.signals.length > 0 ? { signals: companions.signals } : {}),
    ...(alarms.length > 0 ? { alarms } : {}),
  };
  return Object.keys(reeve).length > 0 ? { reeve } : {};
}

function reloadStats(generation: number, { kind, status, startedMs, endedMs, reason }: ReloadReport): StatsReeve {
  const started = Math.floor(startedMs / 1000);
  const ended = endedMs === null ? 0 : Math.floor(endedMs / 1000);
  return { generation, last_reload: { kind, status, started, ended, reason: reason ?? '' } };
}

/** For each worker number the process to show; null: none runs now. */
function shownWorkers(sources: StatsSources): [wid: number, worker: Worker | null][] {
  const { state, accounts } = sources;
  const shown = new Map<number, Worker | null>();
  for (let wid = 1; wid <= state.desired; wid++) shown.set(wid, null);
  for (const worker of state.workers.values()) {
    if (worker.generation !== state.active || worker.pid === 0 || worker.phase === 'killed') continue;
    const present = shown.get(worker.wid);
    if (present === undefined && !isBusy(accounts, worker)) continue;
    if (present === undefined || present === null || rank(worker) > rank(present)) shown.set(worker.wid, worker);
  }
  for (const worker of state.workers.values()) {
    const isOutgoing = state.generations.get(worker.generation)?.role === 'outgoing';
    if (isOutgoing && worker.generation < state.active && isBusy(accounts, worker)) shown.set(worker.wid, worker);
  }
  return [...shown].sort(([a], [b]) => a - b);
}

function rank(worker: Worker): number {
  return worker.phase === 'ready' ? 2 : isLive(worker) ? 1 : 0;
}

function isBusy(accounts: Accounts, worker: Worker): boolean {
  return accounts.slotsOf(worker.spawnId).some((slot) => accounts.read(slot, SlotField.requestId) !== 0);
}

function workerStats(sources: StatsSources, wid: number, worker: Worker | null, isPaused: boolean): StatsWorker {
  const { state, accounts, settings } = sources;
  const generation = worker?.generation ?? state.active;
  const totals = accounts.totalsOf(generation, wid);
  const slots = worker === null ? [] : accounts.slotsOf(worker.spawnId);
  const sum = (field: 'requests' | 'exceptions' | 'runningMicros' | 'txBytes'): number =>
    totals.cores.reduce((all, core) => all + core[field], 0);
  const gate = gateTotals(sources, wid === 1);
  const handled = sources.companions.reportOf(worker?.spawnId ?? 0);
  const isWorking = worker !== null && isBusy(accounts, worker);
  const isResting = state.generations.get(state.active)?.resting.has(wid) === true;
  const memory = settings.memoryReport && worker !== null ? readMemory(worker.pid) : NO_MEMORY;
  const threads = state.generations.get(generation)?.plan.threads ?? settings.threads;
  return {
    // As uWSGI shows it: a number that has never had a process is none yet.
    id: isResting && totals.spawns === 0 ? 0 : wid,
    pid: worker?.pid ?? 0,
    accepting: worker?.phase === 'ready' ? 1 : 0,
    requests: sum('requests') + gate.requests,
    delta_requests: slots.reduce((all, slot) => all + accounts.read(slot, SlotField.requests), 0),
    exceptions: sum('exceptions'),
    harakiri_count: totals.harakiris,
    signals: handled.signals,
    signal_queue: handled.queue,
    status:
      handled.running !== null
        ? `sig${handled.running}`
        : isWorking
          ? 'busy'
          : isResting
            ? 'cheap'
            : isPaused
              ? 'pause'
              : 'idle',
    rss: memory.rssBytes,
    vsz: memory.vszBytes,
    ...(settings.statistics.memoryShares ? readMemoryShares(worker?.pid ?? 0) : {}),
    running_time: sum('runningMicros'),
    last_spawn: Math.floor(totals.lastSpawnMs / 1000),
    respawn_count: totals.spawns,
    tx: sum('txBytes') + gate.txBytes,
    avg_rt: totals.avgRtMicros,
    apps: appStats(sources, worker, slots, totals),
    cores: Array.from({ length: threads }, (_, core) =>
      coreStats(sources, totals.cores[core], slots[core], core, gateTotals(sources, wid === 1 && core === 0)),
    ),
  };
}

/** uWSGI counts an app's requests when they begin; which of several apps serves is known when it has answered. */
function appStats(
  sources: StatsSources,
  worker: Worker | null,
  slots: readonly number[],
  totals: SeatTotals,
): StatsApp[] {
  const { state, accounts, workerApps } = sources;
  const generation = state.generations.get(worker?.generation ?? state.active);
  const apps = (worker === null ? undefined : workerApps.get(worker.spawnId)) ?? generation?.apps ?? [];
  const isRunning = (slot: number): boolean => accounts.read(slot, SlotField.requestId) !== 0;
  const running = apps.length === 1 ? slots.filter(isRunning).length : 0;
  const countOf = (counter: keyof AppTotals, app: number): number => {
    if (app > 0) return totals.apps[app]?.[counter] ?? 0;
    const others = totals.apps.reduce((sum, other) => sum + other[counter], 0);
    return totals.cores.reduce((sum, core) => sum + core[counter], 0) - others;
  };
  return apps.map((app) => ({
    id: app.id,
    modifier1: app.modifier1,
    mountpoint: app.mountpoint,
    startup_time: Math.floor(app.startupSeconds),
    requests: countOf('requests', app.id) + running,
    exceptions: countOf('exceptions', app.id),
    chdir: app.chdir,
  }));
}

/** What the gateway answered without a worker; it is shown with the first core of the first worker. */
function gateTotals({ board }: StatsSources, isFirst: boolean): GateTotals {
  const total = (field: HeaderField): number => (isFirst ? headerTotal(board, field) : 0);
  return {
    requests: total(HeaderField.gateRequests),
    staticRequests: total(HeaderField.staticRequests),
    routedRequests: total(HeaderField.routedRequests),
    offloadedRequests: total(HeaderField.offloadedRequests),
    txBytes: total(HeaderField.gateTxBytes),
    writeErrors: total(HeaderField.gateWriteErrors),
  };
}

function coreStats(
  sources: StatsSources,
  totals: CoreTotals | undefined,
  slot: number | undefined,
  id: number,
  gate: GateTotals,
): StatsCore {
  const { accounts } = sources;
  const isRunning = slot !== undefined && accounts.read(slot, SlotField.requestId) !== 0;
  return {
    id,
    requests: (totals?.requests ?? 0) + gate.requests,
    static_requests: gate.staticRequests,
    routed_requests: gate.routedRequests,
    offloaded_requests: (totals?.offloaded ?? 0) + gate.offloadedRequests,
    write_errors: (totals?.writeErrors ?? 0) + gate.writeErrors,
    read_errors: totals?.readErrors ?? 0,
    in_request: isRunning ? 1 : 0,
    vars: isRunning ? readVars(sources, slot) : [],
    req_info: isRunning ? { request_start: Math.floor(accounts.read(slot, SlotField.startMs) / 1000) } : {},
  };
}

/** `KEY=VALUE` of the request that runs on a slot, then one empty string. */
export function readVars(sources: Pick<StatsSources, 'accounts' | 'board' | 'settings'>, slot: number): string[] {
  const length = Math.min(sources.accounts.read(slot, SlotField.varsLength), VARS_BYTES);
  const start = slot * VARS_BYTES;
  // A copy: the gateway may begin the next request while this one is decoded.
  const bytes = Buffer.from(sources.board.vars.subarray(start, start + length));
  const pairs = decodeEnviron(LANGUAGES[sources.settings.app.language].environ, bytes);
  return [...pairs.map(([key, value]) => `${key}=${readable(value)}`), ''];
}

/** Environ values are latin-1; those that are UTF-8 in truth are shown as what they say. */
function readable(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value)) return value;
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? value : text;
}
