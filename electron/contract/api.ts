/**
 * The RPC table: every method and event between the renderer and the core, with its schemas.
 * Both sides are typed from it and validate with it; adding a method here is the first step of every feature.
 */
import { z } from 'zod';
import {
  actionKindSchema,
  actionPlanSchema,
  actionResultSchema,
  confirmedNamesSchema,
  rollingOptionsSchema,
  rollingPlanSchema,
  rollingRunSchema,
} from './actions-model.ts';
import { backgroundEvents, backgroundMethods } from './background-api.ts';
import {
  configComparisonSchema,
  configDeskSchema,
  configDriftSchema,
  configEffectiveSchema,
  configHistorySchema,
  configSideSchema,
} from './desk-model.ts';
import { configContextSchema, configPathsSchema, configPeekSchema } from './editor-model.ts';
import {
  exportFormatSchema,
  fleetExportSchema,
  fleetPreviewSchema,
  fleetSparksSchema,
  importFormatSchema,
  importResultSchema,
  importRowSchema,
  LARGEST_IMPORT,
} from './fleet-model.ts';
import {
  hostEntrySchema,
  hostResolvedSchema,
  hostStateSchema,
  sshAnswerSchema,
  sshQuestionSchema,
  transportChoiceSchema,
  trustedKeySchema,
} from './hosts-model.ts';
import { liveFiguresSchema } from './live-figures.ts';
import {
  auditEntrySchema,
  logLineSchema,
  logSourcesSchema,
  logStateSchema,
  MOST_LOG_LINES,
  revealedLineSchema,
  revealedRequestSchema,
} from './logs-model.ts';
import {
  configFileSchema,
  configTargetSchema,
  diagnosticSchema,
  discoveredSchema,
  figuresRowSchema,
  fileVersionSchema,
  hostInfoSchema,
  inspectionSchema,
  instanceSchema,
  LARGEST_CONFIG,
  settingsSchema,
  statusSchema,
  tickSchema,
  watchSnapshotSchema,
} from './model.ts';
import { byId, nothing, pathText, shortId } from './params.ts';
import { projectFileSchema, projectSchema } from './project-model.ts';
import { rehearsalSchema, rehearsalStartSchema } from './rehearsal.ts';
import { reloadPlanSchema, reloadRunSchema } from './reload-model.ts';

const machineId = z.string().max(300);
const configText = z.string().max(LARGEST_CONFIG);
const logSourceId = z.string().min(1).max(4_200);
const mostLines = z.number().int().min(1).max(MOST_LOG_LINES);

