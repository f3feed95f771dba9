/** What can be done to running servers beside one reload: rolling reloads over many, and the small actions on one. */
import { z } from 'zod';

const ms = z.number();
const count = z.number().int().nonnegative();

export const confirmedNamesSchema = z.array(z.string().max(200)).max(1_000);

/** How a reload of many is done. */
export const rollingOptionsSchema = z.object({
  /** In the order they are reloaded in. */
  instanceIds: z.array(z.string()).min(1).max(1_000),
  /** The first one alone, before the waves. */
  canary: z.boolean(),
  /** Instances at a time after that. */
  waveSize: count.min(1).max(100),
  /** How long each wave is looked at, after its verdicts, before the next one. */
  gateMs: ms.min(0).max(3_600_000),
  /** Average response time may be this many times that of the minute before; null: not looked at. */
  slowerTimes: z.number().min(1).max(100).nullable(),
  /** Names typed for the read-only instances among them. */
  confirmedNames: confirmedNamesSchema,
});
export type RollingOptions = z.infer<typeof rollingOptionsSchema>;

export const rollingMemberSchema = z.object({
  instanceId: z.string(),
  name: z.string(),
  /** 0: the canary, when there is one. */
  wave: count,
  status: z.enum(['waiting', 'reloading', 'gate', 'done', 'failed', 'skipped']),
  /** `Chain reload by FIFO`; null: no way is known. */
  method: z.string().nullable(),
  reloadId: z.string().nullable(),
  /** Workers that are new, of all, while it is reloaded. */
  progress: z.object({ fresh: count, of: count }).nullable(),
  /** What came of it or what it waits for, in a sentence. */
  text: z.string().nullable(),
});
export type RollingMember = z.infer<typeof rollingMemberSchema>;

export const rollingPlanSchema = z.object({
  members: z.array(
    rollingMemberSchema.pick({ instanceId: true, name: true, method: true }).extend({
      action: z.array(z.string()),
      /** Warnings of its own checks; an entry `fail` stands in the way. */
      troubles: z.array(z.object({ status: z.enum(['warn', 'fail']), text: z.string() })),
      needsName: z.boolean(),
    }),
  ),
});
export type RollingPlan = z.infer<typeof rollingPlanSchema>;

export const rollingRunSchema = z.object({
  id: z.string(),
  options: rollingOptionsSchema,
  startedAtMs: ms,
  finishedAtMs: ms.nullable(),
  /** `stopped`: by a gate, a failure or the user; it can be resumed. */
  status: z.enum(['running', 'stopped', 'done']),
  /** Why it stopped. */
  reason: z.string().nullable(),
  members: z.array(rollingMemberSchema),
});
export type RollingRun = z.infer<typeof rollingRunSchema>;

export const actionKindSchema = z.enum([
  'stop',
  'scale-up',
  'scale-down',
  'pause',
  'log-rotate',
  'log-reopen',
  'respawn-worker',
  'clear-blacklist',
]);
export type ActionKind = z.infer<typeof actionKindSchema>;

export const actionPlanSchema = z.object({
  kind: actionKindSchema,
  title: z.string(),
  /** What it does, in a sentence. */
  explanation: z.string(),
  enabled: z.boolean(),
  whyNot: z.string().nullable(),
  /** The exact remote action, line by line. */
  action: z.array(z.string()),
  /** The instance is read-only by its tags: its name has to be typed. */
  needsName: z.boolean(),
  acceptedBefore: z.boolean(),
});
export type ActionPlan = z.infer<typeof actionPlanSchema>;

export const actionResultSchema = z.object({
  /** `unclear`: it was sent, and what was expected was not seen in time. */
  status: z.enum(['done', 'unclear']),
  title: z.string(),
  detail: z.string(),
});
export type ActionResult = z.infer<typeof actionResultSchema>;
