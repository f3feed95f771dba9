/** The stats document's parts beside workers and sockets, in the console's units, joined with what only the configuration says. Pure. */
import type {
  StatsCron,
  StatsCronRun,
  StatsDocument,
  StatsMetric,
  StatsMule,
  StatsTimer,
} from '../../../engine/api/stats.ts';
import { nextRunMs } from '../../../engine/config/cron-time.ts';
import {
  type AlarmRow,
  type Background,
  type CronRow,
  type MetricRow,
  MOST_METRICS,
  type MuleRow,
  type Section,
  type SpoolFolder,
  type TimerRow,
} from '../../contract/background-model.ts';
import { type BackgroundOptions, NO_BACKGROUND } from './background-options.ts';
import { type CounterRates, cacheKey, metricKey, signalKey, spoolKey } from './counter-rates.ts';
import type { CronRuns } from './cron-runs.ts';

export interface ViewFacts {
  /** null: it is not known. */
  options: BackgroundOptions | null;
  rates: Pick<CounterRates, 'perSec'>;
  /** Runs of crons that were seen. */
  cronRuns: Pick<CronRuns, 'lastOf'>;
  atMs: number;
  /** How far the clock of the server's machine is ahead of ours. */
  aheadMs: number;
  /** Its offset from UTC less ours: crons go by the clock on its wall. */
  zoneAheadMs: number;
}

export function makeBackground(document: StatsDocument, facts: ViewFacts): Background {
  const { options, rates, atMs } = facts;
  const instant = (seconds: number): number | null => (seconds > 0 ? seconds * 1000 - facts.aheadMs : null);
  const { reeve } = document;
  const metrics = Object.entries(document.metrics ?? {});
  const held = document.locks.flatMap((lock) => Object.entries(lock)).filter(([, pid]) => pid > 0);
  return {
    atMs,
    spools: spoolFolders(document, options ?? NO_BACKGROUND, rates),
    crons: [
      ...(document.crons ?? []).map((cron, i) => cronRow(cron, i, reeve?.cron_runs?.[i], facts, instant)),
      ...(reeve?.timers ?? []).flatMap((timer) => signalCron(timer, instant)),
    ],
    mules: reeve?.mules?.map((mule) => muleRow(mule, instant)) ?? configuredMules(options ?? NO_BACKGROUND),
    timers: (reeve?.timers ?? [])
      .filter(({ kind }) => kind !== 'cron')
      .map(
        (timer): TimerRow => ({
          kind: timer.kind === 'rbtimer' || timer.kind === 'file' ? timer.kind : 'timer',
          signal: count(timer.signal),
          path: timer.path,
          everyMs: timer.seconds * 1000,
          iterationsLeft: timer.iterations > 0 ? count(timer.iterations) : null,
          lastAtMs: instant(timer.last),
          nextAtMs: instant(timer.next),
          raised: count(timer.raised),
        }),
      ),
    signals: (reeve?.signals ?? []).map(({ number, target, raised, last }) => ({
      number: count(number),
      target,
      raised: count(raised),
      perSec: rates.perSec(signalKey(number)),
      lastAtMs: instant(last),
    })),
    caches: (document.caches ?? []).map((cache) => ({
      name: cache.name,
      hash: cache.hash,
      items: count(cache.items),
      mostItems: count(cache.max_items),
      blocks: count(cache.blocks),
      blockBytes: count(cache.blocksize),
      keyBytes: count(cache.keysize),
      hits: count(cache.hits),
      misses: count(cache.miss),
      hitsPerSec: rates.perSec(cacheKey(cache.name, 'hits')),
      missesPerSec: rates.perSec(cacheKey(cache.name, 'miss')),
      full: count(cache.full),
      fullPerSec: rates.perSec(cacheKey(cache.name, 'full')),
      changedAtMs: instant(cache.last_modified_at),
    })),
    daemons: (document.daemons ?? []).map(({ cmd, pid, respawns }) => ({
      command: cmd,
      pid: pid > 0 ? count(pid) : null,
      respawns: count(respawns),
    })),
    alarms: alarmRows(document, options ?? NO_BACKGROUND, instant),
    locks: held.map(([name, pid]) => ({ name, pid: count(pid) })),
    lockCount: document.locks.reduce((sum, lock) => sum + Object.keys(lock).length, 0),
    metrics: metrics.slice(0, MOST_METRICS).map(([name, metric]) => metricRow(name, metric, rates)),
    metricCount: metrics.length,
    spoolEveryMs: options?.spoolEveryMs ?? null,
    tellsOfSignals: reeve !== undefined || document.version.startsWith('reeve'),
  };
}

/** Pages that an instance has beside the usual ones. Cheap: asked for each row that is sent. */
export function sectionsOf(document: StatsDocument | null, options: BackgroundOptions | null): Section[] {
  const sections: Section[] = [];
  if ((document?.spoolers?.length ?? 0) > 0 || (options?.spools.length ?? 0) > 0) sections.push('spooler');
  const { reeve } = document ?? {};
  const lists = [document?.crons, document?.caches, document?.daemons, reeve?.mules, reeve?.timers, reeve?.signals];
  const isTold = lists.some((list) => (list?.length ?? 0) > 0) || (reeve?.alarms?.length ?? 0) > 0;
  const isConfigured = (options?.mules.length ?? 0) > 0 || (options?.alarms.length ?? 0) > 0;
  if (isTold || isConfigured || hasKeys(document?.metrics)) sections.push('background');
  return sections;
}