export const methods = {
  'app.info': { params: nothing, result: hostInfoSchema },
  'settings.get': { params: nothing, result: settingsSchema },
  'settings.set': { params: settingsSchema.partial(), result: settingsSchema },

  'instances.list': {
    params: nothing,
    result: z.object({ seq: z.number(), instances: z.array(instanceSchema), status: statusSchema }),
  },
  /** Attaches to a stats address, of this machine or `ssh://…`. Fails with `stats-…` errors when the first poll finds something else. */
  'instances.attach': {
    params: z.object({
      statsAddress: z.string().min(1).max(1000),
      name: z.string().max(100).optional(),
      configPath: pathText.optional(),
      tags: z.array(z.string().min(1).max(60)).max(20).optional(),
    }),
    result: instanceSchema,
  },
  'instances.rename': { params: byId.extend({ name: z.string().min(1).max(100) }), result: instanceSchema },
  /** Stops an engine first; the files stay. */
  'instances.remove': { params: byId, result: nothing },
  'instances.tag': {
    params: z.object({
      instanceIds: z.array(shortId).max(1_000),
      add: z.array(z.string().min(1).max(60)).max(20),
      remove: z.array(z.string().max(60)).max(20),
    }),
    result: nothing,
  },
  /** Servers that run on a machine; without one: on this machine. */
  'instances.discover': {
    params: z.object({ machine: machineId.optional() }),
    result: z.array(discoveredSchema),
  },
  /** Skips the wait before the next try. */
  'instances.retry': { params: byId, result: nothing },
  /** No more tries until `instances.retry`: the link is `idle` and keeps its reason. */
  'instances.pause': { params: byId, result: nothing },
  /** Full rate and `tick` events for this instance, on this connection, until unwatched. */
  'instances.watch': { params: byId, result: watchSnapshotSchema },
  'instances.unwatch': { params: byId, result: nothing },

  /** Hosts of ssh's configuration, and others that were used. */
  'hosts.list': { params: nothing, result: z.object({ entries: z.array(hostEntrySchema) }) },
  'hosts.resolve': { params: z.object({ destination: machineId.min(1) }), result: hostResolvedSchema },
  /** Begins to connect, or skips the wait before the next try; how it goes comes as `hosts.changed`. */
  'hosts.connect': {
    params: z.object({ destination: machineId.min(1), transport: transportChoiceSchema.optional() }),
    result: hostStateSchema,
  },
  /** No connection and no more tries until `hosts.connect`. */
  'hosts.disconnect': { params: z.object({ machine: machineId }), result: nothing },
  /** Takes a host out of the list; one that instances are on stays. */
  'hosts.forget': { params: z.object({ machine: machineId }), result: nothing },
  /** Host keys that Reeve keeps itself; those of known_hosts are its user's own. */
  'hosts.keys': { params: nothing, result: z.object({ keys: z.array(trustedKeySchema) }) },
  'hosts.forgetKey': {
    params: z.object({ name: z.string().max(1_000), keyType: z.string().max(100) }),
    result: nothing,
  },
  /** What waits for an answer of the user, oldest first. */
  'ssh.questions': { params: nothing, result: z.object({ questions: z.array(sshQuestionSchema) }) },
  'ssh.answer': { params: z.object({ questionId: shortId, answer: sshAnswerSchema }), result: nothing },

  /** A folder or a file: what would run. A folder gives the best candidate. */
  'engine.inspect': { params: z.object({ path: pathText.min(1) }), result: inspectionSchema },
  /** A folder without a configuration file: which applications it has. Nothing is written. */
  'project.look': { params: z.object({ path: pathText.min(1) }), result: projectSchema },
  /** Writes the configuration file that was shown; one that is there stays. */
  'project.write': { params: projectFileSchema, result: z.object({ path: z.string() }) },
  /** Runs a file on the bundled engine. `trustDigest` is the digest whose commands the user has seen and accepted. */
  'engine.run': {
    params: z.object({ path: pathText.min(1), trustDigest: z.string().max(100).optional() }),
    result: instanceSchema,
  },
  'engine.start': { params: byId, result: instanceSchema },
  'engine.stop': { params: byId, result: instanceSchema },
  'engine.restart': { params: byId, result: instanceSchema },
  /** Starts the sample again, making it first when it was removed. */
  'engine.sample': { params: nothing, result: instanceSchema },
  /** The gentle load on the sample. */
  'sample.load': { params: z.object({ on: z.boolean() }), result: settingsSchema },
  /** Sends one slow request to the sample; resolves at once with the address that was asked. */
  'sample.slow': { params: z.object({ seconds: z.number().min(1).max(600) }), result: z.object({ url: z.string() }) },

  /** Where the log of an instance can be read, or why not. */
  'log.sources': { params: byId, result: logSourcesSchema },
  /**
   * The newest lines of a source (without one: of the engine's own output), oldest first, and from then on
   * `log.lines` and `log.state` on this connection until `log.unfollow`. One source at a time is followed for each
   * instance and connection. Nothing is read of a source that nobody follows.
   */
  'log.follow': {
    params: byId.extend({ source: logSourceId.optional(), most: mostLines }),
    result: z.object({ source: z.string(), lines: z.array(logLineSchema), state: logStateSchema }),
  },
  'log.unfollow': { params: byId, result: nothing },
  /** Again, after a gap in the numbers: the newest lines of a source that is followed, or of the engine. */
  'log.read': {
    params: byId.extend({ source: logSourceId.optional(), most: mostLines }),
    result: z.array(logLineSchema),
  },

  /**
   * Lines with secrets as they stand in the log, of a source that is followed: those after `sinceSeq`, oldest first.
   * `begin` opens a minute for this connection and is written to the record of actions; without it, and after the
   * minute, nothing is shown and `untilMs` is 0.
   */
  'log.reveal': {
    params: byId.extend({ source: logSourceId.optional(), begin: z.boolean(), sinceSeq: z.number().int().min(0) }),
    result: z.object({ untilMs: z.number(), lines: z.array(revealedLineSchema) }),
  },

  /**
   * What the running requests carry, secrets too. `begin` opens a minute for this connection and is written to the
   * record of actions; without it, and after the minute, nothing is shown and `untilMs` is 0. Nothing of it is kept.
   */
  'requests.reveal': {
    params: byId.extend({ begin: z.boolean() }),
    result: z.object({ untilMs: z.number(), requests: z.array(revealedRequestSchema) }),
  },

  ...backgroundMethods,

  /** What was done to servers from here, newest first. */
  'audit.list': {
    params: z.object({ most: z.number().int().min(1).max(1_000) }),
    result: z.object({ entries: z.array(auditEntrySchema) }),
  },

  /** What is known of the server that the configuration is for. */
  'config.target': { params: byId, result: configTargetSchema },
  /** What options come to on the running server. */
  'config.figures': { params: byId, result: liveFiguresSchema },
  'config.read': { params: byId, result: configFileSchema },
  'config.check': { params: byId.extend({ text: configText }), result: z.array(diagnosticSchema) },
  /** What variables and placeholders of this text stand for on its server. */
  'config.context': { params: byId.extend({ text: configText }), result: configContextSchema },
  /** Entries of the folder that a path being typed is in; `typed` is the value up to the cursor. */
  'config.paths': {
    params: byId.extend({ text: configText, option: z.string().max(200), typed: z.string().max(4_096) }),
    result: configPathsSchema,
  },
  /** Another file that this text reads, named as its line names it. */
  'config.peek': {
    params: byId.extend({ text: configText, option: z.string().max(200), value: z.string().max(4_096) }),
    result: configPeekSchema,
  },
  /** What a page has to know before one types: whether a save reloads the server, and a text that was not saved. */
  'config.desk': { params: byId, result: configDeskSchema },
  /** Keeps a text that is not saved for a later session; null forgets it. */
  'config.keepDraft': {
    params: byId.extend({ text: configText.nullable(), baseSha256: z.string().max(64) }),
    result: nothing,
  },
  /** Every line in effect and where it comes from; `text` null: as the file is on the disk. */
  'config.effective': { params: byId.extend({ text: configText.nullable() }), result: configEffectiveSchema },
  'config.history': { params: byId, result: configHistorySchema },
  'config.version': {
    params: byId.extend({ versionId: z.number().int() }),
    result: z.object({ text: z.string() }),
  },
  /** From `left` to `right`, by meaning. */
  'config.compare': {
    params: z.object({ left: configSideSchema, right: configSideSchema }),
    result: configComparisonSchema,
  },
  /** What is on the disk and not in effect yet. */
  'config.drift': { params: byId, result: configDriftSchema },
  /** Writes only if the file still is what `baseVersion` says; otherwise gives what is there now. */
  'config.save': {
    params: byId.extend({
      text: configText,
      baseVersion: fileVersionSchema,
      /** The file is gone, and its user was asked. */
      makeAnew: z.boolean().optional(),
      /** What was typed for a read-only instance: it is needed where saving alone reloads the server. */
      confirmedName: z.string().max(200).optional(),
    }),
    result: z.discriminatedUnion('status', [
      z.object({ status: z.literal('saved'), file: configFileSchema, reloadsOnSave: z.boolean() }),
      z.object({ status: z.literal('conflict'), disk: configFileSchema }),
      z.object({ status: z.literal('gone') }),
    ]),
  },

  /**
   * Runs the edited text on the bundled engine in a scratch folder. `consent` is the digest of an answer `consent`. Its
   * course comes as `rehearse.changed`.
   */
  'rehearse.start': {
    params: byId.extend({ text: configText, consent: z.string().max(64).optional() }),
    result: rehearsalStartSchema,
  },
  'rehearse.newest': { params: byId, result: z.object({ rehearsal: rehearsalSchema.nullable() }) },
  'rehearse.cancel': { params: byId, result: nothing },

  'reload.plan': {
    /** `sudo`: through `sudo -n`; without it as the last time. */
    params: byId.extend({ sudo: z.boolean().optional() }),
    result: reloadPlanSchema,
  },
  'reload.start': {
    /** `confirmedName`: what was typed for a read-only instance. */
    params: byId.extend({
      method: shortId,
      confirmedName: z.string().max(200).optional(),
      sudo: z.boolean().optional(),
    }),
    result: reloadRunSchema,
  },
  'reload.get': { params: z.object({ reloadId: shortId }), result: reloadRunSchema },
  'reload.stopWatching': { params: z.object({ reloadId: shortId }), result: reloadRunSchema },
  'reload.list': { params: byId, result: z.array(reloadRunSchema) },

  'rolling.plan': {
    params: z.object({ instanceIds: z.array(shortId).min(1).max(1_000) }),
    result: rollingPlanSchema,
  },
  'rolling.start': { params: rollingOptionsSchema, result: rollingRunSchema },
  /** Nothing further is begun; what is being reloaded is watched to its end. */
  'rolling.stop': { params: z.object({ rollingId: shortId }), result: rollingRunSchema },
  /** Goes on with those that are not done. `confirmedNames`: typed again for the read-only ones among them. */
  'rolling.resume': {
    params: z.object({ rollingId: shortId, confirmedNames: confirmedNamesSchema }),
    result: rollingRunSchema,
  },
  /** Newest first. */
  'rolling.list': { params: nothing, result: z.object({ runs: z.array(rollingRunSchema) }) },

  /** Requests per second of the last 15 minutes of all instances, for a page that has just been opened. */
  'fleet.sparks': { params: nothing, result: fleetSparksSchema },
  /** What a list of hosts and instances would add. Nothing is changed and no host is asked. */
  'fleet.preview': {
    params: z.object({ format: importFormatSchema, text: z.string().max(LARGEST_IMPORT) }),
    result: fleetPreviewSchema,
  },
  /** Adds instances without asking them first: those that do not answer are listed with their reason. */
  'fleet.import': { params: z.object({ rows: z.array(importRowSchema).max(5_000) }), result: importResultSchema },
  /** All instances as a file, without secrets. */
  'fleet.export': { params: z.object({ format: exportFormatSchema }), result: fleetExportSchema },

  'action.plan': {
    params: byId.extend({ kind: actionKindSchema, wid: z.number().int().positive().optional() }),
    result: actionPlanSchema,
  },
  'action.run': {
    params: byId.extend({
      kind: actionKindSchema,
      wid: z.number().int().positive().optional(),
      /** What was typed for a read-only instance. */
      confirmedName: z.string().max(200).optional(),
    }),
    result: actionResultSchema,
  },

  /** Native dialog; null when it was closed. Only where capabilities.pickFile is `native`. */
  'files.pick': {
    params: z.object({ kind: z.enum(['folder', 'file']) }),
    result: z.object({ path: z.string().nullable() }),
  },
  /** Folders and configuration files of a folder, for hosts without a dialog. `path` empty: the home folder. */
  'files.list': {
    params: z.object({ path: pathText }),
    result: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(z.object({ name: z.string(), path: z.string(), kind: z.enum(['folder', 'config']) })),
    }),
  },
  /** Opens an http(s) address of an instance that is known, in the user's browser. */
  'shell.openUrl': { params: z.object({ url: z.string().max(8_192) }), result: nothing },
} as const;

