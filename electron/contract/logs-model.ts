/** Logs of instances: where they can be read, their lines, and how following one goes. */
import { z } from 'zod';

const ms = z.number();
const count = z.number().int().nonnegative();
const nullableNumber = z.number().nullable();

/** What a line of the request log says; null: its format has no such part. */
export const requestLineSchema = z.object({
  method: z.string(),
  /** As it stands in the log, the values of its query hidden. */
  uri: z.string(),
  status: nullableNumber,
  tookMs: nullableNumber,
  sizeBytes: nullableNumber,
  client: z.string().nullable(),
});
export type RequestLine = z.infer<typeof requestLineSchema>;

export const logLineSchema = z.object({
  /** Counts up by one per line of this source. */
  seq: count,
  /** When it was written as far as it says so itself, otherwise when it arrived. */
  atMs: ms,
  /** Without control sequences and secrets; bytes that are no UTF-8 stand as `\xNN`. */
  text: z.string(),
  /** Something of it is hidden; `log.reveal` shows it. */
  hasSecrets: z.boolean(),
  /** `note`: said by Reeve about the source, such as that its file was rotated. */
  level: z.enum(['info', 'warning', 'error', 'request', 'note']),
  /** Process and worker that wrote it, where the line says so. */
  pid: count.nullable(),
  wid: count.nullable(),
  request: requestLineSchema.nullable(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** A line as it stands in the log, secrets too. */
export const revealedLineSchema = z.object({ seq: count, text: z.string(), uri: z.string().nullable() });
export type RevealedLine = z.infer<typeof revealedLineSchema>;

export const logSourceSchema = z.object({
  /** `engine`, `file:/var/log/app.log`, `journal:app.service`, `docker:3f2a…` */
  id: z.string(),
  type: z.enum(['engine', 'file', 'journal', 'docker']),
  title: z.string(),
  /** What goes there. */
  content: z.enum(['all', 'server', 'requests']),
  /** How it is known, e.g. `logto = /var/log/app.log`. */
  origin: z.string(),
  /** Why it can't be read now; null: it can. */
  whyNot: z.string().nullable(),
});
export type LogSource = z.infer<typeof logSourceSchema>;

export const logSourcesSchema = z.object({
  sources: z.array(logSourceSchema),
  /** The one to begin with. */
  preferred: z.string().nullable(),
  /** When none can be read: why, and the line that would add one. */
  advice: z.object({ text: z.string(), line: z.string().nullable() }).nullable(),
});
export type LogSources = z.infer<typeof logSourcesSchema>;

export const logStateSchema = z.object({
  status: z.enum(['starting', 'following', 'waiting']),
  /** Why it waits, and the next step. */
  reason: z.string().nullable(),
  hint: z.string().nullable(),
  bytesPerSec: nullableNumber,
});
export type LogState = z.infer<typeof logStateSchema>;

/** At most so many lines of a source are kept. */
export const MOST_LOG_LINES = 10_000;

export const auditEntrySchema = z.object({
  atMs: ms,
  /** Who was at the console: its user on its machine. */
  who: z.string(),
  /** `reload`, `config.save`, `requests.show` … */
  action: z.string(),
  /** Name of the instance; null: it was about a host. */
  instance: z.string().nullable(),
  /** `local`, or the SSH destination. */
  machine: z.string(),
  /** Fingerprint of the host key it was done under. */
  hostKey: z.string().nullable(),
  /** What was done, without secrets. */
  detail: z.string(),
  result: z.enum(['begun', 'done', 'failed', 'refused']),
  /** Of a failure. */
  reason: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Variables of a running request as its server has them. */
export const revealedRequestSchema = z.object({
  wid: count,
  core: count,
  pid: count,
  vars: z.array(z.tuple([z.string(), z.string()])),
});
export type RevealedRequest = z.infer<typeof revealedRequestSchema>;
