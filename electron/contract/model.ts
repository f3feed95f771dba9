/**
 * What the console shows, as data: the shapes that cross from the core to the renderer.
 * Units are converted here and nowhere later: times in milliseconds, memory in bytes, instants in epoch milliseconds.
 * null means "not known", never 0.
 */
import { z } from 'zod';
import { sectionSchema } from './background-model.ts';
import { DEFAULT_FLEET_VIEW, FIGURE_NAMES, fleetViewSchema } from './fleet-model.ts';

const count = z.number().int().nonnegative();
const ms = z.number();
const nullableNumber = z.number().nullable();

export const healthSchema = z.object({
  level: z.enum(['ok', 'warn', 'crit', 'lost', 'off']),
  /** One or two words for the chip: `serving`, `2 stuck requests`, `link lost`, `stopped`. */
  word: z.string(),
  /** One sentence for the attention bar; null when there is nothing to say. */
  sentence: z.string().nullable(),
});
export type Health = z.infer<typeof healthSchema>;

export const linkTrySchema = z.object({ atMs: ms, ok: z.boolean(), text: z.string() });

export const linkSchema = z.object({
  status: z.enum(['idle', 'connecting', 'attached', 'lost', 'waiting', 'failed']),
  /** Why it is not attached, in a sentence that says the next step; null when attached. */
  reason: z.string().nullable(),
  /** Catalogue code of the reason, e.g. `stats-not-uwsgi`. */
  code: z.string().nullable(),
  nextTryAtMs: ms.nullable(),
  lastAnswerAtMs: ms.nullable(),
  /** Newest last, at most 20. */
  tries: z.array(linkTrySchema),
});
export type Link = z.infer<typeof linkSchema>;

export const engineStateSchema = z.object({
  status: z.enum(['stopped', 'starting', 'running', 'stopping', 'failed']),
  pid: count.nullable(),
  /** Why it is not running, as the engine said it (with the traceback when an app could not be loaded). */
  error: z.string().nullable(),
  startedAtMs: ms.nullable(),
});
export type EngineState = z.infer<typeof engineStateSchema>;

export const figuresSchema = z.object({
  atMs: ms,
  reqPerSec: nullableNumber,
  avgRtMs: nullableNumber,
  busy: count,
  workers: count,
  listenQueue: count,
  listenMax: count.nullable(),
  listenQueueErrors: count,
  rssBytes: nullableNumber,
  rssLargestBytes: nullableNumber,
  txBytesPerSec: nullableNumber,
  txBytesTotal: z.number(),
  exceptionsPerMin: nullableNumber,
  exceptionsTotal: count,
  harakiriTotal: count,
  /** Within the last hour, since Reeve watches it; null: not known yet. */
  harakiriLastHour: count.nullable(),
  requestsTotal: count,
  /** Answered without the application: files, and routes that answer themselves. */
  staticPerSec: nullableNumber,
  staticTotal: count,
  routedPerSec: nullableNumber,
  routedTotal: count,
  /** Requests that have become another protocol and are open now. */
  websockets: count,
});
export type Figures = z.infer<typeof figuresSchema>;

/** Figures of one instance as a row, in the order of FIGURE_NAMES: small, because a fleet sends many. */
export const figuresRowSchema = z.tuple([z.string(), z.array(nullableNumber).length(FIGURE_NAMES.length)]);
export type FiguresRow = z.infer<typeof figuresRowSchema>;

