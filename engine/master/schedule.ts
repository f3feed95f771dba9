/**
 * The crons as a pure state machine: which are due, which commands run, which have run too long. cron-processes.ts does
 * what this says. As in uWSGI each runs at most once a minute, in the minute of the start as well; other than there, a
 * reload does not run one again, and minutes that a busy master has missed are made up for.
 */
import type { StatsCron, StatsCronRun } from '../api/stats.ts';
import type { CronSetting } from '../config/cron-settings.ts';
import { isDue, MINUTE_MS, nextRunMs } from '../config/cron-time.ts';

/** Minutes that are made up for; a longer gap is a clock that was put forward, or a machine that slept. */
const LATE_MINUTES = 5;
/** A clock that goes back by less is being corrected: what has run in those minutes does not run again. */
const BACK_MINUTES = 5;

interface Run {
  /** 0: a URL that is asked for. */
  pid: number;
  startedMs: number;
  deadlineMs: number;
  isKilled: boolean;
}

interface Cron {
  id: number;
  setting: CronSetting;
  /** It is in the configuration; otherwise only its runs are waited for. */
  isWanted: boolean;
  /** The minute in which it was due while it still ran: it starts if its run ends within it, as in uWSGI. */
  skippedMinute: number | null;
  runs: Run[];
  count: number;
  lastStartedMs: number;
  lastEndedMs: number;
  lastCode: number;
}

export interface Schedule {
  crons: Cron[];
  nextId: number;
  /** The last minute since the epoch that was looked at; null: none yet. */
  minute: number | null;
  isStopping: boolean;
}

export type ScheduleEvent =
  | { type: 'configure'; crons: readonly CronSetting[]; harakiriSeconds: number }
  | { type: 'tick' }
  | { type: 'started'; id: number; pid: number; harakiriSeconds: number }
  | { type: 'not-started'; id: number; message: string }
  | { type: 'ended'; id: number; pid: number; code: number }
  | { type: 'stop' };

export type ScheduleEffect =
  | { type: 'start'; id: number; setting: CronSetting }
  | { type: 'kill'; pid: number }
  | { type: 'log'; text: string };

export interface ScheduleStep {
  schedule: Schedule;
  effects: ScheduleEffect[];
}

export function emptySchedule(): Schedule {
  return { crons: [], nextId: 1, minute: null, isStopping: false };
}

export function stepSchedule(before: Schedule, event: ScheduleEvent, nowMs: number): ScheduleStep {
  const crons = before.crons.map((cron) => ({ ...cron, runs: cron.runs.map((run) => ({ ...run })) }));
  const schedule = { ...before, crons };
  const effects: ScheduleEffect[] = [];
  handle(schedule, event, nowMs, effects);
  return { schedule, effects };
}

