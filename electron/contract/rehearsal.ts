/**
 * A rehearsal as data: the edited text run on the bundled engine in a scratch folder, what became of each of its lines,
 * and what it came to. Units as in model.ts; null means "not known" or "none".
 */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const ms = z.number();

const placeSchema = z.object({
  file: z.string(),
  /** 0: not from a file. */
  line: count,
});

export const REHEARSAL_STEPS = ['read', 'start', 'app', 'ask', 'stop'] as const;

export const rehearsalStepSchema = z.object({
  id: z.enum(REHEARSAL_STEPS),
  status: z.enum(['waiting', 'running', 'done', 'warning', 'failed', 'skipped']),
  detail: z.string(),
});
export type RehearsalStep = z.infer<typeof rehearsalStepSchema>;

export const rehearsalLineSchema = placeSchema.extend({
  kind: z.enum(['moved', 'left-out', 'changed', 'not-supported']),
  option: z.string(),
  value: z.string(),
  /** What stood there during the rehearsal. */
  instead: z.string().nullable(),
  why: z.string().nullable(),
});
export type RehearsalLine = z.infer<typeof rehearsalLineSchema>;

export const rehearsalProblemSchema = placeSchema.extend({
  severity: z.enum(['error', 'warning']),
  message: z.string(),
});
export type RehearsalProblem = z.infer<typeof rehearsalProblemSchema>;

export const rehearsalSchema = z.object({
  instanceId: z.string(),
  /** The file whose text was rehearsed. */
  path: z.string(),
  startedAtMs: ms,
  endedAtMs: ms.nullable(),
  steps: z.array(rehearsalStepSchema),
  /** null while it runs. */
  verdict: z
    .object({
      status: z.enum(['done', 'done-with', 'failed', 'cancelled']),
      title: z.string(),
      detail: z.string(),
    })
    .nullable(),
  problems: z.array(rehearsalProblemSchema),
  lines: z.array(rehearsalLineSchema),
  app: z.string().nullable(),
  appLoadMs: ms.nullable(),
  workers: count.nullable(),
  answer: z.object({ status: count, tookMs: ms, bytes: count, contentType: z.string().nullable() }).nullable(),
  /** Newest last. */
  log: z.array(z.string()),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;

/** What loading the application here means, asked once for each server that Reeve does not run itself. */
export const rehearsalConsentSchema = z.object({
  digest: z.string(),
  /** Lines that name the application and its interpreter. */
  app: z.array(z.string()),
  user: z.string(),
  folder: z.string(),
  /** The server's own environment can be read and is what the application gets. */
  hasServerEnvironment: z.boolean(),
});
export type RehearsalConsent = z.infer<typeof rehearsalConsentSchema>;

export const rehearsalStartSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('started'), rehearsal: rehearsalSchema }),
  z.object({ status: z.literal('consent'), consent: rehearsalConsentSchema }),
]);