export const instanceSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Heading in the rail. */
  group: z.string(),
  /** `engine`: Reeve runs it on the bundled engine; `attached`: it was there already; `emperor`: that, with vassals. */
  kind: z.enum(['engine', 'attached', 'emperor']),
  /** With its machine: `ssh://web1/run/app.stats`. */
  statsAddress: z.string(),
  /** MachineId: `local`, or the SSH destination. */
  machine: z.string(),
  /** As the pages call its machine. */
  hostName: z.string(),
  /** Machines in front of it, nearest first. */
  via: z.array(z.string()),
  tags: z.array(z.string()),
  /** By one of its tags: changing it takes typing its name. */
  readOnly: z.boolean(),
  health: healthSchema,
  link: linkSchema,
  /** Only for kind `engine`. */
  engine: engineStateSchema.nullable(),
  /** Newest figures; null before the first answer. Older than the link's last answer when it is lost. */
  figures: figuresSchema.nullable(),
  version: z.string().nullable(),
  masterPid: count.nullable(),
  /** e.g. `Python 3.11.2`, or the language alone of an attached server; null: not known. */
  runtime: z.string().nullable(),
  cwd: z.string().nullable(),
  upSinceMs: ms.nullable(),
  /** Where a browser reaches it; null when it has no HTTP listener that is known. */
  url: z.string().nullable(),
  configPath: z.string().nullable(),
  /** The sample project of the first start. */
  sample: z.boolean(),
  harakiriMs: ms.nullable(),
  lastReloadAtMs: ms.nullable(),
  /** Of an emperor that has answered: its vassals, and how many of them a person should look at. */
  emperor: z.object({ vassals: count, trouble: count }).nullable(),
  /** Pages it has beside the usual ones, by its stats or its configuration. */
  sections: z.array(sectionSchema),
});
export type Instance = z.infer<typeof instanceSchema>;

export const workerStatusSchema = z.enum(['idle', 'busy', 'cheap', 'pause', 'sig', 'down']);
export type WorkerStatus = z.infer<typeof workerStatusSchema>;

export const coreRowSchema = z.object({
  id: count,
  busy: z.boolean(),
  requests: count,
  staticRequests: count,
  routedRequests: count,
  offloadedRequests: count,
  writeErrors: count,
  readErrors: count,
});
export const appRowSchema = z.object({
  id: count,
  mountpoint: z.string(),
  chdir: z.string(),
  startupMs: ms,
  requests: count,
  exceptions: count,
});

export const workerRowSchema = z.object({
  wid: count,
  pid: count,
  status: workerStatusSchema,
  /** For `sig`: which signal. */
  signal: count.nullable(),
  accepting: z.boolean(),
  requests: count,
  deltaRequests: count,
  reqPerSec: nullableNumber,
  avgRtMs: nullableNumber,
  /** null without memory-report. */
  rssBytes: nullableNumber,
  vszBytes: nullableNumber,
  exceptions: count,
  harakiri: count,
  respawns: count,
  signalsQueued: count,
  txBytes: z.number(),
  /** Time spent in requests since the worker slot exists. */
  runningMs: ms,
  spawnedAtMs: ms.nullable(),
  /** Of the longest request that runs on it now. */
  elapsedMs: ms.nullable(),
  /** `GET /cart`, query left out; null when idle. */
  nowServing: z.string().nullable(),
  /** All that it has. */
  coreCount: count,
  /** Of many, those that are busy or have served most. */
  cores: z.array(coreRowSchema),
  apps: z.array(appRowSchema),
});
export type WorkerRow = z.infer<typeof workerRowSchema>;

export const requestRowSchema = z.object({
  wid: count,
  core: count,
  pid: count,
  method: z.string(),
  path: z.string(),
  /** Variables in the order of the document, secrets replaced by `hidden`; QUERY_STRING values too. */
  vars: z.array(z.tuple([z.string(), z.string()])),
  remoteAddr: z.string().nullable(),
  startedAtMs: ms.nullable(),
  elapsedMs: ms.nullable(),
  /** Time until harakiri; null when none is set or it is not known. */
  leftMs: ms.nullable(),
});
export type RequestRow = z.infer<typeof requestRowSchema>;

export const instanceEventSchema = z.object({
  atMs: ms,
  type: z.enum(['reload', 'config', 'harakiri', 'exception', 'respawn', 'gap', 'link']),
  title: z.string(),
  detail: z.string().nullable(),
  /** Report to open, for `reload`. */
  reloadId: z.string().nullable(),
});
export type InstanceEvent = z.infer<typeof instanceEventSchema>;