/** Folders of the stats document in its order, then those that only the configuration names. */
function spoolFolders(
  document: StatsDocument,
  { spools }: BackgroundOptions,
  rates: ViewFacts['rates'],
): SpoolFolder[] {
  const paths = new Set([...(document.spoolers ?? []).map(({ dir }) => dir), ...spools.map(({ path }) => path)]);
  return [...paths].map((path) => {
    const slots = (document.spoolers ?? []).filter(({ dir }) => dir === path);
    // uWSGI lists folders that others run, too (`spooler-external`): without processes.
    const processes = slots.filter(({ pid }) => pid > 0);
    const counted = document.reeve?.spools?.find(({ dir }) => dir === path);
    return {
      path,
      processes: processes.map(({ pid, tasks, respawns, running }) => ({
        pid: count(pid),
        tasks: count(tasks),
        respawns: count(respawns),
        isRunning: running > 0,
      })),
      tasks: slots.reduce((sum, { tasks }) => sum + count(tasks), 0),
      tasksPerSec: rates.perSec(spoolKey(path)),
      counted:
        counted === undefined
          ? null
          : {
              waiting: count(counted.waiting),
              later: count(counted.later),
              running: count(counted.running),
              failed: count(counted.failed),
              oldestAgeMs: counted.waiting > 0 ? counted.oldest_age * 1000 : null,
              attempts: count(counted.attempts),
              failures: count(counted.failures),
            },
    };
  });
}

function cronRow(
  cron: StatsCron,
  index: number,
  run: StatsCronRun | undefined,
  facts: ViewFacts,
  instant: (seconds: number) => number | null,
): CronRow {
  const { minute, hour, day, month, week } = cron;
  const seen = run === undefined ? facts.cronRuns.lastOf(index, cron.command) : null;
  const endedAtMs = run === undefined ? (seen?.endedAtMs ?? null) : instant(run.last_ended);
  return {
    minute,
    hour,
    day,
    month,
    week,
    command: cron.command,
    signal: null,
    isUnique: cron.unique > 0,
    legion: cron.legion,
    pid: cron.pid > 0 ? count(cron.pid) : null,
    lastStartedAtMs: instant(run === undefined ? (seen?.startedAt ?? cron.started_at) : run.last_started),
    lastEndedAtMs: endedAtMs,
    lastCode: endedAtMs === null ? null : (run?.last_code ?? null),
    nextAtMs: (run === undefined ? null : instant(run.next)) ?? nextOnItsWall(cron, facts),
    runs: run === undefined ? null : count(run.runs),
  };
}

/** A cron of the application: the bundled engine tells of it among its timers, with its five fields as `path`. */
function signalCron(timer: StatsTimer, instant: (seconds: number) => number | null): CronRow[] {
  const fields = timer.path.split(' ').map(Number);
  const [minute, hour, day, month, week] = fields;
  if (timer.kind !== 'cron' || minute === undefined || hour === undefined || day === undefined) return [];
  if (month === undefined || week === undefined || !fields.every(Number.isInteger)) return [];
  return [
    {
      minute,
      hour,
      day,
      month,
      week,
      command: '',
      signal: count(timer.signal),
      isUnique: false,
      legion: '',
      pid: null,
      lastStartedAtMs: instant(timer.last),
      lastEndedAtMs: null,
      lastCode: null,
      nextAtMs: instant(timer.next),
      runs: count(timer.raised),
    },
  ];
}

/** As the clock on the server's wall shows it, which may be another hour than ours. */
function nextOnItsWall(cron: StatsCron, { atMs, aheadMs, zoneAheadMs }: ViewFacts): number | null {
  const shiftMs = aheadMs + zoneAheadMs;
  const next = nextRunMs(cron, atMs + shiftMs);
  return next === null ? null : next - shiftMs;
}

function muleRow(mule: StatsMule, instant: (seconds: number) => number | null): MuleRow {
  const { status } = mule;
  return {
    id: count(mule.id),
    command: mule.command,
    farms: mule.farms,
    pid: mule.pid > 0 ? count(mule.pid) : null,
    status: mule.pid <= 0 ? 'down' : status.startsWith('sig') ? 'sig' : status === 'busy' ? 'busy' : 'idle',
    queue: count(mule.queue),
    respawns: count(mule.respawn_count),
    spawnedAtMs: instant(mule.last_spawn),
  };
}

function configuredMules({ mules, farms }: BackgroundOptions): MuleRow[] {
  return mules.map((command, index) => ({
    id: index + 1,
    command,
    farms: farms
      .filter((farm) => farm.mules.includes(index + 1))
      .map(({ name }) => name)
      .join(','),
    pid: null,
    status: null,
    queue: null,
    respawns: null,
    spawnedAtMs: null,
  }));
}

function alarmRows(
  { reeve }: StatsDocument,
  { alarms }: BackgroundOptions,
  instant: (seconds: number) => number | null,
): AlarmRow[] {
  if (reeve?.alarms !== undefined) {
    return reeve.alarms.map(({ name, action, raised, last, last_message }) => ({
      name,
      action,
      raised: count(raised),
      lastAtMs: instant(last),
      lastMessage: last_message,
    }));
  }
  return alarms.map(({ name, action }) => ({ name, action, raised: null, lastAtMs: null, lastMessage: '' }));
}

const METRIC_TYPES = ['counter', 'gauge', 'absolute', 'alias'] as const;

function metricRow(name: string, { type, oid, value }: StatsMetric, rates: ViewFacts['rates']): MetricRow {
  return { name, type: METRIC_TYPES[type] ?? 'gauge', oid, value, perSec: rates.perSec(metricKey(name)) };
}

function hasKeys(record: Readonly<Record<string, unknown>> | undefined): boolean {
  for (const _ in record ?? {}) return true;
  return false;
}

/** 0 for what is no count: negative, or wrapped around below zero. */
function count(value: number): number {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) : 0;
}
