/**
 * What runs beside requests, as data: spoolers, crons, mules, timers, signals, caches, daemons, alarms, locks, metrics,
 * from the stats document and the configuration; and the tasks in a spooler's folder.
 * Units as in model.ts: milliseconds, epoch milliseconds in the console's own time, bytes. null means "not known".
 */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const ms = z.number();
const nullableNumber = z.number().nullable();
const nullableCount = count.nullable();

export const spoolFolderSchema = z.object({
  path: z.string(),
  /** Those of this server; none: tasks are only put in here (`spooler-external`), or it does not run. */
  processes: z.array(z.object({ pid: count, tasks: count, respawns: count, isRunning: z.boolean() })),
  /** Tasks that its processes ended since the server's start. */
  tasks: count,
  tasksPerSec: nullableNumber,
  /** What the bundled engine counts itself; of a real uWSGI it is told by the folder. */
  counted: z
    .object({
      waiting: count,
      later: count,
      running: count,
      failed: count,
      oldestAgeMs: nullableNumber,
      attempts: count,
      failures: count,
    })
    .nullable(),
});
export type SpoolFolder = z.infer<typeof spoolFolderSchema>;

export const cronRowSchema = z.object({
  minute: z.number(),
  hour: z.number(),
  day: z.number(),
  month: z.number(),
  week: z.number(),
  /** Empty: it raises `signal`. */
  command: z.string(),
  /** Of `uwsgi.add_cron`; null: it runs a command. */
  signal: nullableCount,
  isUnique: z.boolean(),
  legion: z.string(),
  /** null: it does not run now. */
  pid: nullableCount,
  lastStartedAtMs: nullableNumber,
  lastEndedAtMs: nullableNumber,
  /** Exit code, or minus the number of the signal. */
  lastCode: nullableNumber,
  nextAtMs: nullableNumber,
  runs: nullableCount,
});
export type CronRow = z.infer<typeof cronRowSchema>;

export const muleRowSchema = z.object({
  id: count,
  /** Script or function that it runs; empty: it waits for messages and signals. */
  command: z.string(),
  farms: z.string(),
  /** The rest is null where only the configuration tells of it. */
  pid: nullableCount,
  /** `idle`, `busy`, `sig` as of workers; `down`: no process runs it, it is about to start again. */
  status: z.enum(['idle', 'busy', 'sig', 'down']).nullable(),
  queue: nullableCount,
  respawns: nullableCount,
  spawnedAtMs: nullableNumber,
});
export type MuleRow = z.infer<typeof muleRowSchema>;

export const timerRowSchema = z.object({
  kind: z.enum(['timer', 'rbtimer', 'file']),
  signal: count,
  /** Of a file monitor. */
  path: z.string(),
  everyMs: ms,
  /** null: for ever. */
  iterationsLeft: nullableCount,
  lastAtMs: nullableNumber,
  nextAtMs: nullableNumber,
  raised: count,
});
export type TimerRow = z.infer<typeof timerRowSchema>;

export const signalRowSchema = z.object({
  number: count,
  target: z.string(),
  raised: count,
  perSec: nullableNumber,
  lastAtMs: nullableNumber,
});
export type SignalRow = z.infer<typeof signalRowSchema>;

export const cacheRowSchema = z.object({
  name: z.string(),
  hash: z.string(),
  items: count,
  mostItems: count,
  blocks: count,
  blockBytes: count,
  keyBytes: count,
  hits: count,
  misses: count,
  hitsPerSec: nullableNumber,
  missesPerSec: nullableNumber,
  /** Values that found no room. */
  full: count,
  /** Within the last seconds. */
  fullPerSec: nullableNumber,
  changedAtMs: nullableNumber,
});
export type CacheRow = z.infer<typeof cacheRowSchema>;

export const daemonRowSchema = z.object({ command: z.string(), pid: nullableCount, respawns: count });
export type DaemonRow = z.infer<typeof daemonRowSchema>;

export const alarmRowSchema = z.object({
  name: z.string(),
  action: z.string(),
  /** The rest is null where only the configuration tells of it. */
  raised: nullableCount,
  lastAtMs: nullableNumber,
  lastMessage: z.string(),
});
export type AlarmRow = z.infer<typeof alarmRowSchema>;

export const lockRowSchema = z.object({ name: z.string(), pid: count });
export type LockRow = z.infer<typeof lockRowSchema>;

export const metricRowSchema = z.object({
  name: z.string(),
  type: z.enum(['counter', 'gauge', 'absolute', 'alias']),
  oid: z.string(),
  value: z.number(),
  /** Of a counter. */
  perSec: nullableNumber,
});
export type MetricRow = z.infer<typeof metricRowSchema>;

export const MOST_METRICS = 2_000;