/**
 * One poll as the charts draw it. Columns of `History` and the order of `Tick.row` are SAMPLE_COLUMNS.
 * A rate is null in the first sample after a gap or a counter reset.
 */
export const SAMPLE_COLUMNS = [
  'atMs',
  'reqPerSec',
  'avgRtMs',
  'slowestRtMs',
  'busy',
  'idle',
  'cheap',
  'pause',
  'sig',
  'down',
  'listenQueue',
  'rssBytes',
  'rssLargestBytes',
  'txBytesPerSec',
  'exceptions',
  'harakiri',
] as const;
export type SampleColumn = (typeof SAMPLE_COLUMNS)[number];
export const sampleRowSchema = z.array(nullableNumber).length(SAMPLE_COLUMNS.length);
export type SampleRow = z.infer<typeof sampleRowSchema>;

/** Worker states of one poll, one character a worker in wid order: `i b c p s d` and `l` (busy for long), `n` (new pid: starting). */
export const stateStringSchema = z.string();

export const historySchema = z.object({
  /** One array a column, all of one length, oldest first. */
  columns: z.array(z.array(nullableNumber)).length(SAMPLE_COLUMNS.length),
  states: z.array(stateStringSchema),
  events: z.array(instanceEventSchema),
});
export type History = z.infer<typeof historySchema>;

export const tickSchema = z.object({
  instanceId: z.string(),
  /** Counts up by one per tick of this watch; a gap means: take a new snapshot. */
  seq: count,
  atMs: ms,
  /** null: this poll brought no data. */
  row: sampleRowSchema.nullable(),
  states: stateStringSchema,
  /** What is new or another than in the tick before (tick-changes.ts); nothing while `row` is null. */
  workers: z.array(workerRowSchema),
  /** Their wids. */
  workersGone: z.array(count),
  requests: z.array(requestRowSchema),
  /** `wid.core` of those that have ended, as far as no other runs there. */
  requestsGone: z.array(z.string()),
  /** Events that are new since the last tick. */
  events: z.array(instanceEventSchema),
});
export type Tick = z.infer<typeof tickSchema>;

export const watchSnapshotSchema = z.object({
  instance: instanceSchema,
  seq: count,
  history: historySchema,
  workers: z.array(workerRowSchema),
  requests: z.array(requestRowSchema),
});
export type WatchSnapshot = z.infer<typeof watchSnapshotSchema>;

const textPlaceSchema = z.object({ line: z.number().int().positive(), column: count });
/** As engine/config/text-edit.ts defines it. */
export const textEditSchema = z.object({ from: textPlaceSchema, to: textPlaceSchema, text: z.string() });

export const diagnosticSchema = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  /** 1-based; 0: the file as a whole. */
  line: count,
  /** 0-based columns within the line. */
  from: count,
  to: count,
  code: z.string(),
  message: z.string(),
  option: z.string().nullable(),
  /** A change that mends it, where there is no doubt about what was meant. */
  fix: z.object({ title: z.string(), edits: z.array(textEditSchema) }).nullable(),
  /** Why it matters. */
  why: z.string().optional(),
  /** Other lines that have to do with it, and the includes and loops that brought it in. `line` 0: the whole file. */
  related: z.array(z.object({ file: z.string(), line: count, message: z.string() })).optional(),
});
export type ConfigDiagnostic = z.infer<typeof diagnosticSchema>;

export const fileVersionSchema = z.object({ sha256: z.string(), mtimeMs: z.number(), sizeBytes: count });
export type FileVersion = z.infer<typeof fileVersionSchema>;

/** Bytes that a configuration file may have to be shown, and characters that may be saved. */
export const LARGEST_CONFIG = 2_000_000;

export const configFileSchema = z.object({
  path: z.string(),
  text: z.string(),
  version: fileVersionSchema,
  writable: z.boolean(),
  readAtMs: ms,
  diagnostics: z.array(diagnosticSchema),
});
export type ConfigFile = z.infer<typeof configFileSchema>;