export const events = {
  /** Rows that changed since the last one; `seq` counts up by one, a gap means: call instances.list. */
  'instances.changed': z.object({
    seq: z.number(),
    changed: z.array(instanceSchema),
    /** Newer figures of instances of which nothing else is new; their link answered at the time of these figures. */
    figures: z.array(figuresRowSchema),
    removed: z.array(z.string()),
    status: statusSchema,
  }),
  tick: tickSchema,
  ...backgroundEvents,
  /** Of a followed source: at most the newest 1,000 at once; a gap in their numbers means: read again. */
  'log.lines': z.object({ instanceId: z.string(), source: z.string(), lines: z.array(logLineSchema) }),
  'log.state': z.object({ instanceId: z.string(), source: z.string(), state: logStateSchema }),
  'reload.changed': reloadRunSchema,
  'rolling.changed': rollingRunSchema,
  /** Hosts whose state is another than before. */
  'hosts.changed': z.object({ hosts: z.array(hostStateSchema) }),
  /** All that wait for an answer now. */
  'ssh.questions': z.object({ questions: z.array(sshQuestionSchema) }),
  'rehearse.changed': rehearsalSchema,
  'settings.changed': settingsSchema,
  /** Something that happened elsewhere and deserves a toast. */
  notice: z.object({
    level: z.enum(['info', 'error']),
    text: z.string(),
    instanceId: z.string().nullable(),
    reloadId: z.string().nullable(),
  }),
  /** A menu or tray item of the host was chosen: run the command with this id. */
  'command.run': z.object({ id: z.string() }),
} as const;

export type Methods = typeof methods;
export type MethodName = keyof Methods;
export type Params<M extends MethodName> = z.infer<Methods[M]['params']>;
export type Result<M extends MethodName> = z.infer<Methods[M]['result']>;
export type Events = typeof events;
export type EventName = keyof Events;
export type EventPayload<E extends EventName> = z.infer<Events[E]>;

/** How a failed call looks on the wire. `code` is from the core's error catalogue; `hint` is the next step. */
export const rpcErrorSchema = z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() });
export type RpcErrorData = z.infer<typeof rpcErrorSchema>;

/** Calls take at most this long, except those of DEADLINES_MS. */
export const DEADLINE_MS = 15_000;
export const DEADLINES_MS: { readonly [M in MethodName]?: number } = {
  /** A dialog stays open as long as its user likes. */
  'files.pick': 24 * 3600 * 1000,
};