export const backgroundSchema = z.object({
  atMs: ms,
  spools: z.array(spoolFolderSchema),
  crons: z.array(cronRowSchema),
  mules: z.array(muleRowSchema),
  timers: z.array(timerRowSchema),
  signals: z.array(signalRowSchema),
  caches: z.array(cacheRowSchema),
  daemons: z.array(daemonRowSchema),
  alarms: z.array(alarmRowSchema),
  /** Only those that are held. */
  locks: z.array(lockRowSchema),
  lockCount: count,
  metrics: z.array(metricRowSchema),
  /** The newest MOST_METRICS are given. */
  metricCount: count,
  /** `spooler-frequency`; null: the configuration is not known. */
  spoolEveryMs: nullableNumber,
  /** Mules, timers, signals and alarms are in its stats document; of a real uWSGI they are not. */
  tellsOfSignals: z.boolean(),
});
export type Background = z.infer<typeof backgroundSchema>;

/** Pages that an instance has beside the usual ones. */
export const sectionSchema = z.enum(['spooler', 'background', 'emperor']);
export type Section = z.infer<typeof sectionSchema>;

/** Tasks that are listed at most, the oldest first. */
export const MOST_LISTED_TASKS = 2_000;
/** Tasks of one call that deletes or retries. */
export const MOST_TASKS_A_CALL = 300;

/** Where a task lies in its folder, and its file's name. */
export const taskNameSchema = z.object({
  /** Empty: in the folder itself; otherwise a folder in it: of a priority (`5`), or of tasks that were given up. */
  place: z
    .string()
    .max(300)
    .regex(/^(?!.*(?:^|\/)\.)[^/\n]*(?:\/[^/\n]+)*$/),
  name: z
    .string()
    .max(300)
    .regex(/^uwsgi_spoolfile_on_[^/\n]+$/),
});
export type TaskName = z.infer<typeof taskNameSchema>;

export const taskStateSchema = z.enum(['running', 'waiting', 'later', 'failed', 'ignored']);
export type TaskState = z.infer<typeof taskStateSchema>;

export const taskRowSchema = taskNameSchema.extend({
  /** `ignored`: no process looks into its place. */
  state: taskStateSchema,
  sizeBytes: count,
  /** The time of the file: when it is due. */
  dueAtMs: ms,
  /** From its name: when, where and by which process it was put there; null: its name does not say. */
  queuedAtMs: nullableNumber,
  host: z.string().nullable(),
  pid: nullableCount,
  /** Process that holds it. */
  runningPid: nullableCount,
  /** Runs of it that failed, where the bundled engine has counted them; 0: none is known of. */
  failures: count,
});
export type TaskRow = z.infer<typeof taskRowSchema>;

export const spoolListSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('read'),
    atMs: ms,
    waiting: count,
    later: count,
    running: count,
    failed: count,
    ignored: count,
    oldestDueAtMs: nullableNumber,
    tasks: z.array(taskRowSchema),
    /** Where the system does not tell of locks, what runs is not known. */
    knowsLocks: z.boolean(),
  }),
  z.object({ status: z.literal('unreadable'), atMs: ms, reason: z.string(), hint: z.string() }),
]);
export type SpoolList = z.infer<typeof spoolListSchema>;

/** A value of a task, or its body: as text where it is one. Nothing of it is ever evaluated. */
export const taskValueSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), sizeBytes: count, isCut: z.boolean() }),
  z.object({ kind: z.literal('bytes'), hex: z.string(), text: z.string(), sizeBytes: count, isCut: z.boolean() }),
  z.object({ kind: z.literal('pickle'), hex: z.string(), text: z.string(), sizeBytes: count, isCut: z.boolean() }),
  z.object({ kind: z.literal('hidden'), sizeBytes: count, isPickle: z.boolean() }),
]);
export type TaskValue = z.infer<typeof taskValueSchema>;

/** Runs of a task that failed, as the bundled engine remembers them. */
export const taskFailuresSchema = z.object({
  /** Since it was put into the queue; 0: it was given up. */
  attempts: count,
  lastAtMs: ms,
  reason: z.string(),
});
export type TaskFailures = z.infer<typeof taskFailuresSchema>;

export const spoolTaskSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('read'),
    sizeBytes: count,
    dueAtMs: ms,
    runningPid: nullableCount,
    vars: z.array(z.object({ key: z.string(), value: taskValueSchema })),
    body: taskValueSchema.nullable(),
    /** Why it is no whole task; null: it is one. */
    damage: z.string().nullable(),
    /** null: none is known of. */
    failures: taskFailuresSchema.nullable(),
    hasSecrets: z.boolean(),
    /** Until when its secrets are shown here; 0: they are hidden. */
    untilMs: ms,
  }),
  z.object({ status: z.literal('gone') }),
  z.object({ status: z.literal('unreadable'), reason: z.string() }),
]);
export type SpoolTask = z.infer<typeof spoolTaskSchema>;

/** What became of each task. `running`: a process holds it, nothing was done; `gone`: it was done meanwhile. */
export const taskResultSchema = taskNameSchema.extend({
  status: z.enum(['done', 'running', 'gone', 'failed']),
  /** Of a failure. */
  reason: z.string().nullable(),
});
export type TaskResult = z.infer<typeof taskResultSchema>;