/** When the next `tick` is wanted: at the latest when the next minute begins. */
export function nextScheduleMs({ crons }: Schedule, nowMs: number): number {
  const deadlines = crons.flatMap(({ runs }) => runs.map((run) => (run.isKilled ? Infinity : run.deadlineMs)));
  return Math.min((Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS, ...deadlines);
}

/** `crons` of the stats document, and `cron_runs` beside it. */
export function scheduleStats({ crons }: Schedule, nowMs: number): { crons: StatsCron[]; runs: StatsCronRun[] } {
  const shown = crons.filter(({ isWanted }) => isWanted);
  return {
    crons: shown.map(({ setting, runs, lastStartedMs }) => ({
      ...setting.time,
      command: setting.command,
      unique: Number(setting.isUnique),
      legion: '',
      pid: runs.at(-1)?.pid ?? -1,
      started_at: runs.length > 0 ? seconds(lastStartedMs) : 0,
    })),
    runs: shown.map((cron) => ({
      last_started: seconds(cron.lastStartedMs),
      last_ended: seconds(cron.lastEndedMs),
      last_code: cron.lastCode,
      next: seconds(nextRunMs(cron.setting.time, nowMs) ?? 0),
      runs: cron.count,
    })),
  };
}

/** What runs when the server has ended goes on by itself. */
export function runningCommands({ crons }: Schedule): { pid: number; command: string }[] {
  return crons.flatMap(({ setting: { command }, runs }) =>
    runs.filter(({ pid }) => pid > 0).map(({ pid }) => ({ pid, command })),
  );
}

function handle(schedule: Schedule, event: ScheduleEvent, nowMs: number, effects: ScheduleEffect[]): void {
  switch (event.type) {
    case 'configure':
      return configure(schedule, event.crons, event.harakiriSeconds);
    case 'tick':
      return tick(schedule, nowMs, effects);
    case 'stop':
      schedule.isStopping = true;
      return;
    case 'started':
    case 'not-started':
    case 'ended': {
      const cron = schedule.crons.find(({ id }) => id === event.id);
      if (cron !== undefined) handleRun(schedule, cron, event, nowMs, effects);
    }
  }
}

/** Crons that are as they were keep what is known of them. */
function configure(schedule: Schedule, crons: readonly CronSetting[], harakiriSeconds: number): void {
  const left = [...schedule.crons];
  const wanted = crons.map((written): Cron => {
    const setting = { ...written, harakiriSeconds: written.harakiriSeconds ?? harakiriSeconds };
    const text = JSON.stringify(setting);
    const at = left.findIndex((cron) => cron.isWanted && JSON.stringify(cron.setting) === text);
    const [known] = at === -1 ? [] : left.splice(at, 1);
    if (known !== undefined) return known;
    const id = schedule.nextId++;
    return {
      id,
      setting,
      isWanted: true,
      skippedMinute: null,
      runs: [],
      count: 0,
      lastStartedMs: 0,
      lastEndedMs: 0,
      lastCode: 0,
    };
  });
  const ending = left.filter(({ runs }) => runs.length > 0);
  for (const cron of ending) cron.isWanted = false;
  schedule.crons = [...wanted, ...ending];
}

function tick(schedule: Schedule, nowMs: number, effects: ScheduleEffect[]): void {
  for (const { setting, runs } of schedule.crons) {
    for (const run of runs) killOverdue(run, setting.command, nowMs, effects);
  }
  if (schedule.isStopping) return;
  const minutes = minutesToLookAt(schedule.minute, Math.floor(nowMs / MINUTE_MS));
  const last = minutes.at(-1);
  if (last === undefined) return;
  schedule.minute = last;
  const dates = minutes.map((minute) => new Date(minute * MINUTE_MS));
  for (const cron of schedule.crons) {
    if (cron.isWanted && dates.some((date) => isDue(cron.setting.time, date))) due(cron, last, effects);
  }
}

/** The minutes since the epoch that have come since the one that was looked at last; null: none was. */
export function minutesToLookAt(before: number | null, now: number): number[] {
  if (before === null || now < before - BACK_MINUTES || now > before + LATE_MINUTES) return [now];
  return Array.from({ length: Math.max(0, now - before) }, (_, index) => before + 1 + index);
}

function due(cron: Cron, minute: number, effects: ScheduleEffect[]): void {
  const { id, setting, runs } = cron;
  if (setting.isUnique && runs.length > 0) cron.skippedMinute = minute;
  else effects.push({ type: 'start', id, setting });
}

function killOverdue(run: Run, command: string, nowMs: number, effects: ScheduleEffect[]): void {
  if (run.isKilled || nowMs < run.deadlineMs) return;
  run.isKilled = true;
  effects.push({ type: 'log', text: `*** HARAKIRI ON CRON "${command}" (pid: ${run.pid}) ***` });
  effects.push({ type: 'kill', pid: run.pid });
}

function handleRun(
  schedule: Schedule,
  cron: Cron,
  event: Extract<ScheduleEvent, { id: number }>,
  nowMs: number,
  effects: ScheduleEffect[],
): void {
  const { command } = cron.setting;
  switch (event.type) {
    case 'started': {
      const deadlineMs = event.harakiriSeconds > 0 ? nowMs + event.harakiriSeconds * 1000 : Infinity;
      cron.runs.push({ pid: event.pid, startedMs: nowMs, deadlineMs, isKilled: false });
      cron.count += 1;
      cron.lastStartedMs = nowMs;
      const pid = event.pid > 0 ? ` (pid ${event.pid})` : '';
      effects.push({ type: 'log', text: `[uwsgi-cron] running "${command}"${pid}` });
      return;
    }
    case 'not-started':
      effects.push({ type: 'log', text: `[uwsgi-cron] "${command}" could not be started: ${event.message}` });
      return;
    case 'ended': {
      const index = cron.runs.findIndex(({ pid }) => pid === event.pid);
      const [run] = index === -1 ? [] : cron.runs.splice(index, 1);
      if (run === undefined) return;
      cron.lastEndedMs = nowMs;
      cron.lastCode = event.code;
      const took = Math.max(0, Math.floor((nowMs - run.startedMs) / 1000));
      const pid = run.pid > 0 ? ` running with pid ${run.pid}` : '';
      const code = event.code === 0 ? '' : event.code > 0 ? `, exit code ${event.code}` : `, signal ${-event.code}`;
      effects.push({
        type: 'log',
        text: `[uwsgi-cron] command "${command}"${pid} exited after ${took} second(s)${code}`,
      });
      schedule.crons = schedule.crons.filter(({ isWanted, runs }) => isWanted || runs.length > 0);
      const isStillDue = cron.isWanted && cron.skippedMinute === Math.floor(nowMs / MINUTE_MS);
      if (isStillDue && !schedule.isStopping) effects.push({ type: 'start', id: cron.id, setting: cron.setting });
      cron.skippedMinute = null;
    }
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
