/** A reload as data: the ways to do it, what is checked and expected beforehand, and the record of what came of it. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const ms = z.number();
const nullableNumber = z.number().nullable();

export const reloadMethodSchema = z.object({
  id: z.enum([
    'fifo-graceful',
    'fifo-chain',
    'fifo-workers',
    'fifo-force',
    'touch',
    'touch-workers',
    'touch-chain',
    'signal',
    'systemd',
    'emperor-touch',
  ]),
  title: z.string(),
  /** The option it uses, e.g. `master-fifo, r`. */
  option: z.string(),
  explanation: z.string(),
  enabled: z.boolean(),
  /** Why it can't be used; null when it can. */
  whyNot: z.string().nullable(),
  /** The exact action, line by line. */
  action: z.array(z.string()),
});
export type ReloadMethod = z.infer<typeof reloadMethodSchema>;

export const reloadCheckSchema = z.object({
  id: z.string(),
  title: z.string(),
  value: z.string(),
  status: z.enum(['pass', 'warn', 'fail']),
  detail: z.string().nullable(),
});

export const reloadPlanSchema = z.object({
  instanceId: z.string(),
  methods: z.array(reloadMethodSchema),
  recommended: z.string().nullable(),
  /** Why that one, in a sentence; null when none can be used. */
  why: z.string().nullable(),
  checks: z.array(reloadCheckSchema),
  checkedAtMs: ms,
  forecast: z.object({
    durationMs: ms.nullable(),
    queuePeak: nullableNumber,
    requestsAtRisk: nullableNumber,
    /** How it comes to these figures, in a sentence. */
    text: z.string().default(''),
  }),
  /** The exact action of the recommended method was shown and accepted before, for this instance. */
  acceptedBefore: z.boolean(),
  /** Methods whose exact action was. */
  acceptedMethods: z.array(z.string()),
  /** The actions go through `sudo -n`. */
  sudo: z.boolean(),
  /** The instance is read-only by its tags: its name has to be typed. */
  needsName: z.boolean(),
});
export type ReloadPlan = z.infer<typeof reloadPlanSchema>;

export const reloadRunSchema = z.object({
  id: z.string(),
  instanceId: z.string(),
  /** Which server it was, as it was called then; null in reports of earlier versions. */
  subject: z
    .object({ name: z.string(), statsAddress: z.string(), hostName: z.string(), version: z.string().nullable() })
    .nullable()
    .default(null),
  method: reloadMethodSchema,
  checks: z.array(reloadCheckSchema),
  startedAtMs: ms,
  finishedAtMs: ms.nullable(),
  phase: z.enum(['acting', 'watching', 'finished']),
  verdict: z
    .object({
      status: z.enum(['done', 'done-with', 'stuck', 'failed', 'died']),
      title: z.string(),
      detail: z.string(),
    })
    .nullable(),
  workers: z.array(
    z.object({
      wid: count,
      /** 0: this worker did not exist before. */
      oldPid: count,
      newPid: count.nullable(),
      /** Requests that its new process has answered while it was watched. */
      served: count.default(0),
      spans: z.array(
        z.object({
          state: z.enum(['old', 'draining', 'starting', 'new', 'cheap', 'down']),
          /** Instants; the last span is open while it is watched. A worker that was killed has a `down` span. */
          fromMs: ms,
          toMs: ms.nullable(),
        }),
      ),
    }),
  ),
  answered: count,
  cutOff: count,
  exceptions: count,
  queuePeak: count,
  forecast: reloadPlanSchema.shape.forecast,
  /** [ms since the start, req/s, listen queue, slowest response ms] */
  series: z.array(z.tuple([ms, nullableNumber, nullableNumber, nullableNumber])),
  log: z.array(z.object({ atMs: ms, level: z.enum(['info', 'warning', 'error']), text: z.string() })),
  /** The last lines of the server's log since the start, when it failed and the log is known. */
  logTail: z.array(z.string()).default([]),
});
export type ReloadRun = z.infer<typeof reloadRunSchema>;