export const configTargetSchema = z.object({
  server: z.enum(['engine', 'uwsgi']),
  /** `2.0.21`; null: not known. */
  version: z.string().nullable(),
  /** Whether its own program said which options it has. */
  binary: z.enum(['known', 'unknown']),
  /** Names and aliases of the option table that it does not have. */
  missing: z.array(z.string()),
  /** What it has beyond the table, with its program's own words. */
  extra: z.array(z.object({ name: z.string(), help: z.string() })),
});
export type ConfigTarget = z.infer<typeof configTargetSchema>;

export const discoveredSchema = z.object({
  /** MachineId. */
  machine: z.string(),
  pid: count,
  role: z.enum(['server', 'emperor', 'vassal']),
  /** Pid of the emperor of a vassal. */
  emperorPid: count.nullable(),
  /** systemd unit it runs in. */
  unit: z.string().nullable(),
  pidfile: z.string().nullable(),
  /** Command line, arguments joined by blanks. */
  command: z.string(),
  user: z.string().nullable(),
  cwd: z.string().nullable(),
  configPath: z.string().nullable(),
  statsAddress: z.string().nullable(),
  masterFifo: z.string().nullable(),
  /** Instance that is attached to it already. */
  instanceId: z.string().nullable(),
  /** What keeps it from being attached, and the line that would add it; null when it can be. */
  missing: z.string().nullable(),
});
export type Discovered = z.infer<typeof discoveredSchema>;

/** What running a file on the bundled engine would do, shown before its first run. */
export const inspectionSchema = z.object({
  path: z.string(),
  /** Other configuration files in the same folder, when a folder was given. */
  candidates: z.array(z.string()),
  /** Lines that run commands or code outside the application; shown and asked about. */
  commands: z.array(
    z.object({ file: z.string(), line: count, option: z.string(), value: z.string(), why: z.string() }),
  ),
  listeners: z.array(z.string()),
  app: z.string().nullable(),
  statsAddress: z.string().nullable(),
  diagnostics: z.array(diagnosticSchema),
  /** Digest of all files it reads: trust is given to this and asked for again when it changes. */
  digest: z.string(),
  trusted: z.boolean(),
});
export type Inspection = z.infer<typeof inspectionSchema>;

export const settingsSchema = z.object({
  theme: z.enum(['dark', 'light', 'system']),
  sampleLoad: z.boolean(),
  /** The list of next steps on the first window was closed. */
  firstRunClosed: z.boolean(),
  railFolded: z.boolean(),
  /** Instances with one of these tags are read-only. */
  readOnlyTags: z.array(z.string().max(60)).max(50),
  fleet: fleetViewSchema,
  /** Until when an instance's trouble is not brought to the top, by its id. */
  mutedUntilMs: z.record(z.string(), ms),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Of a first start, and of a page until it knows better. */
export const DEFAULT_SETTINGS: Settings = {
  theme: 'dark',
  sampleLoad: true,
  firstRunClosed: false,
  railFolded: false,
  readOnlyTags: [],
  fleet: DEFAULT_FLEET_VIEW,
  mutedUntilMs: {},
};

export const hostInfoSchema = z.object({
  version: z.string(),
  platform: z.string(),
  hostname: z.string(),
  /** What this host can do; the renderer asks this and never which host it is. */
  capabilities: z.object({
    /** `native`: a dialog of the system; `browse`: the page lists folders itself through files.list. */
    pickFile: z.enum(['native', 'browse']),
    windowControls: z.boolean(),
    notifications: z.boolean(),
    /** Where secrets can be kept; `none`: for this session only. */
    secrets: z.enum(['keychain', 'none']),
  }),
  /** Hosts that ssh's configuration names. */
  sshHosts: count,
});
export type HostInfo = z.infer<typeof hostInfoSchema>;

export const statusSchema = z.object({
  up: count,
  down: count,
  /** Slowest poll of the last second. */
  pollLagMs: ms.nullable(),
  bytesPerSec: z.number(),
  enginesRunning: count,
  recordedMs: ms,
});
export type Status = z.infer<typeof statusSchema>;
